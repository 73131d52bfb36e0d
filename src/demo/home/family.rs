//! Where the phones of the family are, as the app `OwnTracks` publishes it.

use std::{f64::consts::TAU, time::Duration};

use serde_json::json;

use super::{
    Device, STEP,
    publications::Publications,
    surroundings::{Surroundings, phase, rounded},
};

/// How often a phone publishes its position.
const PERIOD: Duration = STEP.saturating_mul(20);
/// Where the family lives: latitude and longitude.
const HOME: (f64, f64) = (52.5163, 13.3777);
/// User, initials, radius of the way around the home in degrees, and time for it in seconds.
const PHONES: [(&str, &str, f64, u64); 2] = [("ann", "AN", 0.012, 240), ("ben", "BE", 0.005, 150)];

/// Two people who go around their home.
#[derive(Debug)]
pub(super) struct Family;

impl Device for Family {
    fn publish(&self, home: &Surroundings, publications: &mut Publications) {
        for (user, tid, radius, seconds) in PHONES {
            publications.measurement(&format!("owntracks/{user}/phone"), PERIOD, || {
                let angle = TAU * phase(home.now, Duration::from_secs(seconds));
                let (lat, lon) = (HOME.0 + radius * angle.sin(), HOME.1 + 1.6 * radius * (1.0 - angle.cos()));
                let [lat, lon] = [lat, lon].map(|degrees| rounded(degrees, 5));
                let position = json!({ "_type": "location", "tid": tid, "lat": lat, "lon": lon, "acc": 9 });
                position.to_string().into()
            });
        }
    }
}
