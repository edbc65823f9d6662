#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| secant_fuzz::requests(data));
