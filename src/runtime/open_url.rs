//! Opens web addresses in the system's default browser.

use url::Url;

/// Opens an `http` or `https` URL in the default browser.
///
/// # Errors
/// When the address is not a URL, has another scheme, or no browser can be started.
pub(crate) fn open_url(address: &str) -> Result<(), String> {
    let url = Url::parse(address.trim()).map_err(|error| format!("{address} is not a URL: {error}"))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!("{address} was not opened: only http and https URLs are allowed"));
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
