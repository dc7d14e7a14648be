//! Seeded damage to bytes; also used by `tests/dicom_real`, so it names nothing of the crate.

/// A small generator with a fixed start (SplitMix64), so that each run damages the same bytes.
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 up to, not including, `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }
}

/// Truncates, flips, overwrites lengths, repeats pieces (which nests), cuts pieces out.
pub fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(4) {
        let header = bytes.len().min(2_000);
        let reach = if dice.roll(4) == 0 { bytes.len() } else { header };
        let at = dice.roll(reach);
        match dice.roll(6) {
            0 => bytes.truncate(at),
            1 => {
                let bit = 1 << dice.roll(8);
                bytes.iter_mut().skip(at).take(1).for_each(|b| *b ^= bit);
            }
            2 => {
                let value = [0u32, 1, 0xFFFF, 0x7FFF_FFFF, u32::MAX - 1, u32::MAX][dice.roll(6)].to_le_bytes();
                bytes.iter_mut().skip(at).zip(value).for_each(|(b, v)| *b = v);
            }
            3 => {
                let piece: Vec<u8> = bytes.iter().skip(at).take(dice.roll(64)).copied().collect();
                for _ in 0..dice.roll(100) {
                    bytes.splice(at..at, piece.iter().copied());
                }
            }
            4 => {
                let sequence = [0x08, 0x00, 0x10, 0x11, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
                bytes.splice(at..at, sequence);
            }
            _ => {
                let end = (at + dice.roll(32)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
    }
}
