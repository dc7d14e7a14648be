//! A running window with eframe's inspection feature, spoken to over its own protocol.

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_inspection::{Request, Response, protocol};
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a person can point at: name, value and box in points.
#[derive(Debug, Clone)]
pub struct Widget {
    pub name: String,
    pub value: String,
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Widget {
    pub fn centre(&self) -> Pos2 {
        pos2(((self.x0 + self.x1) / 2.0) as f32, ((self.y0 + self.y1) / 2.0) as f32)
    }
}

/// A screenshot.
pub struct Picture {
    width: usize,
    channels: usize,
    bytes: Vec<u8>,
}

impl Picture {
    fn decode(bytes: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.bit_depth, png::BitDepth::Eight);
        Self { width: info.width as usize, channels: info.color_type.samples(), bytes: pixels }
    }

    /// Red, green and blue of a pixel.
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * self.channels;
        self.bytes[at..at + 3].try_into().unwrap()
    }
}

/// A window that runs.
pub struct Peer {
    running: Running,
    stream: TcpStream,
}

/// A process that ends with its test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Peer {
    /// Starts the program on some paths, with all its own files below `user`.
    pub fn start(program: &Path, user: &Path, paths: &[&Path]) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new(program)
            .args(paths)
            .env("EGUI_INSPECTION", address.to_string())
            .env("HOME", user)
            .env("XDG_DATA_HOME", user.join("data"))
            .env("XDG_CONFIG_HOME", user.join("config"))
            .env("XDG_CACHE_HOME", user.join("cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(user.join("stderr")).unwrap())
            .spawn()
            .unwrap();
        let mut running = Running(child);
        let deadline = Instant::now() + PATIENCE;
        let stream = loop {
            match TcpStream::connect(address) {
                Ok(stream) => break stream,
                Err(error) => {
                    if let Some(status) = running.0.try_wait().unwrap() {
                        panic!("the program ended at once: {status}");
                    }
                    assert!(Instant::now() < deadline, "the window does not answer: {error}");
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let version = protocol::read_handshake(&stream).unwrap();
        assert_eq!(version, protocol::PROTOCOL_VERSION);
        Self { running, stream }
    }

    /// The process.
    pub fn process(&self) -> u32 {
        self.running.0.id()
    }

    fn ask(&mut self, request: &Request) -> Response {
        protocol::write_message(&self.stream, request).unwrap();
        match protocol::read_message(&self.stream).unwrap() {
            Response::Error { message } => panic!("the window says: {message}"),
            response => response,
        }
    }

    fn tree(&mut self) -> (u64, Vec<Widget>) {
        let Response::Tree { step, accesskit, .. } = self.ask(&Request::GetTree) else { panic!("no tree") };
        let nodes = accesskit.map(|tree| tree.nodes).unwrap_or_default();
        // A field may be named by the label beside it.
        let words = |id| {
            let (_, node) = nodes.iter().find(|(other, _)| *other == id)?;
            node.value().or(node.label()).map(str::to_owned)
        };
        let widgets = nodes.iter().filter_map(|(_, node)| {
            let bounds = node.bounds()?;
            let beside = || node.labelled_by().iter().find_map(|id| words(*id));
            Some(Widget {
                name: node.label().map(str::to_owned).or_else(beside).unwrap_or_default(),
                value: node.value().unwrap_or_default().to_owned(),
                x0: bounds.x0,
                y0: bounds.y0,
                x1: bounds.x1,
                y1: bounds.y1,
            })
        });
        (step, widgets.collect())
    }

    /// Everything with a place in the window.
    pub fn widgets(&mut self) -> Vec<Widget> {
        self.tree().1
    }

    /// How many frames were drawn up to now.
    pub fn steps(&mut self) -> u64 {
        self.tree().0
    }

    /// Waits until something holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&[Widget]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let widgets = self.widgets();
            if holds(&widgets) {
                return;
            }
            assert!(Instant::now() < deadline, "waited in vain: {what}\n{widgets:#?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Does what a person's hand does.
    pub fn events(&mut self, events: Vec<Event>) {
        self.ask(&Request::ApplyEvents { events });
    }

    /// Clicks somewhere.
    pub fn click(&mut self, at: Pos2) {
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        self.events(vec![Event::PointerMoved(at), button(true)]);
        self.events(vec![button(false)]);
    }

    /// Presses a key that ends the program.
    pub fn key_without_answer(&mut self, key: Key, modifiers: Modifiers) {
        let event = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        protocol::write_message(&self.stream, &Request::ApplyEvents { events: vec![event] }).unwrap();
    }

    /// Presses a key and lets go.
    pub fn key(&mut self, key: Key, modifiers: Modifiers) {
        for pressed in [true, false] {
            self.events(vec![Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }]);
        }
    }

    /// Waits until the window wants no further frame at once.
    pub fn settle(&mut self) {
        let Response::Settled { settled, .. } = self.ask(&Request::Settle { max_steps: 600 }) else {
            panic!("no answer to settle")
        };
        assert!(settled, "the window does not come to rest");
    }

    /// What is on the screen, a pixel a point.
    pub fn screenshot(&mut self) -> Picture {
        let request = Request::GetScreenshot { pixels_per_point: Some(1.0) };
        let Response::Screenshot(picture) = self.ask(&request) else { panic!("no screenshot") };
        Picture::decode(&picture.bytes)
    }

    /// Ends the program without a word.
    pub fn kill(mut self) {
        self.running.0.kill().unwrap();
        self.running.0.wait().unwrap();
    }

    /// Whether the program ended well within a time.
    pub fn ended(&mut self, within: Duration) -> bool {
        let code = self.ended_with(within);
        assert!(matches!(code, None | Some(0)), "the program ended with {code:?}");
        code.is_some()
    }

    /// What the program ended with within a time; -1 when it was killed.
    pub fn ended_with(&mut self, within: Duration) -> Option<i32> {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if let Some(status) = self.running.0.try_wait().unwrap() {
                return Some(status.code().unwrap_or(-1));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }
}
