//! How much memory images may take: a third of the machine's, or what the user set.

use std::path::Path;

/// Where the machine's memory is not known: enough for several thin CT series.
pub const DEFAULT_BUDGET_BYTES: u64 = 3 << 30;
/// Less than this holds no thin series.
pub const LEAST_BUDGET_BYTES: u64 = 256 << 20;
/// The setting's file in the user's folder.
const FILE: &str = "image_memory.json";

/// What the file holds.
#[derive(serde::Serialize, serde::Deserialize)]
struct Setting {
    image_memory_mib: u64,
}

/// Memory for voxels, bytes: as the user set it, else a third of the machine's.
#[must_use]
pub fn budget_bytes(user_folder: &Path) -> u64 {
    let text = std::fs::read_to_string(user_folder.join(FILE)).ok();
    let set = text.and_then(|text| serde_json::from_str::<Setting>(&text).ok());
    set.map_or_else(a_third, |set| set.image_memory_mib.saturating_mul(1 << 20)).max(LEAST_BUDGET_BYTES)
}

/// Keeps the setting, or takes it back; gives what holds now.
pub(super) fn keep(user_folder: &Path, bytes: Option<u64>) -> std::io::Result<u64> {
    let file = user_folder.join(FILE);
    match bytes {
        Some(bytes) => {
            std::fs::create_dir_all(user_folder)?;
            let setting = Setting { image_memory_mib: bytes.max(LEAST_BUDGET_BYTES) >> 20 };
            std::fs::write(&file, serde_json::to_vec(&setting)?)?;
        }
        None => match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        },
    }
    Ok(budget_bytes(user_folder))
}

/// A third of the machine's memory, where the system says how much that is.
fn a_third() -> u64 {
    let about = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    total_bytes(&about).map_or(DEFAULT_BUDGET_BYTES, |total| total / 3)
}

/// The line "MemTotal: 24684640 kB".
fn total_bytes(about: &str) -> Option<u64> {
    let line = about.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_of_the_machine() {
        assert_eq!(total_bytes("MemTotal:       24684640 kB\nMemFree: 1 kB\n"), Some(24_684_640 * 1_024));
        assert_eq!(total_bytes("MemFree: 1 kB\n"), None);
        assert_eq!(total_bytes("MemTotal: much kB\n"), None);
    }

    #[test]
    fn the_setting_is_kept_and_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let default = budget_bytes(folder.path());
        assert!(default >= LEAST_BUDGET_BYTES);
        assert_eq!(keep(folder.path(), Some(5 << 30)).unwrap(), 5 << 30);
        assert_eq!(budget_bytes(folder.path()), 5 << 30);
        assert_eq!(keep(folder.path(), Some(1)).unwrap(), LEAST_BUDGET_BYTES);
        std::fs::write(folder.path().join(FILE), "not json").unwrap();
        assert_eq!(budget_bytes(folder.path()), default);
        assert_eq!(keep(folder.path(), None).unwrap(), default);
        assert_eq!(keep(folder.path(), None).unwrap(), default);
    }
}
