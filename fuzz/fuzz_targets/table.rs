#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| latent_explorer_fuzz::table(bytes));
