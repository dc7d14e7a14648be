//! Text of a header: character sets (PS3.3 C.12.1.1.2, PS3.5 6.1), and cleaning for people and terminals.

use encoding::all::{
    EUC_JP, GB18030, GBK, ISO_8859_1, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7,
    ISO_8859_8, ISO_8859_15, UTF_8, WINDOWS_874, WINDOWS_949, WINDOWS_1254,
};
use encoding::{DecoderTrap, EncodingRef};

const ESCAPE: u8 = 0x1B;

/// A set of characters, and how its codes stand in bytes.
#[derive(Clone, Copy)]
enum Set {
    /// ASCII below 0x80, the rest as this encoding has it.
    High(EncodingRef),
    /// JIS X 0201: Roman letters below 0x80 and half-width katakana above.
    Jis0201,
    /// JIS X 0208, two bytes below 0x80.
    Jis0208,
    /// JIS X 0212, two bytes below 0x80.
    Jis0212,
}

impl std::fmt::Debug for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::High(encoding) => f.write_str(encoding.name()),
            Self::Jis0201 => f.write_str("JIS X 0201"),
            Self::Jis0208 => f.write_str("JIS X 0208"),
            Self::Jis0212 => f.write_str("JIS X 0212"),
        }
    }
}

/// A defined term of Specific Character Set; the ISO 2022 terms begin with the set of the same number.
fn set_of(term: &str) -> Option<Set> {
    let plain = term.trim().replace(['_', '-'], " ").to_ascii_uppercase();
    let number = plain.strip_prefix("ISO 2022 IR ").or_else(|| plain.strip_prefix("ISO IR ")).unwrap_or(&plain);
    let high: EncodingRef = match number {
        "6" | "100" => ISO_8859_1,
        "101" => ISO_8859_2,
        "109" => ISO_8859_3,
        "110" => ISO_8859_4,
        "126" => ISO_8859_7,
        "127" => ISO_8859_6,
        "138" => ISO_8859_8,
        "144" => ISO_8859_5,
        "148" => WINDOWS_1254, // ISO 8859-9 and more in places that it leaves free
        "149" => WINDOWS_949,
        "166" => WINDOWS_874,
        "203" => ISO_8859_15,
        "192" => UTF_8,
        "58" | "GBK" | "GB2312" => GBK,
        "GB18030" => GB18030,
        "13" => return Some(Set::Jis0201),
        "87" => return Some(Set::Jis0208),
        "159" => return Some(Set::Jis0212),
        _ => return None,
    };
    Some(Set::High(high))
}

/// Escape sequences of PS3.3 tables C.12-3 and C.12-4: whether they call a set to the codes from 0x80 up (else
/// to those below), and which.
const ESCAPES: &[(&[u8], bool, &str)] = &[
    (b"(B", false, "6"),
    (b"(J", false, "13"),
    (b"$B", false, "87"),
    (b"$@", false, "87"),
    (b"$(D", false, "159"),
    (b")I", true, "13"),
    (b"-A", true, "100"),
    (b"-B", true, "101"),
    (b"-C", true, "109"),
    (b"-D", true, "110"),
    (b"-F", true, "126"),
    (b"-G", true, "127"),
    (b"-H", true, "138"),
    (b"-L", true, "144"),
    (b"-M", true, "148"),
    (b"-T", true, "166"),
    (b"-b", true, "203"),
    (b"$)C", true, "149"),
    (b"$)A", true, "58"),
];

/// The character sets that a data set names in Specific Character Set (0008,0005).
#[derive(Debug, Clone)]
pub(super) struct CharacterSets {
    /// The set that text starts in; `None` where nothing usable is stated.
    first: Option<Set>,
    /// Whether a backslash byte may be the second half of a character.
    whole: bool,
}

impl CharacterSets {
    /// From the value of (0008,0005); unknown names count as absent.
    pub fn new(value: &str) -> Self {
        let mut terms = value.split('\\').map(str::trim);
        let first = terms.next().unwrap_or_default();
        // Some writers leave the first place empty and mean the second, which an escape sequence calls anyway;
        // others put a set of many bytes first, which may not be extended (PS3.3 C.12.1.1.2).
        let first = match set_of(first) {
            // ASCII is what these start in.
            Some(Set::Jis0208 | Set::Jis0212) => Some(Set::High(ISO_8859_1)),
            other => other,
        };
        let whole = matches!(first, Some(Set::High(e)) if matches!(e.name(), "gbk" | "gb18030"));
        Self { first, whole }
    }

