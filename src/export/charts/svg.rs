//! A small writer of SVG.

use std::fmt::Write;

/// Colours that can be told apart without colour vision (Okabe and Ito 2008), and a dash for each.
pub(super) const STYLES: [(&str, &str); 6] = [
    ("#0072b2", ""),
    ("#d55e00", "7 4"),
    ("#009e73", "2 3"),
    ("#cc79a7", "10 3 2 3"),
    ("#56b4e9", "4 2"),
    ("#e69f00", "1 3"),
];
pub(super) const INK: &str = "#1c1f24";
pub(super) const SOFT: &str = "#5b626c";
pub(super) const GRID: &str = "#dfe3e8";

/// The style of the n-th line.
pub(super) fn style(n: usize) -> (&'static str, &'static str) {
    STYLES.get(n % STYLES.len()).copied().unwrap_or((INK, ""))
}

/// Where text stands against its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing.
pub(super) struct Svg {
    body: String,
    width: f64,
    height: f64,
}

impl Svg {
    pub fn new(width: f64, height: f64) -> Self {
        Self { body: String::new(), width, height }
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        self.body.write_fmt(element).ok(); // writing to a String cannot fail
        self.body.push('\n');
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        self.put(format_args!(
            r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{colour}" stroke-width="{width}"/>"#,
            short(from.0),
            short(from.1),
            short(to.0),
            short(to.1)
        ));
    }

    pub fn path(&mut self, points: &[(f64, f64)], colour: &str, dash: &str, width: f64) {
        let Some((first, rest)) = points.split_first() else { return };
        let mut d = format!("M{} {}", short(first.0), short(first.1));
        for (x, y) in rest {
            d.push_str(&format!("L{} {}", short(*x), short(*y)));
        }
        let dash = if dash.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dash}""#) };
        self.put(format_args!(r#"<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>"#));
    }

    pub fn area(&mut self, points: &[(f64, f64)], colour: &str) {
        if points.len() < 3 {
            return;
        }
        let list: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", short(*x), short(*y))).collect();
        self.put(format_args!(r#"<polygon points="{}" fill="{colour}" fill-opacity="0.12"/>"#, list.join(" ")));
    }

    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str, stroke: &str) {
        self.put(format_args!(
            r#"<rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="{fill}" stroke="{stroke}"/>"#,
            short(x),
            short(y),
            short(width),
            short(height)
        ));
    }

    pub fn dot(&mut self, (x, y): (f64, f64), radius: f64, fill: &str, stroke: &str) {
        self.put(format_args!(
            r#"<circle cx="{}" cy="{}" r="{radius}" fill="{fill}" stroke="{stroke}"/>"#,
            short(x),
            short(y)
        ));
    }

    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, size: f64, colour: &str, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.put(format_args!(
            r#"<text x="{}" y="{}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{}</text>"#,
            short(x),
            short(y),
            escape(words)
        ));
    }

    /// Text that reads upwards.
    pub fn upwards(&mut self, (x, y): (f64, f64), size: f64, colour: &str, words: &str) {
        self.put(format_args!(
            r#"<text transform="translate({} {}) rotate(-90)" text-anchor="middle" font-size="{size}" fill="{colour}">{}</text>"#,
            short(x),
            short(y),
            escape(words)
        ));
    }

    pub fn finish(self, title: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
             font-family=\"Noto Sans, Arial, sans-serif\" role=\"img\">\n<title>{}</title>\n<rect width=\"{w}\" \
             height=\"{h}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escape(title),
            self.body,
            w = short(self.width),
            h = short(self.height)
        )
    }
}

/// At most two decimals, without zeros at the end.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text inside XML: what would be markup is escaped, and control characters, which XML does not allow, become blanks.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Round steps for an axis up to `most`: days by months and years.
pub(super) fn day_ticks(most: i64) -> Vec<i64> {
    let step = [7, 14, 30, 61, 91, 183, 365, 730, 1826, 3652]
        .into_iter()
        .find(|step| most / step <= 8)
        .unwrap_or((most / 8).max(1));
    (0..).map(|n| n * step).take_while(|day| *day <= most).collect()
}
