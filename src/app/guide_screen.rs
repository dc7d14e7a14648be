//! The guide, readable inside the program: the pages of `assets/guide`, searched by words.
//!
//! It reads as much of Markdown as those pages use: headings, paragraphs, lists, tables, code.

use super::text::screens as text;
use super::theme::{self, colour};
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{self, Align, Frame, Label, Margin, RichText, ScrollArea, Stroke, TextEdit, Ui, vec2};
use std::ops::Range;

/// Which page is open, and what is searched.
#[derive(Default)]
pub struct GuideScreen {
    page: usize,
    search: String,
    pages: Vec<Vec<Block>>,
    /// The blocks that are shown, for a page and a search.
    found: Option<(usize, String, Vec<usize>)>,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Heading(usize, String),
    Paragraph(String),
    Item(String, String),
    Table(Vec<Vec<String>>),
    Code(String),
}

impl Block {
    fn words(&self) -> String {
        match self {
            Self::Heading(_, words) | Self::Paragraph(words) | Self::Item(_, words) | Self::Code(words) => {
                words.clone()
            }
            Self::Table(rows) => rows.iter().flatten().cloned().collect::<Vec<_>>().join(" "),
        }
    }
}

impl GuideScreen {
    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui) {
        if self.pages.is_empty() {
            self.pages = text::GUIDE_PAGES.iter().map(|(_, markdown)| blocks(markdown)).collect();
        }
        ui.horizontal(|ui| {
            ui.label(theme::title(text::GUIDE));
            for (n, (title, _)) in text::GUIDE_PAGES.iter().enumerate() {
                if ui.selectable_label(self.page == n, *title).clicked() {
                    self.page = n;
                }
            }
            let field = TextEdit::singleline(&mut self.search).hint_text(text::GUIDE_SEARCH).desired_width(220.0);
            ui.add(field).accessible_name(text::GUIDE_SEARCH);
        });
        ui.add_space(theme::UNIT);
        let Some(blocks) = self.pages.get(self.page) else { return };
        let asked = (self.page, self.search.trim().to_lowercase());
        if self.found.as_ref().is_none_or(|(page, words, _)| (*page, words) != (asked.0, &asked.1)) {
            self.found = Some((asked.0, asked.1.clone(), find(blocks, &asked.1)));
        }
        let Some((_, _, found)) = &self.found else { return };
        if found.is_empty() {
            ui.label(theme::soft(text::GUIDE_NONE));
        }
        let scroll = ScrollArea::vertical().id_salt(("guide", self.page)).auto_shrink(false);
        scroll.show(ui, |ui| {
            let width = ui.available_width().min(940.0);
            ui.set_max_width(width);
            for (n, block) in found.iter().filter_map(|n| Some((n, blocks.get(*n)?))) {
                draw(ui, *n, block, &asked.1, width);
            }
            ui.add_space(24.0);
        });
    }
}

/// The blocks that hold every word, each with the heading that it stands under; all without a search.
fn find(blocks: &[Block], words: &str) -> Vec<usize> {
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.is_empty() {
        return (0..blocks.len()).collect();
    }
    let mut found = Vec::new();
    let mut heading = None;
    for (n, block) in blocks.iter().enumerate() {
        let says = block.words().to_lowercase();
        if matches!(block, Block::Heading(..)) {
            heading = Some(n);
        }
        if words.iter().all(|word| says.contains(word)) {
            found.extend(heading.take().filter(|heading| *heading != n));
            found.push(n);
        }
    }
    found
}

