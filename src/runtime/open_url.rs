//! Opening an address with whatever the system opens addresses with.

use url::Url;

/// Opens an address outside of the terminal.
///
/// # Errors
/// Says why it is not opened.
pub fn open_url(address: &str) -> Result<(), String> {
    let url = Url::parse(address.trim()).map_err(|error| format!("{address} cannot be understood: {error}"))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!("{address} is not opened: only http and https are"));
    }
    open::that_detached(url.as_str()).map_err(|error| format!("{address} cannot be opened: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_url_rejects_non_web_addresses() {
        for address in ["file:///etc/passwd", "javascript:alert(1)", "vscode://x", "/bin/sh", "-h", ""] {
            assert!(open_url(address).is_err(), "{address}");
        }
    }
}
