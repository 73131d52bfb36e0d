//! Diagnostics of invalid files.

use std::path::Path;

use mqtt_dash::{
    config::{Problems, read_dashboard, read_profiles},
    model::kind,
};

/// The text of the file, and line, column, error and advice of its diagnostic.
type Row<'a> = (&'a str, usize, usize, &'a str, &'a str);

fn errors(problems: &Problems) -> Vec<(usize, usize, String, String)> {
    problems
        .list()
        .iter()
        .filter(|problem| !problem.is_warning())
        .map(|problem| {
            let (line, column) = problem.position().unwrap_or_default();
            (line, column, problem.message().to_owned(), problem.help_text().unwrap_or_default().to_owned())
        })
        .collect()
}

fn assert_diagnostics(rows: &[Row], read: impl Fn(&str) -> Problems) {
    for (text, line, column, error, advice) in rows {
        assert_eq!(errors(&read(text)), [(*line, *column, (*error).to_owned(), (*advice).to_owned())], "{text}");
    }
}

fn dashboard(text: &str) -> Problems {
    read_dashboard("dashboards/home.toml", text).expect_err(text)
}

fn profiles(text: &str) -> Problems {
    read_profiles("profiles.toml", text, Path::new("")).expect_err(text)
}

const ECHO_IS_NOT_JSON: &str =
    "set `publish_topic` to the topic that the device subscribes to, `publish = false`, or a JSON `payload`";

#[test]
fn dashboard_errors_have_position_and_advice() {
    let kinds = format!("the kinds are {}", kind::all().map(|kind| kind.name()).collect::<Vec<_>>().join(", "));
    let rows: &[Row] = &[
        ("titel = 'x'", 1, 1, "unknown key `titel`", "did you mean `title`?"),
        ("[tile]\nkind = 'text'", 1, 1, "a tile header needs two brackets", "write [[tile]]"),
        ("[[tiles]]\nkind = 'text'", 1, 3, "unknown key `tiles`", "write [[tile]]"),
        ("[lamp]\nkind = 'text'", 1, 2, "unknown key `lamp`", "write [[tile]]"),
        ("kind = 'text'", 1, 1, "unknown key `kind`", "write it below [[tile]]"),
        ("tile_size = 'huge'", 1, 13, "unknown value `huge`", "expected \"medium\", \"small\" or \"large\""),
        ("columns = '3'", 1, 11, "expected a whole number from 0 to 100, found text", "write it without quotes: 3"),
        ("columns = 101", 1, 11, "101 is out of range (0 to 100)", ""),
        ("columns = 99999999999999999999", 1, 11, "this number is too large", "the maximum is 64 bits"),
        ("title = 2026-01-01", 1, 9, "no key has a date or a time as its value", "write it in quotes to make it text"),
        ("[[tile]]\nname = 'é'", 1, 1, "this tile has no `kind`", &kinds),
        ("[[tile]]\nkind = 'swich'", 2, 8, "unknown tile kind `swich`", "did you mean `switch`?"),
        ("[[tile]]\nkind = 3", 2, 8, "expected the name of a tile kind", &kinds),
        ("[[tile]]\nkind = 'text'\nnmae = 'x'", 3, 1, "unknown key `nmae`", "did you mean `name`?"),
        ("[[tile]]\nkind = 'text'\nqos = 3", 3, 7, "3 is not a quality of service", "expected 0, 1 or 2"),
    ];
    assert_diagnostics(rows, dashboard);
}

#[test]
fn shared_subscription_errors_have_position_and_advice() {
    let rows: &[Row] = &[
        (
            "[[tile]]\nkind = 'text'\ntopic = '$share//a'",
            3,
            17,
            "invalid topic filter: a shared subscription needs the name of a group: `$share/group/topic`",
            "",
        ),
        (
            "[[tile]]\nkind = 'text'\ntopic = '$share/g+/a'",
            3,
            18,
            "invalid topic filter: the name of the group must not contain `+`",
            "",
        ),
        (
            "[[tile]]\nkind = 'text'\ntopic = '$share/g'",
            3,
            9,
            "invalid topic filter: a shared subscription needs a topic behind the group: `$share/g/topic`",
            "",
        ),
        (
            "[[tile]]\nkind = 'text'\ntopic = '$share/g/a'\npublish = true",
            4,
            11,
            "`topic` is a shared subscription, so the tile has no topic to publish to",
            "set `publish_topic`",
        ),
        (
            "[[tile]]\nkind = 'text'\npublish_topic = '$queue/a'",
            3,
            18,
            "invalid topic: nothing can be published to a shared subscription: publish to the topic behind its prefix",
            "",
        ),
    ];
    assert_diagnostics(rows, dashboard);
}

