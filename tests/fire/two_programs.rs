//! Two programs on one project: one writes while the other reads what was committed, then they change places. The
//! project ends as all acknowledged changes of both, in order.

use super::child::{lines, start};
use super::scratch;
use super::session::{Session, digest, say};
use crate::project::scene::at;
use ablation_review::project::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// In the child: writes when the other does not, and reads when it does. The seed is who and for how long.
pub fn peer(path: &Path, seed: u64) {
    let (who, seconds) = (seed & 0xFF, seed >> 8);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut newest = 0;
    let mut turn = 0;
    while Instant::now() < end {
        let name = format!("P{who}");
        let opened = match Project::open(path, OpenAs::Writer, &name, at(0)) {
            Ok(opened) => opened,
            Err(why) => {
                say(&format!("bad {why}"));
                continue;
            }
        };
        let mut project = opened.project;
        let mut saw = |project: &Project| {
            let length = project.history().entries().len() as u64;
            if length < newest {
                say(&format!("bad {length} changes after {newest}"));
            }
            newest = length;
            say(&format!("saw {length} {}", digest(project.document())));
        };
        saw(&project);
        // Reads along until the other is gone.
        while let (Some(ReadOnly::Held(holder)), true) = (project.store().read_only().cloned(), Instant::now() < end) {
            if holder.is_some_and(|holder| holder.who == name) {
                say("bad it is held by myself");
            }
            std::thread::sleep(Duration::from_millis(2));
            match project.refresh() {
                Ok(true) => saw(&project),
                Ok(false) => {}
                Err(why) => say(&format!("bad refreshing: {why}")),
            }
            match project.take_over(&OpenOptions::new(OpenAs::Writer, &name, at(0))) {
                Ok(_) => saw(&project),
                Err(TakeOverError::StillReadOnly(ReadOnly::Held(_))) => {}
                Err(why) => say(&format!("bad taking over: {why}")),
            }
        }
        if let Some(why) = project.store().read_only() {
            if !matches!(why, ReadOnly::Held(_)) {
                say(&format!("bad {why}"));
            }
            continue;
        }
        turn += 1;
        say("turn");
        let mut session = Session::with(path, project, who * 100_000 + turn);
        for _ in 0..10 + session.walker.random.below(30) {
            session.edit();
        }
        newest = session.changes();
        session.close();
        std::thread::sleep(Duration::from_millis(8));
    }
}

#[test]
fn two_programs_take_turns() {
    let seconds = super::number("ABLATION_REVIEW_PEERS_SECONDS", 4) as u64;
    let folder = scratch();
    let path = folder.path().join("shared.ablation");
    drop(Project::create(&path, "NU", at(0)).unwrap());
    let mut children = [1u64, 2].map(|who| start(&[], "peer", &path, seconds << 8 | who, Stdio::null()));
    let heard: Vec<_> = children
        .iter_mut()
        .map(|child| {
            let lines = lines(child);
            std::thread::spawn(move || lines.collect::<Vec<String>>())
        })
        .collect();
    let heard: Vec<Vec<String>> = heard.into_iter().map(|thread| thread.join().unwrap()).collect();
    for (child, said) in children.iter_mut().zip(&heard) {
        assert!(child.wait().unwrap().success() && said.iter().any(|line| line == "@done"), "{:?}", said.last());
    }
    // What each change made, by its number: acknowledged by one of the two, once.
    let mut made: BTreeMap<u64, u64> = BTreeMap::new();
    let mut turns = [0, 0];
    for (said, turns) in heard.iter().zip(&mut turns) {
        let mut trying = None;
        for line in said {
            let mut words = line.trim_start_matches('@').split(' ');
            let word = words.next().unwrap_or_default();
            let mut number = || words.next().and_then(|text| text.parse::<u64>().ok());
            match word {
                "try" => trying = number().zip(number()),
                "ack" => {
                    let (seq, digest) = (number().unwrap(), number().unwrap());
                    assert_eq!(trying.take(), Some((seq, digest)), "not what was prepared");
                    assert_eq!(made.insert(seq, digest), None, "change {seq} was acknowledged twice");
                }
                "turn" => *turns += 1,
                "bad" | "refused" => panic!("{line}"),
                _ => {}
            }
        }
    }
    let length = made.len() as u64;
    assert_eq!(made.keys().copied().collect::<Vec<_>>(), (1..=length).collect::<Vec<_>>());
    // What one saw of the other was always a whole state.
    let mut seen = 0;
    for line in heard.iter().flatten().filter_map(|line| line.strip_prefix("@saw ")) {
        let (length, digest) = line.split_once(' ').unwrap();
        let length: u64 = length.parse().unwrap();
        if length > 0 {
            assert_eq!(made[&length].to_string(), digest, "at change {length}");
            seen += 1;
        }
    }
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap();
    assert_eq!(opened.read_only, None);
    assert_eq!(opened.project.history().entries().len() as u64, length);
    assert_eq!(digest(opened.project.document()), made[&length]);
    drop(opened);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    println!("{length} changes in {seconds} s, {} and {} turns, {seen} states seen", turns[0], turns[1]);
    assert!(turns.iter().all(|turns| *turns > 1), "they did not change places: {turns:?}");
}
