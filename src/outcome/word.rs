//! What the rules derive: words, time points, efficacy, objections, and the reason beside each.

use super::RuleId;
use crate::clinical::{Answer, Coded, Date, LesionId, MarkId, Organ, PatientId, VisitId, coded};
use serde::{Deserialize, Serialize};

/// A derived value with the rule that gave it and the reason in words, dates and days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derived<T> {
    /// What was derived.
    pub value: T,
    /// The rule that decided.
    pub rule: RuleId,
    /// Why, in sentences a reader understands.
    pub because: String,
}

impl<T> Derived<T> {
    pub(crate) fn new(value: T, rule: RuleId, because: impl Into<String>) -> Self {
        Self { value, rule, because: because.into() }
    }
}

coded! {
    /// The name history gives to a reader's answer (reading.md 8).
    Word {
        Complete = "complete", "Complete";
        CompleteAfterViable = "complete_after_viable", "Complete, after viable without treatment: check";
        CompleteAssisted = "complete_assisted", "Complete (assisted)";
        Incomplete = "incomplete", "Incomplete";
        IncompleteAfterReablation = "incomplete_after_reablation", "Incomplete after re-ablation";
        LocalTumourProgression = "ltp", "Local tumour progression";
        ProgressionRetreatedComplete = "ltp_retreated_complete", "Progression re-treated, complete (assisted)";
        ProgressionRetreatmentFailed = "ltp_retreatment_failed", "Progression, re-treatment failed";
        Equivocal = "equivocal", "Equivocal";
        NotEvaluable = "not_evaluable", "Not evaluable";
        NotDone = "not_done", "Not done";
        Early = "early", "Early post-procedure";
        DuringCourse = "during_course", "During the primary course";
        None = "none", "No word yet";
    }
}

impl Word {
    /// What a viable tumour mark is called beside this word (reading.md 1.2).
    #[must_use]
    pub fn viable_part(self) -> &'static str {
        match self {
            Self::Incomplete | Self::IncompleteAfterReablation => "residual tumour",
            Self::LocalTumourProgression | Self::ProgressionRetreatmentFailed => "progression",
            Self::Complete
            | Self::CompleteAfterViable
            | Self::CompleteAssisted
            | Self::ProgressionRetreatedComplete
            | Self::Equivocal
            | Self::NotEvaluable
            | Self::NotDone
            | Self::Early
            | Self::DuringCourse
            | Self::None => "viable tumour",
        }
    }
}

coded! {
    /// The nominal time point of a visit for one lesion, by days after that lesion's last session
    /// (reading.md 1.1, 2; R05).
    TimePoint {
        Untreated = "untreated", "No session yet";
        Baseline = "baseline", "Baseline";
        EarlyPostProcedure = "early", "Early post-procedure";
        FourToSixWeeks = "week_4_6", "4-6 weeks";
        ThreeMonths = "month_3", "3 months";
        SixMonths = "month_6", "6 months";
        Later = "later", "Later";
    }
}

coded! {
    /// Technique efficacy (technical effectiveness) of one lesion.
    Efficacy {
        Complete = "complete", "Complete";
        Incomplete = "incomplete", "Incomplete";
        Equivocal = "equivocal", "Equivocal";
        NotEvaluable = "not_evaluable", "Not evaluable";
        NotAssessed = "not_assessed", "Not assessed in the window";
        NotDue = "not_due", "Not due yet";
        NotApplicable = "not_applicable", "Not applicable";
    }
}

coded! {
    /// Whether a study can answer the question for this lesion.
    AdequacyCall {
        Adequate = "adequate", "Adequate";
        NotAdequate = "not_adequate", "Not adequate";
        Undecided = "undecided", "Not decided";
    }
}

coded! {
    /// How strongly a rule objects.
    ObjectionClass {
        Hard = "hard", "Has to be settled before signing";
        Warn = "warn", "Pointed out";
        Ask = "ask", "Asked once";
    }
}

coded! {
    /// What a finding still needs before it can be signed.
    MissingField {
        Answer = "answer", "Answer";
        Shape = "shape", "Shape of the finding";
        ViableLd = "viable_ld", "Longest diameter of the viable tumour: mark it or enter mm";
        NotEvaluableReason = "not_evaluable_reason", "Why it cannot be evaluated";
        NotDoneReason = "not_done_reason", "Why it was not done";
        AdequacyReason = "adequacy_reason", "Why the study is adequate or not";
        OverrideText = "override_text", "Why the rule is set aside, in words";
    }
}

/// The name of technique efficacy on screen and in dictionaries.
pub const EFFICACY_TERM: &str = "technique efficacy (technical effectiveness)";

/// What a rule says against an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The rule.
    pub rule: RuleId,
    /// How strongly.
    pub class: ObjectionClass,
    /// What is wrong and what to do, in a sentence or two.
    pub sentence: String,
    /// Whether an `Override` in the finding that names the rule removes it.
    pub overridable: bool,
}

/// A dated point in a lesion's history, seen on one visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Date of the study that shows it.
    pub date: Date,
    /// The visit that detected it.
    pub visit: VisitId,
    /// Days after the lesion's first session (the clock of the time-to-event end points).
    pub days_after_first: i64,
    /// Days after the lesion's last session before it.
    pub days_after_last: i64,
    /// An equivocal answer right before it, since the last definite answer.
    pub equivocal_before: Option<Date>,
}

/// Longest diameter of the viable tumour at a visit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ViableLd {
    /// Millimetres.
    pub mm: f64,
    /// The mark that gave it; none when it was entered by hand.
    pub from_mark: Option<MarkId>,
}

