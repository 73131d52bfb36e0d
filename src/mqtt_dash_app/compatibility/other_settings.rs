//! The settings of the app and of its connections.

/// A setting of the app or of a connection, which the app's exports do not contain.
#[derive(Debug, Clone, Copy)]
pub struct OtherSettingRow {
    /// The description of the setting.
    pub description: &'static str,
    /// The file that has the corresponding setting.
    pub file: &'static str,
    /// An example of the setting in that file.
    pub toml: &'static str,
}

const PROFILES_FILE: &str = "profiles.toml";
const DASHBOARD_FILE: &str = "dashboard";

const fn other_setting(description: &'static str, file: &'static str, toml: &'static str) -> OtherSettingRow {
    OtherSettingRow { description, file, toml }
}

/// The settings of the app that are not part of a tile.
pub const OTHER_SETTINGS: &[OtherSettingRow] = &[
    other_setting(
        "address, port and encryption of a connection",
        PROFILES_FILE,
        "url = \"mqtts://broker.example:8883\"",
    ),
    other_setting("user name", PROFILES_FILE, "username = \"anna\""),
    other_setting("password", PROFILES_FILE, "password = { env = \"HUB_PASSWORD\" }"),
    other_setting("client ID", PROFILES_FILE, "client_id = \"phone\""),
    other_setting("keep alive", PROFILES_FILE, "keep_alive = 60"),
    other_setting("clean session", PROFILES_FILE, "clean_session = false"),
    other_setting("connection timeout", PROFILES_FILE, "connect_timeout = 10"),
    other_setting("self-signed certificate", PROFILES_FILE, "tls = { insecure = true }"),
    other_setting("CA certificate", PROFILES_FILE, "tls = { ca = \"ca.pem\" }"),
    other_setting("will", PROFILES_FILE, "will = { topic = \"phone/status\", payload = \"offline\" }"),
    other_setting("keep the screen on", PROFILES_FILE, "keep_awake = true"),
    other_setting("connection that opens at start", PROFILES_FILE, "default = \"hub\""),
    other_setting("name of a dashboard", DASHBOARD_FILE, "title = \"Bench\""),
    other_setting("size of the tiles", DASHBOARD_FILE, "tile_size = \"small\""),
    other_setting("number of columns, landscape", DASHBOARD_FILE, "columns = 4"),
    other_setting("number of columns, portrait", DASHBOARD_FILE, "columns_narrow = 2"),
    other_setting("lock against editing", DASHBOARD_FILE, "locked = true"),
];