#[test]
fn value_and_combination_errors_have_position_and_advice() {
    let rows: &[Row] = &[
        (
            "[[tile]]\nkind = 'range'\nmin = 50\nmax = 10",
            3,
            7,
            "`min` (50) must be below `max` (10)",
            "swap them, or set the missing one: the default of min is 0, of max 100",
        ),
        (
            "[[tile]]\nkind = 'range'\nmax = -1",
            3,
            7,
            "`min` (0) must be below `max` (-1)",
            "swap them, or set the missing one: the default of min is 0, of max 100",
        ),
        ("[[tile]]\nkind = 'range'\nmax = nan", 3, 7, "the number must be finite", ""),
        (
            "[[tile]]\nkind = 'text'\npublish = false\njson_path = \"$.a[?(@.\\u00e9 >]\"",
            4,
            30,
            "invalid JSON path: unexpected `]`",
            "write it like $.sensor.temperature, $.list[0] or $..name",
        ),
        (
            "[[tile]]\nkind = 'text'\ntopic = \"\"\"\na/é+/c\"\"\"",
            4,
            4,
            "invalid topic filter: `+` must occupy a whole level of the topic",
            "",
        ),
        ("[[tile]]\nkind = 'text'\ntopic = ''", 3, 9, "invalid topic filter: it is empty", ""),
        (
            "[[tile]]\nkind = 'text'\npublish_topic = 'lamp/#'",
            3,
            23,
            "invalid topic: a topic to publish to must not contain wildcards",
            "",
        ),
        (
            "[[tile]]\nkind = 'choice'\noptions = [\n  { label = 'A', payload = '1' },\n  { label = 'B', payload = '1' },\n]",
            5,
            28,
            "the option `B` has the same payload as `A`",
            "give each option a different payload",
        ),
        (
            "[[tile]]\nkind = 'choice'\n[[tile.options]]\nlable = 'A'",
            4,
            1,
            "unknown key `lable`",
            "did you mean `label`?",
        ),
        (
            "[[tile]]\nkind = 'text'\ntopic = 'a'\npublish = true\njson_path = 'b'",
            5,
            13,
            "a tile with `json_path` cannot publish to its own topic: the echo would not be JSON",
            ECHO_IS_NOT_JSON,
        ),
        (
            "[[tile]]\nkind = 'switch'\non = 'ON'\npublish_topic = 'a'\npayload = '{\"s\": {{value}}}'",
            5,
            18,
            "`ON` is not JSON without quotes",
            "put it in quotes: \"{{value}}\"",
        ),
        (
            "[[tile]]\nkind = 'range'\npublish_topic = 'a'\npayload = \"{\\\"s\\\": {{valeu}}}\"",
            4,
            20,
            "unknown name `valeu`",
            "did you mean `value`?",
        ),
        (
            "[[tile]]\nkind = 'text'\ntopic = 'a'\non_connect = ''\nevery = '10ms'",
            5,
            9,
            "`10ms` is out of range (1s to 1d)",
            "",
        ),
        (
            "[[tile]]\nkind = 'text'\ntopic = 'a/+'\npublish = true",
            4,
            11,
            "`topic` contains a wildcard, so the tile has no topic to publish to",
            "set `publish_topic`",
        ),
        (
            "[[tile]]\nkind = 'switch'\nprefix = '~'",
            3,
            10,
            "`prefix` has no effect on a tile of kind `switch`",
            "remove it; only tiles with a value as text use it",
        ),
        ("[[tile]]\nkind = 'text'\ntext_color = 'bleu'", 3, 14, "unknown color `bleu`", "did you mean `blue`?"),
    ];
    assert_diagnostics(rows, dashboard);
}

