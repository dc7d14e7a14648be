use super::*;
use crate::clinical::Date;

/// 70 kg, 370 MBq with a half-life of 6600 s (110 min) at 10:00:00; the series starts at 11:50:00, one half-life
/// later. Left: 185 MBq. SUVbw of 1 Bq/ml = 70,000 g / 185,000,000 Bq.
fn tags() -> PetTags {
    PetTags {
        units: "BQML".into(),
        decay_correction: "START".into(),
        corrected: ["NORM", "DTIM", "ATTN", "SCAT", "DECY"].map(String::from).into(),
        weight_kg: Some(70.0),
        dose_bq: Some(370e6),
        half_life_s: Some(6_600.0),
        injected: at(1, 10, 0, 0.0),
        series: at(1, 11, 50, 0.0),
        acquisition: at(1, 11, 50, 0.0),
        ..PetTags::default()
    }
}

const ONE_HALF_LIFE: f64 = 70_000.0 / 185e6;

fn at(day: u32, hour: u32, minute: u32, second: f64) -> Option<Moment> {
    let date = Date::from_ymd_opt(2024, 3, day).unwrap();
    Some(Moment { date, time_s: f64::from(hour * 3600 + minute * 60) + second })
}

fn factor(tags: &PetTags) -> f64 {
    scale(&[tags]).unwrap().factors[0]
}

fn why(tags: &PetTags) -> String {
    scale(&[tags]).unwrap_err()
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs(), "{a} is not {b}");
}

#[test]
fn trap_20_start_admin_and_none_are_three_things() {
    close(factor(&tags()), ONE_HALF_LIFE);
    // ADMIN: corrected to the injection, so the whole dose counts: 70,000 / 370,000,000.
    let admin = PetTags { decay_correction: "ADMIN".into(), ..tags() };
    close(factor(&admin), 70_000.0 / 370e6);
    // ... and no clock is asked.
    let no_clock = PetTags { injected: None, series: None, acquisition: None, ..admin };
    close(factor(&no_clock), 70_000.0 / 370e6);
    let none = PetTags { decay_correction: "NONE".into(), ..tags() };
    assert!(why(&none).contains("NONE"));
    let honest = PetTags { corrected: vec!["ATTN".into()], ..none };
    assert_eq!(why(&honest), "the values are not corrected for decay (Corrected Image lacks DECY)");
    let no_attenuation = PetTags { corrected: vec!["DECY".into()], ..tags() };
    assert_eq!(why(&no_attenuation), "the values are not corrected for attenuation (Corrected Image lacks ATTN)");
    assert!(why(&PetTags { decay_correction: String::new(), ..tags() }).contains("missing"));
}

#[test]
fn trap_20_units_bqml_cnts_gml() {
    // Philips: the SUV factor wins and needs no weight.
    let counts = PetTags {
        units: "CNTS".into(),
        philips_suv: Some(0.0005),
        philips_activity: Some(2.5),
        weight_kg: None,
        ..tags()
    };
    close(factor(&counts), 0.0005);
    // Without it (0 counts as without), counts become Bq/ml first: 2.5 * 70,000 / 185,000,000.
    let by_activity = PetTags { philips_suv: Some(0.0), weight_kg: Some(70.0), ..counts.clone() };
    close(factor(&by_activity), 2.5 * ONE_HALF_LIFE);
    assert_eq!(scale(&[&by_activity]).unwrap().inputs.source, SuvSource::PhilipsActivity);
    let neither = PetTags { philips_suv: None, philips_activity: None, ..counts };
    assert!(why(&neither).contains("7053,1000"));
    // GML is SUV already, by body weight unless it says otherwise.
    let written = PetTags { units: "GML".into(), weight_kg: None, ..tags() };
    assert_eq!(factor(&written), 1.0);
    assert!(why(&PetTags { suv_type: "LBM".into(), ..written }).contains("LBM"));
    assert!(why(&PetTags { units: "PROPCPS".into(), ..tags() }).contains("PROPCPS"));
    // A factor of its own for each slice.
    let slice = |suv| PetTags { units: "CNTS".into(), philips_suv: Some(suv), ..tags() };
    assert_eq!(scale(&[&slice(0.1), &slice(0.2)]).unwrap().factors, [0.1, 0.2]);
}

#[test]
fn trap_21_injection_before_midnight() {
    // 23:05:00 to 00:55:00 of the next day: one half-life.
    let date_and_time =
        PetTags { injected: at(1, 23, 5, 0.0), series: at(2, 0, 55, 0.0), acquisition: at(2, 0, 55, 0.0), ..tags() };
    close(factor(&date_and_time), ONE_HALF_LIFE);
    // The same with a time of day alone.
    let time = PetTags { injected: None, injected_time_s: Some(23.0 * 3600.0 + 300.0), ..date_and_time };
    close(factor(&time), ONE_HALF_LIFE);
    assert_eq!(scale(&[&time]).unwrap().inputs.injected_at.unwrap(), "2024-03-01 23:05:00");
    // On the same day.
    let day = PetTags { injected: None, injected_time_s: Some(36_000.0), ..tags() };
    close(factor(&day), ONE_HALF_LIFE);
    // Date and time win over the time of day.
    close(factor(&PetTags { injected_time_s: Some(39_000.0), ..tags() }), ONE_HALF_LIFE);
}

