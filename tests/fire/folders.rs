//! Folders made to harm, through the whole program: each is searched to its end, its images are found, and what is
//! no image is named.

use super::scratch;
use super::small_dicom::{Layout, file, slice};
use serde_json::Value;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What a search may take here; one that hangs on a pipe takes for ever.
const LONGEST: Duration = Duration::from_secs(120);

/// Runs the program, and ends it when it takes for ever.
fn program(words: &[&OsStr]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ablation-review"))
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    // Pipes are read to their end on threads of their own, so that a full one holds nothing up.
    let read = |mut pipe: Box<dyn std::io::Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            bytes
        })
    };
    let out = read(Box::new(child.stdout.take().unwrap()));
    let err = read(Box::new(child.stderr.take().unwrap()));
    let end = Instant::now() + LONGEST;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > end {
            child.kill().unwrap();
            panic!("process {id} did not end: {words:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Output { status, stdout: out.join().unwrap(), stderr: err.join().unwrap() }
}

fn inspect(folder: &Path) -> (Value, String) {
    let output = program(&[OsStr::new("inspect"), folder.as_os_str()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {said}", output.status);
    for text in [&said, &String::from_utf8_lossy(&output.stdout).into_owned()] {
        let odd = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(odd, None, "a control character reached the terminal");
    }
    (serde_json::from_slice(&output.stdout).unwrap(), said)
}

fn image(n: u32) -> Vec<u8> {
    file(&slice(n, 3.0 * f64::from(n)), Layout::Explicit)
}

/// A folder below `root` whose path has `length` bytes, made step by step: the system takes no path that long at once.
fn deep(root: &Path, length: usize) -> PathBuf {
    let mut path = root.to_owned();
    while path.as_os_str().len() < length {
        let left = length - path.as_os_str().len() - 1;
        // A name may have 255 bytes; what is left after the last must make a name too.
        let name = if left > 255 { (left - 2).min(200) } else { left };
        path.push("n".repeat(name));
    }
    assert_eq!(path.as_os_str().len(), length);
    let script = "cd \"$1\" && shift && for name; do mkdir -p \"$name\" && cd -P \"$name\" || exit 1; done";
    let names = path.strip_prefix(root).unwrap().iter();
    let made = Command::new("sh").args(["-c", script, "deep"]).arg(root).args(names).status().unwrap();
    assert!(made.success());
    path
}

#[test]
fn pipes_devices_loops_and_long_paths() {
    let folder = scratch();
    let folder = folder.path().canonicalize().unwrap();
    let at = |name: &str| folder.join(name);
    for n in 0..4 {
        std::fs::write(at(&n.to_string()), image(n)).unwrap();
    }
    assert!(Command::new("mkfifo").arg(at("pipe")).arg(at("pipe.dcm")).arg(at("DICOMDIR")).status().unwrap().success());
    let socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    symlink("/dev/zero", at("zero.dcm")).unwrap();
    symlink("/dev/null", at("null")).unwrap();
    symlink(at("loop-b"), at("loop-a")).unwrap();
    symlink(at("loop-a"), at("loop-b")).unwrap();
    symlink(&folder, at("again")).unwrap();
    symlink("/", at("all")).unwrap();
    symlink(at("nowhere"), at("broken")).unwrap();
    std::fs::create_dir(at("sub")).unwrap();
    symlink("../..", at("sub/up")).unwrap();
    let mut expected = 7; // pipes, socket, devices, and what is in names below
    // Names that a terminal or a spreadsheet would obey, and one that is no text.
    for name in [&b"=1+1\x1b]0;t\x07.dcm"[..], b"<img src=x onerror=alert(1)>", b"\xff\xfe\x80", b"-rf", b"a\nb\r"] {
        std::fs::write(folder.join(OsStr::from_bytes(name)), b"not an image, whatever it is called").unwrap();
        expected += 1;
    }
    // As long as the system takes, and longer.
    let long = deep(&folder, 4_000);
    std::fs::write(long.join("4.dcm"), image(4)).unwrap();
    deep(&folder.join("sub"), 5_000);

    let (found, said) = inspect(&folder);
    let series = found["series"].as_array().unwrap();
    assert_eq!((series.len(), &series[0]["slices"]), (1, &5.into()), "{said}");
    let skipped = found["skipped"].as_array().unwrap();
    let reason = |name: &str| {
        let one = skipped.iter().find(|one| one["file"].as_str().unwrap().ends_with(name));
        one.unwrap_or_else(|| panic!("{name}: {skipped:#?}"))["reason"].as_str().unwrap()
    };
    for name in ["/pipe", "/pipe.dcm", "/DICOMDIR", "/socket", "/zero.dcm", "/null"] {
        assert_eq!(reason(name), "This is a device, pipe or socket, not a file.", "{name}");
    }
    for name in ["/loop-a", "/loop-b", "/broken"] {
        assert!(reason(name).starts_with("It could not be opened: "), "{}", reason(name));
    }
    let too_long = skipped.iter().filter(|one| one["file"].as_str().unwrap().len() > 4_000).count();
    assert_eq!(too_long, 1, "where the path becomes too long is told once");
    assert!(skipped.len() >= expected, "{skipped:#?}");
    // "/" was not searched by the link to it.
    assert!(skipped.iter().all(|one| !one["file"].as_str().unwrap().contains("/all/")), "{skipped:#?}");

    // The project takes them, with the path of 4,000 bytes, and is sound.
    let project = scratch();
    let project = project.path().join("hostile.ablation");
    for words in [vec!["new"], vec!["import"], vec!["check"]] {
        let mut words: Vec<&OsStr> = words.into_iter().map(OsStr::new).collect();
        words.push(project.as_os_str());
        if words[0] == "import" {
            words.push(folder.as_os_str());
        }
        let output = program(&words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    drop(socket);
}

#[test]
fn a_hundred_thousand_files() {
    let folder = scratch();
    for k in 0..100 {
        let inside = folder.path().join(format!("{k:02}"));
        std::fs::create_dir(&inside).unwrap();
        for n in 0..999 {
            // Some say that they are images, all lie.
            let ending = if n % 2 == 0 { ".dcm" } else { "" };
            std::fs::write(inside.join(format!("IM{n:04}{ending}")), b"not an image").unwrap();
        }
        std::fs::write(inside.join("image"), image(k)).unwrap();
    }
    let started = Instant::now();
    let (found, said) = inspect(folder.path());
    println!("100,000 files searched in {:.1} s", started.elapsed().as_secs_f64());
    let series = found["series"].as_array().unwrap();
    assert_eq!((series.len(), &series[0]["slices"]), (1, &100.into()), "{said}");
    assert_eq!(found["skipped"].as_array().unwrap().len(), 99_900);
    assert!(said.lines().count() < 1_000, "{} lines of complaint", said.lines().count());
}