#[test]
fn profile_errors_have_position_and_advice() {
    let rows: &[Row] = &[
        (
            "[profile.hub]",
            1,
            1,
            "the profile `hub` has no `url`",
            "add it, for example url = \"mqtt://localhost:1883\"",
        ),
        ("[profiles.hub]", 1, 2, "unknown key `profiles`", "write [profile.NAME]"),
        ("[home]\nurl = 'mqtt://a'", 1, 2, "unknown key `home`", "write [profile.home]"),
        ("['my home']\nurl = 'mqtt://a'", 1, 2, "unknown key `my home`", "write [profile.\"my home\"]"),
        ("[tls]\nca = 'a'", 1, 2, "unknown key `tls`", "write [profile.NAME.tls]"),
        ("url = 'mqtt://a'", 1, 1, "unknown key `url`", "write it below [profile.NAME]"),
        ("[[profiles]]\nurl = 'mqtt://a'", 1, 3, "unknown key `profiles`", "write [profile.NAME]"),
        ("defalt = 'a'", 1, 1, "unknown key `defalt`", "did you mean `default`?"),
        ("[profile]\nhub = 'mqtt://x'", 2, 7, "this is not a profile", "write [profile.NAME] and its keys below"),
        ("[profile.a]\nurl = 'x'\n[profile.a]\nurl = 'y'", 3, 10, "duplicate key `a`", "rename or remove one of them"),
        ("[profile.a]\nurl = 'mqttx://y'", 2, 8, "unknown URL scheme `mqttx://`", "did you mean `mqtts`?"),
        ("[profile.a]\nurl = 'x'\nkeep_alive = 70000", 3, 14, "70000 is out of range (1 to 65535)", ""),
        ("[profile.a]\nurl = 'x'\nkeep_alive = 0", 3, 14, "0 is out of range (1 to 65535)", ""),
        ("[profile.a]\nurl = 'x'\nprotocol = '5.0'", 3, 12, "unknown value `5.0`", "expected \"3.1.1\" or \"5\""),
        (
            "[profile.a]\nurl = 'x'\ntls.ca = 'ca.pem'",
            3,
            1,
            "certificates need mqtts:// or wss://: `tls` has no effect without them",
            "use mqtts:// or wss:// in `url`, or remove `tls`",
        ),
        (
            "[profile.a]\nurl = 'mqtts://x'\n[profile.a.tls]\ncert = 'c'",
            4,
            8,
            "`cert` needs a `key`",
            "set it to the same file if that has both",
        ),
        ("[profile.a]\nurl = 'x'\n[profile.a.will]\nqos = 1", 3, 1, "the will needs a `topic`", ""),
        (
            "[profile.a]\nurl = 'x'\nclean_session = false",
            3,
            17,
            "a persistent session needs a fixed client ID",
            "set `client_id`",
        ),
        (
            "[profile.a]\nurl = 'x'\nusername = 'u'\npassword = { evn = 'X' }",
            4,
            14,
            "unknown password source `evn`",
            "did you mean `env`?",
        ),
    ];
    assert_diagnostics(rows, profiles);
}

