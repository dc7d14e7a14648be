//! The coder inside JPEG-LS: contexts, prediction, Golomb codes and runs (ISO/IEC 14495-1 annex A).

use super::bits::Bits;
use super::markers::Preset;
use super::{Refused, refused};

/// Lengths of runs (A.2.1, table of J).
const RUN_BITS: [u8; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// Contexts of regular mode, signs merged.
const CONTEXTS: usize = 365;

/// What follows from precision, NEAR and the stream's own limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameters {
    maximum: i32,
    near: i32,
    thresholds: [i32; 3],
    reset: i32,
    range: i32,
    /// Bits of an error that is written in full.
    error_bits: u32,
    /// Longest code.
    limit: u32,
}

impl Parameters {
    /// Defaults of C.2.4.1.1.1 where the stream sets nothing.
    pub fn new(precision: u32, near: u32, preset: &Preset) -> Result<Self, Refused> {
        let or = |value: u16, default: i32| if value == 0 { default } else { i32::from(value) };
        if !(2..=16).contains(&precision) {
            return refused("its precision is none of JPEG-LS");
        }
        let whole = (1i32 << precision) - 1;
        let maximum = or(preset.maximum, whole);
        let near = near as i32;
        if maximum > whole || near > maximum / 2 {
            return refused("its limits contradict its precision");
        }
        let clamp = |value: i32, low: i32| if value > maximum || value < low { low } else { value };
        let [t1, t2, t3] = if maximum >= 128 {
            let factor = (maximum.min(4_095) + 128) / 256;
            [factor + 2 + 3 * near, 4 * factor + 3 + 5 * near, 17 * factor + 4 + 7 * near]
        } else {
            let factor = 256 / (maximum + 1);
            [(3 / factor + 3 * near).max(2), (7 / factor + 5 * near).max(3), (21 / factor + 7 * near).max(4)]
        };
        let t1 = or(preset.t1, clamp(t1, near + 1));
        let t2 = or(preset.t2, clamp(t2, t1));
        let t3 = or(preset.t3, clamp(t3, t2));
        let reset = or(preset.reset, 64);
        if t1 < near + 1 || t2 < t1 || t3 < t2 || t3 > maximum || reset < 3 {
            return refused("its limits contradict each other");
        }
        let range = (maximum + 2 * near) / (2 * near + 1) + 1;
        let bits_of = |values: i32| 32 - (values - 1).max(0).leading_zeros();
        let bits = bits_of(maximum + 1).max(2);
        Ok(Self {
            maximum,
            near,
            thresholds: [t1, t2, t3],
            reset,
            range,
            error_bits: bits_of(range),
            limit: 2 * (bits + bits.max(8)),
        })
    }

    /// The contexts before the first value (A.2.1).
    fn no_sums(&self) -> ([Context; CONTEXTS], [RunContext; 2]) {
        let a = ((self.range + 32) / 64).max(2);
        ([Context { a, b: 0, c: 0, n: 1 }; CONTEXTS], [RunContext { a, n: 1, negative: 0 }; 2])
    }

    /// Whether values can be computed without NEAR and by masking.
    fn plain(&self) -> bool {
        self.near == 0 && (self.maximum + 1).cast_unsigned().is_power_of_two()
    }
}

/// Sums of one context (A.2.1).
#[derive(Debug, Clone, Copy)]
struct Context {
    /// Of magnitudes.
    a: i32,
    /// Of errors.
    b: i32,
    /// Correction of the prediction.
    c: i32,
    /// How often it was met.
    n: i32,
}

#[derive(Debug, Clone, Copy)]
struct RunContext {
    a: i32,
    n: i32,
    negative: i32,
}

/// Where a component stands in the table of run lengths.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RunState(u8);

impl RunState {
    fn bits(self) -> u32 {
        RUN_BITS.get(usize::from(self.0)).map_or(0, |bits| u32::from(*bits))
    }

    fn longer(&mut self) {
        self.0 = (self.0 + 1).min(31);
    }

    fn shorter(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }
}

