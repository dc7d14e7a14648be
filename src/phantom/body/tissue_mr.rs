//! What tissues measure in MR: signals of a T1 series before and after contrast, of T2 and of diffusion, and how much
//! they differ from grain to grain (reading.md 7, relative to liver; what it leaves open is usual practice at 1.5 T with
//! fat saturation).

use super::scene::{Look, Meter};
use super::tissue::Tissue;

/// T1 unenhanced, arterial, portal venous, delayed; T2; diffusion at b 50, 400 and 800 s/mm2.
pub(in crate::phantom) const MR_CHANNELS: usize = 8;

/// The MR scanner.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Mr;

/// Signals of a tissue.
struct Signals {
    /// T1 before contrast, arterial, portal venous, delayed.
    t1: [f32; 4],
    t2: f32,
    /// Diffusion without weighting.
    b0: f32,
    /// Apparent diffusion coefficient, 10^-3 mm2/s.
    adc: f32,
}

const fn of(t1: [f32; 4], t2: f32, b0: f32, adc: f32) -> Signals {
    Signals { t1, t2, b0, adc }
}

const fn still(t1: f32, t2: f32, b0: f32, adc: f32) -> Signals {
    Signals { t1: [t1; 4], t2, b0, adc }
}

/// Signals; the liver has 400 in T1, 200 in T2 and without diffusion weighting.
const fn signals(tissue: Tissue) -> Signals {
    use Tissue as T;
    match tissue {
        T::Air | T::TableFoam | T::TableShell | T::Mattress => still(0.0, 0.0, 0.0, 1.0),
        T::Gas | T::TrackGas => still(8.0, 6.0, 4.0, 1.0),
        T::Skin => of([180.0, 200.0, 240.0, 240.0], 120.0, 20.0, 1.0),
        T::Fat => still(110.0, 90.0, 16.0, 0.4),
        T::Mesentery | T::Strand => of([115.0, 118.0, 122.0, 122.0], 95.0, 18.0, 0.5),
        T::Muscle => of([300.0, 320.0, 360.0, 370.0], 90.0, 90.0, 1.5),
        T::Cartilage | T::CalcifiedRim => still(160.0, 70.0, 30.0, 1.4),
        T::CorticalBone | T::Calcification => still(25.0, 15.0, 8.0, 1.0),
        T::Marrow | T::RibMarrow => of([190.0, 205.0, 230.0, 230.0], 100.0, 70.0, 0.5),
        T::Disc => still(190.0, 180.0, 90.0, 1.6),
        T::Cord => still(300.0, 180.0, 160.0, 1.0),
        T::ThecalSac => still(110.0, 900.0, 600.0, 3.0),
        T::Lung | T::GroundGlass => still(16.0, 18.0, 8.0, 1.0),
        T::Consolidation => of([280.0, 300.0, 320.0, 320.0], 220.0, 160.0, 1.5),
        T::LungVessel => of([60.0, 500.0, 350.0, 250.0], 40.0, 10.0, 1.0),
        T::BronchusWall => still(80.0, 60.0, 20.0, 1.0),
        T::Myocardium => of([290.0, 520.0, 560.0, 480.0], 170.0, 120.0, 1.6),
        T::LeftBlood => of([170.0, 1250.0, 820.0, 620.0], 60.0, 20.0, 2.0),
        T::RightBlood => of([170.0, 900.0, 800.0, 620.0], 60.0, 20.0, 2.0),
        T::Liver => of([400.0, 470.0, 660.0, 610.0], 200.0, 200.0, 1.2),
        T::FattyLiver => of([300.0, 350.0, 500.0, 460.0], 180.0, 170.0, 1.1),
        T::Bile => still(170.0, 1250.0, 820.0, 3.0),
        T::GallbladderWall => of([280.0, 340.0, 480.0, 480.0], 240.0, 150.0, 1.6),
        T::Aorta | T::SmallArtery => of([160.0, 1350.0, 850.0, 640.0], 45.0, 12.0, 2.0),
        T::CavalVein => of([160.0, 300.0, 760.0, 640.0], 60.0, 14.0, 2.0),
        T::RenalVein => of([160.0, 700.0, 860.0, 650.0], 60.0, 14.0, 2.0),
        T::HepaticVein => of([160.0, 210.0, 860.0, 660.0], 70.0, 14.0, 2.0),
        T::PortalVein => of([160.0, 420.0, 930.0, 680.0], 60.0, 14.0, 2.0),
        T::Spleen => of([280.0, 760.0, 700.0, 560.0], 380.0, 420.0, 0.8),
        T::Pancreas => of([440.0, 760.0, 640.0, 560.0], 230.0, 200.0, 1.4),
        T::Adrenal => of([330.0, 480.0, 560.0, 500.0], 220.0, 220.0, 1.2),
        T::BowelWall | T::StomachWall => of([290.0, 470.0, 560.0, 520.0], 210.0, 180.0, 1.5),
        T::BowelContent | T::StomachContent => still(240.0, 620.0, 330.0, 2.4),
        T::Stool => still(330.0, 240.0, 90.0, 1.2),
        T::KidneyCortex => of([330.0, 950.0, 960.0, 780.0], 380.0, 420.0, 2.1),
        T::KidneyMedulla => of([260.0, 430.0, 880.0, 820.0], 430.0, 420.0, 1.9),
        T::RenalPelvis => of([140.0, 150.0, 200.0, 900.0], 1100.0, 700.0, 3.0),
        T::Node => of([300.0, 430.0, 520.0, 500.0], 300.0, 360.0, 1.0),
        T::Cyst => still(130.0, 1300.0, 850.0, 3.0),
        T::MetastasisCentre => of([270.0, 300.0, 380.0, 430.0], 340.0, 340.0, 1.15),
        T::MetastasisRim => of([280.0, 520.0, 560.0, 520.0], 330.0, 360.0, 1.0),
        T::Viable | T::SoftTissue => of([285.0, 430.0, 520.0, 540.0], 350.0, 400.0, 1.0),
        T::Hepatocellular => of([320.0, 820.0, 580.0, 450.0], 330.0, 380.0, 1.0),
        T::Capsule => of([320.0, 480.0, 680.0, 780.0], 210.0, 210.0, 1.1),
        T::ZoneOuter => still(500.0, 140.0, 130.0, 1.3),
        T::ZoneCoreEarly => still(590.0, 130.0, 120.0, 1.3),
        T::ZoneLate => still(520.0, 140.0, 120.0, 1.3),
        T::ZoneCoreLate => still(560.0, 130.0, 110.0, 1.3),
        T::BenignRim => of([330.0, 660.0, 700.0, 700.0], 320.0, 260.0, 1.5),
        T::PerfusionWedge => of([400.0, 640.0, 670.0, 615.0], 210.0, 205.0, 1.2),
        T::Track => still(480.0, 150.0, 120.0, 1.3),
    }
}

