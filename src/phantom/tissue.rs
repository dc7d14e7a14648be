//! CT numbers of tissues by phase, at 120 kVp (reading.md 7; what it leaves open is usual practice).

use super::Phase;

/// What a shape is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tissue {
    Air,
    Gas,
    TableShell,
    TableFoam,
    Skin,
    Fat,
    Muscle,
    Cartilage,
    CorticalBone,
    Marrow,
    Disc,
    ThecalSac,
    Lung,
    Heart,
    HeartBlood,
    Liver,
    FattyLiver,
    Bile,
    Aorta,
    CavalVein,
    HepaticVein,
    PortalVein,
    Spleen,
    Pancreas,
    Adrenal,
    GutWall,
    Fluid,
    Stool,
    KidneyCortex,
    KidneyMedulla,
    Cyst,
    Calcification,
    TumourRim,
    TumourCentre,
    Viable,
    ZoneOuter,
    ZoneCoreEarly,
    ZoneCoreLate,
    BenignRim,
    Track,
    TrackLate,
}

impl Tissue {
    /// Late arterial (35 s), portal venous (70 s); HU.
    const fn by_phase(self) -> [i16; 2] {
        match self {
            Self::Air => [-1000, -1000],
            Self::Gas => [-960, -960],
            Self::TableShell => [-150, -150],
            Self::TableFoam => [-910, -910],
            Self::Skin => [10, 15],
            Self::Fat => [-105, -105],
            Self::Muscle => [58, 65],
            Self::Cartilage => [108, 110],
            Self::CorticalBone => [520, 520],
            Self::Marrow => [172, 175],
            Self::Disc => [85, 88],
            Self::ThecalSac => [24, 28],
            Self::Lung => [-855, -852],
            Self::Heart => [105, 110],
            Self::HeartBlood => [260, 152],
            Self::Liver => [70, 110],
            Self::FattyLiver => [38, 70],
            Self::Bile => [10, 10],
            Self::Aorta => [300, 150],
            Self::CavalVein => [95, 138],
            Self::HepaticVein => [50, 150],
            Self::PortalVein => [100, 165],
            Self::Spleen => [130, 120],
            Self::Pancreas => [105, 90],
            Self::Adrenal => [70, 75],
            Self::GutWall => [80, 90],
            Self::Fluid => [14, 14],
            Self::Stool => [-40, -40],
            Self::KidneyCortex => [180, 190],
            Self::KidneyMedulla => [70, 165],
            Self::Cyst => [8, 8],
            Self::Calcification => [420, 420],
            Self::TumourRim => [80, 75],
            Self::TumourCentre => [48, 58],
            Self::Viable => [65, 75],
            Self::ZoneOuter => [40, 40],
            Self::ZoneCoreEarly => [60, 60],
            Self::ZoneCoreLate => [33, 33],
            Self::BenignRim => [98, 112],
            Self::Track => [52, 62],
            Self::TrackLate => [60, 85],
        }
    }

    /// The CT number in each phase, HU, in the order of [`Phase`].
    pub fn hu(self) -> [f64; 2] {
        self.by_phase().map(f64::from)
    }
}

/// One value per phase, in the order of [`Phase`].
pub(super) fn of_phase([arterial, portal_venous]: [f32; 2], phase: Phase) -> f32 {
    match phase {
        Phase::Arterial => arterial,
        Phase::PortalVenous => portal_venous,
    }
}
