//! One bit a pixel: an overlay that a file draws over a slice.

/// A picture of set and unset pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    columns: u32,
    rows: u32,
    /// Row by row without gaps, the first pixel in the lowest bit.
    words: Box<[u64]>,
}

impl Bitmap {
    /// A picture without a set pixel.
    #[must_use]
    pub fn new(columns: u32, rows: u32) -> Self {
        let pixels = columns as usize * rows as usize;
        Self { columns, rows, words: vec![0; pixels.div_ceil(64)].into() }
    }

    /// Sets a pixel; those outside do not count.
    pub fn set(&mut self, column: u32, row: u32) {
        if column < self.columns && row < self.rows {
            let at = row as usize * self.columns as usize + column as usize;
            if let Some(word) = self.words.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
    }

    /// Whether a pixel is set; none is outside.
    #[must_use]
    pub fn is_set(&self, column: u32, row: u32) -> bool {
        let at = row as usize * self.columns as usize + column as usize;
        column < self.columns
            && row < self.rows
            && self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// The places of the set pixels, counted row by row.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(n, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(n * 64 + bit)
            })
        })
    }

    /// How many pixels are set.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_set_and_found() {
        let mut bits = Bitmap::new(10, 9);
        for (column, row) in [(0, 0), (9, 0), (3, 6), (4, 6), (9, 8), (10, 0), (0, 9), (u32::MAX, 1)] {
            bits.set(column, row);
        }
        assert_eq!(bits.places().collect::<Vec<_>>(), [0, 9, 63, 64, 89]);
        assert_eq!(bits.count(), 5);
        assert!(bits.is_set(3, 6) && bits.is_set(9, 8) && !bits.is_set(8, 8) && !bits.is_set(10, 0));
        assert_eq!(Bitmap::new(0, 5).places().count(), 0);
    }
}
