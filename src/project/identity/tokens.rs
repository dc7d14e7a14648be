//! The strings that tell who somebody is, and finding them in text.

use crate::clinical::{Date, Identity};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Shorter strings are no help in finding a person, and are everywhere.
const SHORTEST: usize = 3;
/// From this length on a string counts wherever it stands; a shorter one must stand by itself.
const LONG: usize = 5;

/// Strings to be looked for, without regard to case and to the accents of Latin letters.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// By their first three characters.
    by_start: BTreeMap<[char; 3], BTreeSet<Vec<char>>>,
}

impl Tokens {
    /// What tells who the people of a project are, and the folders that their images lie in.
    pub(super) fn of<'a>(
        identities: impl IntoIterator<Item = &'a Identity>,
        folders: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut tokens = Self::default();
        for identity in identities {
            tokens.add_words(&identity.name);
            tokens.add(identity.name.trim());
            for value in [&identity.dicom_patient_id, &identity.issuer] {
                tokens.add(value.trim());
                tokens.add_words(value);
            }
            if let Some(birth) = identity.birth_date {
                spellings(birth).iter().for_each(|spelling| tokens.add(spelling));
            }
        }
        for folder in folders.into_iter().filter(|folder| folder.chars().count() > LONG) {
            tokens.add(&folder);
        }
        tokens
    }

    fn add_words(&mut self, text: &str) {
        text.split(|c: char| !c.is_alphanumeric()).for_each(|word| self.add(word));
    }

    fn add(&mut self, text: &str) {
        for spelling in written(text) {
            let token: Vec<char> = spelling.chars().map(folded).collect();
            if let [a, b, c, ..] = *token.as_slice()
                && token.iter().filter(|c| c.is_alphanumeric()).count() >= SHORTEST
            {
                self.by_start.entry([a, b, c]).or_default().insert(token);
            }
        }
    }

    /// Every string.
    pub(super) fn all(&self) -> impl Iterator<Item = String> + '_ {
        self.by_start.values().flatten().map(|token| token.iter().collect())
    }

    /// Where a text holds one of the strings, as ranges of characters that neither meet nor overlap.
    pub(super) fn hits(&self, text: &[char]) -> Vec<Range<usize>> {
        let plain: Vec<char> = text.iter().copied().map(folded).collect();
        let mut hits: Vec<Range<usize>> = Vec::new();
        for (at, start) in plain.windows(3).enumerate() {
            let [a, b, c] = *start else { continue };
            let Some(tokens) = self.by_start.get(&[a, b, c]) else { continue };
            let longest = tokens.iter().filter(|token| found_at(&plain, at, token)).map(Vec::len).max();
            let Some(len) = longest else { continue };
            match hits.last_mut() {
                Some(last) if last.end >= at => last.end = last.end.max(at + len),
                _ => hits.push(at..at + len),
            }
        }
        hits
    }

    /// Whether a text holds one of the strings.
    pub(super) fn is_in(&self, text: &str) -> bool {
        !self.hits(&text.chars().collect::<Vec<_>>()).is_empty()
    }
}

/// Whether a token stands at a place: a short one by itself, a longer one anywhere.
fn found_at(text: &[char], at: usize, token: &[char]) -> bool {
    if text.get(at..at + token.len()) != Some(token) {
        return false;
    }
    let digits = token.iter().all(char::is_ascii_digit);
    if token.len() >= LONG && !digits {
        return true;
    }
    // A number goes on in digits, a word in letters.
    let goes_on = |c: Option<&char>| c.is_some_and(|c| if digits { c.is_ascii_digit() } else { c.is_alphabetic() });
    let before = at.checked_sub(1).and_then(|at| text.get(at));
    !goes_on(before) && !goes_on(text.get(at + token.len()))
}

/// One lower-case letter for each, so that places in the text stay what they are.
pub(super) fn folded(c: char) -> char {
    let lower = c.to_lowercase().next().unwrap_or(c);
    match lower {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

/// A string, and how it is written where letters are missing: "Müller" as "Mueller".
fn written(text: &str) -> Vec<String> {
    let mut spellings = vec![text.to_owned()];
    let lower = text.to_lowercase();
    let plain = lower.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss").replace('ø', "oe");
    if plain != lower {
        spellings.push(plain);
    }
    spellings
}

/// A birth date as people and machines write it.
fn spellings(date: Date) -> Vec<String> {
    [
        "%Y-%m-%d",
        "%Y%m%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%d.%m.%Y",
        "%-d.%-m.%Y",
        "%d. %m. %Y",
        "%-d. %-m. %Y",
        "%d-%m-%Y",
        "%d/%m/%Y",
        "%-d/%-m/%Y",
        "%m/%d/%Y",
        "%-m/%-d/%Y",
        "%d%m%Y",
        "%d.%m.%y",
        "%d/%m/%y",
        "%m/%d/%y",
        "%-d %B %Y",
        "%-d %b %Y",
        "%B %-d, %Y",
        "%b %-d, %Y",
        "%d-%b-%Y",
    ]
    .iter()
    .map(|format| date.format(format).to_string())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let identity = Identity {
            dicom_patient_id: "4711".into(),
            issuer: "HOSP".into(),
            name: "Müller-Ann^José".into(),
            birth_date: Some("1951-07-09".parse().unwrap()),
        };
        Tokens::of([&identity], ["/scans/of someone".to_owned()])
    }

    #[test]
    fn names_numbers_and_dates_are_found_as_they_are_written() {
        for text in [
            "MÜLLER",
            "mueller",
            "Muller2",
            "premüllerian",
            "(Ann)",
            "Ann_2",
            "jose",
            "ID4711",
            "1.2.4711.3",
            "hosp",
            "9.7.1951",
            "born 19510709",
            "July 9, 1951",
            "in /scans/of someone/x",
        ] {
            assert!(tokens().is_in(text), "{text}");
        }
        for text in ["annual", "Hannah", "14711", "47112", "hospital", "1951", "Mull", "of someone"] {
            assert!(!tokens().is_in(text), "{text}");
        }
    }

    #[test]
    fn a_hit_is_a_range_of_characters() {
        let text: Vec<char> = "é Müller, Ann".chars().collect();
        assert_eq!(tokens().hits(&text), [2..8, 10..13]);
    }
}
