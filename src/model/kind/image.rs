//! A picture.

use super::{Kind, quiet};
use crate::model::{
    face::{Face, Reply},
    fault::Fault,
    field::{Whole, words},
    key::{Key, Keyed, key},
    reading::Reading,
    script::Look,
    value::Complaint,
};

words! {
    /// Where the picture comes from.
    Source {
        Url = "url" "A fixed URL.",
        PayloadUrl = "payload-url" "The URL in the payload.",
        Payload = "payload" "The bytes of the payload.",
    }
}

/// A tile that shows a picture.
#[derive(Debug, Clone)]
pub struct Image {
    source: Source,
    url: Option<String>,
    reload: Whole<0, 86_400>,
    open_url: Option<String>,
}

impl Default for Image {
    fn default() -> Self {
        Self { source: Source::Url, url: None, reload: Whole::new(5), open_url: None }
    }
}

impl Keyed for Image {
    const KEYS: &'static [Key<Self>] = &[
        key!(
            Source,
            source,
            "where the picture comes from: a fixed `url`, the URL in the payload, or the payload's own bytes"
        ),
        key!(Option<String>, url, "the URL of the picture, for `source = \"url\"`"),
        key!(Whole<0, 86_400>, reload, "seconds between two looks at the URL; 0: only once"),
        key!(Option<String>, open_url, "the page that pressing the tile opens"),
    ];

    fn contradictions(&self) -> Vec<Complaint> {
        match (self.source, &self.url) {
            (Source::PayloadUrl | Source::Payload, Some(_)) => {
                Complaint::new("`url` says nothing unless `source` is \"url\"")
                    .help("leave one of them out")
                    .key("url")
                    .into()
            }
            _ => Vec::new(),
        }
    }
}

impl Kind for Image {
    fn word(&self) -> &'static str {
        "image"
    }

    fn about(&self) -> &'static str {
        "shows a picture; pressing enlarges it"
    }

    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        Ok(match (self.source, reading) {
            (Source::Payload, Some(reading)) if !reading.payload.is_empty() => Face::Picture,
            (Source::Payload, _) => quiet(reading),
            (Source::PayloadUrl, Some(reading)) => Face::Quiet(reading.text.to_string()),
            (Source::PayloadUrl, None) => quiet(None),
            (Source::Url, _) => Face::Quiet(self.url.clone().unwrap_or_else(|| "no `url` is set".to_owned())),
        })
    }

    fn press(&self, _reading: Option<&Reading>) -> Reply {
        Reply::Enlarge
    }

    fn look(&self, _face: Face) -> Look {
        Look::Image { url: self.url.clone().unwrap_or_default() }
    }

    fn dressed(&self, face: Option<Face>, _look: &Look) -> Face {
        face.unwrap_or(Face::Quiet(String::new()))
    }

    fn verb(&self) -> &'static str {
        "enlarge"
    }

    fn publishes(&self) -> bool {
        false
    }

    fn addresses(&self) -> Vec<(&'static str, String)> {
        let url = match self.source {
            Source::Url => self.url.clone(),
            Source::PayloadUrl => Some("whatever address its messages hold".to_owned()),
            Source::Payload => None,
        };
        let named = |key, address: Option<String>| address.map(|address| (key, address));
        named("url", url).into_iter().chain(named("open_url", self.open_url.clone())).collect()
    }

    fn missing(&self) -> Option<&'static str> {
        match self.source {
            Source::Payload if self.open_url.is_some() => Some("`open_url` is not opened yet"),
            Source::Payload => None,
            _ => Some("pictures are not fetched from URLs yet"),
        }
    }
}