    /// Decodes a value; what cannot be decoded becomes a replacement character. Never fails, and never loses
    /// what is ASCII.
    pub fn decode(&self, bytes: &[u8]) -> String {
        if bytes.is_ascii() && !bytes.contains(&ESCAPE) {
            return bytes.iter().map(|b| char::from(*b)).collect();
        }
        if self.whole {
            return self.plain(bytes);
        }
        // Every value and every component of a name starts in the first set again (PS3.5 6.1.2.5.3).
        let mut text = String::with_capacity(bytes.len());
        let (mut low, mut high) = (None, None);
        let mut run: Vec<u8> = Vec::new();
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            if *byte == ESCAPE {
                self.end_run(&mut run, low, high, &mut text);
                rest = match ESCAPES.iter().find(|(sequence, ..)| after.starts_with(sequence)) {
                    Some((sequence, is_high, name)) => {
                        *(if *is_high { &mut high } else { &mut low }) = set_of(name);
                        after.get(sequence.len()..).unwrap_or_default()
                    }
                    // An unknown sequence is left out by its escape character alone.
                    None => after,
                };
                continue;
            }
            let two_bytes = matches!(low, Some(Set::Jis0208 | Set::Jis0212));
            if matches!(byte, b'\\' | b'^' | b'=' | b'\r' | b'\n' | b'\t' | 0x0C) && !(two_bytes && run.len() % 2 == 1)
            {
                // In two-byte text a delimiter can only stand between characters.
                self.end_run(&mut run, low, high, &mut text);
                (low, high) = (None, None);
                text.push(char::from(*byte));
            } else {
                run.push(*byte);
            }
            rest = after;
        }
        self.end_run(&mut run, low, high, &mut text);
        text
    }

    /// Decodes bytes between escape sequences and delimiters.
    fn end_run(&self, run: &mut Vec<u8>, low: Option<Set>, high: Option<Set>, text: &mut String) {
        if run.is_empty() {
            return;
        }
        let bytes = std::mem::take(run);
        match (low, high) {
            (Some(Set::Jis0208), _) => text.push_str(&two_byte(&bytes, &[])),
            (Some(Set::Jis0212), _) => text.push_str(&two_byte(&bytes, &[0x8F])),
            (_, Some(Set::High(encoding))) => text.push_str(&lenient(encoding, &bytes)),
            (Some(Set::Jis0201), None) | (_, Some(Set::Jis0201)) => text.push_str(&jis_0201(&bytes)),
            _ => text.push_str(&self.plain(&bytes)),
        }
    }

    /// Bytes in the set that text starts in.
    fn plain(&self, bytes: &[u8]) -> String {
        match self.first {
            Some(Set::Jis0201) => jis_0201(bytes),
            Some(Set::High(encoding)) => lenient(encoding, bytes),
            // Nothing stated: UTF-8 when it is valid, as many writers forget to say so, else Latin 1.
            Some(Set::Jis0208 | Set::Jis0212) | None => match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => lenient(ISO_8859_1, bytes),
            },
        }
    }
}

/// Decodes what can be; the rest becomes replacement characters.
fn lenient(encoding: EncodingRef, bytes: &[u8]) -> String {
    encoding.decode(bytes, DecoderTrap::Replace).unwrap_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect())
}

/// Two-byte Japanese text, which in EUC has the highest bits set and, for JIS X 0212, a byte before each
/// character.
fn two_byte(bytes: &[u8], before: &[u8]) -> String {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::new();
    for pair in pairs {
        let code = [before, &pair.map(|byte| byte | 0x80)].concat();
        // What is no pair of graphic codes was left in ASCII by a writer that forgot to escape back.
        if pair.iter().all(|byte| (0x21..=0x7E).contains(byte)) {
            text.push_str(&lenient(EUC_JP, &code));
        } else {
            text.extend(pair.iter().map(|byte| char::from(*byte)));
        }
    }
    text.extend(odd.iter().map(|byte| char::from(*byte)));
    text
}

/// JIS X 0201: ASCII but for the yen sign and the overline, which stay the ASCII characters of their codes, as
/// the backslash delimits values (PS3.5 6.1.2.1); half-width katakana from 0xA1 to 0xDF.
fn jis_0201(bytes: &[u8]) -> String {
    let of = |byte: u8| match byte {
        0xA1..=0xDF => char::from_u32(0xFF61 + u32::from(byte - 0xA1)).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x80.. => char::REPLACEMENT_CHARACTER,
        _ => char::from(byte),
    };
    bytes.iter().copied().map(of).collect()
}

