//! Pictures of the screen, as tests.
