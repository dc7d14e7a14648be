//! The process that is put under fire: this binary once more, with a role.

use super::session::{Session, say};
use super::{faults, full_disk, mutants, two_programs};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

const ROLE: &str = "ABLATION_REVIEW_FIRE_ROLE";
const PATH: &str = "ABLATION_REVIEW_FIRE_PATH";
const SEED: &str = "ABLATION_REVIEW_FIRE_SEED";

/// Does what the role says; without a role, nothing.
#[test]
fn child() {
    let (Ok(role), Some(path)) = (std::env::var(ROLE), std::env::var_os(PATH)) else { return };
    let path = PathBuf::from(path);
    let seed: u64 = std::env::var(SEED).unwrap().parse().unwrap();
    match role.as_str() {
        "wander" => {
            let mut session = Session::open(&path, seed, 1);
            (0..60).for_each(|_| session.wander());
        }
        "script" => faults::script(&path, seed as usize),
        "fill" => full_disk::fill(&path),
        "peer" => two_programs::peer(&path, seed),
        "headers" => mutants::headers(&path, seed),
        "projects" => mutants::projects(&path, seed),
        other => panic!("no role {other}"),
    }
    say("done");
}

/// A child with a role, run by a wrapper such as `strace` when there is one.
pub fn start(wrapper: &[String], role: &str, path: &Path, seed: u64, errors: Stdio) -> Child {
    let binary = std::env::current_exe().unwrap();
    let mut command = match wrapper.split_first() {
        Some((program, rest)) => {
            let mut command = Command::new(program);
            command.args(rest).arg(binary);
            command
        }
        None => Command::new(binary),
    };
    command
        .args(["--exact", "fire::child::child", "--nocapture", "--test-threads", "1"])
        .env(ROLE, role)
        .env(PATH, path)
        .env(SEED, seed.to_string())
        .env("RAYON_NUM_THREADS", "2")
        .env("MALLOC_ARENA_MAX", "2")
        // Cargo's: the loader would look for every library in each of its folders, and those calls count.
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .unwrap()
}

/// The lines of a child, until it ends.
pub fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok)
}

/// Runs a child to its end.
pub fn run(wrapper: &[String], role: &str, path: &Path, seed: u64) -> (Vec<String>, ExitStatus) {
    let mut child = start(wrapper, role, path, seed, Stdio::null());
    let lines = lines(&mut child).collect();
    (lines, child.wait().unwrap())
}

/// Whether `strace` is there and may trace; it stands for a failing disk and for a kill at a given call.
pub fn can_trace() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        let mut tried = Command::new("strace");
        tried.args(["-f", "--seccomp-bpf", "-e", "trace=openat", "-o", "/dev/null", "true"]);
        tried.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })
}

/// `strace` with one injection, which writes what it sees to a log.
pub fn strace(call: &str, what: &str, log: &Path) -> Vec<String> {
    let inject = format!("inject={call}:{what}");
    let trace = format!("trace={call}");
    // Calls that are not traced go at full speed; but a kill would not come then.
    let fast = if what.contains("signal=") { "-f" } else { "--seccomp-bpf" };
    ["strace", "-f", fast, "-o", log.to_str().unwrap(), "-e", &trace, "-e", &inject].map(str::to_owned).to_vec()
}
