//! Fuzz, check and replay gradients from the command line.

fn main() {}
