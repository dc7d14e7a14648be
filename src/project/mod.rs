//! The project file: schema, edits, journal, lock, backup.
