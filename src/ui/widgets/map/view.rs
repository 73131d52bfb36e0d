//! Which part of the earth a map shows. One degree is as long on the screen in both directions as it is on the ground, as
//! far as cells allow that. Longitudes beyond 180 degrees are those across the date line.

use ratatui::layout::Rect;

use crate::model::map::{MapFollow, Place, PositionMap};

/// The length of a degree of latitude in meters.
const METERS_PER_DEGREE: f64 = 111_320.0;
/// The least height and width of the ground that is shown, in meters.
const MIN_METERS: f64 = 200.0;
/// How much more is shown than the places take.
const MARGIN: f64 = 1.3;
/// Nearer to the poles, degrees of longitude are not drawn shorter.
const MAX_SCALED_LATITUDE: f64 = 75.0;

/// The part of the earth that an area shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MapView {
    /// The western and the eastern edge, in degrees.
    pub lon: [f64; 2],
    /// The southern and the northern edge, in degrees.
    pub lat: [f64; 2],
    /// The length of a degree of longitude in its middle, in meters.
    meters_per_lon: f64,
}

impl MapView {
    /// Returns the part that shows a map in this area; `None` if there is no place to show.
    pub fn of(map: &PositionMap, area: Rect) -> Option<Self> {
        let places: Vec<Place> = match map.follow {
            MapFollow::All => map.items.iter().flat_map(|item| item.places.iter().copied()).collect(),
            MapFollow::Newest => map.newest()?.places.clone(),
        };
        let center = if map.follow == MapFollow::Newest { map.newest()?.place() } else { None };
        Self::around(&places, center, area)
    }

    fn around(places: &[Place], center: Option<Place>, area: Rect) -> Option<Self> {
        let [west, east] = shortest_range(places.iter().map(|place| place.lon))?;
        let lat = |fold: fn(f64, f64) -> f64| places.iter().map(|place| place.lat).reduce(fold);
        let (south, north) = (lat(f64::min)?, lat(f64::max)?);
        let middle = f64::midpoint(south, north);
        let meters_per_lon = METERS_PER_DEGREE * middle.abs().min(MAX_SCALED_LATITUDE).to_radians().cos();
        let (mut x, mut y) = (f64::midpoint(west, east), middle);
        let (mut width, mut height) = ((east - west) * meters_per_lon, (north - south) * METERS_PER_DEGREE);
        if let Some(center) = center {
            let lon = unwrapped(center.lon, west);
            width = 2.0 * (lon - west).max(east - lon) * meters_per_lon;
            height = 2.0 * (center.lat - south).max(north - center.lat) * METERS_PER_DEGREE;
            (x, y) = (lon, center.lat);
        }
        // A cell is twice as high as wide.
        let (columns, rows) = (f64::from(area.width.max(1)), 2.0 * f64::from(area.height.max(1)));
        let meters = (width / columns).max(height / rows).max(MIN_METERS / columns.min(rows)) * MARGIN;
        let half_lon = (meters * columns / meters_per_lon / 2.0).min(180.0);
        let half_lat = (meters * rows / METERS_PER_DEGREE / 2.0).min(90.0);
        // The poles are an edge, not the middle of the view.
        let y = y.clamp(half_lat - 90.0, 90.0 - half_lat);
        if half_lon >= 180.0 {
            x = 0.0;
        }
        Some(Self { lon: [x - half_lon, x + half_lon], lat: [y - half_lat, y + half_lat], meters_per_lon })
    }

    /// Returns how high the view is, in degrees.
    pub fn height(&self) -> f64 {
        self.lat[1] - self.lat[0]
    }

    /// Returns how wide the view is, in meters.
    pub fn meters(&self) -> f64 {
        (self.lon[1] - self.lon[0]) * self.meters_per_lon
    }

    /// Returns a longitude as one within the view, if it is in it, or else the nearest one to the east.
    pub fn lon_in_view(&self, lon: f64) -> f64 {
        unwrapped(lon, self.lon[0])
    }

