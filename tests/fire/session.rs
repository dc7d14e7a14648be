//! A reading in a child: opens a project, changes it, and says what it does before and after each step. Errors are
//! said and tried again, as a person would.

use crate::project::scene::{Walker, at};
use ablation_review::clinical::ReaderId;
use ablation_review::project::*;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// One line to the parent. A line that could not be written is written again: the fault was meant for the project.
pub fn say(line: &str) {
    let line = format!("\n@{line}\n");
    for _ in 0..3 {
        let mut out = std::io::stdout().lock();
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_ok() {
            return;
        }
    }
}

/// A number that stands for a document: FNV-1a over all it holds.
pub fn digest(document: &Document) -> u64 {
    struct Fnv(u64);
    impl std::fmt::Write for Fnv {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            for byte in text.bytes() {
                self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            Ok(())
        }
    }
    let mut fnv = Fnv(0xcbf2_9ce4_8422_2325);
    write!(fnv, "{document:?}").unwrap();
    fnv.0
}

/// An open project that says what it does.
pub struct Session {
    path: PathBuf,
    /// None while it could not be opened.
    project: Option<Project>,
    pub walker: Walker,
    /// How often a step is tried before the session goes on without it.
    tries: usize,
    copies: u32,
}

impl Session {
    pub fn open(path: &Path, seed: u64, tries: usize) -> Self {
        let mut session =
            Self { path: path.to_owned(), project: None, walker: Walker::new(seed), tries, copies: seed as u32 * 1000 };
        session.reopen();
        session
    }

    /// Goes on with a project that is open.
    pub fn with(path: &Path, project: Project, seed: u64) -> Self {
        Self { path: path.to_owned(), project: Some(project), walker: Walker::new(seed), tries: 1, copies: 0 }
    }

    /// How many changes the project has.
    pub fn changes(&self) -> u64 {
        self.project.as_ref().map_or(0, |project| project.history().entries().len() as u64)
    }

    /// Closes and opens the project, which makes a backup when there is something new.
    pub fn reopen(&mut self) {
        self.close();
        say("opening");
        for _ in 0..self.tries {
            match Project::open(&self.path, OpenAs::Writer, "NU", at(0)) {
                Ok(opened) if opened.read_only.is_none() => {
                    self.project = Some(opened.project);
                    say("opened");
                    return;
                }
                Ok(opened) => say(&format!("refused {}", opened.read_only.unwrap())),
                Err(why) => say(&format!("refused {why}")),
            }
        }
    }

    pub fn close(&mut self) {
        if self.project.take().is_some() {
            say("closed");
        }
    }

    pub fn document(&self) -> Option<&Document> {
        self.project.as_ref().map(Project::document)
    }

    pub fn reader(&self) -> Option<ReaderId> {
        self.document()?.readers().next().map(|reader| reader.id)
    }

    /// Commits; true when it is on disk. A refusal of the edit is no fault.
    pub fn commit(&mut self, named: NamedEdit, sidecar: &Sidecar) -> bool {
        let edit = named.edit.clone();
        let kind = format!("{:?}", named.kind);
        self.attempt(&kind, &edit, |project, by| project.commit_with(named.clone(), by, sidecar).map(|entry| entry.seq))
    }

    /// Undoes or does again.
    fn step(&mut self, undo: bool) -> bool {
        let Some(project) = &self.project else { return false };
        let step = if undo { project.history().next_undo() } else { project.history().next_redo() };
        let Some(step) = step else { return false };
        let read = || (0..self.tries).find_map(|_| project.store().inverse_of(step.seq).ok());
        let Some(edit) = step.inverse.as_deref().cloned().or_else(read) else { return false };
        self.attempt(if undo { "Undo" } else { "Redo" }, &edit, |project, by| {
            let done = if undo { project.undo(by) } else { project.redo(by) };
            done.map(|entry| entry.seq)
        })
    }

    /// The kind is for whoever counts.
    fn attempt(
        &mut self,
        kind: &str,
        edit: &Edit,
        make: impl Fn(&mut Project, By) -> Result<u64, CommitError>,
    ) -> bool {
        self.walker.minute += 1;
        let by = crate::project::scene::by(self.reader(), self.walker.minute);
        for _ in 0..self.tries {
            let Some(project) = &mut self.project else { return false };
            let Ok(prepared) = project.document().prepare(edit.clone()) else { return false };
            say(&format!("try {} {} {kind}", project.history().next_seq(), digest(&prepared.after)));
            let before = project.document().clone();
            match make(project, by) {
                Ok(seq) => {
                    say(&format!("ack {seq} {}", digest(project.document())));
                    return true;
                }
                Err(why) => {
                    assert!(*project.document() == before, "shown, though not saved: {why}");
                    say(&format!("refused {why}"));
                }
            }
        }
        false
    }

    pub fn undo(&mut self) -> bool {
        self.step(true)
    }

    pub fn redo(&mut self) -> bool {
        self.step(false)
    }

    pub fn hold_as(&mut self, who: &str) {
        for _ in 0..self.tries {
            let Some(project) = &mut self.project else { return };
            match project.hold_as(who, at(3)) {
                Ok(()) => return,
                Err(why) => say(&format!("refused {why}")),
            }
        }
    }

    /// Writes the paths of a stack anew, as after files were moved.
    pub fn move_files(&mut self) {
        for _ in 0..self.tries {
            let Some(project) = &mut self.project else { return };
            let Some(key) = project.document().stacks().next().map(|stack| stack.info.key) else { return };
            let written = project.store().paths_of(key).map_err(|why| why.to_string()).and_then(|mut paths| {
                paths.iter_mut().for_each(|path| path.mtime += 1);
                let sidecar = Sidecar { identities: Vec::new(), paths: vec![(key, paths)] };
                project.write_sidecar(&sidecar).map_err(|why| why.to_string())
            });
            match written {
                Ok(()) => return say("moved"),
                Err(why) => say(&format!("refused {why}")),
            }
        }
    }

    pub fn copy(&mut self) {
        for _ in 0..self.tries {
            let Some(project) = &self.project else { return };
            self.copies += 1;
            let name = format!("copy-{}.ablation", self.copies);
            say(&format!("copying {} {name}", project.history().entries().len()));
            match project.save_a_copy(&self.path.with_file_name(&name)) {
                Ok(()) => return say(&format!("copied {name}")),
                Err(why) => say(&format!("refused {why}")),
            }
        }
    }

    /// One random step of any kind.
    pub fn wander(&mut self) {
        match self.walker.random.below(30) {
            0..=1 => self.reopen(),
            2..=3 => self.copy(),
            4 => self.hold_as("NU"),
            5 => self.move_files(),
            _ => self.edit(),
        }
    }

    /// One random change, undo or redo.
    pub fn edit(&mut self) {
        match self.walker.random.below(8) {
            0 => drop(self.undo()),
            1 => drop(self.redo()),
            _ => {
                let Some(document) = self.document().cloned() else { return };
                let (named, sidecar) = self.walker.propose(&document);
                self.commit(named, &sidecar);
            }
        }
    }
}
