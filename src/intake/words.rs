//! Words out of a series description: what people and machines type there, made comparable.

/// Lower case without accents, so that "spätvenös" and "Portal-Venös" meet one table.
fn fold(c: char, out: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => out.push('o'),
            'ř' => out.push('r'),
            'ś' | 'š' => out.push('s'),
            'ù' | 'ú' | 'û' | 'ü' | 'ů' => out.push('u'),
            'ý' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
}

/// The words of a text in order. A word ends at anything that is neither letter nor digit, where a small
/// letter meets a capital ("AbdomenVen"), where two or more letters meet a digit ("PV70"), and where digits
/// meet three or more letters that are no unit of time ("0ART"). "C+" and "C-" (with and without contrast)
/// are words of their own.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for chunk in text.split(|c: char| c.is_whitespace() || c == '_' || c == '^') {
        let mut folded = String::new();
        chunk.chars().for_each(|c| fold(c, &mut folded));
        match folded.as_str() {
            "c+" | "+c" | "ce+" | "+ce" | "gd+" | "+gd" | "km+" | "+km" => all.push("c+".to_owned()),
            "c-" | "-c" | "ce-" | "-ce" | "gd-" | "-gd" | "km-" | "-km" => all.push("c-".to_owned()),
            _ => runs(chunk, &mut all),
        }
    }
    all
}

/// Splits a chunk without white space.
fn runs(chunk: &str, all: &mut Vec<String>) {
    let mut word = String::new();
    let mut before: Option<char> = None;
    for c in chunk.chars() {
        if !c.is_alphanumeric() {
            // A decimal stays one word, so that the 5 of "0.5s" is no delay of five seconds.
            if (c == '.' || c == ',') && before.is_some_and(|b| b.is_ascii_digit()) {
                word.push('.');
                before = Some('.');
                continue;
            }
            push(&mut word, all);
            before = None;
            continue;
        }
        if before.is_some_and(|b| b.is_lowercase()) && c.is_uppercase() {
            push(&mut word, all);
        }
        fold(c, &mut word);
        before = Some(c);
    }
    push(&mut word, all);
}

/// Ends a word, splitting letters from digits where that makes two words of it.
fn push(word: &mut String, all: &mut Vec<String>) {
    let whole = std::mem::take(word);
    let whole = whole.trim_matches('.');
    if whole.is_empty() {
        return;
    }
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    if let Some(at) = whole.find(is_number) {
        let (letters, rest) = whole.split_at(at);
        if letters.chars().count() >= 2 {
            all.push(letters.to_owned());
            all.push(rest.to_owned());
            return;
        }
        if at == 0 {
            let end = whole.find(|c| !is_number(c)).unwrap_or(whole.len());
            let (digits, unit) = whole.split_at(end);
            if unit.chars().count() >= 3 && !matches!(unit, "sec" | "sek" | "min" | "secs") {
                all.push(digits.to_owned());
                all.push(unit.to_owned());
                return;
            }
        }
    }
    all.push(whole.to_owned());
}

/// A delay after contrast written as "70s", "70 sec", "3min" or "3 min", at the start of `words`: seconds,
/// and how many words it takes. Only delays that a scan can have (10 s to 30 min).
pub(super) fn delay_s(words: &[String]) -> Option<(f64, usize)> {
    let first = words.first()?;
    let end = first.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(first.len());
    let (digits, unit) = first.split_at(end);
    let value: f64 = digits.parse().ok()?;
    let (unit, taken) = if unit.is_empty() { (words.get(1)?.as_str(), 2) } else { (unit, 1) };
    let seconds = match unit {
        "s" | "sec" | "secs" | "sek" => value,
        "min" => value * 60.0,
        _ => return None,
    };
    (10.0..=1800.0).contains(&seconds).then_some((seconds, taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_where_people_mean_them_to() {
        assert_eq!(words("Abd. PV 3.0 B30f"), ["abd", "pv", "3.0", "b30f"]);
        assert_eq!(words("AbdomenVen_70s"), ["abdomen", "ven", "70s"]);
        assert_eq!(words("PV70"), ["pv", "70"]);
        assert_eq!(words("t1_vibe_fs T2w b800"), ["t1", "vibe", "fs", "t2w", "b800"]);
        assert_eq!(words("Spätvenös/LEBER"), ["spatvenos", "leber"]);
        assert_eq!(words("ABD C- 5mm C+"), ["abd", "c-", "5mm", "c+"]);
        assert_eq!(words("w/o contrast"), ["w", "o", "contrast"]);
        assert_eq!(words("inventory"), ["inventory"]);
        assert_eq!(words("0ART"), ["0", "art"]);
    }

    #[test]
    fn delays() {
        let of = |text: &str| delay_s(&words(text));
        assert_eq!(of("70s"), Some((70.0, 1)));
        assert_eq!(of("70 sec"), Some((70.0, 2)));
        assert_eq!(of("3min"), Some((180.0, 1)));
        assert_eq!(of("0.5s"), None);
        assert_eq!(of("3 mm"), None);
        assert_eq!(of("70"), None);
    }
}
