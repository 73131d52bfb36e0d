//! A picture.

use std::time::Duration;

use super::{Kind, quiet, shown};
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
        "shows a picture; pressing enlarges it or opens its page"
    }

    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        Ok(match (self.source, shown(reading)) {
            (Source::Payload, Some(_)) => Face::Picture,
            (Source::PayloadUrl, Some(text)) if is_data(text) => Face::Picture,
            (Source::PayloadUrl, Some(text)) => Face::Remote { url: text.trim().to_owned(), reload: None },
            (Source::Payload | Source::PayloadUrl, None) => quiet(reading),
            (Source::Url, _) => match &self.url {
                Some(url) => Face::Remote { url: url.clone(), reload: self.reload() },
                None => Face::Quiet("no `url` is set".to_owned()),
            },
        })
    }

    fn press(&self, _reading: Option<&Reading>) -> Reply {
        self.open_url.clone().map_or(Reply::Enlarge, Reply::Browse)
    }

    fn look(&self, face: Face) -> Look {
        match face {
            Face::Remote { url, .. } => Look::Image { url },
            _ => Look::Image { url: String::new() },
        }
    }

    fn dressed(&self, face: Option<Face>, look: &Look) -> Face {
        match look {
            Look::Image { url } if !url.is_empty() => Face::Remote { url: url.clone(), reload: self.reload() },
            _ => face.unwrap_or(Face::Quiet(String::new())),
        }
    }

    fn verb(&self) -> &'static str {
        if self.open_url.is_some() { "open its page" } else { "enlarge" }
    }

    fn publishes(&self) -> bool {
        false
    }

    fn fetches(&self) -> bool {
        self.source != Source::Payload
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
}

impl Image {
    /// How long after a look the next one is due.
    fn reload(&self) -> Option<Duration> {
        (self.reload.get() > 0).then(|| self.reload.seconds())
    }
}

/// Whether a text holds its picture itself.
fn is_data(text: &str) -> bool {
    text.trim_start().get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:"))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::reading, *};
    use crate::model::time::Time;

    fn image(source: Source) -> Image {
        Image { source, url: Some("http://h/p.png".into()), ..Image::default() }
    }

    #[test]
    fn the_picture_is_where_the_source_says() {
        let remote = |url: &str, reload| Ok(Face::Remote { url: url.into(), reload });
        let five = Some(Duration::from_secs(5));
        assert_eq!(image(Source::Url).face(None), remote("http://h/p.png", five));
        let once = Image { reload: Whole::new(0), ..image(Source::Url) };
        assert_eq!(once.face(None), remote("http://h/p.png", None));
        assert_eq!(image(Source::PayloadUrl).face(Some(&reading(" http://x/y.gif\n"))), remote("http://x/y.gif", None));
        assert_eq!(image(Source::PayloadUrl).face(Some(&reading("data:image/png;base64,xx"))), Ok(Face::Picture));
        let bytes = Reading { text: "FF D8 (2 B)".into(), payload: vec![0xff, 0xd8].into(), at: Time::default() };
        assert_eq!(image(Source::Payload).face(Some(&bytes)), Ok(Face::Picture));
        for source in [Source::Payload, Source::PayloadUrl] {
            assert_eq!(image(source).face(None), Ok(Face::Quiet("nothing yet".into())));
            assert_eq!(image(source).face(Some(&reading(""))), Ok(Face::Quiet("cleared".into())));
        }
    }

    #[test]
    fn pressing_opens_its_page_or_enlarges() {
        assert_eq!(image(Source::Url).press(None), Reply::Enlarge);
        let paged = Image { open_url: Some("http://h/".into()), ..Image::default() };
        assert_eq!(paged.press(None), Reply::Browse("http://h/".into()));
    }
}
