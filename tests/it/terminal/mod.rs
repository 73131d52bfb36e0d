//! The whole program as a user sees it: the binary on a pseudo-terminal, with the embedded broker.

mod changing_password;
mod client_ids;
mod control_sequences;
mod cursor;
mod editing;
mod errors;
mod exit;
mod images;
mod import;
mod navigation;
mod panic;
mod publishing;
mod reconnect;
mod reload;
mod resize;
mod restored_tabs;
mod simulated_boards;
mod sleep_inhibitor;
mod start;
mod state_cache;