/// The state of decoding, shared by the components of a scan.
#[derive(Debug)]
pub(super) struct Coder<'a> {
    bits: Bits<'a, true>,
    parameters: Parameters,
    contexts: [Context; CONTEXTS],
    /// For an interruption by another value, and by the same (A.7.2).
    run_contexts: [RunContext; 2],
    /// Regions of gradients from -T3 to T3.
    regions: Vec<i8>,
}

impl<'a> Coder<'a> {
    pub fn new(bits: Bits<'a, true>, parameters: Parameters) -> Self {
        let [t1, t2, t3] = parameters.thresholds;
        let region = |gradient: i32| -> i8 {
            let size = match gradient.abs() {
                g if g >= t3 => 4,
                g if g >= t2 => 3,
                g if g >= t1 => 2,
                g if g > parameters.near => 1,
                _ => 0,
            };
            if gradient < 0 { -size } else { size }
        };
        let (contexts, run_contexts) = parameters.no_sums();
        Self { bits, parameters, contexts, run_contexts, regions: (-t3..=t3).map(region).collect() }
    }

    /// Goes on after a restart marker with all sums as at the beginning.
    pub fn restart(&mut self) -> bool {
        (self.contexts, self.run_contexts) = self.parameters.no_sums();
        self.bits.restart()
    }

    /// Whether bits were used that are not there.
    pub fn overrun(&self) -> bool {
        self.bits.overrun()
    }

    /// Decodes a row of one component; rows have one pixel more at either side.
    pub fn line(&mut self, above: &[u16], current: &mut [u16], run: &mut RunState) {
        // Bits in a variable of its own stay in registers.
        let mut bits = self.bits;
        if self.parameters.plain() {
            self.decode_line::<true>(&mut bits, above, current, run);
        } else {
            self.decode_line::<false>(&mut bits, above, current, run);
        }
        self.bits = bits;
    }

    #[inline(always)]
    fn decode_line<const PLAIN: bool>(
        &mut self,
        bits: &mut Bits<'_, true>,
        above: &[u16],
        current: &mut [u16],
        run: &mut RunState,
    ) {
        let end = current.len().min(above.len()).saturating_sub(1);
        let (Some(above), Some(current)) = (above.get(..=end), current.get_mut(..=end)) else { return };
        let at = |row: &[u16], x: usize| row.get(x).map_or(0, |value| i32::from(*value));
        let mut x = 1;
        let mut left = at(current, 0);
        let (mut corner, mut up) = (at(above, 0), at(above, 1));
        while x < end {
            let next = at(above, x + 1);
            let context = self.context(next - up, up - corner, corner - left);
            if context != 0 {
                let expected = median(left, up, corner);
                left = self.regular::<PLAIN>(bits, context, expected);
                if let Some(to) = current.get_mut(x) {
                    *to = left as u16;
                }
                (corner, up) = (up, next);
                x += 1;
                continue;
            }
            let (length, interrupted) = Self::run(bits, run, end - x);
            if let Some(same) = current.get_mut(x..x + length) {
                same.fill(left as u16);
            }
            x += length;
            if interrupted && x < end {
                let over = at(above, x);
                let same = (left - over).abs() <= self.parameters.near;
                let error = self.interruption(bits, usize::from(same), *run);
                left = if same {
                    self.value(left, error)
                } else {
                    self.value(over, if over < left { -error } else { error })
                };
                run.shorter();
                if let Some(to) = current.get_mut(x) {
                    *to = left as u16;
                }
                x += 1;
            }
            (corner, up) = (at(above, x - 1), at(above, x));
        }
    }

