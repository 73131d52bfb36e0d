//! The ways to draw images in a terminal, and which of them a terminal supports.

/// How images are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum GraphicsProtocol {
    /// Half blocks, which work in every terminal.
    #[default]
    HalfBlocks,
    /// The kitty graphics protocol.
    Kitty,
    /// Sixel graphics.
    Sixel,
    /// The iTerm2 inline images protocol.
    Iterm2,
}

impl GraphicsProtocol {
    /// Detects the protocol from the environment variables. The terminal is not queried.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let env_value = |name: &str| var(name).unwrap_or_default().to_lowercase();
        let (program, term) = (env_value("TERM_PROGRAM"), env_value("TERM"));
        if !env_value("KITTY_WINDOW_ID").is_empty() || term == "xterm-kitty" || program == "ghostty" {
            Self::Kitty
        } else if program == "iterm.app" || program == "wezterm" {
            Self::Iterm2
        } else if ["foot", "mlterm", "contour"].iter().any(|name| term.starts_with(name)) {
            Self::Sixel
        } else {
            Self::HalfBlocks
        }
    }
}