/// Diffusion weightings, s/mm2.
const B: [f32; 3] = [50.0, 400.0, 800.0];

impl Meter<MR_CHANNELS> for Mr {
    fn look(tissue: Tissue) -> Look<MR_CHANNELS> {
        let signals = signals(tissue);
        let [pre, arterial, venous, delayed] = signals.t1;
        let [b50, b400, b800] = B.map(|b| signals.b0 * decay(b * signals.adc / 1000.0));
        let value = [pre, arterial, venous, delayed, signals.t2, b50, b400, b800];
        // Tissues that are uneven in CT are so in MR, by their signal.
        let grain = tissue.ct_grain().map(|grain| {
            let part = match tissue {
                Tissue::Muscle | Tissue::Pancreas | Tissue::Marrow | Tissue::RibMarrow => 0.16,
                Tissue::Stool | Tissue::BowelContent | Tissue::StomachContent => 0.35,
                Tissue::Fat | Tissue::Mesentery => 0.10,
                _ => 0.04,
            };
            (value.map(|v| v * part), grain.wide_mm)
        });
        Look { value, grain }
    }
}

/// e to the power of minus `x`, from products alone: the same to the last bit on every machine.
fn decay(x: f32) -> f32 {
    // (1 - x / 1024)^1024 with the next term of its series: below 1e-5 up to x = 3.
    let x = f64::from(x);
    let mut value = 1.0 - x / 4096.0 + x * x / (2.0 * 4096.0 * 4096.0);
    for _ in 0..12 {
        value *= value;
    }
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diffusion_signals_fall_as_their_coefficient_says() {
        for (tissue, adc) in [(Tissue::Liver, 1.2), (Tissue::Spleen, 0.8), (Tissue::Viable, 1.0)] {
            let look = Mr::look(tissue);
            let found = (f64::from(look.value[5]) / f64::from(look.value[7])).ln() / 0.75;
            assert!((found - adc).abs() < 0.001, "{tissue:?}: {found}");
        }
    }

    #[test]
    fn signals_relative_to_liver_are_those_of_practice() {
        let liver = Mr::look(Tissue::Liver).value;
        let part = |tissue, channel: usize| Mr::look(tissue).value[channel] / liver[channel];
        assert!(
            (1.2..=1.5).contains(&part(Tissue::ZoneCoreEarly, 0)) && (1.2..=1.5).contains(&part(Tissue::ZoneOuter, 0))
        );
        assert!((0.6..=0.75).contains(&part(Tissue::ZoneOuter, 4)));
        assert!((1.5..=2.0).contains(&part(Tissue::Viable, 4)));
        // The zone does not enhance at all.
        let zone = Mr::look(Tissue::ZoneOuter).value;
        assert!(zone[1..4].iter().all(|v| *v == zone[0]));
    }
}