#[test]
fn errors_of_mqtt_5_keys_have_position_and_advice() {
    let rows: &[Row] = &[
        (
            "[profile.a]\nurl = 'x'\nclient_id = 'm'\nclean_session = false\nsession_expiry = 60",
            5,
            18,
            "`session_expiry` needs MQTT 5",
            "set `protocol = \"5\"`, or remove it",
        ),
        (
            "[profile.a]\nurl = 'x'\nprotocol = '5'\nsession_expiry = 60",
            4,
            18,
            "`session_expiry` has no effect with `clean_session = true`",
            "set `clean_session = false`, or remove it",
        ),
        (
            "[profile.a]\nurl = 'x'\nprotocol = '5'\nsession_expiry = 0",
            4,
            18,
            "0 is out of range (1 to 4294967295)",
            "",
        ),
        (
            "[profile.a]\nurl = 'x'\nreceive_maximum = 10",
            3,
            19,
            "`receive_maximum` needs MQTT 5",
            "set `protocol = \"5\"`, or remove it",
        ),
        (
            "[profile.a]\nurl = 'x'\nprotocol = '5'\nreceive_maximum = 65536",
            4,
            19,
            "65536 is out of range (1 to 65535)",
            "",
        ),
        (
            "[profile.a]\nurl = 'x'\n[profile.a.will]\ntopic = 't'\ndelay = 30",
            5,
            9,
            "`delay` needs MQTT 5",
            "set `protocol = \"5\"`, or remove it",
        ),
        (
            "[profile.a]\nurl = 'x'\n[profile.a.will]\ntopic = 't'\nuser_properties.unit = 'K'",
            5,
            1,
            "`user_properties` needs MQTT 5",
            "set `protocol = \"5\"`, or remove it",
        ),
        (
            "[profile.a]\nurl = 'x'\nprotocol = '5'\n[profile.a.will]\ntopic = 't'\nuser_properties = { unit = 1 }",
            6,
            28,
            "expected text, found a whole number",
            "write it in quotes: \"1\"",
        ),
        (
            "[profile.a]\nurl = 'x'\nprotocol = '5'\n[profile.a.will]\ntopic = 't'\nresponse_topic = 'a/#'",
            6,
            21,
            "invalid topic: a topic to publish to must not contain wildcards",
            "",
        ),
        (
            "[profile.a]\nurl = 'x'\nprotocol = '5'\n[profile.a.will]\ntopic = 't'\ncontent_type = \"a\\u0000\"",
            6,
            16,
            "at most 65535 bytes are possible, and no NUL character",
            "",
        ),
    ];
    assert_diagnostics(rows, profiles);
}

#[test]
fn errors_of_keys_about_the_way_to_the_broker_have_position_and_advice() {
    let rows: &[Row] = &[
        (
            "[profile.a]\nurl = 'x'\nproxy = 'proxy:3128'",
            3,
            9,
            "the address of the proxy has no scheme",
            "write http://HOST:PORT or socks5://HOST:PORT",
        ),
        ("[profile.a]\nurl = 'x'\nproxy = 'sock5://proxy'", 3, 9, "unknown kind of proxy", "did you mean `socks5`?"),
        (
            "[profile.a]\nurl = 'x'\nproxy = 'http://ann:x@proxy'",
            3,
            9,
            "the address of the proxy must not contain a user name or a password",
            "set `proxy_username` and `proxy_password` instead",
        ),
        (
            "[profile.a]\nurl = 'x'\nproxy_username = 'ann'",
            3,
            18,
            "`proxy_username` needs a proxy",
            "set `proxy` to its address",
        ),
        (
            "[profile.a]\nurl = 'x'\nproxy = 'http://p'\nproxy_password = { env = 'P' }",
            4,
            18,
            "`proxy_password` needs a user name",
            "set `proxy_username`",
        ),
        (
            "[profile.a]\nurl = 'mqtt://x'\nheaders = { X-Tenant = 'north' }",
            3,
            11,
            "`headers` has an effect only for a WebSocket",
            "use ws:// or wss:// in `url`, or remove it",
        ),
        (
            "[profile.a]\nurl = 'ws://x'\nheaders = { Host = 'y' }",
            3,
            13,
            "this header cannot be set: the connection needs its own",
            "remove it from `headers`",
        ),
        (
            "[profile.a]\nurl = 'ws://x'\n[profile.a.headers]\n'X Y' = 'y'",
            4,
            1,
            "this is not the name of a header",
            "it has letters, digits and hyphens, such as X-Api-Key",
        ),
        (
            "[profile.a]\nurl = 'ws://x'\nheaders = { X-Y = { envv = 'y' } }",
            3,
            21,
            "unknown password source `***`",
            "did you mean `env`?",
        ),
        ("[profile.a]\nurl = 'ws://x'\nbasic_auth = true", 3, 14, "`basic_auth` needs a user name", "set `username`"),
        (
            "[profile.a]\nurl = 'ws://x'\nusername = 'a:b'\npassword = { env = 'P' }\nbasic_auth = true",
            3,
            12,
            "with HTTP Basic, a user name must not contain `:`",
            "",
        ),
        (
            "[profile.a]\nurl = 'x'\nproxy = 'socks5://p'\nproxy_username = 'ann'",
            4,
            18,
            "a login for SOCKS needs a password",
            "set `proxy_password`",
        ),
    ];
    assert_diagnostics(rows, profiles);
}

