//! What a child says, line by line, and what follows from it.

use super::session::digest;
use crate::project::scene::at;
use ablation_review::project::{Document, OpenAs, Project, check};
use std::collections::BTreeMap;
use std::path::Path;

/// Everything one child said.
#[derive(Debug, Default)]
pub struct Said {
    /// Changes that were about to be written: what the document would be.
    pub tried: BTreeMap<u64, u64>,
    /// The newest change that was acknowledged.
    pub acknowledged: u64,
    /// Copies that were begun, by name, at which change; and whether they were acknowledged.
    pub copies: BTreeMap<String, (u64, bool)>,
    /// Sentences about what was not done.
    pub refused: Vec<String>,
    /// Whether the child came to its end.
    pub done: bool,
    /// Every line.
    pub lines: Vec<String>,
}

impl Said {
    /// Everything of a child that has ended.
    pub fn all(lines: &[String]) -> Self {
        let mut said = Self::default();
        for line in lines {
            said.hear(line);
        }
        said
    }

    /// What the last line says was under way: the kind of a change, or another step.
    pub fn under_way(&self) -> String {
        let last = self.lines.last().map(String::as_str).unwrap_or("nothing yet");
        match last.split(' ').collect::<Vec<_>>().as_slice() {
            ["try", _, _, kind] => (*kind).to_owned(),
            ["ack", ..] => "between changes".to_owned(),
            [word, ..] => (*word).to_owned(),
            [] => String::new(),
        }
    }

    /// Takes in one line of the child's output; true when it was an acknowledgement.
    pub fn hear(&mut self, line: &str) -> bool {
        let Some(line) = line.strip_prefix('@') else { return false };
        self.lines.push(line.to_owned());
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut parts = rest.split(' ');
        let mut number = || parts.next().and_then(|text| text.parse::<u64>().ok());
        match word {
            "try" => {
                if let (Some(seq), Some(digest)) = (number(), number()) {
                    self.tried.insert(seq, digest);
                }
            }
            "ack" => {
                if let (Some(seq), Some(digest)) = (number(), number()) {
                    self.tried.insert(seq, digest);
                    self.acknowledged = seq;
                    return true;
                }
            }
            "copying" => {
                if let (Some(seq), Some(name)) = (number(), rest.split(' ').nth(1)) {
                    self.copies.insert(name.to_owned(), (seq, false));
                }
            }
            "copied" => {
                if let Some(copy) = self.copies.get_mut(rest) {
                    copy.1 = true;
                }
            }
            "refused" => self.refused.push(rest.to_owned()),
            "done" => self.done = true,
            _ => {}
        }
        false
    }
}

/// What the parent knows of a project: which document belongs to which number of changes.
#[derive(Debug, Default)]
pub struct Known {
    states: BTreeMap<u64, u64>,
    /// How many changes the file holds.
    pub length: u64,
    newest_backup: u64,
}

impl Known {
    /// A project that holds so many changes.
    pub fn of(length: u64) -> Self {
        Self { length, ..Self::default() }
    }

    /// Holds the project against what a child said. Whatever is found comes out as a sentence.
    pub fn hold(&mut self, path: &Path, said: &Said, check_first: bool) -> Result<(), String> {
        self.states.extend(&said.tried);
        if check_first {
            self.sound(path, "before it is opened for writing")?;
        }
        let opened = Project::open(path, OpenAs::ReadOnly, "", at(0)).map_err(|why| why.to_string())?;
        let length = opened.project.history().entries().len() as u64;
        let acknowledged = self.length.max(said.acknowledged);
        // One more at most: written, but cut short before it could be acknowledged.
        let one_more = said.tried.contains_key(&(acknowledged + 1));
        if length != acknowledged && !(one_more && length == acknowledged + 1) {
            return Err(format!("{length} changes in the file, {acknowledged} acknowledged"));
        }
        self.same(length, opened.project.document(), "the project")?;
        self.length = length;
        drop(opened);
        self.copies(path, said)?;
        self.backups(path)?;
        let opened = Project::open(path, OpenAs::Writer, "NU", at(0)).map_err(|why| why.to_string())?;
        if let Some(why) = opened.read_only {
            return Err(format!("not open for writing: {why}"));
        }
        drop(opened);
        self.sound(path, "after it was opened for writing")
    }

    fn same(&mut self, length: u64, document: &Document, which: &str) -> Result<(), String> {
        let found = digest(document);
        match self.states.get(&length) {
            Some(known) if *known != found => Err(format!("{which} is not as change {length} made it")),
            Some(_) => Ok(()),
            // Only what was there before the first child: the start.
            None if self.states.is_empty() || self.states.range(..length).next().is_none() => {
                self.states.insert(length, found);
                Ok(())
            }
            None => Err(format!("nobody knows of change {length}")),
        }
    }

    fn sound(&self, path: &Path, when: &str) -> Result<(), String> {
        let report = check(path).map_err(|why| why.to_string())?;
        if report.problems.is_empty() { Ok(()) } else { Err(format!("{when}: {:?}", report.problems)) }
    }

    /// A copy is whole under its name, and there when it was acknowledged.
    fn copies(&mut self, path: &Path, said: &Said) -> Result<(), String> {
        for (name, (seq, acknowledged)) in &said.copies {
            let copy = path.with_file_name(name);
            if !copy.exists() {
                if *acknowledged {
                    return Err(format!("{name} was acknowledged and is not there"));
                }
                continue;
            }
            self.sound(&copy, name)?;
            let opened = Project::open(&copy, OpenAs::ReadOnly, "", at(0)).map_err(|why| why.to_string())?;
            if opened.project.history().entries().len() as u64 != *seq {
                return Err(format!("{name} does not hold {seq} changes"));
            }
            self.same(*seq, opened.project.document(), name)?;
            std::fs::remove_file(copy).ok();
        }
        Ok(())
    }

    /// Every backup is a state that once was; the newest never goes back.
    fn backups(&mut self, path: &Path) -> Result<(), String> {
        let mut newest = 0;
        for n in 1..=3 {
            let name = format!(".backup-{n}");
            let backup = super::next_to(path, &name);
            if !backup.exists() {
                continue;
            }
            self.sound(&backup, &name)?;
            let opened = Project::open(&backup, OpenAs::ReadOnly, "", at(0)).map_err(|why| why.to_string())?;
            let length = opened.project.history().entries().len() as u64;
            newest = newest.max(length);
            self.same(length, opened.project.document(), &name)?;
        }
        if newest < self.newest_backup {
            return Err(format!("the newest backup holds {newest} changes, and held {} before", self.newest_backup));
        }
        self.newest_backup = newest;
        Ok(())
    }
}
