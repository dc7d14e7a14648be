//! A swimmer plot: one lane a lesion, from its first session to the last look, with sessions, answers and ends.

use super::svg::{Anchor, GRID, INK, SOFT, Svg, day_ticks};
use crate::clinical::{Answer, days_between};
use crate::outcome::PatientCourse;

const LEFT: f64 = 150.0;
const PLOT_WIDTH: f64 = 600.0;
const LANE: f64 = 17.0;
const TOP: f64 = 78.0;
/// More lanes than this are not drawn; the chart says so.
const MOST_LANES: usize = 400;

/// One lane.
struct Lane {
    name: String,
    sessions: Vec<i64>,
    answers: Vec<(i64, Answer)>,
    progression: Option<i64>,
    death: Option<i64>,
    transplant: Option<i64>,
    last: i64,
}

fn lanes(courses: &[PatientCourse]) -> Vec<Lane> {
    let mut lanes = Vec::new();
    for course in courses {
        for lesion in &course.lesions {
            let Some(start) = lesion.outcome.first_session else { continue };
            let days = |date| days_between(start, date);
            let mut sessions: Vec<i64> = lesion.history.sessions.iter().map(|session| days(session.date)).collect();
            sessions.sort_unstable();
            let answers: Vec<(i64, Answer)> = lesion
                .outcome
                .visits
                .iter()
                .filter_map(|visit| Some((visit.days_after_first.filter(|days| *days >= 0)?, visit.answer?)))
                .collect();
            let death = course.death_date.map(days);
            let last = answers
                .iter()
                .map(|(day, _)| *day)
                .chain(sessions.iter().copied())
                .chain(death)
                .chain(course.transplant_date.map(days))
                .max()
                .unwrap_or(0);
            lanes.push(Lane {
                name: format!("{} {}", course.code, lesion.outcome.label),
                sessions,
                answers,
                progression: lesion.outcome.counted.progression.as_ref().map(|event| event.value.days_after_first),
                death,
                transplant: course.transplant_date.map(days),
                last,
            });
        }
    }
    lanes.sort_by(|a, b| (b.last, &a.name).cmp(&(a.last, &b.name)));
    lanes
}

/// Draws the lanes, the longest first.
#[must_use]
pub fn swimmer_chart(courses: &[PatientCourse]) -> String {
    let all = lanes(courses);
    let shown = all.len().min(MOST_LANES);
    let most = all.iter().map(|lane| lane.last).max().unwrap_or(1).max(1);
    let bottom = TOP + LANE * shown as f64;
    let mut svg = Svg::new(LEFT + PLOT_WIDTH + 24.0, bottom + 52.0);
    let x = |day: i64| LEFT + day.clamp(0, most) as f64 / most as f64 * PLOT_WIDTH;
    svg.text((20.0, 24.0), Anchor::Start, 16.0, INK, "Course of every treated lesion");
    let left_out =
        if all.len() > shown { format!("; {} shorter ones are not drawn", all.len() - shown) } else { String::new() };
    svg.text((20.0, 42.0), Anchor::Start, 11.0, SOFT, &format!("{shown} lesions, longest first{left_out}"));
    legend(&mut svg);
    for day in day_ticks(most) {
        svg.line((x(day), TOP - 6.0), (x(day), bottom), GRID, 1.0);
        svg.text((x(day), bottom + 16.0), Anchor::Middle, 12.0, SOFT, &day.to_string());
    }
    svg.text(
        (LEFT + PLOT_WIDTH / 2.0, bottom + 38.0),
        Anchor::Middle,
        12.0,
        INK,
        "Days after the first session of the lesion",
    );
    for (at, lane) in all.iter().take(shown).enumerate() {
        let y = TOP + LANE * (at as f64 + 0.5);
        svg.text((LEFT - 10.0, y + 4.0), Anchor::End, 11.0, INK, &lane.name);
        svg.line((x(0), y), (x(lane.last), y), "#9aa3ad", 3.0);
        if let Some(day) = lane.progression {
            svg.line((x(day), y), (x(lane.last), y), "#d55e00", 3.0);
        }
        for day in &lane.sessions {
            triangle(&mut svg, x(*day), y);
        }
        for (day, answer) in &lane.answers {
            mark(&mut svg, (x(*day), y), *answer);
        }
        if let Some(day) = lane.transplant.filter(|day| *day >= 0) {
            svg.rect((x(day) - 4.0, y - 4.0), (8.0, 8.0), "#56b4e9", INK);
        }
        if let Some(day) = lane.death.filter(|day| *day >= 0) {
            svg.line((x(day) - 4.0, y - 4.0), (x(day) + 4.0, y + 4.0), INK, 2.0);
            svg.line((x(day) - 4.0, y + 4.0), (x(day) + 4.0, y - 4.0), INK, 2.0);
        }
    }
    svg.finish("Course of every treated lesion")
}

fn triangle(svg: &mut Svg, x: f64, y: f64) {
    svg.path(&[(x, y + 5.0), (x - 4.0, y - 4.0), (x + 4.0, y - 4.0), (x, y + 5.0)], INK, "", 1.5);
}

fn mark(svg: &mut Svg, at: (f64, f64), answer: Answer) {
    match answer {
        Answer::NoViable => svg.dot(at, 4.0, "#ffffff", "#0072b2"),
        Answer::Viable => svg.dot(at, 4.5, "#d55e00", INK),
        Answer::Equivocal => svg.dot(at, 4.0, "#e69f00", INK),
        Answer::NotEvaluable | Answer::NotDone => svg.dot(at, 2.5, "#c3c9d0", SOFT),
    }
}

fn legend(svg: &mut Svg) {
    let y = 60.0;
    let mut x = 24.0;
    let mut say = |svg: &mut Svg, words: &str, draw: &dyn Fn(&mut Svg, (f64, f64))| {
        draw(svg, (x, y));
        svg.text((x + 9.0, y + 4.0), Anchor::Start, 11.0, INK, words);
        x += 26.0 + 6.0 * words.chars().count() as f64;
    };
    say(svg, "session", &|svg, (x, y)| triangle(svg, x, y));
    say(svg, "no viable tumour", &|svg, at| mark(svg, at, Answer::NoViable));
    say(svg, "viable tumour", &|svg, at| mark(svg, at, Answer::Viable));
    say(svg, "equivocal", &|svg, at| mark(svg, at, Answer::Equivocal));
    say(svg, "no result", &|svg, at| mark(svg, at, Answer::NotDone));
    say(svg, "after progression", &|svg, (x, y)| svg.line((x - 6.0, y), (x + 6.0, y), "#d55e00", 3.0));
    say(svg, "transplant", &|svg, (x, y)| svg.rect((x - 4.0, y - 4.0), (8.0, 8.0), "#56b4e9", INK));
    say(svg, "death", &|svg, (x, y)| {
        svg.line((x - 4.0, y - 4.0), (x + 4.0, y + 4.0), INK, 2.0);
        svg.line((x - 4.0, y + 4.0), (x + 4.0, y - 4.0), INK, 2.0);
    });
}
