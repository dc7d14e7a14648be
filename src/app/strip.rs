//! What digits mean just now: the score strip, step by step (reading.md 6 and 9).

use super::text::flow as text;
use crate::clinical::{Answer, Coded, Complications, NewTumour, NotDoneReason, NotEvaluableReason, Shape};
use crate::workbench::Request;

/// The question that a digit answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strip {
    /// None: digits are window presets.
    #[default]
    Off,
    /// What is seen?
    Answer,
    /// Which shape?
    Shape,
    /// Why not evaluable?
    NotEvaluable,
    /// Why not done?
    NotDone,
    /// How large is the viable part, mm, where no mark tells it? Digits are typed, Enter keeps.
    Diameter,
    /// New tumour elsewhere?
    NewTumour,
    /// Complications?
    Complications,
    /// All answered: Enter signs.
    Sign,
}

impl Strip {
    /// The request a digit makes here, and the question that follows.
    #[must_use]
    pub fn digit(self, digit: u8) -> Option<(Request, Self)> {
        fn nth<T: Coded>(digit: u8) -> Option<T> {
            T::ALL.get(usize::from(digit.checked_sub(1)?)).copied()
        }
        match self {
            Self::Off | Self::Sign | Self::Diameter => None,
            Self::Answer => nth(digit).map(|answer| (Request::Answer(answer), Self::after(answer))),
            Self::Shape => {
                let nth_shape = if digit == 0 { 10 } else { digit };
                nth::<Shape>(nth_shape).map(|shape| (Request::Shape(Some(shape)), Self::Off))
            }
            Self::NotEvaluable => nth::<NotEvaluableReason>(digit).map(|r| (Request::NotEvaluable(r), Self::Off)),
            Self::NotDone => nth::<NotDoneReason>(digit).map(|r| (Request::NotDone(r), Self::Off)),
            Self::NewTumour => {
                let answer = match digit {
                    1 => NewTumour::None,
                    2 => NewTumour::InOrgan(String::new()),
                    3 => NewTumour::Outside(String::new()),
                    4 => NewTumour::InOrganAndOutside(String::new()),
                    5 => NewTumour::NotAssessed,
                    _ => return None,
                };
                Some((Request::NewTumour(Some(answer)), Self::Complications))
            }
            Self::Complications => {
                let answer = match digit {
                    1 => Complications::None,
                    2 => Complications::Present(String::new()),
                    3 => Complications::NotAssessed,
                    _ => return None,
                };
                Some((Request::Complications(Some(answer)), Self::Sign))
            }
        }
    }

    /// What is asked and how many answers there are; none where digits are windows.
    #[must_use]
    pub const fn asks(self) -> Option<(&'static str, usize)> {
        Some(match self {
            Self::Off | Self::Sign => return None,
            Self::Answer => (text::ASKS_SEEN, 5),
            Self::Shape => (text::ASKS_SHAPE, 10),
            Self::NotEvaluable => (text::ASKS_NOT_EVALUABLE, 5),
            Self::NotDone => (text::ASKS_NOT_DONE, 4),
            Self::Diameter => (text::ASKS_DIAMETER, 10),
            Self::NewTumour => (text::ASKS_NEW_TUMOUR, 5),
            Self::Complications => (text::ASKS_COMPLICATIONS, 3),
        })
    }

    /// Whether the question is about a lesion, as against the visit.
    #[must_use]
    pub const fn is_of_lesion(self) -> bool {
        matches!(self, Self::Answer | Self::Shape | Self::NotEvaluable | Self::NotDone | Self::Diameter)
    }

    /// The question after an answer.
    #[must_use]
    pub const fn after(answer: Answer) -> Self {
        match answer {
            Answer::NoViable | Answer::Viable | Answer::Equivocal => Self::Shape,
            Answer::NotEvaluable => Self::NotEvaluable,
            Answer::NotDone => Self::NotDone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_score_strip() {
        let (request, next) = Strip::Answer.digit(1).unwrap();
        assert_eq!((request, next), (Request::Answer(Answer::NoViable), Strip::Shape));
        assert_eq!(Strip::Answer.digit(4).unwrap().1, Strip::NotEvaluable);
        assert_eq!(Strip::Answer.digit(5).unwrap().1, Strip::NotDone);
        assert!(Strip::Answer.digit(6).is_none());
        assert_eq!(Strip::Shape.digit(2).unwrap().0, Request::Shape(Some(Shape::ThinSmoothRim)));
        assert_eq!(Strip::Shape.digit(8).unwrap().0, Request::Shape(Some(Shape::HypoattenuatingNodule)));
        assert_eq!(Strip::Shape.digit(0).unwrap().0, Request::Shape(Some(Shape::VesselAtZone)));
        assert_eq!(Strip::NotEvaluable.digit(5).unwrap().0, Request::NotEvaluable(NotEvaluableReason::NoContrast));
        assert_eq!(Strip::NotDone.digit(2).unwrap().0, Request::NotDone(NotDoneReason::Died));
        assert!(Strip::Off.digit(1).is_none());
    }

    #[test]
    fn the_rest_of_the_scan_leads_to_signing() {
        let (request, next) = Strip::NewTumour.digit(1).unwrap();
        assert_eq!((request, next), (Request::NewTumour(Some(NewTumour::None)), Strip::Complications));
        let (request, next) = next.digit(1).unwrap();
        assert_eq!((request, next), (Request::Complications(Some(Complications::None)), Strip::Sign));
    }
}
