//! The flow of index lesions, from treated to what became of them.

use super::svg::{Anchor, INK, SOFT, Svg};
use crate::cohort::{FlowBox, FlowStep};

const WIDTH: f64 = 760.0;
const BOX: (f64, f64) = (300.0, 46.0);
const GAP: f64 = 30.0;
const MAIN: f64 = 40.0;
const SIDE: f64 = 420.0;

/// A row of the chart: a box of the main line, and those that leave it there.
const ROWS: [(FlowStep, &[FlowStep]); 6] = [
    (FlowStep::Treated, &[FlowStep::NotDue, FlowStep::NeverImaged]),
    (FlowStep::ImagedInWindow, &[FlowStep::Lost, FlowStep::Died, FlowStep::Transplanted]),
    (FlowStep::AdequateInWindow, &[FlowStep::Equivocal]),
    (FlowStep::Complete, &[FlowStep::Residual, FlowStep::ResidualReablated, FlowStep::CompleteAssisted]),
    (FlowStep::EverComplete, &[]),
    (FlowStep::Progression, &[FlowStep::ProgressionReablated, FlowStep::Controlled]),
];

/// Draws the flow. Boxes on the right say how many of everybody they concern; they are no parts of a sum.
#[must_use]
pub fn flow_chart(flow: &[FlowBox]) -> String {
    let find = |step: FlowStep| flow.iter().find(|flow_box| flow_box.step == step);
    let rows: Vec<f64> = ROWS.iter().map(|(_, side)| (side.len().max(1) as f64) * (BOX.1 + 8.0)).collect();
    let height: f64 = 70.0 + rows.iter().sum::<f64>() + GAP * rows.len() as f64;
    let mut svg = Svg::new(WIDTH, height);
    svg.text((MAIN, 30.0), Anchor::Start, 16.0, INK, "Flow of index lesions");
    svg.text((MAIN, 48.0), Anchor::Start, 11.0, SOFT, "Boxes on the right count lesions among all treated ones");
    let mut top = 64.0;
    for (at, ((main, side), room)) in ROWS.iter().zip(&rows).enumerate() {
        if let Some(flow_box) = find(*main) {
            draw(&mut svg, (MAIN, top), flow_box, "#eef4fb", "#0072b2");
        }
        for (n, flow_box) in side.iter().filter_map(|step| find(*step)).enumerate() {
            let y = top + n as f64 * (BOX.1 + 8.0);
            svg.line((MAIN + BOX.0, top + BOX.1 / 2.0), (SIDE, y + BOX.1 / 2.0), SOFT, 1.0);
            draw(&mut svg, (SIDE, y), flow_box, "#ffffff", "#8a929c");
        }
        if at + 1 < ROWS.len() {
            let middle = MAIN + BOX.0 / 2.0;
            let next = top + room + GAP;
            svg.line((middle, top + BOX.1), (middle, next), INK, 1.0);
            svg.line((middle, next), (middle - 4.0, next - 7.0), INK, 1.0);
            svg.line((middle, next), (middle + 4.0, next - 7.0), INK, 1.0);
        }
        top += room + GAP;
    }
    svg.finish("Flow of index lesions")
}

fn draw(svg: &mut Svg, (x, y): (f64, f64), flow_box: &FlowBox, fill: &str, stroke: &str) {
    svg.rect((x, y), BOX, fill, stroke);
    svg.text((x + 10.0, y + 19.0), Anchor::Start, 12.0, INK, flow_box.words);
    svg.text((x + 10.0, y + 37.0), Anchor::Start, 13.0, INK, &format!("n = {}", flow_box.n));
}
