//! The fonts of the window and of pictures, once in the program: an `include_bytes!` for each user would be a copy for
//! each.

/// Open Sans in its regular weight.
pub static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/OpenSans-Regular.ttf");
/// Open Sans in its semibold weight.
pub static SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/OpenSans-Semibold.ttf");
