//! Streams of others, and damage to them.
