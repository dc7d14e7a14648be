//! What a person is told: a short line that goes by itself, or stays while something is wrong.

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Done; goes by itself, offers undo where that makes sense.
    Done,
    /// Worth knowing.
    Note,
    /// Could not be done; stays until put away.
    Problem,
}

/// One line for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number, for putting it away.
    pub id: u64,
    /// How much it matters.
    pub level: Level,
    /// The line.
    pub text: String,
    /// Whether undo takes back what it tells.
    pub offers_undo: bool,
}

/// The lines that are up, oldest first.
#[derive(Debug, Default)]
pub(super) struct Notices {
    all: Vec<Notice>,
    last: u64,
}

impl Notices {
    /// At most so many lines are up at once; older ones that are no problem go first.
    const MOST: usize = 4;

    pub(super) fn all(&self) -> &[Notice] {
        &self.all
    }

    pub(super) fn tell(&mut self, level: Level, text: impl Into<String>, offers_undo: bool) {
        let text = text.into();
        self.all.retain(|old| old.text != text);
        if level == Level::Done {
            self.all.retain(|old| old.level != Level::Done); // the last thing done is the one to undo
        }
        self.last += 1;
        self.all.push(Notice { id: self.last, level, text, offers_undo });
        while self.all.len() > Self::MOST {
            // Never the line that was just told.
            let older = self.all.len() - 1;
            let least = self.all.iter().take(older).enumerate().min_by_key(|(n, notice)| (notice.level, *n));
            let least = least.map(|(n, _)| n);
            if let Some(least) = least {
                self.all.remove(least);
            }
        }
    }

    /// Puts away lines that start with these words: they are no longer so.
    pub(super) fn put_away(&mut self, start: &str) {
        self.all.retain(|notice| !notice.text.starts_with(start));
    }

    pub(super) fn dismiss(&mut self, id: u64) {
        self.all.retain(|notice| notice.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_outlives_what_was_done() {
        let mut notices = Notices::default();
        notices.tell(Level::Problem, "the disk is full", false);
        for n in 0..10 {
            notices.tell(Level::Note, format!("note {n}"), false);
            notices.tell(Level::Done, format!("done {n}"), true);
        }
        assert!(notices.all().iter().any(|notice| notice.text == "the disk is full"));
        assert_eq!(notices.all().iter().filter(|notice| notice.level == Level::Done).count(), 1);
        assert!(notices.all().len() <= Notices::MOST);
    }
}
