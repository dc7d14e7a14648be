//! What tissues take up of FDG: standardised uptake values an hour after injection (reading.md 7; what it leaves open
//! is usual practice).

use super::scene::{Look, Meter};
use super::tissue::Tissue;

/// The PET scanner: one channel, SUV by body weight.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Pet;

const fn suv(tissue: Tissue) -> f32 {
    use Tissue as T;
    match tissue {
        T::Air | T::TableFoam | T::TableShell | T::Mattress => 0.0,
        T::Gas | T::TrackGas | T::CorticalBone | T::Calcification => 0.25,
        T::Skin => 0.5,
        T::Fat | T::Mesentery | T::Strand => 0.35,
        T::Muscle | T::Cartilage | T::CalcifiedRim => 0.7,
        T::Marrow => 1.4,
        T::RibMarrow => 1.0,
        T::Disc => 0.8,
        T::Cord => 1.9,
        T::ThecalSac => 0.7,
        T::Lung => 0.5,
        T::GroundGlass => 0.9,
        T::Consolidation => 1.3,
        T::LungVessel | T::BronchusWall => 1.2,
        T::Myocardium => 2.8,
        T::LeftBlood | T::RightBlood | T::Aorta | T::SmallArtery => 1.7,
        T::CavalVein | T::RenalVein | T::HepaticVein | T::PortalVein => 1.8,
        T::Liver | T::PerfusionWedge => 2.2,
        T::FattyLiver => 1.9,
        T::Bile | T::Cyst => 0.5,
        T::GallbladderWall => 1.2,
        T::Spleen => 1.9,
        T::Pancreas => 1.5,
        T::Adrenal => 1.6,
        T::BowelWall => 1.9,
        T::StomachWall => 2.1,
        T::BowelContent | T::StomachContent | T::Stool => 0.9,
        T::KidneyCortex => 2.6,
        T::KidneyMedulla => 3.2,
        T::RenalPelvis => 28.0,
        T::Node | T::SoftTissue | T::Hepatocellular | T::Capsule => 2.6,
        T::MetastasisCentre => 9.0,
        T::MetastasisRim => 13.0,
        T::Viable => 9.4,
        T::ZoneOuter | T::ZoneCoreEarly | T::ZoneLate | T::ZoneCoreLate | T::Track => 0.8,
        // Thin: what is seen of it after the blur is a third.
        T::BenignRim => 8.8,
    }
}

impl Meter<1> for Pet {
    fn look(tissue: Tissue) -> Look<1> {
        Look { value: [suv(tissue)], grain: None }
    }
}
