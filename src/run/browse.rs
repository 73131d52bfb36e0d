//! Opening an address with whatever the system opens addresses with.

use url::Url;

/// Opens an address outside of the terminal.
///
/// # Errors
/// Says why it is not opened.
pub fn browse(address: &str) -> Result<(), String> {
    let url = Url::parse(address.trim()).map_err(|fault| format!("{address} cannot be understood: {fault}"))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!("{address} is not opened: only http and https are"));
    }
    open::that_detached(url.as_str()).map_err(|fault| format!("{address} cannot be opened: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_are_opened() {
        for address in ["file:///etc/passwd", "javascript:alert(1)", "vscode://x", "/bin/sh", "-h", ""] {
            assert!(browse(address).is_err(), "{address}");
        }
    }
}