/// How technique efficacy was decided for one lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EfficacyCall {
    /// The result.
    pub efficacy: Efficacy,
    /// The visit that decided.
    pub visit: Option<VisitId>,
    /// Days from the last session before that visit to it.
    pub days_after_last: Option<i64>,
    /// The study lies in the window but late in it.
    pub late: bool,
    /// The study lies outside the window: "first assessed +92 d".
    pub outside_window: bool,
}

impl EfficacyCall {
    /// Whether the lesion belongs to the denominator of evaluable lesions.
    #[must_use]
    pub fn evaluable(&self) -> bool {
        matches!(self.efficacy, Efficacy::Complete | Efficacy::Incomplete)
    }
}

/// What is derived for one lesion at one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitOutcome {
    /// The visit.
    pub visit: VisitId,
    /// Its date.
    pub date: Date,
    /// Days after the lesion's first session; negative before it.
    pub days_after_first: Option<i64>,
    /// Days after the lesion's last session at that date; negative, to the first one, before any.
    pub days_after_last: Option<i64>,
    /// Nominal time point.
    pub time_point: Derived<TimePoint>,
    /// Time point in words: "+54 d (7.7 wk), late for 4-6 weeks".
    pub time_words: String,
    /// Another study of the same time point lies nearer its target day (R06).
    pub interim: bool,
    /// Whether "no viable tumour" here may establish "complete".
    pub may_establish_complete: Derived<bool>,
    /// The adequacy in force, the reader's or the proposed one.
    pub adequacy: Derived<AdequacyCall>,
    /// Whether the reader settled the adequacy.
    pub adequacy_by_reader: bool,
    /// The reader's answer.
    pub answer: Option<Answer>,
    /// The derived word.
    pub word: Derived<Word>,
    /// The answer, or an earlier one the word rests on, is a draft.
    pub draft: bool,
    /// What rules object to here; what was set aside is not among them.
    pub objections: Vec<Objection>,
    /// What the finding still needs; empty without a finding.
    pub missing: Vec<MissingField>,
    /// Longest diameter of the viable tumour, from the primary mark or as entered.
    pub viable_ld: Option<ViableLd>,
    /// The visit whose zone size changes are counted from: the first at least 21 d after the same last
    /// session (R24). None at that visit itself and before it.
    pub size_baseline: Option<VisitId>,
}

impl VisitOutcome {
    /// Whether the finding may be signed: answered, nothing missing, no hard objection left.
    #[must_use]
    pub fn ready_to_sign(&self) -> bool {
        self.answer.is_some()
            && self.missing.is_empty()
            && !self.objections.iter().any(|objection| objection.class == ObjectionClass::Hard)
    }
}

/// Where a lesion stands, and how it came there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The word that holds now: that of the last adequate answer, else of the last answer at all.
    pub word: Derived<Word>,
    /// The visit it comes from.
    pub word_at: Option<VisitId>,
    /// It rests on a draft.
    pub draft: bool,
    /// First adequate study that showed complete ablation; delayed entry into the risk set of local tumour
    /// progression starts here.
    pub first_complete: Option<Derived<Milestone>>,
    /// First adequate study that showed residual tumour, before any complete ablation.
    pub residual: Option<Derived<Milestone>>,
    /// First local tumour progression; its date never moves.
    pub progression: Option<Derived<Milestone>>,
    /// First viable tumour of those that nothing has brought under control since: progression or residual tumour that was
    /// not treated, or whose treatment failed. None while a treatment has not been judged.
    pub uncontrolled: Option<Milestone>,
    /// Last adequate study with an answer: the censoring date of imaging end points.
    pub last_adequate: Option<Milestone>,
    /// The first assessment was not complete, and nothing has been since: open from this date (R03).
    pub under_treatment: Option<Derived<Date>>,
    /// Primary technique efficacy, at the organ's window after the primary course. Where it is neither
    /// complete nor incomplete, `because` says why the lesion is not in the denominator.
    pub primary: Derived<EfficacyCall>,
    /// Assisted technique efficacy: residual tumour that was re-ablated and is complete counts as well.
    pub assisted: Derived<EfficacyCall>,
}

/// All that the rules derive for one lesion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LesionOutcome {
    /// The lesion.
    pub lesion: LesionId,
    /// Its label.
    pub label: String,
    /// Whose it is.
    pub patient: PatientId,
    /// Its organ, which sets the efficacy window.
    pub organ: Organ,
    /// An index lesion, as against new later.
    pub index: bool,
    /// Date of its first session: the clock of the end points, never moved by a re-ablation (R24).
    pub first_session: Option<Date>,
    /// Date of its last session.
    pub last_session: Option<Date>,
    /// Sessions that belong to the primary course (R23).
    pub primary_course_sessions: Derived<u32>,
    /// One entry a visit, in time order.
    pub visits: Vec<VisitOutcome>,
    /// Where it stands by all answers, drafts too: what the window shows.
    pub standing: Standing,
    /// Where it stands by the answers that rates count: signed ones only, unless the study says otherwise.
    pub counted: Standing,
    /// Visits with an answer that rates leave out because it is a draft.
    pub drafts_left_out: Vec<VisitId>,
    /// What rules object to in the lesion's dates.
    pub objections: Vec<Objection>,
}

impl LesionOutcome {
    /// The outcome at a visit.
    #[must_use]
    pub fn at(&self, visit: VisitId) -> Option<&VisitOutcome> {
        self.visits.iter().find(|outcome| outcome.visit == visit)
    }
}

/// A coded value's words with a small first letter, for the middle of a sentence.
pub(super) fn inline<T: Coded>(value: T) -> String {
    let words = value.words();
    let second_is_capital = words.chars().nth(1).is_some_and(char::is_uppercase);
    if second_is_capital {
        return words.to_owned();
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