#[test]
fn only_headers_that_are_secrets_are_warned_of() {
    let text = "[profile.a]\nurl = 'wss://x'\n[profile.a.headers]\nX-Tenant = 'north'\nX-Api-Key = 'k'\n";
    let (_, warnings) = read_profiles("profiles.toml", text, Path::new("")).expect("the file is valid");
    let messages: Vec<&str> = warnings.list().iter().map(mqtt_dash::config::Problem::message).collect();
    assert_eq!(messages, ["the value of the header X-Api-Key is stored as plain text"]);
}

#[test]
fn all_errors_are_reported_in_file_order() {
    let text = "columns = \n[[tile]]\nkind = 'swich'\nqos = 9\n[[tile]]\nkind = 'text'\nname = 'x\n[[tile]]\nkind = 'text'\nkind = 'text'\nretain = 1\n";
    let positions: Vec<_> =
        errors(&dashboard(text)).into_iter().map(|(line, column, error, _)| (line, column, error)).collect();
    insta::assert_debug_snapshot!(positions);
}

#[test]
fn invalid_value_is_reported_only_once() {
    let text = "[[tile]]\nkind = 'text'\npublish = true\ntopic = 'a#'\n[[tile]]\nkind = 'range'\nmin = 'x'\nmax = -5";
    let positions: Vec<_> = errors(&dashboard(text)).into_iter().map(|row| (row.0, row.1)).collect();
    assert_eq!(positions, [(4, 11), (7, 7)]);
}

#[test]
fn report_marks_the_exact_characters() {
    let text =
        "title = 'é'\n[[tile]]\nkind = 'text'\nprefix = '°C'   \ntopic = 'é/b+/c' # where\n[[tile]]\nkind = 'swich'\n";
    insta::assert_snapshot!(dashboard(text).render_report(false, 80));
}

#[test]
fn report_never_contains_password() {
    let text = "default = 'hib'\n[profile.hub]\nurl = 'mqtt://me:geheim@x'\npassword = 'geheim'\npasswort = \"\"\"\ngeheim\"\"\"\n[profile.b]\npassword = 'geheim\nurl = 'x'\n";
    let problems = profiles(text);
    let debug = format!("{problems:?} {problems} {}", problems.render_report(true, 200));
    assert!(!debug.contains("geheim") && debug.contains("******"), "{debug}");
    insta::assert_snapshot!(problems.render_report(false, 80));
}

#[test]
fn diagnostic_sentence_names_file_line_and_column() {
    let text = "[[tile]]\nkind = 'range'\nmax = -1\nnmae = 1";
    assert_eq!(
        dashboard(text).list()[1].summary(),
        "dashboards/home.toml:4:1: unknown key `nmae` (did you mean `name`?)"
    );
    assert!(dashboard(text).to_string().ends_with("; and 1 more"));
}

#[test]
fn default_profile_that_does_not_exist_is_a_warning() {
    for (text, name, help) in [
        ("default = 'hib'\n[profile.hub]\nurl = 'h'", "hib", "did you mean `hub`?"),
        ("default = 'hub'", "hub", "there is no profile in this file"),
    ] {
        let (profiles, warnings) = read_profiles("p.toml", text, Path::new("/c")).unwrap();
        assert_eq!(profiles.default.as_deref(), Some(name));
        let summary = format!("p.toml:1:11: there is no profile named `{name}` ({help})");
        assert_eq!(warnings.list()[0].summary(), summary);
        assert_eq!((warnings.error_count(), warnings.warning_count()), (0, 1));
    }
}

#[test]
fn plain_password_is_a_warning() {
    let (profiles, warnings) =
        read_profiles("p.toml", "[profile.a]\nurl = 'x'\nusername = 'u'\npassword = 'geheim'", Path::new("/c"))
            .unwrap();
    assert_eq!(profiles.profiles[0].base_dir, Path::new("/c"));
    assert_eq!((warnings.error_count(), warnings.warning_count()), (0, 1));
    assert_eq!(warnings.list()[0].position(), Some((4, 12)));
    let from_environment = "[profile.a]\nurl = 'x'\nusername = 'u'\npassword = { env = 'X' }";
    assert!(read_profiles("p.toml", from_environment, Path::new("")).unwrap().1.is_empty());
}

