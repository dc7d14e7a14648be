use super::*;

const GOOD: &str = include_str!("../../../sample_data/cases/liver-05.toml");

/// What is said when a recipe has `old` replaced by `new` once.
fn said(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old:?} is not in the recipe");
    Recipe::read("mine.toml", &GOOD.replacen(old, new, 1)).unwrap_err().to_string()
}

#[test]
fn a_good_recipe_is_read() {
    let recipe = Recipe::read("mine.toml", GOOD).unwrap();
    assert_eq!((recipe.lesions.len(), recipe.visits.len(), recipe.sessions.len()), (3, 4, 3));
    assert_eq!(recipe.last_session("L2", 183).unwrap().day, 120);
    assert_eq!(recipe.last_session("L3", 35).map(|s| s.day), None);
}

#[test]
fn what_is_wrong_is_named_by_file_key_and_remedy() {
    for (old, new, key, remedy) in [
        ("day = 0\n", "day = 1\n", "sessions[0].day", "write day = 0"),
        ("lesions = [\"L3\"]", "lesions = [\"L9\"]", "sessions[1].lesions", "Use one of L1, L2, L3"),
        ("slice_mm = 3.0", "slice_mm = 0.01", "visits[0].ct.slice_mm", "Give a number from 0.5 to 12"),
        ("slice_mm = 3.0", "slice_mm = nan", "visits[0].ct.slice_mm", "Give a number"),
        ("segment = \"VIII\"\n", "", "lesions[0].segment", "Write I to VIII"),
        ("id = \"scan-2\"", "id = \"Scan 2/..\"", "visits[1].id", "small letters"),
        ("id = \"scan-2\"", "id = \"scan-1\"", "visits[1].id", "id of its own"),
        ("phases = [\"arterial\", \"portal_venous\"]", "phases = []", "visits[0].ct.phases", "Write for example"),
        ("word = \"complete\"\n", "", "visits[1].lesions[0].word", "before the first session"),
        ("shape = \"thin_smooth_rim\"\n", "", "visits[1].lesions[0].shape", "thin_smooth_rim"),
        (
            "look_at = \"arterial\"",
            "look_at = \"delayed\"",
            "visits[1].lesions[0].look_at",
            "one of the visit's phases",
        ),
        (
            "label = \"L2\"\ntumour_percent",
            "label = \"L1\"\ntumour_percent",
            "visits[0].lesions",
            "one [[visits.lesions]] table",
        ),
        ("start = \"", "start = \"9 o'clock ", "visits[0].start", "09:30:00"),
        (
            "doubling_time_days = 40.0",
            "doubling_time_days = 0.0",
            "lesions[1].growth.doubling_time_days",
            "from 5 to 2000",
        ),
        ("phases = [\"arterial\", \"portal_venous\"]", "phases = [\"t1\"]", "visits[0].ct.phases", "Use unenhanced"),
        ("title = \"Liver", "title = \"\" # \"Liver", "title", "Write a sentence"),
    ] {
        let said = said(old, new);
        for part in ["mine.toml", key, remedy] {
            assert!(said.contains(part), "{part:?} is missing in: {said}");
        }
    }
}

#[test]
fn what_is_no_recipe_is_named_by_line() {
    let said = said("sex = \"M\"", "sex = \"M\"\nweight_kg = 80");
    assert!(said.contains("mine.toml, line 10") && said.contains("weight_kg"), "{said}");
    let said = Recipe::read("mine.toml", "title = \n").unwrap_err().to_string();
    assert!(said.contains("line 1"), "{said}");
    let said = Recipe::read("mine.toml", &GOOD.replacen("answer = \"no_viable\"", "answer = \"fine\"", 1)).unwrap_err();
    assert!(said.to_string().contains("no_viable"), "{said}");
}

#[test]
fn every_cut_and_every_odd_byte_is_an_error_or_a_recipe() {
    // No panic on what somebody is still writing.
    for cut in (0..GOOD.len()).step_by(97) {
        if GOOD.is_char_boundary(cut) {
            let _ = Recipe::read("mine.toml", &GOOD[..cut]);
        }
    }
    for (n, number) in ["-1e308", "1e308", "inf", "99999999999999999999", "\"x\"", "[]"].iter().enumerate() {
        for key in ["slices = 60", "matrix = 512", "day = 35", "noise_hu = 12.0", "top_mm = 8.0", "seed = 15"] {
            let name = key.split(" = ").next().unwrap();
            let _ = Recipe::read("mine.toml", &GOOD.replacen(key, &format!("{name} = {number}"), 1 + n % 2));
        }
    }
}
