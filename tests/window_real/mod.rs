//! The real window, on a display, driven from outside as a person would. Runs only where `ABLATION_REVIEW_WINDOW`
//! is set: it needs a display and, in `ABLATION_REVIEW_BINARY`, the program built with `--features inspection`.
//! `.ci/run` brings both. What the window does is tested by label without a display; here is what only a real one
//! shows: that it opens, draws, listens, rests and closes.

mod close;
mod peer;
mod safety;

use eframe::egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, vec2};
use peer::{Peer, Widget};
use std::path::Path;
use std::time::Duration;

/// The program's path, when this is the place to run it.
fn program() -> Option<std::path::PathBuf> {
    if std::env::var_os("ABLATION_REVIEW_WINDOW").is_none_or(|on| on != "1") {
        println!("without a window: set ABLATION_REVIEW_WINDOW=1 to drive the real one");
        return None;
    }
    let program = std::env::var_os("ABLATION_REVIEW_BINARY").expect("ABLATION_REVIEW_BINARY names the program");
    Some(program.into())
}

fn open_sample(program: &Path, user: &Path) -> Peer {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/first-look");
    let mut peer = Peer::start(program, user, &[&sample]);
    for pane in ["Left pane", "Right pane"] {
        peer.until(&format!("{pane} shows a slice"), |widgets| {
            widgets.iter().any(|w| w.name == pane && w.value.starts_with("slice "))
        });
    }
    peer
}

fn pane<'a>(widgets: &'a [Widget], name: &str) -> &'a Widget {
    widgets.iter().find(|w| w.name == name).unwrap_or_else(|| panic!("there is no {name}"))
}

/// How many different shades of grey a picture holds inside a box, and the brightest.
fn greys(picture: &peer::Picture, inside: &Widget) -> (usize, u8) {
    let mut seen = [false; 256];
    for y in inside.y0 as usize..inside.y1 as usize {
        for x in inside.x0 as usize..inside.x1 as usize {
            let [r, g, b] = picture.at(x, y);
            if r == g && g == b {
                seen[usize::from(r)] = true;
            }
        }
    }
    (seen.iter().filter(|s| **s).count(), seen.iter().rposition(|s| *s).unwrap_or(0) as u8)
}

#[test]
fn the_window_opens_draws_listens_rests_and_closes() {
    let Some(program) = program() else { return };
    let user = tempfile::tempdir().unwrap();
    let mut peer = open_sample(&program, user.path());

    // It draws: both panes hold a picture in many shades, not a black or a plain field.
    let widgets = peer.widgets();
    peer.settle();
    let picture = peer.screenshot();
    for name in ["Left pane", "Right pane"] {
        let (shades, brightest) = greys(&picture, pane(&widgets, name));
        assert!(shades > 64 && brightest > 150, "{name} shows {shades} shades up to {brightest}");
    }

    // It listens: a key and the wheel each show another slice, and the linked pane follows.
    let before = [pane(&widgets, "Left pane").value.clone(), pane(&widgets, "Right pane").value.clone()];
    // Twice: where the slices of one lie between those of the other, the linked pane may stay at the first step.
    peer.key(Key::ArrowDown, Modifiers::NONE);
    peer.key(Key::ArrowDown, Modifiers::NONE);
    peer.until("a key scrolls both panes", |widgets| {
        pane(widgets, "Left pane").value != before[0] && pane(widgets, "Right pane").value != before[1]
    });
    let after_key = pane(&peer.widgets(), "Left pane").value.clone();
    let over = pane(&widgets, "Left pane").centre();
    peer.events(vec![
        Event::PointerMoved(over),
        Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, -1.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        },
    ]);
    peer.until("the wheel scrolls", |widgets| pane(widgets, "Left pane").value != after_key);

    // It rests: with nothing to do it draws next to nothing.
    peer.settle();
    let before = peer.steps();
    std::thread::sleep(Duration::from_secs(2));
    let frames = peer.steps() - before;
    assert!(frames <= 6, "{frames} frames were drawn in two idle seconds"); // asking draws some itself
    println!("frames in two idle seconds: {frames}");

    // It closes, when asked as a window manager asks.
    close(&mut peer);
}

#[test]
fn what_is_entered_is_there_after_the_window_was_killed() {
    let Some(program) = program() else { return };
    let user = tempfile::tempdir().unwrap();
    let mut peer = open_sample(&program, user.path());
    peer.key(Key::A, Modifiers::NONE);
    peer.until("a lesion was added", |widgets| widgets.iter().any(|w| w.name.contains("L1")));
    peer.until("it is saved", |widgets| widgets.iter().any(|w| w.name == "saved" || w.value == "saved"));
    let project = project_below(user.path());
    peer.kill();

    let mut peer = Peer::start(&program, user.path(), &[&project]);
    peer.until("the lesion is there again", |widgets| widgets.iter().any(|w| w.name.contains("L1")));
    close(&mut peer);
}

/// Closes the window as a window manager does; a window that still starts may miss the first request.
fn close(peer: &mut Peer) {
    for _ in 0..10 {
        close::ask(peer.process());
        if peer.ended(Duration::from_secs(1)) {
            return;
        }
    }
    panic!("the window did not close");
}

/// The one project file below a folder.
fn project_below(folder: &Path) -> std::path::PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "ablation") {
                return path;
            }
        }
    }
    panic!("no project was made");
}