#[test]
fn hostile_text_harms_neither_parser_nor_terminal() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
        format!("{}a = 1", "a.".repeat(100_000)),
    ] {
        assert_eq!(errors(&dashboard(&text))[0].2, "this is nested too deeply");
        assert!(dashboard(&text).render_report(false, 80).len() < 2_000, "a long line is truncated");
    }
    let report = dashboard("a = '\u{1b}[2J'\n\"\\u001b[31m\" = 1\n# \u{202e}x\nb = 1").render_report(false, 80);
    assert!(!report.contains(['\u{1b}', '\u{202e}']), "{report}");
    let many = dashboard(&"x\n".repeat(5_000));
    assert_eq!((many.list().len(), many.error_count()), (100, 5_000));
    assert!(read_dashboard("x", "\u{feff}title = 'x'").is_ok());
    assert_eq!(errors(&dashboard("\u{feff}tilte = 'x'"))[0].1, 1);
}

#[test]
fn value_without_quotes_says_what_to_write() {
    for (line, help) in [
        ("password = { env = NOPE }", "write \"NOPE\""),
        ("password = {env=NOPE}", "write \"NOPE\""),
        ("password = { env = INFLUX }", "write \"INFLUX\""),
        ("url = localhost", "write \"localhost\""),
        ("dashboard = home.toml", "write \"home.toml\""),
        ("dashboard = nanny", "write \"nanny\""),
        ("clean_session = yes", "write true"),
        ("clean_session = True", "write true"),
        ("clean_session = FALSE", "write false"),
        ("clean_session = off", "write false"),
        ("basic_auth = maybe", "write true or false"),
        ("tls = { insecure = yes }", "write true"),
        ("will.retain = on", "write true"),
        ("password = { prompt = yes }", "write true"),
        ("keep_alive = 30s", "write 30"),
        ("keep_alive = yes", "write a number"),
        ("username = yes", "write \"yes\""),
        ("protocol = 3.1.1", "write \"3.1.1\""),
        ("username = null", "remove the line to leave the key out, or write \"null\" for a text"),
        ("password = { command = [pass, show] }", "write it between quotes"),
        ("password = hunter2x", "write it between quotes"),
        ("password = yes", "write it between quotes"),
    ] {
        let problems = profiles(&format!("[profile.x]\nurl = \"h\"\n{line}\n").replace("url = \"h\"\nurl", "url"));
        let found: Vec<_> = problems.list().iter().filter_map(|problem| problem.help_text()).collect();
        assert!(found.contains(&help), "{line}: {problems:?}");
        let shown = format!("{problems:?} {problems} {}", problems.render_report(false, 200));
        assert!(!shown.contains("hunter2x") && !shown.contains("expected"), "{line}: {shown}");
    }
}

#[test]
fn value_of_the_wrong_type_says_what_to_write() {
    for (line, help) in [
        ("basic_auth = \"true\"", "write it without quotes: true"),
        ("basic_auth = \"yes\"", "write true, without quotes"),
        ("basic_auth = \"No\"", "write false, without quotes"),
        ("basic_auth = 1", "write true"),
        ("keep_alive = \"15\"", "write it without quotes: 15"),
        ("protocol = 5", "write it in quotes: \"5\""),
        ("protocol = 5.0", "write it in quotes: \"5\""),
        ("client_id = 7", "write it in quotes: \"7\""),
        ("password = { prompt = \"yes\" }", "write { prompt = true }"),
        ("password = { env = true }", "write { env = \"NAME\" }, with the name of an environment variable"),
        ("password = { command = \"pass x\" }", "write { command = [\"program\", \"argument\"] }"),
        ("tls = { key_password = { prompt = false } }", "write { prompt = true }"),
        (
            "tls = { key_password = { prompt = true } }",
            "set `cert` and `key`, or `cert` to a PKCS#12 file (.p12, .pfx), which has both",
        ),
    ] {
        let problems = profiles(&format!("[profile.x]\nurl = \"wss://h\"\nusername = \"u\"\n{line}\n"));
        let found: Vec<_> = problems.list().iter().filter_map(|problem| problem.help_text()).collect();
        assert_eq!(found, [help], "{line}: {problems:?}");
    }
    for line in ["basic_auth = 2", "basic_auth = \"1\"", "keep_alive = \"1.5\"", "keep_alive = \"nan\"", "protocol = 4"]
    {
        let problems = profiles(&format!("[profile.x]\nurl = \"wss://h\"\nusername = \"u\"\n{line}\n"));
        assert_eq!(problems.list().iter().find_map(|problem| problem.help_text()), None, "{line}");
    }
}

