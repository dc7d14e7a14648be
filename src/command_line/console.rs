//! Standard output and standard error, kept clean.

use super::{DONE, REFUSED};
use serde_json::Value;
use std::io::{ErrorKind, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where a command prints.
pub(super) struct Console<'a> {
    out: Mutex<&'a mut (dyn Write + Send)>,
    err: Mutex<&'a mut (dyn Write + Send)>,
}

impl<'a> Console<'a> {
    pub fn new(out: &'a mut (dyn Write + Send), err: &'a mut (dyn Write + Send)) -> Self {
        Self { out: Mutex::new(out), err: Mutex::new(err) }
    }

    /// Prints a result; gives the exit code.
    pub fn json(&self, value: &Value) -> u8 {
        // JSON escapes C0 itself; the rest of what a terminal may obey is escaped here, so that nothing is lost.
        let text = format!("{value:#}");
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            if c != '\n' && is_hidden(c) {
                escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
            } else {
                escaped.push(c);
            }
        }
        self.text(&escaped)
    }

    /// Prints plain text on standard output; gives the exit code.
    pub fn text(&self, text: &str) -> u8 {
        let Ok(mut out) = self.out.lock() else { return REFUSED };
        match writeln!(out, "{}", plain(text)).and_then(|()| out.flush()) {
            Ok(()) => DONE,
            // Whoever reads has enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => DONE,
            Err(error) => {
                drop(out);
                self.say(&format!("The result could not be printed: {error}."));
                REFUSED
            }
        }
    }

    /// Says something to a person, on standard error.
    pub fn say(&self, sentence: &str) {
        if let Ok(mut err) = self.err.lock() {
            writeln!(err, "{}", plain(sentence)).ok();
        }
    }
}

/// Tells how far long work is, ten times at most.
pub(super) struct Progress<'a, 'b> {
    console: &'a Console<'b>,
    /// What is counted: "Read {done} of {total} files" and so on.
    verb: &'static str,
    noun: &'static str,
    tenths: AtomicUsize,
}

impl<'a, 'b> Progress<'a, 'b> {
    /// Work on fewer pieces than this is over before anyone asks.
    const WORTH_TELLING: usize = 100;

    pub fn new(console: &'a Console<'b>, verb: &'static str, noun: &'static str) -> Self {
        Self { console, verb, noun, tenths: AtomicUsize::new(0) }
    }

    pub fn tell(&self, done: usize, total: usize) {
        if total < Self::WORTH_TELLING {
            return;
        }
        let tenth = done.saturating_mul(10) / total;
        if tenth > self.tenths.fetch_max(tenth, Ordering::Relaxed) {
            self.console.say(&format!("{} {done} of {total} {}", self.verb, self.noun));
        }
    }
}

/// What a terminal or a reader's eye could be fooled by: control characters and changes of writing direction.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Text without what a terminal would obey; lines stay.
pub(super) fn plain(text: &str) -> String {
    text.trim_end().chars().filter(|c| *c == '\n' || !is_hidden(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_keeps_hidden_characters_as_escapes() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let value = json!({ "name": "a\u{1b}[31m\u{9b}b\u{202e}c\nd" });
        assert_eq!(Console::new(&mut out, &mut err).json(&value), DONE);
        let text = String::from_utf8(out).unwrap();
        assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)), "{text:?}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn progress_speaks_at_most_ten_times() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let console = Console::new(&mut out, &mut err);
        let progress = Progress::new(&console, "Read", "files");
        (0..=1000).for_each(|done| progress.tell(done, 1000));
        (0..=9).for_each(|done| progress.tell(done, 9));
        let text = String::from_utf8(err).unwrap();
        assert_eq!(text.lines().count(), 10);
        assert!(text.starts_with("Read 100 of 1000 files\n"), "{text}");
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_result_that_cannot_be_printed_is_no_success() {
        let (mut out, mut err) = (Full, Vec::new());
        assert_eq!(Console::new(&mut out, &mut err).json(&json!({})), REFUSED);
        assert!(String::from_utf8(err).unwrap().contains("could not be printed"));
    }
}
