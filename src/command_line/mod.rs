//! Headless commands over the same workbench.
