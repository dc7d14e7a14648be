//! What a CT reconstruction kernel is for, by its name.

use crate::clinical::Kernel;

/// Sorts a Convolution Kernel (0018,1210) by the naming of the large vendors; `Unknown` when the name does
/// not tell. Siemens: B or H and a sharpness (`B30f`, `Br40d`, `Bl57`), `I` with iteration; GE: words;
/// Canon: `FC` numbers; Philips: letters.
pub(super) fn kernel(name: &str) -> Kernel {
    let name = name.split('\\').next().unwrap_or_default().trim().to_ascii_uppercase();
    match name.as_str() {
        "STANDARD" | "SOFT" | "DETAIL" | "STND" | "SMOOTH" | "A" | "B" | "C" | "UA" | "UB" | "I20F" => {
            return Kernel::Soft;
        }
        "LUNG" | "CHEST" | "L" | "YA" | "YB" | "YC" => return Kernel::Lung,
        "BONE" | "BONEPLUS" | "EDGE" | "ULTRA" | "D" | "E" | "YD" => return Kernel::Bone,
        _ => {}
    }
    let letters: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
    let digits: String = name.chars().skip(letters.len()).take_while(char::is_ascii_digit).collect();
    let Ok(number) = digits.parse::<u32>() else { return Kernel::Unknown };
    match (letters.as_str(), number) {
        ("BL", _) => Kernel::Lung,
        ("HR" | "HC", 55..) => Kernel::Bone,
        ("B" | "BF" | "BR" | "BV" | "H" | "I" | "HR" | "HC" | "QR" | "HF", 1..=49) => Kernel::Soft,
        ("B" | "BF" | "BR" | "I", 50..=59) => Kernel::Lung,
        ("B" | "BR" | "H" | "I", 60..) => Kernel::Bone,
        ("FC", 1..=29) => Kernel::Soft,
        ("FC", 50..=59 | 80..=89) => Kernel::Lung,
        ("FC", 30..=49) => Kernel::Bone,
        _ => Kernel::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_vendor() {
        for (name, kind) in [
            ("B30f", Kernel::Soft),
            ("Br40d\\3", Kernel::Soft),
            ("I31f\\3", Kernel::Soft),
            ("B70f", Kernel::Bone),
            ("Bl57d", Kernel::Lung),
            ("B50f", Kernel::Lung),
            ("STANDARD", Kernel::Soft),
            ("BONEPLUS", Kernel::Bone),
            ("LUNG", Kernel::Lung),
            ("FC08", Kernel::Soft),
            ("FC51", Kernel::Lung),
            ("FC30", Kernel::Bone),
            ("C", Kernel::Soft),
            ("", Kernel::Unknown),
            ("é", Kernel::Unknown),
            ("99999999999999", Kernel::Unknown),
        ] {
            assert_eq!(kernel(name), kind, "{name}");
        }
    }
}
