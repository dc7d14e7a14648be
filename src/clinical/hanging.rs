//! Hangings that readers keep: which visits and series stand side by side.

use super::StackRole;
use super::coded::coded;
use serde::{Deserialize, Serialize};

coded! {
    /// The visit a pane is for, seen from the one that is read.
    PaneVisit {
        Pre = "pre", "Before ablation";
        FirstAfter = "first_after", "First scan after the last session";
        Previous = "previous", "The visit before";
        This = "this", "The visit that is read";
    }
}

/// What a pane of a kept hanging is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanePlan {
    /// Which visit.
    pub visit: PaneVisit,
    /// What it shows there; none shows the phase that all panes have in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<StackRole>,
}

/// A hanging that a reader made and named; kept in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnHanging {
    /// What it is called.
    pub name: String,
    /// Rows of panes, 1 to 3.
    pub rows: u32,
    /// Columns of panes, 1 to 3.
    pub columns: u32,
    /// The panes, row by row from the left.
    pub panes: Vec<PanePlan>,
}
