//! Random files: what is written is what is read.

use std::path::Path;

use mqtt_dash::config::{dashboard_to_toml, profiles_to_toml, read_dashboard, read_profiles};
use proptest::prelude::*;

use super::strategies;

proptest! {
    #[test]
    fn random_dashboard_round_trips_through_toml(dashboard in strategies::dashboard()) {
        let text = dashboard_to_toml(&dashboard);
        let loaded = read_dashboard("x", &text).map_err(|problems| TestCaseError::fail(problems.render_report(false, 100)))?;
        prop_assert_eq!(&loaded, &dashboard, "{}", text);
        prop_assert_eq!(dashboard_to_toml(&loaded), text);
    }

    #[test]
    fn random_profiles_round_trip_through_toml(profiles in strategies::profiles()) {
        let text = profiles_to_toml(&profiles);
        let (loaded, _) = read_profiles("x", &text, Path::new(""))
            .map_err(|problems| TestCaseError::fail(problems.render_report(false, 100)))?;
        prop_assert_eq!(&loaded, &profiles, "{}", text);
        prop_assert_eq!(profiles_to_toml(&loaded), text);
    }

    #[test]
    fn random_text_is_parsed_or_rejected(text in "(?s).{0,200}") {
        let _ = read_dashboard("x", &text).map_err(|problems| problems.render_report(false, 80));
    }

    #[test]
    fn random_toml_like_text_is_parsed_or_rejected(
        text in "((\\[\\[tile\\]\\]|kind|topic|json_path|options|password|=|'|\"|\"\"\"|\\\\|\\[|\\{|,|\\.|#|é|\n|range|a|1| ){0,40}\n){0,6}"
    ) {
        let _ = read_dashboard("x", &text).map_err(|problems| problems.render_report(false, 80));
        let _ = read_profiles("x", &text, Path::new("")).map_err(|problems| problems.render_report(false, 80));
    }
}