/// What hides the secrets of a file leaves what this program suggests to write.
#[test]
fn suggestions_are_not_masked() {
    for (lines, help) in [
        (
            "proxy = \"http://p\"\nproxy_username = \"u\"\nproxy_password = { comand = [\"x\"] }",
            "did you mean `command`?",
        ),
        ("password = { prompts = true }", "did you mean `prompt`?"),
        (
            "session_expiry = 60\npassword = { comand = [\"protocol\", \"session_expiry\"] }",
            "set `protocol = \"5\"`, or remove it",
        ),
        ("session_expiry = 60 # not without protocol = \"5\"", "set `protocol = \"5\"`, or remove it"),
        ("usrname = \"protocol username\"", "did you mean `username`?"),
    ] {
        let problems =
            profiles(&format!("[profile.x]\nurl = \"h\"\nclient_id = \"c\"\nclean_session = false\n{lines}\n"));
        let found: Vec<_> = problems.list().iter().filter_map(|problem| problem.help_text()).collect();
        assert!(found.contains(&help), "{lines}: {problems:?}");
    }
}

/// What may be a secret is hidden, but not the mistake itself, nor what is near it.
#[test]
fn mistakes_in_lists_and_tables_of_tiles_are_shown() {
    let text = "[[tile]]\nkind = 'gauge'\ntopic = 'a'\nzones = [\n  { form = 0, color = 'gren' },\n  { from = 9, colour = 'red' },\n]\n\
        availability = { topic = 'b', onlin = 'online', offline = 'Off' }\n\
        [[tile]]\nkind = 'led'\ntopic = 'c'\nstates = [{ pyload = 'pyload', lable = 'Open', color = 'yelow' }]\n\
        pasword = 'geheim'\n";
    let problems = dashboard(text);
    let messages: Vec<_> = errors(&problems).into_iter().map(|(_, _, message, help)| (message, help)).collect();
    for (message, help) in [
        ("unknown key `form`", "did you mean `from`?"),
        ("unknown color `gren`", "did you mean `green`?"),
        ("unknown key `colour`", "did you mean `color`?"),
        ("unknown key `onlin`", "did you mean `online`?"),
        ("unknown key `pyload`", "did you mean `payload`?"),
        ("unknown key `lable`", "did you mean `label`?"),
        ("unknown color `yelow`", "did you mean `yellow`?"),
    ] {
        assert!(messages.contains(&(message.to_owned(), help.to_owned())), "{message}: {messages:?}");
    }
    let report = problems.render_report(false, 120);
    for shown in ["{ form = *, color = 'gren' }", "onlin = ********, offline = 'Off' }", "color = 'yelow' }]"] {
        assert!(report.contains(shown), "{shown}: {report}");
    }
    assert!(!report.contains("geheim") && !report.contains("'Open'"), "{report}");
}

#[test]
fn ascii_report_has_no_other_characters() {
    let problems = dashboard("[[tile]]\nkind = 'swich'\ntopic = 'a#'\n");
    let report = problems.render_ascii_report(false, 80);
    assert!(report.is_ascii(), "{report}");
    for text in ["swich", "a#", "did you mean", "x.toml"] {
        assert_eq!(report.contains(text), problems.render_report(false, 80).contains(text), "{text}: {report}");
    }
    assert!(problems.render_ascii_report(true, 80).is_ascii());
}
