//! Whether words may tell a calendar date: for what must leave the program without one.

/// Names of months and their short forms in the languages of the phrase table.
const MONTHS: &[&str] = &[
    "jan",
    "january",
    "januar",
    "janvier",
    "januari",
    "enero",
    "ene",
    "gennaio",
    "gen",
    "feb",
    "february",
    "februar",
    "fevrier",
    "février",
    "februari",
    "febrero",
    "febbraio",
    "mar",
    "march",
    "märz",
    "marz",
    "mrz",
    "mars",
    "maart",
    "marzo",
    "apr",
    "april",
    "avril",
    "abril",
    "abr",
    "aprile",
    "may",
    "mai",
    "mei",
    "mayo",
    "maggio",
    "mag",
    "jun",
    "june",
    "juni",
    "juin",
    "junio",
    "giugno",
    "giu",
    "jul",
    "july",
    "juli",
    "juillet",
    "julio",
    "luglio",
    "lug",
    "aug",
    "august",
    "augustus",
    "août",
    "aout",
    "agosto",
    "ago",
    "sep",
    "sept",
    "september",
    "septembre",
    "septiembre",
    "settembre",
    "set",
    "oct",
    "okt",
    "october",
    "oktober",
    "octobre",
    "octubre",
    "ottobre",
    "ott",
    "nov",
    "november",
    "novembre",
    "noviembre",
    "dec",
    "dez",
    "dic",
    "december",
    "dezember",
    "décembre",
    "decembre",
    "diciembre",
    "dicembre",
];

/// A piece of free text.
#[derive(Debug, PartialEq)]
enum Token {
    Number(String),
    Word(String),
    Mark(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut parted = false;
    for c in text.chars() {
        if c.is_whitespace() {
            parted = true; // ends a word or number, and is no token: "12. 3. 26" is a date too
            continue;
        }
        let joined = !std::mem::take(&mut parted);
        match tokens.last_mut().filter(|_| joined) {
            Some(Token::Number(digits)) if c.is_ascii_digit() => digits.push(c),
            Some(Token::Word(word)) if c.is_alphabetic() && !EAST_ASIAN.contains(&c) => word.extend(c.to_lowercase()),
            _ if c.is_ascii_digit() => tokens.push(Token::Number(c.to_string())),
            _ if c.is_alphabetic() && !EAST_ASIAN.contains(&c) => {
                tokens.push(Token::Word(c.to_lowercase().collect()));
            }
            _ => tokens.push(Token::Mark(c)),
        }
    }
    tokens
}

/// Year, month and day in Chinese and Japanese.
const EAST_ASIAN: [char; 3] = ['年', '月', '日'];

/// Whether words may tell a calendar date: numbers parted like one, a year, a run of six or eight digits, or a
/// month by name (one of three letters, or "mars", only beside a number). Rather once too often: "3/4 of the rim" is left out too.
#[must_use]
pub fn may_hold_date(text: &str) -> bool {
    let tokens = tokens(text);
    let number = |at: usize| matches!(tokens.get(at), Some(Token::Number(digits)) if digits.len() <= 4);
    let mark = |at: usize, any: &str| matches!(tokens.get(at), Some(Token::Mark(c)) if any.contains(*c));
    tokens.iter().enumerate().any(|(at, token)| match token {
        Token::Number(digits) => {
            let year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
            let slashed = mark(at + 1, "/") && number(at + 2);
            let parted = mark(at + 1, ".-") && number(at + 2) && mark(at + 3, ".-");
            year || matches!(digits.len(), 6 | 8) || slashed || parted
        }
        Token::Word(word) => {
            let mut before = tokens.iter().take(at).rev().filter(|token| !matches!(token, Token::Mark(_)));
            let mut after = tokens.iter().skip(at + 1).filter(|token| !matches!(token, Token::Mark(_)));
            let beside = [before.next(), after.next()];
            let beside_number = beside.iter().flatten().any(|token| matches!(token, Token::Number(_)));
            MONTHS.contains(&word.as_str()) && (beside_number || (word.chars().count() > 3 && word != "mars"))
        }
        Token::Mark(c) => EAST_ASIAN.contains(c),
    })
}