/// A person's name as a person reads it: family name, given and middle names; another script in brackets
/// (PS3.5 6.2.1). `Yamada^Tarou=山田^太郎=やまだ^たろう` becomes `Yamada, Tarou (山田 太郎)`.
#[must_use]
pub fn person_name(written: &str) -> String {
    let mut groups = written.splitn(3, '=');
    let group = |group: Option<&str>, between: &str| {
        let parts: Vec<&str> = group.unwrap_or_default().split('^').map(str::trim).collect();
        let part = |n: usize| parts.get(n).copied().filter(|part| !part.is_empty());
        let given: Vec<&str> = [part(3), part(1), part(2)].into_iter().flatten().collect();
        let suffix = part(4).map(|suffix| format!(", {suffix}")).unwrap_or_default();
        let name = [part(0).map(str::to_owned), Some(given.join(" ")).filter(|given| !given.is_empty())];
        let name: Vec<String> = name.into_iter().flatten().collect();
        format!("{}{suffix}", name.join(between))
    };
    let (latin, other) = (group(groups.next(), ", "), group(groups.next(), " "));
    let phonetic = group(groups.next(), " ");
    match (latin.is_empty(), other.is_empty()) {
        (false, false) => format!("{latin} ({other})"),
        (false, true) => latin,
        (true, false) => other,
        (true, true) => phonetic,
    }
}

/// The words of family, given and middle name (PS3.5 6.2.1), in order, without case, accents, titles and separators.
/// What registries write in two ways is one: "Müller", "Mueller" and "MULLER".
#[must_use]
pub fn comparable_name(name: &str) -> Vec<String> {
    let alphabetic = name.split('=').find(|group| !group.trim().is_empty()).unwrap_or("");
    let person = alphabetic.split('^').take(3); // then come prefix and suffix
    person
        .flat_map(|part| part.split(|c: char| matches!(c, ',' | '-' | '\'' | '.') || c.is_whitespace()))
        .map(|word| word.chars().flat_map(char::to_lowercase).map(plain).collect::<String>())
        .map(|word| word.replace('ß', "ss").replace("ae", "a").replace("oe", "o").replace("ue", "u"))
        .filter(|word| !word.is_empty())
        .collect()
}

