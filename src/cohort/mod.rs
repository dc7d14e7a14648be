//! Statistics over many lesions: counts, proportions, intervals.
