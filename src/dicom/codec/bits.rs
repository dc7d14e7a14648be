//! Entropy-coded bits of JPEG (ISO/IEC 10918-1 F.1.2.3) and JPEG-LS (ISO/IEC 14495-1 A.1), through a window
//! of 64 bits that is filled eight bytes at a time wherever no byte is 0xFF.

/// A bit reader. `LS` chooses what follows a byte 0xFF: in JPEG-LS a byte of seven bits, in JPEG a byte zero
/// that is dropped. It stops before the first marker and gives zeros from there on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a, const LS: bool> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, from the highest one down.
    window: u64,
    /// How many of them count.
    count: u32,
    /// Zeros that were given beyond the end.
    padded: u64,
    /// The byte before was 0xFF (JPEG-LS).
    short_byte: bool,
}

impl<'a, const LS: bool> Bits<'a, LS> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, window: 0, count: 0, padded: 0, short_byte: false }
    }

    /// Whether bits were used that are not there.
    pub fn overrun(&self) -> bool {
        u64::from(self.count) < self.padded
    }

    /// The next 64 bits, of which at least 33 are right.
    #[inline(always)]
    pub fn peek(&mut self) -> u64 {
        if self.count <= 32 {
            self.fill();
        }
        self.window
    }

    /// Passes over `n` bits, at most 32 after a peek.
    #[inline(always)]
    pub fn pass(&mut self, n: u32) {
        self.window = self.window.wrapping_shl(n);
        self.count = self.count.saturating_sub(n);
    }

    /// The next `n` bits as a number, at most 32.
    #[inline(always)]
    pub fn take(&mut self, n: u32) -> u32 {
        if n == 0 {
            return 0;
        }
        let value = (self.peek() >> (64 - n)) as u32;
        self.pass(n);
        value
    }

    /// Counts zeros up to the next one and passes over both; at most `most` zeros.
    #[inline(always)]
    pub fn zeros(&mut self, most: u32) -> u32 {
        let zeros = self.peek().leading_zeros();
        if zeros < 32 {
            self.pass(zeros + 1);
            return zeros;
        }
        self.many_zeros(most)
    }

    #[cold]
    fn many_zeros(&mut self, most: u32) -> u32 {
        let mut total = 0;
        while total < most && !self.overrun() {
            let zeros = self.peek().leading_zeros().min(32);
            if zeros < 32 {
                self.pass(zeros + 1);
                return total + zeros;
            }
            self.pass(32);
            total += 32;
        }
        total
    }

    #[inline(always)]
    fn fill(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        if let Some(eight) = self.bytes.get(self.at..self.at + 8) {
            let word = u64::from_be_bytes(<[u8; 8]>::try_from(eight).unwrap_or_default());
            // A byte 0xFF is a byte of zeros in the complement.
            let inverse = !word;
            let no_ff = inverse.wrapping_sub(ONES) & word & HIGH == 0;
            if no_ff && !self.short_byte {
                // Bits below the counted ones are the beginning of the next byte and are set again to the
                // same later.
                self.window |= word >> self.count;
                let whole = (63 - self.count) / 8;
                self.at += whole as usize;
                self.count += whole * 8;
                return;
            }
        }
        self.fill_slowly();
    }

    #[cold]
    fn fill_slowly(&mut self) {
        while self.count <= 56 {
            let (byte, width) = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(byte), _) if self.short_byte => {
                    self.at += 1;
                    self.short_byte = false;
                    (*byte & 0x7F, 7)
                }
                (Some(0xFF), Some(next)) if LS && *next < 0x80 => {
                    self.at += 1;
                    self.short_byte = true;
                    (0xFF, 8)
                }
                (Some(0xFF), Some(0)) if !LS => {
                    self.at += 2;
                    (0xFF, 8)
                }
                (None | Some(0xFF), _) => {
                    self.padded += u64::from(64 - self.count);
                    self.count = 64;
                    return;
                }
                (Some(byte), _) => {
                    self.at += 1;
                    (*byte, 8)
                }
            };
            self.window |= u64::from(byte) << (64 - width) >> self.count;
            self.count += width;
        }
    }

    /// Goes on behind the next marker, which must be a restart; `false` when it is not there.
    pub fn restart(&mut self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let marker = rest.windows(2).position(|pair| match pair {
            [0xFF, next] => *next >= 0x80 && *next != 0xFF,
            _ => false,
        });
        let Some(place) = marker else { return false };
        if !matches!(rest.get(place + 1), Some(0xD0..=0xD7)) {
            return false;
        }
        *self = Self { at: self.at + place + 2, ..Self::new(self.bytes) };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_zeros_are_dropped_and_the_end_gives_zeros() {
        let mut bits = Bits::<false>::new(&[0xAB, 0xFF, 0x00, 0xCD, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xFF, 0xD9]);
        let read: Vec<u32> = (0..12).map(|_| bits.take(8)).collect();
        assert_eq!(read, [0xAB, 0xFF, 0xCD, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(!bits.overrun());
        assert_eq!(bits.take(1), 0);
        assert!(bits.overrun());
        assert!(!bits.restart());
    }

    #[test]
    fn in_jpeg_ls_seven_bits_follow_ff() {
        let mut bits = Bits::<true>::new(&[0xFF, 0x7F, 0x80, 0xFF, 0xD1, 0x12]);
        assert_eq!((bits.take(15), bits.take(8)), (0x7FFF, 0x80));
        assert!(!bits.overrun());
        assert!(bits.restart());
        assert_eq!(bits.take(8), 0x12);
    }

    #[test]
    fn zeros_over_the_window() {
        let mut bytes = vec![0u8; 11];
        bytes.push(0x40);
        let mut bits = Bits::<true>::new(&bytes);
        assert_eq!(bits.zeros(200), 89);
        assert_eq!(Bits::<true>::new(&bytes).zeros(40), 64); // stops soon after the bound
    }
}
