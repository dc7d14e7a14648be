//! Time-to-event end points, what can happen, and how each counts in each (clinical conventions of a study).

use super::coded::coded;
use serde::{Deserialize, Serialize};

coded! {
    /// A time-to-event end point (SIO/DATECAN, Puijk 2021; FDA end-point table).
    EndPoint {
        OverallSurvival = "os", "Overall survival";
        CancerSpecificSurvival = "css", "Cancer-specific survival";
        DiseaseFreeSurvival = "dfs", "Disease-free survival";
        ProgressionFreeSurvival = "pfs", "Progression-free survival";
        TimeToProgression = "ttp", "Time to progression";
        LtpFreeSurvival = "ltpfs", "Local tumour progression-free survival";
        TimeToLtp = "time_to_ltp", "Time to local tumour progression";
        DistantProgressionFreeSurvival = "dpfs", "Distant progression-free survival";
        LocalControl = "assisted_ltpfs", "Local tumour control, re-treatment allowed (assisted)";
        OrganDistant = "idr", "New tumour in the treated organ";
        Extrahepatic = "extrahepatic", "Progression outside the organ";
    }
}

coded! {
    /// Something that may end the time to an end point.
    Happening {
        Residual = "residual", "Residual tumour";
        Ltp = "ltp", "Local tumour progression of an index tumour";
        OrganDistant = "idr", "New tumour in the treated organ";
        Extrahepatic = "extrahepatic", "New tumour outside the organ";
        SecondPrimary = "second_primary", "Second primary cancer";
        DeathCancer = "death_cancer", "Death from the cancer";
        DeathTreatment = "death_treatment", "Death from treatment";
        DeathOther = "death_other", "Death from another cause";
        DeathUnknown = "death_unknown", "Death, cause unknown";
        TransplantOrResection = "transplant_or_resection", "Liver transplant, or resection of the tumour";
        OtherTherapy = "other_therapy", "Other local therapy without proven progression";
        Lost = "lost", "Lost to follow-up";
    }
}

coded! {
    /// How a happening counts in an end point.
    Cell {
        Event = "event", "Event";
        Censor = "censor", "Censored at that date";
        Competing = "competing", "Competing event";
        Ignore = "ignore", "Ignored";
        Exclude = "exclude", "Not at risk";
    }
}

coded! {
    /// From when the disease-free interval is counted.
    DiseaseFreeFrom {
        Visit = "visit", "The visit that first showed every index tumour complete";
        Ablation = "ablation", "The last ablation before that visit";
    }
}

/// A study's own choice for one cell of the event matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChosenCell {
    /// The end point.
    pub end_point: EndPoint,
    /// What happens.
    pub happening: Happening,
    /// How it counts.
    pub cell: Cell,
}
