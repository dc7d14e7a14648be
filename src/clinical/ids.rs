//! Numbers that name things inside one project file. They are given once and never used again.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+};
}

id! {
    /// A patient of the project.
    PatientId;
    /// A reader, known by initials.
    ReaderId;
    /// A visit of a patient.
    VisitId;
    /// A lesion; keeps its number for life.
    LesionId;
    /// An ablation session.
    SessionId;
    /// A mark on images.
    MarkId;
    /// Something that happened to the patient.
    EventId;
    /// The reopening of a signed visit.
    AmendmentId;
    /// Stacks merged or split by hand.
    GroupingId;
}
