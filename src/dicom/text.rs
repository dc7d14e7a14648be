//! Text of a header: character sets (PS3.5 6.1), and cleaning for people and terminals.

use dicom_encoding::text::{SpecificCharacterSet, TextCodec};

const ESCAPE: u8 = 0x1B;

/// The character sets that a data set names in Specific Character Set (0008,0005).
#[derive(Debug, Clone)]
pub(super) struct CharacterSets {
    first: Option<SpecificCharacterSet>,
}

/// Escape sequences of PS3.3 C.12.1.1.2 (tables C.12-3 and C.12-4) and the set that each calls up.
const ESCAPES: &[(&[u8], &str)] = &[
    (b"(B", "ISO_IR 6"),
    (b"-A", "ISO_IR 100"),
    (b"-B", "ISO_IR 101"),
    (b"-C", "ISO_IR 109"),
    (b"-D", "ISO_IR 110"),
    (b"-L", "ISO_IR 144"),
    (b"-G", "ISO_IR 127"),
    (b"-F", "ISO_IR 126"),
    (b"-H", "ISO_IR 138"),
    (b"-T", "ISO_IR 166"),
    (b"(J", "ISO_IR 13"),
    (b")I", "ISO_IR 13"),
    (b"$)C", "ISO_IR 149"),
    (b"$)A", "GBK"),
    (b"$B", "ISO_IR 87"),
    (b"$(D", "ISO_IR 87"),
];

impl CharacterSets {
    /// From the value of (0008,0005); unknown names count as absent.
    pub fn new(value: &str) -> Self {
        let first = value.split('\\').next().unwrap_or_default().trim();
        Self { first: SpecificCharacterSet::from_code(first).filter(|_| !first.is_empty()) }
    }

    /// Decodes a value; what cannot be decoded becomes a replacement character. Never fails.
    pub fn decode(&self, bytes: &[u8]) -> String {
        if bytes.is_ascii() && !bytes.contains(&ESCAPE) {
            return bytes.iter().map(|b| char::from(*b)).collect();
        }
        let mut pieces = bytes.split(|b| *b == ESCAPE);
        let mut text = pieces.next().map(|piece| self.plain(piece)).unwrap_or_default();
        for piece in pieces {
            text.push_str(&self.escaped(piece));
        }
        text
    }

    fn plain(&self, bytes: &[u8]) -> String {
        let decoded = match &self.first {
            Some(set) => set.decode(bytes).ok(),
            // Nothing stated: UTF-8 when it is valid, as many writers forget to say so, else Latin 1.
            None => std::str::from_utf8(bytes).ok().map(str::to_owned),
        };
        decoded.unwrap_or_else(|| bytes.iter().map(|b| char::from(*b)).collect())
    }

    /// Decodes what follows an escape character.
    fn escaped(&self, piece: &[u8]) -> String {
        let Some((sequence, name)) = ESCAPES.iter().find(|(sequence, _)| piece.starts_with(sequence)) else {
            return self.plain(piece);
        };
        let rest = piece.get(sequence.len()..).unwrap_or_default();
        // The decoder for Japanese two-byte text wants the escape sequence itself.
        let with_escape;
        let bytes = if *name == "ISO_IR 87" {
            with_escape = [&[ESCAPE], piece].concat();
            with_escape.as_slice()
        } else {
            rest
        };
        SpecificCharacterSet::from_code(name)
            .and_then(|set| set.decode(bytes).ok())
            .unwrap_or_else(|| String::from_utf8_lossy(rest).into_owned())
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

    #[test]
    fn the_examples_of_the_standard() {
        // PS3.5 H.3.1: Japanese with IR 87 called up by escape sequences.
        let name = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B";
        assert_eq!(CharacterSets::new("\\ISO 2022 IR 87").decode(name), "Yamada^Tarou=山田^太郎=やまだ^たろう");
        // PS3.5 I.2: Korean.
        let name = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf";
        assert_eq!(CharacterSets::new("\\ISO 2022 IR 149").decode(name), "Hong^Gildong=洪^吉洞=홍^길동");
        // Latin 1, Cyrillic, UTF-8, GB18030.
        assert_eq!(CharacterSets::new("ISO_IR 100").decode(b"Buc^J\xe9r\xf4me"), "Buc^Jérôme");
        assert_eq!(CharacterSets::new("ISO_IR 144").decode(b"\xbb\xee\xda\xd0"), "Люка");
        assert_eq!(
            CharacterSets::new("ISO_IR 192").decode("Wang^XiaoDong=王^小東".as_bytes()),
            "Wang^XiaoDong=王^小東"
        );
        assert_eq!(
            CharacterSets::new("GB18030").decode(b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab"),
            "Wang^XiaoDong=王^小东"
        );
    }

    #[test]
    fn bad_text_becomes_some_text() {
        for set in ["", "ISO_IR 192", "nonsense", "\\ISO 2022 IR 87", "GB18030"] {
            let text = CharacterSets::new(set).decode(b"A\xff\xfe\x1b\x1b$B\x80\x1b");
            assert!(text.starts_with('A'), "{set}: {text:?}");
        }
        assert_eq!(CharacterSets::new("").decode("Müller".as_bytes()), "Müller");
        assert_eq!(CharacterSets::new("").decode(b"M\xfcller"), "Müller");
    }

    #[test]
    fn nothing_reaches_a_terminal() {
        assert_eq!(clean(" liver\u{1b}[31m\0\r\n \u{202e}phase "), "liver[31m phase");
    }
}
