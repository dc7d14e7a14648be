//! A reading in progress without a window: open project, volumes, jobs, selection, links, edits.
