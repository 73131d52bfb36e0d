//! Opens web addresses in the system's default browser.

use url::Url;

/// Why an address is not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenUrlError {
    /// The address is not a URL.
    #[error("{0} is not a URL: {1}")]
    NotAUrl(String, url::ParseError),
    /// The URL has another scheme.
    #[error("{0} was not opened: only http and https URLs are allowed")]
    NotAWebAddress(String),
    /// No browser can be started.
    #[error("{0} cannot be opened: {1}")]
    NoBrowser(String, std::io::Error),
}

/// Opens an `http` or `https` URL in the default browser.
///
/// # Errors
/// When the address is not a URL, has another scheme, or no browser can be started.
pub(crate) fn open_url(address: &str) -> Result<(), OpenUrlError> {
    let url = Url::parse(address.trim()).map_err(|error| OpenUrlError::NotAUrl(address.to_owned(), error))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(OpenUrlError::NotAWebAddress(address.to_owned()));
    }
    open::that_detached(url.as_str()).map_err(|error| OpenUrlError::NoBrowser(address.to_owned(), error))
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
