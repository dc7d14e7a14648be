//! What is said of the memory that images take.

pub const LEAD: &str = "Memory for images";
pub const WORDS: &str = "Series that were shown stay in memory, so that they come back at once. When they take more \
    than this, the one shown longest ago goes first; what is on the screen stays. Nothing is lost: a series is read again \
    when it is shown again.";
pub const FIELD: &str = "Most memory for images, GB";
pub const UNIT: &str = "GB at most";
pub const SET: &str = "Set";
pub const THIRD: &str = "A third of this machine's memory";
pub const THIRD_TOOLTIP: &str = "What holds unless you set something else";
pub const NO_NUMBER: &str = "Type a number of gigabytes, such as 4 or 1.5.";

/// The button that opens the panel.
pub fn short(used_bytes: u64, budget_bytes: u64) -> String {
    format!("Memory: {} MB of {} GB", used_bytes.div_ceil(1 << 20), gb(budget_bytes))
}

/// What is used of what may be used.
pub fn used(used_bytes: u64, budget_bytes: u64) -> String {
    format!("{} MB of {} GB are in use.", used_bytes.div_ceil(1 << 20), gb(budget_bytes))
}

/// Gigabytes to two decimals, without zeros at the end.
pub fn gb(bytes: u64) -> String {
    let text = format!("{:.2}", bytes as f64 / (1u64 << 30) as f64);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
