//! UIDs that are the same each time: a UUID made from a name, under the root 2.25 (PS3.5 B.2).

use sha2::{Digest, Sha256};

/// The UID of a name: version 8 UUID from the SHA-256 of the name.
pub(super) fn uid(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let mut bytes = [0u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    let mut number = u128::from_be_bytes(bytes);
    number = number & !(0xf << 76) | 0x8 << 76;
    number = number & !(0b11 << 62) | 0b10 << 62;
    format!("2.25.{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_valid_uid() {
        let one = uid("first-look/pre");
        assert_eq!(one, uid("first-look/pre"));
        assert_ne!(one, uid("first-look/d35"));
        assert!(one.len() <= 64 && one.starts_with("2.25.") && one.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
        let number: u128 = one.trim_start_matches("2.25.").parse().unwrap();
        let uuid = uuid::Uuid::from_u128(number);
        assert_eq!((uuid.get_version_num(), uuid.get_variant()), (8, uuid::Variant::RFC4122));
    }
}
