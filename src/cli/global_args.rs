//! The options of every subcommand.

#![expect(clippy::doc_markdown, reason = "clap prints these comments as plain text")]

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{CliError, REPORT_WIDTH, has_colors};
use crate::{
    config::{AppPaths, Problems, load_settings},
    model::{
        schema::{FieldValue, ValueType},
        settings::{GlyphLevel, ImageProtocol, ThemeName},
    },
    runtime::ProfileStore,
    ui::{
        UiConfig,
        glyph_set::{self, GlyphSet},
        keymap::Keymap,
    },
};

/// The options of every subcommand.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct GlobalArgs {
    /// Read profiles.toml, settings.toml and dashboards/ from this folder. Overrides the environment
    /// variable MQTT_DASH_CONFIG_DIR.
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) config_dir: Option<PathBuf>,
    /// Write a log to the state folder. Repeat (-vv) for more detail.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Write a log of the events that match a filter, such as "mqtt_dash::mqtt=trace". Overrides -v.
    #[arg(long = "log", global = true, value_name = "FILTER")]
    pub(super) log_filter: Option<String>,
    /// Use this color theme: terminal, dark, light or high-contrast. Overrides settings.toml.
    #[arg(long, global = true, value_name = "NAME", value_parser = parse_theme)]
    pub(super) theme: Option<ThemeName>,
    /// Use no colors, only shapes and text attributes. Also enabled by the environment variable NO_COLOR.
    #[arg(long, global = true)]
    pub(super) no_color: bool,
    /// Draw images with this protocol. `auto` detects it from environment variables. Overrides
    /// settings.toml.
    #[arg(long, global = true, value_name = "PROTOCOL", value_parser = choice_parser::<ImageProtocol>())]
    pub(super) images: Option<ImageProtocol>,
    /// Draw with all glyphs, with those of the Linux console, or with ASCII only. `auto` knows the terminal from
    /// environment variables. Overrides settings.toml.
    #[arg(long, global = true, value_name = "LEVEL", value_parser = choice_parser::<GlyphLevel>())]
    pub(super) glyphs: Option<GlyphLevel>,
}

impl GlobalArgs {
    /// Returns the paths of the configuration and state files.
    pub(super) fn paths(&self) -> Result<AppPaths, CliError> {
        Ok(AppPaths::resolve(self.config_dir.clone())?)
    }

    /// Loads the profiles.
    pub(super) fn profile_store(&self) -> Result<ProfileStore, CliError> {
        Ok(ProfileStore::load(self.paths()?)?)
    }

    /// Loads the settings and applies the options that override them.
    pub(super) fn ui_config(&self) -> Result<UiConfig, CliError> {
        self.apply_to(UiConfig::detect(!self.no_color, |name| std::env::var(name).ok()))
    }

    /// Loads the settings for a frame that goes into a file, whatever glyphs the terminal has.
    pub(super) fn file_ui_config(&self) -> Result<UiConfig, CliError> {
        let detected = UiConfig::detect(!self.no_color, |name| std::env::var(name).ok());
        self.apply_to(UiConfig { detected_glyphs: GlyphSet::Full, ..detected })
    }

    fn apply_to(&self, mut ui_config: UiConfig) -> Result<UiConfig, CliError> {
        let settings = load_settings(&self.paths()?.settings_file(), &Keymap::validate_overrides)?;
        ui_config.cli_theme = self.theme;
        ui_config.cli_image_protocol = self.images;
        ui_config.cli_glyph_level = self.glyphs;
        ui_config.apply_settings(&settings);
        Ok(ui_config)
    }

    /// Returns the report about a file for standard error.
    pub(super) fn report(&self, problems: &Problems) -> String {
        let colors = has_colors(self.no_color);
        if glyph_set::has_ascii_only(|name| std::env::var(name).ok()) {
            problems.render_ascii_report(colors, REPORT_WIDTH)
        } else {
            problems.render_report(colors, REPORT_WIDTH)
        }
    }
}

/// Parses the value of `--theme`.
fn parse_theme(name: &str) -> Result<ThemeName, String> {
    ThemeName::from_value(&name.into()).map_err(|errors| errors.into_iter().filter_map(|it| it.help).collect())
}

/// Returns the parser for an option whose value is one of some words.
fn choice_parser<T: FieldValue + Clone + Send + Sync + 'static>() -> impl TypedValueParser<Value = T> {
    let names = match T::VALUE_TYPE {
        ValueType::OneOf(names) => names,
        _ => &[],
    };
    PossibleValuesParser::new(names)
        .try_map(|name| T::from_value(&name.as_str().into()).map_err(|_| format!("unknown value {name}")))
}