    /// Returns the cell of a place; `None` if it is not in view.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the area")]
    pub fn cell(&self, place: Place, area: Rect) -> Option<(u16, u16)> {
        let x = (self.lon_in_view(place.lon) - self.lon[0]) / (self.lon[1] - self.lon[0]);
        let y = (self.lat[1] - place.lat) / self.height();
        let at = |part: f64, start: u16, cells: u16| {
            let cell = (part * f64::from(cells)) as u16;
            (0.0..=1.0).contains(&part).then(|| start + cell.min(cells.saturating_sub(1)))
        };
        Some((at(x, area.x, area.width)?, at(y, area.y, area.height)?))
    }
}

/// Returns a longitude as the first one from this edge to the east.
fn unwrapped(lon: f64, west: f64) -> f64 {
    west + (lon - west).rem_euclid(360.0)
}

/// Returns the shortest range to the east that has all longitudes: the rest of the circle is the widest gap between two.
fn shortest_range(lons: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    let mut lons: Vec<f64> = lons.collect();
    lons.sort_by(f64::total_cmp);
    let (first, last) = (*lons.first()?, *lons.last()?);
    let gaps = lons.windows(2).map(|pair| (pair[1] - pair[0], [pair[1], pair[0] + 360.0]));
    let across = (first + 360.0 - last, [first, last]);
    std::iter::once(across).chain(gaps).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, range)| range)
}

/// Returns a length of 1, 2 or 5 times a power of ten that is at most this one, in meters, and its text.
pub(super) fn round_length(max_meters: f64) -> (f64, String) {
    let power = 10_f64.powf(max_meters.max(1.0).log10().floor());
    let meters = [5.0, 2.0, 1.0].into_iter().map(|factor| factor * power).find(|length| *length <= max_meters);
    let meters = meters.unwrap_or(power);
    let text = if meters < 1_000.0 { format!("{meters:.0} m") } else { format!("{:.0} km", meters / 1_000.0) };
    (meters, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(places: &[(f64, f64)]) -> Vec<Place> {
        places.iter().map(|(lat, lon)| Place { lat: *lat, lon: *lon }).collect()
    }

    #[test]
    fn view_goes_across_the_date_line_where_that_is_shorter() {
        let area = Rect::new(0, 0, 60, 20);
        let view = MapView::around(&places(&[(-17.0, 178.5), (-18.0, -179.0)]), None, area).unwrap();
        assert!(view.lon[0] > 170.0 && view.lon[1] > 180.0 && view.lon[1] < 190.0, "{view:?}");
        let far = MapView::around(&places(&[(52.0, 13.0), (40.0, -74.0)]), None, area).unwrap();
        assert!(far.lon[0] < -74.0 && far.lon[1] > 13.0, "{far:?}");
        let around: Vec<(f64, f64)> = [-150.0, -90.0, -30.0, 30.0, 90.0, 150.0].map(|lon| (0.0, lon)).to_vec();
        let world = MapView::around(&places(&around), None, area).unwrap();
        assert!(world.lon[0] <= -180.0 && world.lon[1] >= 180.0, "{world:?}");
    }

    #[test]
    fn scale_is_a_round_length() {
        for (max, meters, text) in
            [(730.0, 500.0, "500 m"), (1_000.0, 1_000.0, "1 km"), (2_500.0, 2_000.0, "2 km"), (99.0, 50.0, "50 m")]
        {
            assert_eq!(round_length(max), (meters, text.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn every_place_is_in_view(
            all in prop::collection::vec((-90.0..=90.0_f64, -180.0..=180.0_f64), 1..20),
            (width, height) in (1_u16..200, 1_u16..60),
            follows in any::<bool>(),
        ) {
            let (all, area) = (places(&all), Rect::new(3, 4, width, height));
            let center = all.last().copied().filter(|_| follows);
            let view = MapView::around(&all, center, area).unwrap();
            prop_assert!(view.lat[0] >= -90.0 - 1e-9 && view.lat[1] <= 90.0 + 1e-9);
            prop_assert!(view.lon[1] - view.lon[0] <= 360.0 + 1e-9);
            for place in all.iter().filter(|place| place.lat.abs() < 89.0) {
                let cell = view.cell(*place, area);
                prop_assert!(cell.is_some_and(|(x, y)| area.contains((x, y).into())), "{place:?} {view:?}");
            }
        }
    }
}
