//! Charts of the mini-cohort: what stands in them, that they are well formed, and the same every time.

use super::*;
use crate::clinical::StudySettings;
use crate::cohort::{Choices, file, statistics};

fn all() -> Vec<(String, String)> {
    let table = include_bytes!("../../../tests/fixtures/cohort/mini_cohort.csv");
    let courses = file::read(table, &StudySettings::default(), None).unwrap().courses;
    charts(&statistics(&courses, &StudySettings::default(), Choices::default()), &courses)
}

fn chart(name: &str) -> String {
    all().into_iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn a_curve_says_what_it_is_and_who_is_at_risk() {
    let ltp = chart("lesion_time_to_ltp.svg");
    assert!(ltp.contains("Cumulative incidence: local tumour progression"), "{ltp}");
    assert!(ltp.contains("8 lesions, 2 events, 2 competing events"), "{ltp}");
    assert!(ltp.contains(">At risk</text>"));
    // 0.3875 of 300 px above the bottom at 356: the last step ends there.
    assert!(ltp.contains("239.75"), "{ltp}");
    assert!(chart("lesion_ltpfs.svg").contains("Kaplan-Meier, 95 % interval; 8 lesions"));
}

#[test]
fn the_flow_and_the_lanes_hold_every_lesion() {
    let flow = chart("flow.svg");
    assert!(flow.contains(">n = 10</text>") && flow.contains("Treated index lesions"));
    let swimmer = chart("swimmer.svg");
    for name in ["P1 L1", "P6 L10"] {
        assert!(swimmer.contains(&format!(">{name}</text>")), "{name}");
    }
}

#[test]
fn charts_are_well_formed_and_the_same_every_time() {
    let once = all();
    assert_eq!(once, all());
    for (name, svg) in once {
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{name}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
        let opened = svg.matches("<text").count();
        assert_eq!(opened, svg.matches("</text>").count(), "{name}");
    }
    assert_eq!(super::svg::escape("<a & \"b\">\u{7}"), "&lt;a &amp; &quot;b&quot;&gt; ");
}
