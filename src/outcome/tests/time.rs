//! Days, time points, windows of time.

use crate::clinical::StudySettings;
use crate::outcome::testing::{Step::*, day, id, lesion, outcome};
use crate::outcome::{TimePoint, derive};

#[test]
fn time_points_change_on_their_days() {
    let edges = [
        (-21, TimePoint::Baseline, "-21 d, baseline"),
        (0, TimePoint::EarlyPostProcedure, "+0 d, early post-procedure"),
        (20, TimePoint::EarlyPostProcedure, "+20 d, early post-procedure"),
        (21, TimePoint::FourToSixWeeks, "+21 d (3.0 wk), 4-6 weeks"),
        (42, TimePoint::FourToSixWeeks, "+42 d (6.0 wk), 4-6 weeks"),
        (43, TimePoint::FourToSixWeeks, "+43 d (6.1 wk), late for 4-6 weeks"),
        (54, TimePoint::FourToSixWeeks, "+54 d (7.7 wk), late for 4-6 weeks"),
        (56, TimePoint::FourToSixWeeks, "+56 d (8.0 wk), late for 4-6 weeks"),
        (57, TimePoint::ThreeMonths, "+57 d, 3 months"),
        (135, TimePoint::ThreeMonths, "+135 d, 3 months"),
        (136, TimePoint::SixMonths, "+136 d, 6 months"),
        (273, TimePoint::SixMonths, "+273 d, 6 months"),
        (274, TimePoint::Later, "+274 d"),
    ];
    for (days, time_point, words) in edges {
        let outcome = outcome(&lesion(1, 1, &[(days, Unread)]));
        assert_eq!(outcome.visits[0].time_point.value, time_point, "day {days}");
        assert_eq!(outcome.visits[0].time_words, words);
    }
}

#[test]
fn the_time_point_belongs_to_lesion_and_visit() {
    // One scan, two lesions of one patient: 92 d after the session of the first, 37 d after that of the second.
    let first = outcome(&lesion(1, 1, &[(92, N)]));
    let mut second = lesion(1, 2, &[(92, N)]);
    second.sessions[0].date = day(55);
    let second = outcome(&second);
    assert_eq!(first.visits[0].time_words, "+92 d, 3 months");
    assert_eq!(second.visits[0].time_words, "+37 d (5.3 wk), 4-6 weeks");
}

#[test]
fn after_reablation_time_points_restart_and_the_clock_does_not() {
    let outcome = outcome(&lesion(1, 1, &[(35, V), (49, S), (60, V), (84, N), (175, N)]));
    let at = |days| outcome.at(id(days)).unwrap();
    assert_eq!(at(60).time_point.value, TimePoint::EarlyPostProcedure);
    assert_eq!((at(84).days_after_first, at(84).days_after_last), (Some(84), Some(35)));
    assert_eq!(at(84).time_point.value, TimePoint::FourToSixWeeks);
    assert_eq!(outcome.first_session, Some(day(0)));
    assert_eq!(outcome.last_session, Some(day(49)));
    let complete = outcome.standing.first_complete.as_ref().unwrap().value;
    assert_eq!((complete.days_after_first, complete.days_after_last), (84, 35));
}

#[test]
fn sizes_are_compared_with_the_first_late_scan_after_the_same_session() {
    let outcome = outcome(&lesion(1, 1, &[(7, N), (35, V), (45, V), (49, S), (84, N), (175, N)]));
    let baseline = |days| outcome.at(id(days)).unwrap().size_baseline;
    assert_eq!(baseline(7), None, "never day 0-20");
    assert_eq!(baseline(35), None);
    assert_eq!(baseline(45), Some(id(35)));
    assert_eq!(baseline(84), None, "the baseline restarts");
    assert_eq!(baseline(175), Some(id(84)));
}

#[test]
fn the_visit_nearest_the_target_is_the_visit_and_the_others_are_interim() {
    let outcome = outcome(&lesion(1, 1, &[(24, N), (33, N), (50, N), (91, N), (95, D)]));
    let interim: Vec<bool> = outcome.visits.iter().map(|visit| visit.interim).collect();
    assert_eq!(interim, [true, false, true, false, false]);
    let tie = crate::outcome::testing::outcome(&lesion(1, 1, &[(30, N), (40, N)]));
    assert_eq!((tie.visits[0].interim, tie.visits[1].interim), (false, true), "a tie goes to the earlier");
}

#[test]
fn the_first_day_of_judgement_is_a_setting() {
    let history = lesion(1, 1, &[(25, N)]);
    assert!(outcome(&history).standing.first_complete.is_some());
    let later = StudySettings { early_before_days: 28, ..StudySettings::default() };
    let outcome = derive(&history, &later, day(2000));
    assert!(outcome.standing.first_complete.is_none());
    assert_eq!(outcome.visits[0].time_point.value, TimePoint::EarlyPostProcedure);
    assert!(!outcome.visits[0].may_establish_complete.value);
    assert!(outcome.visits[0].may_establish_complete.because.contains("from day 28 on (2026-02-25)"));
}