/// A letter without its accent; the small letters of Latin scripts.
fn plain(letter: char) -> char {
    match letter {
        'à'..='å' | 'æ' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ğ' | 'ģ' => 'g',
        'ì'..='ï' | 'ī' | 'į' | 'ı' => 'i',
        'ł' | 'ľ' | 'ļ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'œ' | 'ō' | 'ő' => 'o',
        'ŕ' | 'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

/// Text without control characters, without marks that reorder text, and without spaces at its ends.
pub(super) fn clean(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|c| !hidden(*c)).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(sets: &str, bytes: &[u8]) -> String {
        CharacterSets::new(sets).decode(bytes)
    }

    #[test]
    fn trap_28_the_japanese_examples_of_the_standard() {
        // PS3.5 H.3.1: IR 87 called up by escape sequences.
        let name = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B";
        assert_eq!(decoded("\\ISO 2022 IR 87", name), "Yamada^Tarou=山田^太郎=やまだ^たろう");
        // PS3.5 H.3.2: half-width katakana of IR 13 first, then IR 87.
        let name =
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J";
        assert_eq!(decoded("ISO 2022 IR 13\\ISO 2022 IR 87", name), "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう");
        // JIS X 0212: 亜 with the extra plane's first ideographs (row 16: 丂 is 0x3021).
        assert_eq!(decoded("\\ISO 2022 IR 159", b"A\x1b$(D\x30\x21\x1b(B"), "A丂");
        // 0x5C and 0x5E, 0x3D as halves of characters are no delimiters.
        assert_eq!(decoded("\\ISO 2022 IR 87", b"\x1b$B\x25\x5c\x25\x5e\x24\x3d\x1b(B"), "ボマそ");
    }

    #[test]
    fn trap_28_the_korean_and_chinese_examples_of_the_standard() {
        // PS3.5 I.2.
        let name = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf";
        assert_eq!(decoded("\\ISO 2022 IR 149", name), "Hong^Gildong=洪^吉洞=홍^길동");
        // PS3.5 J.3: UTF-8 and GB18030.
        let name = b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=";
        assert_eq!(decoded("ISO_IR 192", name), "Wang^XiaoDong=王^小東=");
        let name = b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=";
        assert_eq!(decoded("GB18030", name), "Wang^XiaoDong=王^小东=");
        // PS3.5 K.2: GB 2312 called up by an escape sequence.
        let name = b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=";
        assert_eq!(decoded("\\ISO 2022 IR 58", name), "Zhang^XiaoDong=张^小东=");
        // GBK has characters whose second byte is a backslash.
        assert_eq!(decoded("GBK", b"\x81\x5c\\x"), "乗\\x");
    }

    #[test]
    fn trap_28_alphabets() {
        for (set, bytes, text) in [
            ("ISO_IR 100", b"Buc^J\xe9r\xf4me".as_slice(), "Buc^Jérôme"),
            ("ISO_IR 101", b"Wa\xb3\xeasa", "Wałęsa"),
            ("ISO_IR 109", b"\xc6usek", "Ĉusek"),
            ("ISO_IR 110", b"\xb9", "š"),
            ("ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"),
            ("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"),
            ("ISO_IR 138", b"\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"),
            ("ISO_IR 144", b"\xbb\xee\xda\xd0", "Люка"),
            ("ISO_IR 148", b"\xc7avu\xfeo\xf0lu", "Çavuşoğlu"),
            ("ISO_IR 166", b"\xca\xc1\xaa\xd2\xc2", "สมชาย"),
            ("ISO_IR 203", b"\xa4", "€"),
            ("ISO_IR 192", "Müller".as_bytes(), "Müller"),
            // Called up in the middle, and gone after a delimiter.
            ("ISO 2022 IR 6\\ISO 2022 IR 144", b"A\x1b-L\xbb\xee\xda\xd0^B", "AЛюка^B"),
            ("\\ISO 2022 IR 126", b"\x1b-F\xc4\xe9", "Δι"),
            ("iso-ir-100", b"\xe9", "é"),
        ] {
            assert_eq!(decoded(set, bytes), text, "{set}");
        }
    }

    #[test]
    fn trap_28_bad_text_becomes_some_text() {
        for set in ["", "ISO_IR 192", "nonsense", "\\ISO 2022 IR 87", "GB18030", "ISO_IR 13", "\\ISO 2022 IR 149"] {
            let text = decoded(set, b"A\xff\xfe\x1b\x1b$B\x80\x1b");
            assert!(text.starts_with('A'), "{set}: {text:?}");
        }
        assert_eq!(decoded("", "Müller".as_bytes()), "Müller");
        assert_eq!(decoded("", b"M\xfcller"), "Müller");
        // A set that nobody knows: what is ASCII stays.
        assert_eq!(decoded("ISO_IR 999", b"M\xfcller^Eva"), "Müller^Eva");
    }

    #[test]
    fn names_of_persons_as_they_are_read() {
        assert_eq!(person_name("Yamada^Tarou=山田^太郎=やまだ^たろう"), "Yamada, Tarou (山田 太郎)");
        assert_eq!(
            person_name("Adams^John Robert Quincy^^Rev.^B.A. M.Div."),
            "Adams, Rev. John Robert Quincy, B.A. M.Div."
        );
        assert_eq!(person_name("Doe^Jane"), "Doe, Jane");
        assert_eq!(person_name("ANON"), "ANON");
        assert_eq!(person_name("=王^小東="), "王 小東");
        assert_eq!(person_name("==やまだ^たろう"), "やまだ たろう");
        assert_eq!(person_name("^^^^"), "");
    }

    #[test]
    fn nothing_reaches_a_terminal() {
        assert_eq!(clean(" liver\u{1b}[31m\0\r\n \u{202e}phase "), "liver[31m phase");
    }

    proptest! {
        #[test]
        fn trap_28_no_bytes_panic_and_plain_ascii_stays(
            set in prop::sample::select(vec!["", "ISO_IR 13", "ISO_IR 192", "GB18030", "GBK", "\\ISO 2022 IR 87", "\\ISO 2022 IR 159", "ISO_IR 149", "x\\y"]),
            bytes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let all = [b"Doe^".as_slice(), &bytes].concat();
            prop_assert!(CharacterSets::new(set).decode(&all).starts_with("Doe^"));
        }
    }
}
