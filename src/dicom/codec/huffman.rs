//! Huffman tables of JPEG (ISO/IEC 10918-1 annex C), read by table.

use super::bits::Bits;

/// Bits that one look into a table covers.
const LOOK: u32 = 12;

/// A table of codes, with the differences of lossless JPEG (annex H) resolved as far as they fit.
#[derive(Debug, Clone)]
pub(super) struct Huffman {
    /// For each length, one more than its last code, aligned to 16 bits.
    limits: [u32; 17],
    /// For each length, its first code and the place of its first value.
    firsts: [(u32, u32); 17],
    values: Vec<u8>,
    /// For the next bits: the length of the code and its value; length 0 where the code is longer.
    symbols: Vec<(u8, u8)>,
    /// For the next bits: the length of code and difference, and the difference; length 0 where they are
    /// longer.
    differences: Vec<(u8, i16)>,
}

impl Huffman {
    /// From the number of codes of each length and their values; `None` when no such code exists.
    pub fn new(counts: &[u8; 16], values: &[u8]) -> Option<Self> {
        let mut table = Self {
            limits: [0; 17],
            firsts: [(0, 0); 17],
            values: values.to_vec(),
            symbols: vec![(0, 0); 1 << LOOK],
            differences: vec![(0, 0); 1 << LOOK],
        };
        let (mut code, mut place) = (0u32, 0u32);
        for ((length, count), (limit, first)) in
            (1u32..).zip(counts).zip(table.limits.iter_mut().skip(1).zip(table.firsts.iter_mut().skip(1)))
        {
            *first = (code, place);
            code += u32::from(*count);
            place += u32::from(*count);
            if code > 1 << length {
                return None;
            }
            *limit = code << (16 - length);
            code <<= 1;
        }
        if place as usize != values.len() {
            return None;
        }
        for next in 0..1u32 << LOOK {
            let Some((length, value)) = table.search(next << (16 - LOOK)).filter(|(length, _)| *length <= LOOK) else {
                continue;
            };
            if let Some(symbol) = table.symbols.get_mut(next as usize) {
                *symbol = (length as u8, value);
            }
            let extra = u32::from(value) % 16; // 16 stands for 32768 and has no bits
            if value <= 16 && length + extra <= LOOK {
                let bits = (next >> (LOOK - length - extra)) & ((1 << extra) - 1);
                if let Some(difference) = table.differences.get_mut(next as usize) {
                    *difference = ((length + extra) as u8, extend(bits, value));
                }
            }
        }
        Some(table)
    }

    /// The code at the beginning of 16 bits.
    fn search(&self, bits: u32) -> Option<(u32, u8)> {
        let length = self.limits.iter().skip(1).position(|limit| bits < *limit)? as u32 + 1;
        let (code, place) = *self.firsts.get(length as usize)?;
        let value = self.values.get(((bits >> (16 - length)) - code + place) as usize)?;
        Some((length, *value))
    }

    /// The next value; `None` when the bits are no code.
    #[inline(always)]
    pub fn symbol(&self, bits: &mut Bits<'_, false>) -> Option<u8> {
        let next = bits.peek();
        let (length, value) = self.symbols.get((next >> (64 - LOOK)) as usize).copied().unwrap_or_default();
        if length > 0 {
            bits.pass(u32::from(length));
            return Some(value);
        }
        let (length, value) = self.search((next >> 48) as u32)?;
        bits.pass(length);
        Some(value)
    }

    /// The next difference of lossless JPEG; `None` when the bits are no code.
    #[inline(always)]
    pub fn difference(&self, bits: &mut Bits<'_, false>) -> Option<i16> {
        let next = bits.peek();
        let (length, difference) = self.differences.get((next >> (64 - LOOK)) as usize).copied().unwrap_or_default();
        if length > 0 {
            bits.pass(u32::from(length));
            return Some(difference);
        }
        self.long_difference(bits)
    }

    #[cold]
    fn long_difference(&self, bits: &mut Bits<'_, false>) -> Option<i16> {
        let size = self.symbol(bits).filter(|size| *size <= 16)?;
        let extra = bits.take(u32::from(size) % 16);
        Some(extend(extra, size))
    }
}

/// A number of `size` bits whose highest bit says that it is positive (F.2.2.1, EXTEND); 16 stands for 32768.
fn extend(bits: u32, size: u8) -> i16 {
    match size {
        0 => 0,
        16.. => i16::MIN,
        _ if bits >> (size - 1) == 1 => bits as i16,
        _ => (bits as i32 - (1 << size) + 1) as i16,
    }
}

/// [`extend`] for the coefficients of a DCT, which have up to 15 bits.
#[inline]
pub(super) fn coefficient(bits: &mut Bits<'_, false>, size: u8) -> i32 {
    i32::from(extend(bits.take(u32::from(size.min(15))), size.min(15)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three codes of 1, 2 and 13 bits: 0, 10, 1100000000000.
    fn table() -> Huffman {
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[12]) = (1, 1, 1);
        Huffman::new(&counts, &[2, 0, 16]).unwrap()
    }

    #[test]
    fn short_and_long_codes() {
        // 0 11 (+3), 10 (0), 0 00 (-3), 1100000000000 (32768), 0 01 (-2)
        let bytes = [0b0111_0000, 0b1100_0000, 0b0000_0001, 0xFF, 0x00];
        let mut bits = Bits::<false>::new(&bytes);
        let read: Vec<i16> = (0..5).map(|_| table().difference(&mut bits).unwrap()).collect();
        assert_eq!(read, [3, 0, -3, i16::MIN, -2]);
        assert_eq!(table().difference(&mut bits), None); // 1111... is no code
    }

    #[test]
    fn impossible_tables_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Huffman::new(&counts, &[1, 2, 3]).is_none());
        counts[0] = 1;
        assert!(Huffman::new(&counts, &[1, 2]).is_none());
    }
}
