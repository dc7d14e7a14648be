//! The estimators against R's `survival` and `cmprsk`, lifelines and scipy: see tests/fixtures/cohort.

use super::*;
use std::collections::BTreeMap;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cohort/");

#[derive(serde::Deserialize)]
struct Expected {
    data: String,
    what: String,
    group: String,
    day: Option<f64>,
    value: String,
}

#[derive(serde::Deserialize)]
struct Member {
    patient: u32,
    group: u8,
    entry: i64,
    exit: i64,
    cause: u8,
}

#[derive(serde::Deserialize)]
struct Public {
    time: i64,
    cause: u8,
    group: u8,
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> Vec<T> {
    let mut reader = csv::Reader::from_path(format!("{FOLDER}{name}.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn cause(code: u8) -> Option<Cause> {
    (code > 0).then_some(Cause(code))
}

/// What was computed here, by data set, what, group and day.
#[derive(Default)]
struct Ours {
    curves: BTreeMap<(String, String), Vec<Spell>>,
    single: BTreeMap<(String, String, String), f64>,
    incidence: BTreeMap<(String, String, Cause), Incidence>,
}

impl Ours {
    fn put(&mut self, data: &str, what: &str, group: &str, value: f64) {
        self.single.insert((data.to_owned(), what.to_owned(), group.to_owned()), value);
    }

    fn curve(&mut self, data: &str, group: &str, spells: Vec<Spell>) {
        for cause in [1, 2, 3].map(Cause) {
            self.incidence.insert((data.to_owned(), group.to_owned(), cause), Incidence::of(&spells, cause));
        }
        self.curves.insert((data.to_owned(), group.to_owned()), spells);
    }

    fn tests(&mut self, data: &str, groups: &[Vec<Spell>]) {
        let test = log_rank(groups).unwrap();
        self.put(data, "log_rank_chi2", "all", test.chi2);
        self.put(data, "log_rank_p", "all", test.p);
        for (at, expected) in test.expected.unwrap().into_iter().enumerate() {
            self.put(data, "log_rank_expected", &(at + 1).to_string(), expected);
        }
        for code in 1..=3 {
            if let Some(test) = gray(groups, Cause(code)) {
                self.put(data, &format!("gray_chi2_{code}"), "all", test.chi2);
                self.put(data, &format!("gray_p_{code}"), "all", test.p);
                self.put(data, &format!("gray_df_{code}"), "all", f64::from(test.degrees));
            }
        }
    }

    fn value(&self, row: &Expected) -> Option<f64> {
        let key = (row.data.clone(), row.what.clone(), row.group.clone());
        if let Some(value) = self.single.get(&key) {
            return Some(*value);
        }
        if let Some(what) = row.what.strip_prefix("cif_") {
            let (variance, code) = match what.strip_prefix("variance_") {
                Some(code) => (true, code),
                None => (false, what),
            };
            let group = (row.data.clone(), row.group.clone(), Cause(code.parse().unwrap()));
            let curve = self.incidence.get(&group)?;
            let point = curve.at(row.day?);
            return Some(point.map_or(0.0, |point| if variance { point.variance } else { point.incidence }));
        }
        let curve = KaplanMeier::of(self.curves.get(&(row.data.clone(), row.group.clone()))?);
        let what = row.what.strip_prefix("km_")?;
        let scale = if what.starts_with("log-log") { Scale::LogLog } else { Scale::Log };
        let of_scale = what.strip_prefix("log-log_").or(what.strip_prefix("log_"));
        let Some(day) = row.day else {
            let median = curve.median(scale);
            return match of_scale? {
                "median" => median.day,
                "median_low" => median.low,
                _ => median.high,
            };
        };
        let point = curve.at(day)?;
        match (what, of_scale) {
            ("survival", _) => Some(point.survival),
            ("standard_error", _) => point.standard_error(),
            ("at_risk", _) => Some(f64::from(point.at_risk)),
            ("events", _) => Some(f64::from(point.events)),
            (_, Some("low")) => point.interval_95(scale).map(|interval| interval.low),
            (_, Some("high")) => point.interval_95(scale).map(|interval| interval.high),
            _ => None,
        }
    }
}

fn grouped(members: impl Iterator<Item = (u8, Spell)>) -> Vec<Vec<Spell>> {
    let mut groups: BTreeMap<u8, Vec<Spell>> = BTreeMap::new();
    members.for_each(|(group, spell)| groups.entry(group).or_default().push(spell));
    groups.into_values().collect()
}

fn ours() -> Ours {
    let mut ours = Ours::default();
    for size in [200, 500, 1000, 2000] {
        let data = format!("cohort_{size}");
        let members: Vec<Member> = read(&data);
        let plain = |member: &Member| Spell::new(member.exit, cause(member.cause));
        let all: Vec<Spell> = members.iter().map(plain).collect();
        ours.curve(&data, "all", all.clone());
        ours.curve(&format!("{data}_all"), "1", all.clone());
        ours.curve(&format!("{data}_entry"), "all", members.iter().map(|m| plain(m).entered(m.entry)).collect());
        ours.curve(&format!("{data}_reverse"), "all", all.iter().map(|spell| spell.reversed()).collect());
        let groups = grouped(members.iter().map(|member| (member.group, plain(member))));
        for (at, group) in groups.iter().enumerate() {
            ours.curve(&data, &(at + 1).to_string(), group.clone());
        }
        ours.tests(&data, &groups);
        let first: Vec<Vec<Spell>> =
            groups.iter().map(|group| group.iter().map(|spell| spell.keeping(&[Cause(1)])).collect()).collect();
        ours.tests(&format!("{data}_cause_1"), &first);
        let robust = clustered(members.iter().map(|member| (member.patient, member.cause == 1)));
        ours.put(&data, "clustered_standard_error", "all", robust.standard_error.unwrap());
    }
    for name in ["lung", "aml", "melanoma", "bmt"] {
        let members: Vec<Public> = read(&format!("public_{name}"));
        let spell = |member: &Public| Spell::new(member.time, cause(member.cause));
        ours.curve(name, "all", members.iter().map(spell).collect());
        let groups = grouped(members.iter().map(|member| (member.group, spell(member))));
        for (at, group) in groups.iter().enumerate() {
            ours.curve(name, &(at + 1).to_string(), group.clone());
        }
        if groups.len() > 1 {
            ours.tests(name, &groups);
        }
    }
    proportions(&mut ours);
    ours
}

fn proportions(ours: &mut Ours) {
    for (n, of) in
        [(81, 263), (15, 148), (0, 20), (1, 29), (36, 154), (48, 58), (100, 114), (7, 7), (999, 2000), (3, 4000)]
    {
        let (name, proportion) = (format!("{n}/{of}"), Proportion { n, of });
        let intervals = [
            ("clopper_pearson", proportion.clopper_pearson_95()),
            ("wilson", proportion.wilson_95()),
            ("wilson_corrected", proportion.wilson_corrected_95()),
        ];
        for (what, interval) in intervals {
            ours.put(&name, &format!("{what}_low"), "all", interval.unwrap().low);
            ours.put(&name, &format!("{what}_high"), "all", interval.unwrap().high);
        }
    }
    let tables = [[79, 6, 58, 2], [0, 32, 4, 25], [10, 90, 20, 80], [3, 0, 0, 3], [500, 400, 450, 470], [1, 9, 11, 3]];
    for [a, b, c, d] in tables {
        let name = format!("{a}/{b}/{c}/{d}");
        let (one, other) = (Proportion { n: a, of: a + b }, Proportion { n: c, of: c + d });
        ours.put(&name, "fisher_p", "all", fisher(one, other).unwrap());
        let test = chi_square(&[one, other]).unwrap();
        ours.put(&name, "chi2", "all", test.chi2);
        ours.put(&name, "chi2_p", "all", test.p);
        ours.put(&name, "yates_p", "all", test.p_corrected.unwrap());
    }
    let wide = [(30, 40), (25, 50), (12, 40), (4, 10)].map(|(n, of)| Proportion { n, of });
    let wide = chi_square(&wide).unwrap();
    ours.put("wide", "chi2", "all", wide.chi2);
    ours.put("wide", "chi2_p", "all", wide.p);
}

fn compare(file: &str, skip: impl Fn(&Expected) -> bool) -> usize {
    let ours = ours();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for row in read::<Expected>(file).iter().filter(|row| !skip(row)) {
        let name = format!("{} {} {} {:?}", row.data, row.what, row.group, row.day);
        let value = ours.value(row);
        match row.value.parse::<f64>() {
            Ok(expected) => {
                let ok = value.is_some_and(|own| (own - expected).abs() <= 1e-9 * expected.abs().max(1.0));
                if !ok {
                    wrong.push(format!("{name}: {value:?}, expected {expected}"));
                }
            }
            Err(_) if value.is_none() => {}
            Err(_) => wrong.push(format!("{name}: {value:?}, expected none")),
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong[..wrong.len().min(30)].join("\n"));
    compared
}

#[test]
fn r_says_the_same() {
    assert!(compare("expected_r", |_| false) > 7000);
}

#[test]
fn lifelines_and_scipy_say_the_same() {
    assert!(compare("expected_python", |_| false) > 600);
}

#[test]
fn worked_numbers_of_published_data() {
    let ours = ours();
    let curve = |data: &str, group: &str| KaplanMeier::of(&ours.curves[&(data.to_owned(), group.to_owned())]);
    let near = |value: f64, printed: f64, half_digit: f64| {
        assert!((value - printed).abs() <= half_digit, "{value}, printed {printed}");
    };
    // aml: x = 1 maintained, 2 not.
    let maintained = curve("aml", "1");
    near(maintained.survival_on(31.0), 0.4909, 5e-5);
    assert_eq!(maintained.median(Scale::Log), Median { day: Some(31.0), low: Some(18.0), high: None });
    assert_eq!(curve("aml", "2").median(Scale::Log), Median { day: Some(23.0), low: Some(8.0), high: None });
    near(ours.single[&("aml".into(), "log_rank_chi2".into(), "all".into())], 3.396, 5e-4);
    near(ours.single[&("aml".into(), "log_rank_p".into(), "all".into())], 0.0653, 5e-5);
    // lung.
    let lung = curve("lung", "all");
    assert_eq!((lung.subjects(), lung.events()), (228, 165));
    assert_eq!(lung.median(Scale::Log), Median { day: Some(310.0), low: Some(285.0), high: Some(363.0) });
    assert_eq!(lung.median(Scale::LogLog), Median { day: Some(310.0), low: Some(284.0), high: Some(361.0) });
    let year = lung.at(365.25).unwrap();
    near(year.survival, 0.4092, 5e-5);
    near(year.standard_error().unwrap(), 0.0358, 5e-5);
    let interval = year.interval_95(Scale::Log).unwrap();
    near(interval.low, 0.345, 5e-4);
    near(interval.high, 0.486, 5e-4);
    for (group, n, events, median, low, high) in
        [("1", 138, 112, 270.0, 212.0, 310.0), ("2", 90, 53, 426.0, 348.0, 550.0)]
    {
        let sex = curve("lung", group);
        assert_eq!((sex.subjects(), sex.events()), (n, events));
        assert_eq!(sex.median(Scale::Log), Median { day: Some(median), low: Some(low), high: Some(high) });
    }
    near(ours.single[&("lung".into(), "log_rank_chi2".into(), "all".into())], 10.327, 5e-4);
    near(ours.single[&("lung".into(), "log_rank_p".into(), "all".into())], 0.00131, 5e-6);
    // Melanoma: 1 melanoma, 2 other.
    let spells = &ours.curves[&("melanoma".to_owned(), "all".to_owned())];
    let (melanoma, other) = (Incidence::of(spells, Cause(1)), Incidence::of(spells, Cause(2)));
    let naive: Vec<Spell> = spells.iter().map(|spell| spell.keeping(&[Cause(1)])).collect();
    let naive = KaplanMeier::of(&naive);
    assert_eq!((melanoma.subjects(), melanoma.events(), other.events()), (205, 57, 14));
    let printed = [
        (1000.0, 0.8383, 0.127_457, 0.000_548, 0.0860, 0.1773, 0.034_267, 0.1311),
        (2000.0, 0.7194, 0.230_140, 0.000_900, 0.1741, 0.2910, 0.050_456, 0.2383),
        (3000.0, 0.6323, 0.309_620, 0.001_379, 0.2387, 0.3831, 0.058_111, 0.3232),
        (4000.0, 0.5553, 0.338_718, 0.001_691, 0.2596, 0.4194, 0.105_947, 0.3551),
    ];
    for (day, free, incidence, variance, low, high, of_other, wrong) in printed {
        let point = melanoma.at(day).unwrap();
        near(point.event_free, free, 5e-5);
        near(point.incidence, incidence, 5e-7);
        near(point.variance, variance, 5e-7);
        let interval = point.interval_95().unwrap();
        near(interval.low, low, 5e-5);
        near(interval.high, high, 5e-5);
        near(other.incidence_on(day), of_other, 5e-7);
        near(1.0 - naive.survival_on(day), wrong, 5e-5);
    }
    // bmt: group 2 is AML of low risk.
    let spells = &ours.curves[&("bmt".to_owned(), "2".to_owned())];
    let relapse = Incidence::of(spells, Cause(1));
    assert_eq!(relapse.subjects(), 54);
    for (years, printed) in [(1.0, 0.0741), (1.5, 0.1296), (2.0, 0.1481), (3.0, 0.1667)] {
        near(relapse.incidence_on(365.25 * years), printed, 5e-5);
    }
    let year = relapse.at(365.25).unwrap();
    near(year.variance.sqrt(), 0.0360, 5e-5);
    let (one, three) = (year.interval_95().unwrap(), relapse.at(3.0 * 365.25).unwrap().interval_95().unwrap());
    for (value, printed) in [(one.low, 0.0234), (one.high, 0.1646), (three.low, 0.0813), (three.high, 0.2783)] {
        near(value, printed, 5e-5);
    }
    near(ours.single[&("bmt".into(), "gray_chi2_1".into(), "all".into())], 11.923, 5e-4);
    near(ours.single[&("bmt".into(), "gray_p_1".into(), "all".into())], 0.00258, 5e-6);
}
