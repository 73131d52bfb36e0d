//! The image tile: an image from a URL or from the payload.

use std::time::Duration;

use super::{ExternalUrl, TileKind, missing_topic, non_empty_text, placeholder};
use crate::model::{
    content::{TileAction, TileContent},
    error::TileError,
    field_value::{BoundedInt, string_enum},
    mqtt_dash::{AppKey, AppKind, AppLiteral, AppValueFormat},
    schema::{FieldSpec, Schema, field},
    script_view::{ScriptValue, ScriptView},
    tile_value::TileValue,
    value::ValidationError,
};

string_enum! {
    /// Where the image comes from.
    ImageSource {
        Url = "url" "A fixed URL.",
        PayloadUrl = "payload-url" "The URL in the payload.",
        Payload = "payload" "The bytes of the payload.",
    }
}

/// A tile that shows an image.
#[derive(Debug, Clone)]
pub(crate) struct ImageKind {
    source: ImageSource,
    url: Option<String>,
    reload: BoundedInt<0, 86_400>,
    open_url: Option<String>,
}

impl Default for ImageKind {
    fn default() -> Self {
        Self { source: ImageSource::Url, url: None, reload: BoundedInt::clamped(5), open_url: None }
    }
}

impl Schema for ImageKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(
            ImageSource,
            source as "Comes from",
            "where the image comes from: a fixed `url`, the URL in the payload, or the bytes of the payload"
        ),
        field!(Option<String>, url as "Address (URL)", "the URL of the image, for `source = \"url\"`"),
        field!(BoundedInt<0, 86_400>, reload as "Fetch every (s)", "seconds between two fetches of the URL; 0: fetch once"),
        field!(Option<String>, open_url as "Opens web page", "the web page that pressing the tile opens"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        match (self.source, &self.url) {
            (ImageSource::PayloadUrl | ImageSource::Payload, Some(_)) => {
                ValidationError::new("`url` has no effect unless `source` is \"url\"")
                    .with_help("remove one of them")
                    .prepend_key("url")
                    .into()
            }
            _ => Vec::new(),
        }
    }
}

/// The counterpart in the app MQTT Dash.
static MQTT_DASH_KIND: AppKind = AppKind {
    type_number: 5,
    keys: &[
        AppKey::new("imageUrl", "url", AppValueFormat::NonEmptyText),
        AppKey::new(
            "kind",
            "source",
            AppValueFormat::Enum(&[
                (AppLiteral::Integer(1), "url"),
                (AppLiteral::Integer(2), "payload-url"),
                (AppLiteral::Integer(3), "payload"),
            ]),
        ),
        AppKey::new("openUrl", "open_url", AppValueFormat::NonEmptyText),
        AppKey::new("reloadInterval", "reload", AppValueFormat::Integer),
    ],
};