    /// Decodes a row of three components that are interleaved by pixel (A.7, B.3).
    pub fn line_of_triples(&mut self, above: [&[u16]; 3], mut current: [&mut [u16]; 3], run: &mut RunState) {
        let mut bits = self.bits;
        let end = current.iter().map(|row| row.len()).min().unwrap_or_default().saturating_sub(1);
        let at = |row: &[u16], x: usize| row.get(x).map_or(0, |value| i32::from(*value));
        let mut x = 1;
        while x < end {
            let mut contexts = [0; 3];
            let mut expected = [0; 3];
            let rows = above.iter().zip(&current);
            for ((above, current), (context, expected)) in rows.zip(contexts.iter_mut().zip(&mut expected)) {
                let (left, corner, up, next) = (at(current, x - 1), at(above, x - 1), at(above, x), at(above, x + 1));
                *context = self.context(next - up, up - corner, corner - left);
                *expected = median(left, up, corner);
            }
            if contexts != [0; 3] {
                for (row, (context, expected)) in current.iter_mut().zip(contexts.into_iter().zip(expected)) {
                    let value = self.regular::<false>(&mut bits, context, expected);
                    if let Some(to) = row.get_mut(x) {
                        *to = value as u16;
                    }
                }
                x += 1;
                continue;
            }
            let (length, interrupted) = Self::run(&mut bits, run, end - x);
            for row in &mut current {
                let left = at(row, x - 1) as u16;
                if let Some(same) = row.get_mut(x..x + length) {
                    same.fill(left);
                }
            }
            x += length;
            if interrupted && x < end {
                for (row, above) in current.iter_mut().zip(above) {
                    let (left, over) = (at(row, x - 1), at(above, x));
                    let error = self.interruption(&mut bits, 0, *run);
                    let value = self.value(over, if over < left { -error } else { error });
                    if let Some(to) = row.get_mut(x) {
                        *to = value as u16;
                    }
                }
                run.shorter();
                x += 1;
            }
        }
        self.bits = bits;
    }

    /// The context of three gradients, negative where its signs are turned (A.3.3, A.3.4); 0 begins a run.
    #[inline(always)]
    fn context(&self, d1: i32, d2: i32, d3: i32) -> i32 {
        let [_, _, t3] = self.parameters.thresholds;
        let region = |d: i32| self.regions.get((d.clamp(-t3, t3) + t3) as usize).map_or(0, |r| i32::from(*r));
        81 * region(d1) + 9 * region(d2) + region(d3)
    }

    /// One pixel in regular mode (A.4 to A.6).
    #[inline(always)]
    fn regular<const PLAIN: bool>(&mut self, bits: &mut Bits<'_, true>, context: i32, expected: i32) -> i32 {
        let p = self.parameters;
        let sign = context >> 31; // -1 or 0
        let turned = |value: i32| (value ^ sign) - sign;
        let Some(sums) = self.contexts.get_mut(turned(context) as usize) else { return 0 };
        let expected = (expected + turned(sums.c)).clamp(0, p.maximum);
        let k = golomb(sums.n, sums.a);
        let coded = code(bits, k, p.limit, p.error_bits);
        // Even codes are errors from zero up, odd ones from -1 down (A.5.2), turned round where errors lean
        // to the negative side.
        let error = (coded >> 1) ^ -(coded & 1);
        let error = if k == 0 && (PLAIN || p.near == 0) && sums.b.wrapping_mul(2) <= -sums.n { !error } else { error };
        sums.update(error, if PLAIN { 1 } else { 2 * p.near + 1 }, p.reset);
        let error = turned(error);
        if PLAIN { (expected + error) & p.maximum } else { self.value(expected, error) }
    }

    /// A value from what was expected and the error (A.4.5).
    #[inline(always)]
    fn value(&self, expected: i32, error: i32) -> i32 {
        let p = &self.parameters;
        let step = 2 * p.near + 1;
        let value = expected.wrapping_add(error.wrapping_mul(step));
        let value = if value < -p.near {
            value.wrapping_add(p.range * step)
        } else if value > p.maximum + p.near {
            value.wrapping_sub(p.range * step)
        } else {
            value
        };
        value.clamp(0, p.maximum)
    }

    /// The length of a run of at most `most` pixels, and whether another pixel ends it before that (A.7.1).
    #[inline(always)]
    fn run(bits: &mut Bits<'_, true>, run: &mut RunState, most: usize) -> (usize, bool) {
        let mut length = 0;
        while bits.take(1) == 1 {
            let whole = 1usize << run.bits();
            let part = whole.min(most - length);
            length += part;
            if part == whole {
                run.longer();
            }
            if length == most {
                return (length, false);
            }
        }
        let rest = bits.take(run.bits()) as usize;
        ((length + rest).min(most), true)
    }

