//! What tissues measure: CT numbers by phase (reading.md 7; what it leaves open is usual practice at 120 kVp), and
//! how uneven they are.

use super::scene::{Look, Meter};

/// Contrast phases, in the order of the numbers: unenhanced, late arterial 35 s, portal venous 70 s, delayed 180 s.
pub(in crate::phantom) const CT_PHASES: usize = 4;

/// The CT scanner.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Ct;

impl Meter<CT_PHASES> for Ct {
    fn look(tissue: Tissue) -> Look<CT_PHASES> {
        Look { value: tissue.ct_hu(), grain: tissue.ct_grain().map(|grain| (grain.hu, grain.wide_mm)) }
    }
}

/// How uneven a tissue is.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Grainy {
    /// Largest departure from the mean in each phase, HU.
    pub hu: [f32; CT_PHASES],
    /// Size of the grains, mm.
    pub wide_mm: f64,
}

macro_rules! tissues {
    ($($(#[$doc:meta])* $name:ident [$un:expr, $art:expr, $pv:expr, $del:expr] $(grain $g:expr, $w:expr)?;)*) => {
        /// What a shape is made of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(clippy::enum_variant_names, reason = "soft tissue is the term of the field")]
        pub(in crate::phantom) enum Tissue { $($(#[$doc])* $name),* }

        impl Tissue {
            /// CT numbers by phase, HU.
            pub const fn ct_hu(self) -> [f32; CT_PHASES] {
                match self { $(Self::$name => [$un, $art, $pv, $del]),* }
            }

            /// How uneven it is; none for an even one.
            pub const fn ct_grain(self) -> Option<Grainy> {
                match self { $(Self::$name => tissues!(@grain $($g, $w)?)),* }
            }
        }
    };
    (@grain) => { None };
    (@grain $g:expr, $w:expr) => { Some(Grainy { hu: $g, wide_mm: $w }) };
}

const fn all(hu: f32) -> [f32; CT_PHASES] {
    [hu; CT_PHASES]
}

tissues! {
    Air [-1000.0, -1000.0, -1000.0, -1000.0];
    Gas [-970.0, -970.0, -970.0, -970.0];
    TableShell [380.0, 380.0, 380.0, 380.0];
    TableFoam [-930.0, -930.0, -930.0, -930.0];
    Mattress [-900.0, -900.0, -900.0, -900.0] grain all(25.0), 6.0;
    Skin [15.0, 20.0, 25.0, 25.0];
    Fat [-105.0, -105.0, -105.0, -105.0] grain all(7.0), 14.0;
    /// Fat with fine strands, between the organs.
    Mesentery [-100.0, -100.0, -98.0, -98.0] grain all(14.0), 7.0;
    Strand [-45.0, -45.0, -40.0, -40.0];
    Muscle [55.0, 58.0, 65.0, 65.0] grain all(13.0), 4.5;
    Cartilage [98.0, 99.0, 100.0, 100.0] grain all(30.0), 6.0;
    CalcifiedRim [190.0, 190.0, 190.0, 190.0] grain all(70.0), 5.0;
    CorticalBone [620.0, 620.0, 620.0, 620.0];
    Marrow [170.0, 172.0, 175.0, 175.0] grain all(75.0), 3.2;
    RibMarrow [140.0, 142.0, 145.0, 145.0] grain all(60.0), 3.5;
    Disc [85.0, 86.0, 88.0, 88.0] grain all(8.0), 6.0;
    Cord [36.0, 38.0, 40.0, 40.0];
    ThecalSac [12.0, 13.0, 15.0, 15.0];
    Lung [-860.0, -855.0, -850.0, -852.0] grain all(28.0), 5.0;
    LungVessel [30.0, 190.0, 120.0, 90.0];
    BronchusWall [-300.0, -280.0, -280.0, -280.0];
    Myocardium [45.0, 105.0, 112.0, 95.0] grain all(5.0), 8.0;
    LeftBlood [40.0, 295.0, 150.0, 110.0];
    RightBlood [40.0, 180.0, 148.0, 110.0] grain [0.0, 30.0, 3.0, 0.0], 10.0;
    Liver [55.0, 70.0, 110.0, 90.0] grain all(4.0), 9.0;
    FattyLiver [28.0, 42.0, 74.0, 58.0] grain all(6.0), 5.0;
    Bile [10.0, 10.0, 10.0, 10.0];
    GallbladderWall [35.0, 45.0, 55.0, 55.0];
    Aorta [40.0, 300.0, 150.0, 110.0];
    /// Infrarenal caval blood, not yet mixed in the arterial phase.
    CavalVein [40.0, 75.0, 138.0, 112.0] grain [0.0, 20.0, 5.0, 0.0], 8.0;
    RenalVein [40.0, 150.0, 160.0, 115.0];
    HepaticVein [40.0, 50.0, 150.0, 115.0];
    PortalVein [40.0, 100.0, 165.0, 120.0];
    SmallArtery [40.0, 230.0, 135.0, 100.0];
    Spleen [45.0, 130.0, 120.0, 95.0] grain [3.0, 32.0, 4.0, 3.0], 8.0;
    Pancreas [42.0, 105.0, 90.0, 75.0] grain all(14.0), 4.5;
    Adrenal [30.0, 70.0, 75.0, 60.0];
    BowelWall [40.0, 85.0, 95.0, 80.0];
    StomachWall [40.0, 68.0, 82.0, 72.0] grain all(8.0), 5.0;
    BowelContent [22.0, 24.0, 26.0, 26.0] grain all(16.0), 5.0;
    StomachContent [18.0, 18.0, 18.0, 18.0] grain all(26.0), 6.0;
    Stool [10.0, 10.0, 10.0, 10.0] grain all(150.0), 4.0;
    KidneyCortex [32.0, 180.0, 190.0, 140.0] grain all(6.0), 4.0;
    KidneyMedulla [32.0, 70.0, 165.0, 150.0] grain all(6.0), 4.0;
    RenalPelvis [8.0, 8.0, 12.0, 260.0];
    Node [40.0, 70.0, 85.0, 75.0];
    Cyst [8.0, 8.0, 8.0, 8.0];
    Calcification [420.0, 420.0, 420.0, 420.0];
    MetastasisCentre [40.0, 48.0, 58.0, 62.0] grain all(7.0), 4.0;
    MetastasisRim [42.0, 80.0, 85.0, 75.0] grain all(6.0), 4.0;
    Viable [42.0, 65.0, 75.0, 72.0] grain all(5.0), 4.0;
    Hepatocellular [48.0, 120.0, 92.0, 70.0] grain all(9.0), 4.0;
    /// The delayed capsule of a hepatocellular carcinoma.
    Capsule [50.0, 80.0, 100.0, 112.0];
    ZoneOuter [40.0, 40.0, 40.0, 40.0] grain all(4.0), 5.0;
    ZoneCoreEarly [60.0, 60.0, 60.0, 60.0] grain all(7.0), 4.0;
    ZoneLate [40.0, 40.0, 40.0, 40.0] grain all(3.0), 5.0;
    ZoneCoreLate [33.0, 33.0, 33.0, 33.0] grain all(3.0), 5.0;
    BenignRim [45.0, 98.0, 112.0, 95.0] grain all(5.0), 4.0;
    PerfusionWedge [55.0, 95.0, 110.0, 90.0] grain all(5.0), 6.0;
    Track [50.0, 52.0, 55.0, 55.0];
    TrackGas [-250.0, -250.0, -250.0, -250.0];
    SoftTissue [38.0, 55.0, 65.0, 65.0] grain all(8.0), 5.0;
    Consolidation [35.0, 37.0, 39.0, 39.0] grain all(10.0), 5.0;
    GroundGlass [-620.0, -615.0, -610.0, -610.0] grain all(60.0), 5.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tissue_of_practice_has_its_numbers() {
        // reading.md 7: unenhanced, late arterial, portal venous, delayed.
        use Tissue as T;
        let table: [(T, [f32; 4]); 24] = [
            (T::Liver, [55.0, 70.0, 110.0, 90.0]),
            (T::Spleen, [45.0, 130.0, 120.0, 95.0]),
            (T::Aorta, [40.0, 300.0, 150.0, 110.0]),
            (T::PortalVein, [40.0, 100.0, 165.0, 120.0]),
            (T::HepaticVein, [40.0, 50.0, 150.0, 115.0]),
            (T::KidneyCortex, [32.0, 180.0, 190.0, 140.0]),
            (T::KidneyMedulla, [32.0, 70.0, 165.0, 150.0]),
            (T::Pancreas, [42.0, 105.0, 90.0, 75.0]),
            (T::Muscle, [55.0, 58.0, 65.0, 65.0]),
            (T::Fat, [-105.0; 4]),
            (T::Bile, [10.0; 4]),
            (T::Cyst, [8.0; 4]),
            (T::Lung, [-860.0; 4]),
            (T::Marrow, [170.0; 4]),
            (T::MetastasisCentre, [40.0, 48.0, 58.0, 62.0]),
            (T::MetastasisRim, [42.0, 80.0, 85.0, 75.0]),
            (T::Viable, [42.0, 65.0, 75.0, 72.0]),
            (T::Hepatocellular, [48.0, 120.0, 92.0, 70.0]),
            (T::ZoneOuter, [40.0; 4]),
            (T::ZoneCoreEarly, [60.0; 4]),
            (T::ZoneLate, [40.0; 4]),
            (T::ZoneCoreLate, [33.0; 4]),
            (T::BenignRim, [45.0, 98.0, 112.0, 95.0]),
            (T::PerfusionWedge, [55.0, 95.0, 110.0, 90.0]),
        ];
        for (tissue, wanted) in table {
            let far = tissue.ct_hu().iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
            let within = if tissue == T::Lung { 10.0 } else { 5.0 };
            assert!(far <= within, "{tissue:?}: {:?}, not {wanted:?}", tissue.ct_hu());
        }
    }
}