/// The pieces of a page.
fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim();
        if bare.is_empty() {
            continue;
        }
        if bare.starts_with("```") {
            let mut code = Vec::new();
            for line in lines.by_ref() {
                if line.trim().starts_with("```") {
                    break;
                }
                code.push(line);
            }
            blocks.push(Block::Code(code.join("\n")));
        } else if bare.starts_with('#') {
            let level = bare.chars().take_while(|letter| *letter == '#').count();
            blocks.push(Block::Heading(level, bare.trim_start_matches('#').trim().to_owned()));
        } else if bare.starts_with('|') {
            let mut rows = vec![row(bare)];
            while let Some(next) = lines.next_if(|next| next.trim().starts_with('|')) {
                rows.push(row(next.trim()));
            }
            rows.retain(|row| !row.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | ' '))));
            blocks.push(Block::Table(rows));
        } else {
            let (mark, rest) = item(bare).unwrap_or(("", bare));
            let mut words = rest.to_owned();
            let goes_on = |next: &&str| {
                let next = next.trim();
                !(next.is_empty() || next.starts_with(['#', '|']) || next.starts_with("```") || item(next).is_some())
            };
            while let Some(next) = lines.next_if(goes_on) {
                words = format!("{words} {}", next.trim());
            }
            blocks.push(match mark {
                "" => Block::Paragraph(words),
                mark => Block::Item(mark.to_owned(), words),
            });
        }
    }
    blocks
}

/// What leads a list's entry, and the rest.
fn item(line: &str) -> Option<(&str, &str)> {
    if let Some(rest) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(("\u{2022}", rest));
    }
    let (number, rest) = line.split_once(". ")?;
    let is_number = !number.is_empty() && number.len() <= 3 && number.chars().all(|c| c.is_ascii_digit());
    is_number.then_some((number, rest))
}

/// The cells of a table's line; `\|` is no border.
fn row(line: &str) -> Vec<String> {
    let line = line.replace("\\|", "\u{1}");
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
    inner.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

fn draw(ui: &mut Ui, n: usize, block: &Block, words: &str, width: f32) {
    match block {
        Block::Heading(level, words) => {
            ui.add_space(if *level <= 1 { 4.0 } else { 12.0 });
            let size = if *level <= 1 { 20.0 } else { theme::LARGE };
            ui.add(Label::new(RichText::new(words).font(theme::bold(size)).color(colour::TEXT)).wrap());
        }
        Block::Paragraph(words) => {
            ui.add(Label::new(rich(words, width)).wrap().selectable(true));
        }
        Block::Item(mark, words) => {
            ui.horizontal_top(|ui| {
                ui.label(theme::soft(mark));
                ui.add(Label::new(rich(words, width - 30.0)).wrap().selectable(true));
            });
        }
        Block::Code(words) => {
            let frame = Frame::new().fill(colour::RAISED).corner_radius(theme::RADIUS).inner_margin(Margin::same(8));
            frame.show(ui, |ui| {
                let words = RichText::new(words).monospace().color(colour::SOFT);
                ui.add(Label::new(words).wrap().selectable(true));
            });
        }
        Block::Table(rows) => table(ui, n, &matching(rows, words), width),
    }
}

/// The head of a table and the rows that hold every word; all of them where no single row does.
fn matching<'a>(rows: &'a [Vec<String>], words: &str) -> Vec<&'a Vec<String>> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let holds = |row: &&Vec<String>| {
        let says = row.join(" ").to_lowercase();
        words.iter().all(|word| says.contains(word))
    };
    let found: Vec<&Vec<String>> = rows.iter().skip(1).filter(holds).collect();
    if found.is_empty() { rows.iter().collect() } else { rows.iter().take(1).chain(found).collect() }
}

fn table(ui: &mut Ui, n: usize, rows: &[&Vec<String>], width: f32) {
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or(1).max(1);
    // Columns by what they hold: the longest text of each, with a limit that leaves room for the others.
    let longest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(1).clamp(4, 60) as f32
    };
    let shares: Vec<f32> = (0..columns).map(longest).collect();
    let all: f32 = shares.iter().sum();
    let room = width - 14.0 * columns as f32;
    ui.push_id(("guide table", n), |ui| {
        ui.spacing_mut().item_spacing = vec2(14.0, 4.0);
        for (nth, row) in rows.iter().enumerate() {
            let line = ui.horizontal_top(|ui| {
                for (cell, share) in row.iter().zip(&shares) {
                    let wide = room * share / all;
                    ui.allocate_ui_with_layout(vec2(wide, 0.0), egui::Layout::top_down(Align::Min), |ui| {
                        ui.set_width(wide);
                        if nth == 0 {
                            ui.add(Label::new(theme::caption(cell.replace('`', ""))).wrap());
                        } else {
                            ui.add(Label::new(rich(cell, wide)).wrap().selectable(true));
                        }
                    });
                }
            });
            let below = line.response.rect.bottom() + 2.0;
            ui.painter().hline(line.response.rect.x_range(), below, Stroke::new(1.0, colour::LINE));
        }
    });
    ui.add_space(6.0);
}

