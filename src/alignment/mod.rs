//! How images line up: the same space, a match by the reader, or table position only.
