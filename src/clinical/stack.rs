//! What names a stack of images and what it shows.

use super::coded::coded;
use serde::{Deserialize, Serialize};

/// Names a set of frames: the first 16 bytes of SHA-256 over the sorted (SOP Instance UID, frame), as hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackKey(pub [u8; 16]);

impl std::fmt::Display for StackKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for StackKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for StackKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a stack key is 32 hexadecimal digits";
        if text.len() != 32 || !text.is_ascii() {
            return Err(WRONG);
        }
        let mut bytes = [0u8; 16];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| WRONG)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| WRONG)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for StackKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StackKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

coded! {
    /// Kind of machine.
    Modality {
        Ct = "CT", "CT";
        Mr = "MR", "MR";
        Pet = "PT", "PET";
        Other = "other", "Other";
    }
}
coded! {
    /// What a stack shows; proposed from tags with a reason, always editable.
    StackRole {
        CtUnenhanced = "ct_unenhanced", "CT unenhanced";
        CtArterial = "ct_arterial", "CT arterial";
        CtPortalVenous = "ct_portal_venous", "CT portal venous";
        CtDelayed = "ct_delayed", "CT delayed";
        CtEnhanced = "ct_enhanced", "CT enhanced, phase unknown";
        CtUnknown = "ct_unknown", "CT, contrast unknown";
        MrT1 = "mr_t1", "MR T1 unenhanced";
        MrT1Enhanced = "mr_t1_enhanced", "MR T1 enhanced";
        MrT2 = "mr_t2", "MR T2";
        MrDwi = "mr_dwi", "MR diffusion";
        MrAdc = "mr_adc", "MR ADC map";
        MrOther = "mr_other", "MR, other";
        Pet = "pet", "PET";
        Localizer = "localizer", "Localizer";
        Report = "report", "Report page";
        Other = "other", "Other";
    }
}
coded! {
    /// Reconstruction kernel, by what it is for.
    Kernel {
        Soft = "soft", "Soft tissue";
        Lung = "lung", "Lung";
        Bone = "bone", "Bone";
        Unknown = "unknown", "Unknown";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_key_survives_text() {
        let key = StackKey([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(key.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(key.to_string().parse(), Ok(key));
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<StackKey>(&json).unwrap(), key);
        assert!("xyz".parse::<StackKey>().is_err());
        assert!("é00102030405060708090a0b0c0d0ef".parse::<StackKey>().is_err());
    }
}