/// Text with its `code` and **strong** parts.
fn rich(words: &str, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    for (range, kind) in spans(words) {
        let part = words.get(range).unwrap_or_default();
        let (font, ink) = match kind {
            Kind::Plain => (theme::font(theme::BODY), colour::SOFT),
            Kind::Strong => (theme::bold(theme::BODY), colour::TEXT),
            Kind::Code => (egui::FontId::monospace(theme::BODY - 0.5), colour::TEXT),
        };
        job.append(part, 0.0, TextFormat { font_id: font, color: ink, ..TextFormat::default() });
    }
    job
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Strong,
    Code,
}

/// Where the parts of a text lie, without what marks them.
fn spans(words: &str) -> Vec<(Range<usize>, Kind)> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = words.get(at..).unwrap_or_default();
        let next = [("`", Kind::Code), ("**", Kind::Strong)]
            .into_iter()
            .filter_map(|(mark, kind)| {
                let start = rest.find(mark)?;
                let inner = start + mark.len();
                let length = rest.get(inner..)?.find(mark).filter(|length| *length > 0)?;
                Some((start, inner, length, mark.len(), kind))
            })
            .min_by_key(|(start, ..)| *start);
        let Some((start, inner, length, mark, kind)) = next else {
            spans.push((at..words.len(), Kind::Plain));
            break;
        };
        if start > 0 {
            spans.push((at..at + start, Kind::Plain));
        }
        spans.push((at + inner..at + inner + length, kind));
        at += inner + length + mark;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_falls_into_its_pieces() {
        let page = "# One\n\nA line\nthat goes on.\n\n- first\n  more\n- second\n1. third\n\n| A | B |\n|---|---|\n| `a\\|b` | c |\n\n```\ncode\n```\n";
        let blocks = blocks(page);
        assert_eq!(blocks[0], Block::Heading(1, "One".into()));
        assert_eq!(blocks[1], Block::Paragraph("A line that goes on.".into()));
        assert_eq!(blocks[2], Block::Item("\u{2022}".into(), "first more".into()));
        assert_eq!(blocks[4], Block::Item("1".into(), "third".into()));
        let rows = vec![vec!["A".to_owned(), "B".to_owned()], vec!["`a|b`".to_owned(), "c".to_owned()]];
        assert_eq!(blocks[5], Block::Table(rows));
        assert_eq!(blocks[6], Block::Code("code".into()));
    }

    #[test]
    fn code_and_strong_words_are_told_apart() {
        let words = "a `b` and **c** d";
        let parts: Vec<(&str, Kind)> = spans(words).into_iter().map(|(range, kind)| (&words[range], kind)).collect();
        assert_eq!(
            parts,
            [("a ", Kind::Plain), ("b", Kind::Code), (" and ", Kind::Plain), ("c", Kind::Strong), (" d", Kind::Plain)]
        );
        for odd in ["`", "**", "a ` b", "**a", "``", "\u{e9}`\u{e9}`"] {
            spans(odd); // no mark is left open that would never end
        }
    }

    #[test]
    fn every_page_of_the_guide_can_be_searched() {
        for (title, page) in text::GUIDE_PAGES {
            let blocks = blocks(page);
            assert!(blocks.len() > 2, "{title}");
            assert_eq!(find(&blocks, "").len(), blocks.len());
            assert!(find(&blocks, "xyzzy").is_empty());
        }
        let rules = blocks(text::GUIDE_PAGES[1].1);
        assert!(!find(&rules, "r01").is_empty());
        let table = rules.iter().find_map(|block| match block {
            Block::Table(rows) if rows.len() > 5 => Some(rows),
            _ => None,
        });
        let found = matching(table.unwrap(), "r01");
        assert!(found.len() < table.unwrap().len() && found.len() >= 2, "the head, and the rows that say it");
    }
}
