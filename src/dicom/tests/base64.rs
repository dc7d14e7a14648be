//! Base64, in which fixtures hold bytes; also used by `tests/fire`, so it names nothing of the crate.

/// The bytes that a text stands for.
pub fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut sum, mut bits) = (0u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        sum = sum << 6 | LETTERS.iter().position(|l| *l == letter).unwrap() as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((sum >> bits) as u8);
        }
    }
    bytes
}