impl TileKind for ImageKind {
    fn name(&self) -> &'static str {
        "image"
    }

    fn description(&self) -> &'static str {
        "shows an image; pressing enlarges it or opens a web page"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(match (self.source, non_empty_text(value)) {
            (ImageSource::Payload, Some(_)) => TileContent::PayloadImage,
            (ImageSource::PayloadUrl, Some(text)) if is_data_url(text) => TileContent::PayloadImage,
            (ImageSource::PayloadUrl, Some(text)) => {
                TileContent::RemoteImage { url: text.trim().to_owned(), reload_interval: None }
            }
            (ImageSource::Payload | ImageSource::PayloadUrl, None) => placeholder(value),
            (ImageSource::Url, _) => match &self.url {
                Some(url) => TileContent::RemoteImage { url: url.clone(), reload_interval: self.reload_interval() },
                None => TileContent::Placeholder("no `url` is set".to_owned()),
            },
        })
    }

    fn missing_purpose(&self) -> Option<ValidationError> {
        match self.source {
            _ if self.open_url.is_some() => None,
            ImageSource::Url if self.url.is_some() => None,
            ImageSource::Url => Some(
                ValidationError::new("the image needs a `url`")
                    .with_help("set `url`, or another `source` and `topic` to show the images of messages")
                    .prepend_key("url"),
            ),
            ImageSource::PayloadUrl | ImageSource::Payload => Some(missing_topic()),
        }
    }

    fn press_action(&self, _value: Option<&TileValue>) -> TileAction {
        self.open_url.clone().map_or(TileAction::Enlarge, TileAction::OpenUrl)
    }

    fn script_view(&self, content: TileContent) -> ScriptView {
        let url = match content {
            TileContent::RemoteImage { url, .. } => url,
            _ => String::new(),
        };
        ScriptView::new([("url", ScriptValue::Text(url))])
    }

    fn apply_script_view(&self, content: Option<TileContent>, view: &ScriptView) -> TileContent {
        match view.text("url") {
            Some(url) if !url.is_empty() => {
                TileContent::RemoteImage { url: url.to_owned(), reload_interval: self.reload_interval() }
            }
            _ => content.unwrap_or(TileContent::Placeholder(String::new())),
        }
    }

    fn mqtt_dash_kind(&self) -> Option<&'static AppKind> {
        Some(&MQTT_DASH_KIND)
    }

    fn fits_row(&self) -> bool {
        false
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self { source: ImageSource::Payload, ..Self::default() }), "an image")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn action_label(&self) -> &'static str {
        if self.open_url.is_some() { "open its page" } else { "enlarge" }
    }

    fn publishes_by_default(&self) -> bool {
        false
    }

    fn fetches_url(&self) -> bool {
        self.source != ImageSource::Payload
    }

    fn external_urls(&self) -> Vec<ExternalUrl> {
        let url = self.url.clone().filter(|_| self.source == ImageSource::Url);
        let url = url.map(|url| ExternalUrl { key: "url", url, is_fetched: true });
        let page = self.open_url.clone().map(|url| ExternalUrl { key: "open_url", url, is_fetched: false });
        url.into_iter().chain(page).collect()
    }
}

impl ImageKind {
    /// Returns the time between two fetches.
    fn reload_interval(&self) -> Option<Duration> {
        (self.reload.get() > 0).then(|| self.reload.to_duration())
    }
}

/// Returns whether the text is a `data:` URL, which contains the image itself.
fn is_data_url(text: &str) -> bool {
    text.trim_start().get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:"))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};
    use crate::model::time::Time;

    fn image(source: ImageSource) -> ImageKind {
        ImageKind { source, url: Some("http://h/p.png".into()), ..ImageKind::default() }
    }

    #[test]
    fn image_tile_loads_from_the_configured_source() {
        let remote = |url: &str, reload_interval| Ok(TileContent::RemoteImage { url: url.into(), reload_interval });
        let five = Some(Duration::from_secs(5));
        assert_eq!(image(ImageSource::Url).content(None), remote("http://h/p.png", five));
        let once = ImageKind { reload: BoundedInt::clamped(0), ..image(ImageSource::Url) };
        assert_eq!(once.content(None), remote("http://h/p.png", None));
        assert_eq!(
            image(ImageSource::PayloadUrl).content(Some(&tile_value(" http://x/y.gif\n"))),
            remote("http://x/y.gif", None)
        );
        assert_eq!(
            image(ImageSource::PayloadUrl).content(Some(&tile_value("data:image/png;base64,xx"))),
            Ok(TileContent::PayloadImage)
        );
        let bytes = TileValue {
            text: "FF D8 (2 B)".into(),
            payload: vec![0xff, 0xd8].into(),
            updated_at: Time::default(),
            age_unknown: false,
        };
        assert_eq!(image(ImageSource::Payload).content(Some(&bytes)), Ok(TileContent::PayloadImage));
        for source in [ImageSource::Payload, ImageSource::PayloadUrl] {
            assert_eq!(image(source).content(None), Ok(TileContent::Placeholder("nothing yet".into())));
            assert_eq!(image(source).content(Some(&tile_value(""))), Ok(TileContent::Placeholder("cleared".into())));
        }
    }

    #[test]
    fn image_tile_press_opens_its_url_or_enlarges() {
        assert_eq!(image(ImageSource::Url).press_action(None), TileAction::Enlarge);
        let with_open_url = ImageKind { open_url: Some("http://h/".into()), ..ImageKind::default() };
        assert_eq!(with_open_url.press_action(None), TileAction::OpenUrl("http://h/".into()));
    }
}