    /// The error of the pixel that ends a run (A.7.2).
    fn interruption(&mut self, bits: &mut Bits<'_, true>, kind: usize, run: RunState) -> i32 {
        let p = self.parameters;
        let same = i32::from(kind == 1);
        let Some(sums) = self.run_contexts.get_mut(kind) else { return 0 };
        let k = golomb(sums.n, sums.a.wrapping_add((sums.n >> 1) * same));
        let coded = code(bits, k, p.limit - run.bits() - 1, p.error_bits);
        let whole = coded + same;
        let odd = whole & 1;
        let size = (whole + odd) >> 1;
        let leans = k != 0 || 2 * sums.negative >= sums.n;
        let error = if leans == (odd == 1) { -size } else { size };
        if error < 0 {
            sums.negative += 1;
        }
        sums.a = sums.a.wrapping_add((coded + 1 - same) >> 1);
        if sums.n == p.reset {
            sums.a >>= 1;
            sums.n >>= 1;
            sums.negative >>= 1;
        }
        sums.n += 1;
        error
    }
}

impl Context {
    /// A.6.
    #[inline(always)]
    fn update(&mut self, error: i32, step: i32, reset: i32) {
        // What a damaged stream adds up to may wrap.
        self.b = self.b.wrapping_add(error.wrapping_mul(step));
        self.a = self.a.wrapping_add(error.abs());
        if self.n == reset {
            self.a >>= 1;
            self.b >>= 1;
            self.n >>= 1;
        }
        self.n += 1;
        if self.b.wrapping_add(self.n) <= 0 {
            self.b = self.b.wrapping_add(self.n).max(1 - self.n);
            self.c = (self.c - 1).max(-128);
        } else if self.b > 0 {
            self.b = (self.b - self.n).min(0);
            self.c = (self.c + 1).min(127);
        }
    }
}

/// The least k with n << k at least a (A.5.1), at most 24.
#[inline(always)]
fn golomb(n: i32, a: i32) -> u32 {
    let k = n.leading_zeros().saturating_sub(a.leading_zeros()).min(24);
    if n << k < a { k + 1 } else { k }
}

/// A Golomb code of limited length (A.5.3).
#[inline(always)]
fn code(bits: &mut Bits<'_, true>, k: u32, limit: u32, error_bits: u32) -> i32 {
    let high = bits.zeros(limit);
    if high >= limit - (error_bits + 1) {
        return bits.take(error_bits) as i32 + 1;
    }
    // Longer errors than 18 bits are in no stream that was written.
    (((high << k) | bits.take(k)) & 0x3_FFFF) as i32
}

/// The median predictor (A.4.1).
#[inline(always)]
fn median(left: i32, up: i32, corner: i32) -> i32 {
    let (low, high) = (left.min(up), left.max(up));
    (left + up - corner).clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_of_the_standard() {
        // Table C.3 for 8 bits; C.2.4.1.1.1 for 12 bits.
        let eight = Parameters::new(8, 0, &Preset::default()).unwrap();
        assert_eq!((eight.thresholds, eight.reset, eight.range, eight.limit), ([3, 7, 21], 64, 256, 32));
        let twelve = Parameters::new(12, 0, &Preset::default()).unwrap();
        assert_eq!((twelve.thresholds, twelve.error_bits, twelve.limit), ([18, 67, 276], 12, 48));
        let near = Parameters::new(8, 3, &Preset::default()).unwrap();
        assert_eq!((near.thresholds, near.range, near.error_bits), ([12, 22, 42], 38, 6));
        assert!(Parameters::new(8, 0, &Preset { t1: 9, t2: 4, ..Preset::default() }).is_err());
        assert!(Parameters::new(8, 200, &Preset::default()).is_err());
        assert!(Parameters::new(17, 0, &Preset::default()).is_err());
    }

    #[test]
    fn least_exponent() {
        for (n, a, k) in [(1, 1, 0), (1, 2, 1), (1, 3, 2), (3, 12, 2), (3, 13, 3), (64, 2, 0), (5, 40, 3), (5, 41, 4)] {
            assert_eq!(golomb(n, a), k, "{n} {a}");
        }
    }
}