#[test]
fn trap_21_series_time_acquisition_time_and_ge() {
    // A series that was made an hour after its acquisition: the acquisition counts.
    let late = PetTags { series: at(1, 12, 50, 0.0), ..tags() };
    close(factor(&late), ONE_HALF_LIFE);
    // ... of the first bed position, whichever slice is asked.
    let second_bed = PetTags { acquisition: at(1, 11, 55, 0.0), ..late.clone() };
    close(factor(&PetTags { earliest: at(1, 11, 50, 0.0), ..second_bed.clone() }), ONE_HALF_LIFE);
    // GE says when the scan was.
    let ge = PetTags { ge_scan: at(1, 11, 50, 0.0), ..second_bed.clone() };
    close(factor(&ge), ONE_HALF_LIFE);
    // The frame reference time leads back from any bed position. A frame of 600 s with a half-life of 6600 s
    // has its average count rate 298.42 s after its start: l = 1.050223e-4, l D = 0.0630134,
    // ln(0.0630134 / (1 - e^-0.0630134)) / l = 298.42472.
    close((average_count_rate_s(600.0, 6_600.0) * 1e3).round() / 1e3, 298.425);
    let bed = PetTags {
        acquisition: at(1, 11, 55, 0.0),
        frame_reference_ms: Some((300.0 + average_count_rate_s(600.0, 6_600.0)) * 1e3),
        frame_duration_ms: Some(600e3),
        ..second_bed
    };
    close(factor(&bed), ONE_HALF_LIFE);
    // A series time before the acquisition is the start of a dynamic scan, and counts.
    let dynamic = PetTags { acquisition: at(1, 12, 30, 0.0), ..tags() };
    close(factor(&dynamic), ONE_HALF_LIFE);
    assert!(why(&PetTags { series: None, acquisition: None, ..tags() }).contains("scan is missing"));
}

#[test]
fn trap_21_clocks_that_cannot_be_right() {
    let after = PetTags { injected: at(1, 14, 0, 0.0), ..tags() };
    assert!(why(&after).contains("after the scan"));
    // A date left behind by a de-identifying tool.
    let years =
        PetTags { injected: Some(Moment { date: Date::from_ymd_opt(2019, 1, 1).unwrap(), time_s: 0.0 }), ..tags() };
    assert!(why(&years).contains("decayed away"));
    // A time of day that fits neither this day nor the one before: 13:00 for 11:50 is 22 h 50 min, 12 half-lives.
    let time = PetTags { injected: None, injected_time_s: Some(46_800.0 + 600.0), ..tags() };
    assert!(why(&time).contains("does not fit"), "{}", why(&time));
    // Injected ten minutes into a dynamic scan: the dose at its start would have been larger.
    let dynamic = PetTags { injected: at(1, 12, 0, 0.0), ..tags() };
    close(factor(&dynamic), 70_000.0 / (370e6 * (600.0f64 / 6_600.0).exp2()));
    assert!(why(&PetTags { injected: None, ..tags() }).contains("time of injection is missing"));
}

#[test]
fn trap_22_what_is_missing_is_named() {
    assert_eq!(why(&PetTags { weight_kg: None, ..tags() }), "the patient's weight is missing");
    assert_eq!(why(&PetTags { weight_kg: Some(0.0), ..tags() }), "the patient's weight is given as 0");
    assert_eq!(why(&PetTags { dose_bq: None, ..tags() }), "the injected dose is missing");
    assert_eq!(why(&PetTags { half_life_s: None, ..tags() }), "the half-life is missing");
    let light = PetTags { weight_kg: Some(7.0), ..tags() };
    assert_eq!(scale(&[&tags(), &light]).unwrap_err(), "the weight differs between the slices");
}

#[test]
fn the_inputs_are_listed() {
    let lines = scale(&[&tags()]).unwrap().inputs.lines();
    let of = |label| lines.iter().find(|(l, _)| *l == label).map(|(_, value)| value.as_str());
    assert_eq!(of("Weight"), Some("70.0 kg"));
    assert_eq!(of("Injected dose"), Some("370.0 MBq"));
    assert_eq!(of("Injected"), Some("2024-03-01 10:00:00"));
    assert_eq!(of("Corrected to"), Some("2024-03-01 11:50:00, series time"));
    assert_eq!(of("Decay time"), Some("110.0 min"));
}
