#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| secant_fuzz::text(data));
