//! Images.

mod decoder_limits;
