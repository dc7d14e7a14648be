//! JPEG-LS, lossless, one component of 16 bits (ISO/IEC 14495-1): how ready samples are packed. The program's own reader
//! is another piece of code; tests hold that it gives the same values back.

/// Lengths of runs (A.2.1, table of J).
const RUN_BITS: [u8; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// Where gradients are parted: the defaults of 16 bits (C.2.4.1.1.1).
const THRESHOLDS: [i32; 3] = [18, 67, 276];
const MAXIMUM: i32 = 65_535;
const RANGE: i32 = 65_536;
const RESET: i32 = 64;
/// Bits of an error that is written in full, and the longest code.
const ERROR_BITS: u32 = 16;
const LIMIT: u32 = 64;

/// Bits behind each other; after a byte of ones comes one of seven bits (A.1).
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    waiting: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, bits: u32) {
        self.waiting = self.waiting << bits | u64::from(value);
        self.count += bits;
        loop {
            let take = if self.bytes.last() == Some(&0xff) { 7 } else { 8 };
            if self.count < take {
                return;
            }
            self.count -= take;
            self.bytes.push((self.waiting >> self.count) as u8);
            self.waiting &= (1 << self.count) - 1;
        }
    }

    fn zeros(&mut self, mut count: u32) {
        while count > 0 {
            let part = count.min(24);
            self.put(0, part);
            count -= part;
        }
    }

    /// Fills up the last byte; a byte of ones is followed by another.
    fn end(mut self) -> Vec<u8> {
        let take = if self.bytes.last() == Some(&0xff) { 7 } else { 8 };
        if self.count > 0 || take == 7 {
            self.put(0, take - self.count);
        }
        self.bytes
    }

    /// A Golomb code of limited length (A.5.3).
    fn golomb(&mut self, value: i32, k: u32, limit: u32) {
        let (value, longest) = (value as u32, limit - ERROR_BITS - 1);
        let high = value >> k;
        if high < longest {
            self.zeros(high);
            self.put(1, 1);
            self.put(value & ((1 << k) - 1), k);
        } else {
            self.zeros(longest);
            self.put(1, 1);
            self.put(value - 1, ERROR_BITS);
        }
    }
}

/// Sums of a context (A.2.1); in run contexts `b` counts negative errors.
#[derive(Clone, Copy)]
struct Sums {
    a: i32,
    b: i32,
    c: i32,
    n: i32,
}

impl Sums {
    fn new() -> Self {
        Self { a: (RANGE + 32) / 64, b: 0, c: 0, n: 1 }
    }

    /// A.6.
    fn update(&mut self, error: i32) {
        self.b += error;
        self.a += error.abs();
        if self.n == RESET {
            (self.a, self.b, self.n) = (self.a >> 1, self.b >> 1, self.n >> 1);
        }
        self.n += 1;
        if self.b <= -self.n {
            self.b = (self.b + self.n).max(1 - self.n);
            self.c = (self.c - 1).max(-128);
        } else if self.b > 0 {
            self.b = (self.b - self.n).min(0);
            self.c = (self.c + 1).min(127);
        }
    }
}

/// The least k with n << k at least a (A.5.1).
fn exponent(n: i32, a: i32) -> u32 {
    (0..24).find(|k| n << k >= a).unwrap_or(24)
}

/// An error brought into the range that is coded (A.4.5).
fn reduced(error: i32) -> i32 {
    let error = if error < 0 { error + RANGE } else { error };
    if error >= (RANGE + 1) / 2 { error - RANGE } else { error }
}

struct Coder {
    bits: Bits,
    contexts: Vec<Sums>,
    runs: [Sums; 2],
    run: usize,
}

impl Coder {
    fn run_bits(&self) -> u32 {
        RUN_BITS.get(self.run).map_or(0, |bits| u32::from(*bits))
    }

    /// A row of pixels with the one above; both have a neighbour more at either side.
    fn row(&mut self, above: &[i32], row: &[i32]) {
        let at = |line: &[i32], x: usize| line.get(x).copied().unwrap_or_default();
        let end = row.len().saturating_sub(1);
        let mut x = 1;
        while x < end {
            let (left, corner, up, next) = (at(row, x - 1), at(above, x - 1), at(above, x), at(above, x + 1));
            let context = 81 * region(next - up) + 9 * region(up - corner) + region(corner - left);
            if context != 0 {
                self.regular(context, [left, up, corner], at(row, x));
                x += 1;
                continue;
            }
            let length = row.get(x..end).map_or(0, |rest| rest.iter().take_while(|value| **value == left).count());
            x += length;
            self.run(length, x == end);
            if x < end {
                self.interruption(left, at(above, x), at(row, x));
                x += 1;
            }
        }
    }

