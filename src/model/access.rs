//! What a script or a payload asks for while a dashboard runs, beyond what the definition names.

use url::Url;

use super::topic::Topic;

/// Something that a script or a payload asks for while the dashboard runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Publish to this topic.
    Publish(Topic),
    /// Fetch from this host, with the port unless it is the default one.
    Fetch(String),
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Publish(topic) => write!(f, "publish to {}", topic.as_str()),
            Self::Fetch(host) => write!(f, "fetch images from {host}"),
        }
    }
}

impl Access {
    /// Returns the host of a URL, with the port unless it is the default one; `None` if it is not a URL with a host.
    #[must_use]
    pub fn host_of(url: &str) -> Option<String> {
        let url = Url::parse(url.trim()).ok()?;
        let host = url.host_str()?;
        Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    /// Returns the access with this verb and this object, a JSON string.
    #[must_use]
    pub fn from_parts(verb: &str, object: &str) -> Option<Self> {
        let object: String = serde_json::from_str(object).ok()?;
        match verb {
            "publish" => Topic::new(&object).ok().map(Self::Publish),
            "fetch" => Some(Self::Fetch(object)),
            _ => None,
        }
    }

    /// Returns the verb of the access, and its object as a JSON string.
    #[must_use]
    pub fn to_parts(&self) -> (&'static str, String) {
        match self {
            Self::Publish(topic) => ("publish", json_string(topic.as_str())),
            Self::Fetch(host) => ("fetch", json_string(host)),
        }
    }
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetching_needs_the_host_and_an_unusual_port() {
        for (url, host) in [
            ("http://CAM.example/a.png?secret", Some("cam.example")),
            (" https://cam.example:443/", Some("cam.example")),
            ("http://cam.example:8080/", Some("cam.example:8080")),
            ("http://user:pass@[::1]:81/", Some("[::1]:81")),
            ("http://bücher.example/", Some("xn--bcher-kva.example")),
            ("data:image/png;base64,xx", None),
            ("nonsense", None),
        ] {
            assert_eq!(Access::host_of(url).as_deref(), host, "{url}");
        }
    }
}
