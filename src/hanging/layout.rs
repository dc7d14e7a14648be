//! How panes stand: rows and columns, 1 x 1 to 3 x 3.

/// Rows and columns of panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Layout {
    rows: u32,
    columns: u32,
}

/// The most rows, and the most columns.
const MOST: u32 = 3;

impl Default for Layout {
    /// Two panes side by side.
    fn default() -> Self {
        Self { rows: 1, columns: 2 }
    }
}

impl Layout {
    /// So many rows and columns, each brought to 1 to 3.
    #[must_use]
    pub fn new(rows: u32, columns: u32) -> Self {
        Self { rows: rows.clamp(1, MOST), columns: columns.clamp(1, MOST) }
    }

    /// All of them, row by row.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=MOST).flat_map(|rows| (1..=MOST).map(move |columns| Self { rows, columns }))
    }

    /// The smallest that so many panes fit into, wide before high; more than nine do not fit.
    #[must_use]
    pub fn fitting(panes: usize) -> Self {
        let (rows, columns) = match panes {
            0 | 1 => (1, 1),
            2 => (1, 2),
            3 => (1, 3),
            4 => (2, 2),
            5 | 6 => (2, 3),
            _ => (3, 3),
        };
        Self { rows, columns }
    }

    /// Rows.
    #[must_use]
    pub const fn rows(self) -> u32 {
        self.rows
    }

    /// Columns.
    #[must_use]
    pub const fn columns(self) -> u32 {
        self.columns
    }

    /// How many panes it holds.
    #[must_use]
    pub const fn panes(self) -> usize {
        (self.rows * self.columns) as usize
    }

    /// "2 × 3".
    #[must_use]
    pub fn words(self) -> String {
        format!("{} × {}", self.rows, self.columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_panes_up_to_nine_fits() {
        for panes in 0..=9 {
            let layout = Layout::fitting(panes);
            assert!(layout.panes() >= panes, "{panes} in {}", layout.words());
            let smaller = Layout::all().filter(|other| other.panes() >= panes.max(1)).map(Layout::panes).min();
            assert!(layout.panes() <= smaller.unwrap() + 3);
        }
        assert_eq!(Layout::all().count(), 9);
        assert_eq!(Layout::new(0, 7).words(), "1 × 3");
    }
}