    /// A.3 to A.6.
    fn regular(&mut self, context: i32, [left, up, corner]: [i32; 3], value: i32) {
        let sign = context.signum();
        let Some(sums) = self.contexts.get_mut(context.unsigned_abs() as usize) else { return };
        let median = (left + up - corner).clamp(left.min(up), left.max(up));
        let expected = (median + sign * sums.c).clamp(0, MAXIMUM);
        let error = reduced(sign * (value - expected));
        let k = exponent(sums.n, sums.a);
        let turned = k == 0 && 2 * sums.b <= -sums.n;
        let mapped = match (turned, error >= 0) {
            (false, true) => 2 * error,
            (false, false) => -2 * error - 1,
            (true, true) => 2 * error + 1,
            (true, false) => -2 * (error + 1),
        };
        sums.update(error);
        self.bits.golomb(mapped, k, LIMIT);
    }

    /// A run of pixels like the one before (A.7.1).
    fn run(&mut self, mut length: usize, to_end: bool) {
        while length >= 1 << self.run_bits() {
            length -= 1 << self.run_bits();
            self.bits.put(1, 1);
            self.run = (self.run + 1).min(31);
        }
        if to_end {
            if length > 0 {
                self.bits.put(1, 1);
            }
        } else {
            self.bits.put(0, 1);
            let bits = self.run_bits();
            self.bits.put(length as u32, bits);
        }
    }

    /// The pixel that ends a run (A.7.2).
    fn interruption(&mut self, left: i32, up: i32, value: i32) {
        let same = left == up;
        let error = reduced(if !same && left > up { up - value } else { value - up });
        let limit = LIMIT - self.run_bits() - 1;
        let Some(sums) = self.runs.get_mut(usize::from(same)) else { return };
        let k = exponent(sums.n, sums.a + if same { sums.n >> 1 } else { 0 });
        let often_negative = 2 * sums.b >= sums.n;
        let odd = if error > 0 { k == 0 && !often_negative } else { error < 0 && (k != 0 || often_negative) };
        let mapped = 2 * error.abs() - i32::from(same) - i32::from(odd);
        sums.b += i32::from(error < 0);
        sums.a += (mapped + 1 - i32::from(same)) >> 1;
        if sums.n == RESET {
            (sums.a, sums.b, sums.n) = (sums.a >> 1, sums.b >> 1, sums.n >> 1);
        }
        sums.n += 1;
        self.bits.golomb(mapped, k, limit);
        self.run = self.run.saturating_sub(1);
    }
}

/// Region of a gradient (A.3.3).
fn region(gradient: i32) -> i32 {
    let far = gradient.abs();
    let size = THRESHOLDS.iter().filter(|threshold| far >= **threshold).count() as i32 + i32::from(far > 0);
    size * gradient.signum()
}

/// A whole stream of a picture whose pixels are taken as they are stored, 16 bits.
pub(super) fn encode(pixels: &[i16], columns: u16, rows: u16) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xf7, 0, 11, 16];
    bytes.extend(rows.to_be_bytes());
    bytes.extend(columns.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0]);
    bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0]);
    let wide = usize::from(columns);
    let mut coder = Coder { bits: Bits::default(), contexts: vec![Sums::new(); 365], runs: [Sums::new(); 2], run: 0 };
    let (mut above, mut row) = (vec![0i32; wide + 2], vec![0i32; wide + 2]);
    for line in pixels.chunks_exact(wide.max(1)) {
        std::mem::swap(&mut above, &mut row);
        // Neighbours at the edges (A.2.1).
        above[wide + 1] = above[wide];
        row[0] = above[1];
        for (to, value) in row.iter_mut().skip(1).zip(line) {
            *to = i32::from(*value as u16);
        }
        coder.row(&above, &row);
    }
    bytes.extend(coder.bits.end());
    bytes.extend([0xff, 0xd9]);
    bytes
}
