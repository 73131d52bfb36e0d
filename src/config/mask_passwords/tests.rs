//! Tests of the masks: with texts that somebody may write, and with random ones.

use proptest::{prelude::*, test_runner::RngSeed};

use super::*;

/// No three characters of it are those of another text in these tests.
const CANARY: &str = "Kq7Xz9Jv4W";

/// Returns whether a part of the canary that helps to guess it is in a text.
fn shows_canary(text: &str) -> bool {
    CANARY.as_bytes().windows(4).any(|part| text.as_bytes().windows(4).any(|window| window == part))
}

fn masked(text: &str) -> String {
    mask_passwords("home.toml", text)
}

#[test]
fn values_of_passwords_are_masked_to_the_end_of_the_line() {
    for (text, expected) in [
        ("password = \"geheim\" # x", "password = ************"),
        ("pasword = 'geheim'", "pasword = ********"),
        ("\"password\"=\"ge\\\"im\"", "\"password\"=********"),
        ("hub = { url = \"a\", password = \"x\" }", "hub = { url = \"a\", password = *****"),
        ("hub.password = \"\"\"a\nb\"\"\"\nname = 1", "hub.password = ****\n****\nname = 1"),
        ("password = [\n\"a]\",\n]\nname = 1", "password = *\n*****\n*\nname = 1"),
        ("password = \"open\nname = 1", "password = *****\nname = 1"),
        ("password = 12345\r\nname = 1", "password = *****\r\nname = 1"),
        ("password = { env = \"HUB\" }", "password = { env = \"HUB\" }"),
        ("password = { env = \"HUB\" } # x", "password = { env = \"HUB\" }****"),
        ("password = { command = [\"x\"] }", "password = *******************"),
        ("password = { plain = \"x\" }", "password = ***************"),
        ("password =\n\"x\"\nname = 1", "password =\n***\nname = 1"),
        ("[profile.hub.password]\nenv = \"HUB\"\nx = \"y\"", "[profile.hub.password]\nenv = \"HUB\"\nx = ***"),
        (
            "[profile.hub.tls.key_password]\nenv = \"HUB\"\nx = \"y\"",
            "[profile.hub.tls.key_password]\nenv = \"HUB\"\nx = ***",
        ),
        ("key_password = \"geheim\" # x", "key_password = ************"),
        ("key_password = { env = \"HUB\" }", "key_password = { env = \"HUB\" }"),
        ("tls = { key_password.file = \"a\", pin = \"b\" }", "tls = { key_password.file = \"a\", pin = \"b\" }"),
        ("tls = { cert = 'a', key_password = 'geheim' }", "tls = { cert = 'a', key_password = **********"),
    ] {
        assert_eq!(masked(text), expected);
    }
}

#[test]
fn other_values_of_known_keys_stay() {
    for text in [
        "username = \"me\"",
        "title = 'é' # where\n[[tile]]\nkind = 'text'\ntopic = \"é/+/c\"",
        "options = [\n  { label = 'A', payload = '1' },\n  { label = 'B', payload = '1' },\n]",
        "[keys]\nfind = [\"f\", \"/\"]\n\"quit\" = \"q\"",
        "[profile.hub]\nurl = \"wss://[::1]:443/mqtt?a=b\"\ntls = { insecure = true, ca = 'ca.pem' }",
        "zones = [{ from = 0, color = 'gren', label = 'ok' }, { from = 9, label = 'hot' }] # °C",
        "states = [\n  { payload = '0', label = 'Closed', lit = true },\n  { matches = '^1', icon = 'door' },\n]",
        "availability = { topic = 'tele/x/LWT', online = 'Online', offline = 'Offline', json_path = '$.a' }",
        "[[tile]]\nkind = \"text\"\non_receive = \"\"\"\nlet frame = '#fff'\n\"\"\"\nname = \"Passage light\"",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn of_an_unknown_key_in_a_dashboard_only_the_value_is_masked() {
    for (text, expected) in [
        ("zones = [{ form = 10, color = 'red' }]", "zones = [{ form = **, color = 'red' }]"),
        ("availability = { onlin = 'On', offline = 'Off' }", "availability = { onlin = ****, offline = 'Off' }"),
        ("nmae = 'Kitchen' # upstairs", "nmae = ********* # upstairs"),
        ("other = 'a'b, name = 'c'", "other = ****************"),
        ("other = ['a', 'b']", "other = **********"),
        ("zones = [{ pasword = 'a', from = 1 }]", "zones = [{ pasword = ****************"),
    ] {
        assert_eq!(masked(text), expected);
    }
}

#[test]
fn in_profiles_only_what_is_no_password_is_shown() {
    for (text, expected) in [
        ("keep_alive = 15 # x", "keep_alive = 15 #**"),
        ("geheim = \"x\"", "geheim = ***"),
        ("keep_alive: 15", "keep_alive****"),
        ("anything else", "*************"),
        ("url = \"mqtt://me:geheim@host\"", "url = \"mqtt://*********@host\""),
        ("url = \"me:geheim@host\"", "url = \"*********@host\""),
        ("url = \"mqtt://me:ge/im@host\"", "url = \"mqtt://********@host\""),
        ("url = \"mqtt://host:geheim\"", "url = \"mqtt://***********\""),
        ("url = \"mqtt.//me:geheimhost:1\"", "url = \"mqtt.//***************\""),
        ("url = \"mqtt:/me:geheimhost:1\"", "url = \"*********************\""),
        ("url = \"mqtt://me:ge\"im@host\"", "url = **********************"),
        ("[profile.x] y = \"z\"", "[profile.x]********"),
        ("headers = { url = \"geheim\" }", "headers = ******************"),
        ("[profile.x.headers]\nurl = \"geheim\"", "[profile.x.headers]\nurl = ********"),
        ("proxy = \"http://me:geheim@host:1\"", "proxy = \"http://*********@host:1\""),
        ("proxy_password = \"geheim\"", "proxy_password = ********"),
        ("proxy_password = { env = \"PROXY\" }", "proxy_password = { env = \"PROXY\" }"),
    ] {
        assert_eq!(mask_passwords("/c/profiles.toml", text), expected);
    }
}

#[test]
fn length_of_multibyte_text_stays() {
    let text = "password = \"é\" # é";
    assert_eq!(masked(text).len(), text.len());
}

#[test]
fn secrets_in_texts_of_dashboards_are_masked() {
    for text in [
        format!("url = \"http://me:{CANARY}@camera/x\""),
        format!("url = \"http://me:ge im:{CANARY}@camera/x\""),
        format!("url = \"https://camera/x?token={CANARY}\""),
        format!("payload = '{{\"user\":\"me\",\"password\":\"{CANARY}\"}}'"),
        format!("payload = \"{{\\\"password\\\":\\\"{CANARY}\\\"}}\""),
        format!("on_tap = \"\"\"\nlet token = '{CANARY}'\n\"\"\""),
        format!("# password {CANARY}"),
        format!("[[tile]] # my_pw: {CANARY}"),
        format!("mqtt_dash = {{ pwd = \"{CANARY}\" }}"),
        format!("options = [\n{{ label = \"a\", secret = \"{CANARY}\" }}]"),
        format!("options = [\n{{ label = \"a\", other = \"\"\"\n{CANARY}\"\"\" }}]"),
    ] {
        let shown = masked(&text);
        assert!(!shows_canary(&shown), "{shown}");
    }
}

/// `password` with at most two mistakes, such as a missing or a wrong letter.
fn misspelled_password() -> impl Strategy<Value = String> {
    let mistake = (0_usize..9, 0_u8..4, prop::char::range('a', 'z'));
    prop::collection::vec(mistake, 0..3).prop_map(|mistakes| {
        let mut letters: Vec<char> = "password".chars().collect();
        for (at, kind, letter) in mistakes {
            let at = at.min(letters.len() - 1);
            match kind {
                0 => drop(letters.remove(at)),
                1 => letters.insert(at, letter),
                2 => letters[at] = letter,
                _ => letters[at] = letters[at].to_ascii_uppercase(),
            }
        }
        letters.into_iter().collect()
    })
}

/// The canary as somebody might write it down, with a character in its middle that may end a string.
fn written_canary() -> impl Strategy<Value = String> {
    let inner = prop::sample::select(vec!["", "\"", "'", "#", " ", "\\", "\"\"", "]", "}", "=", "@", "/", "\n", "é"]);
    let around = prop::sample::select(vec![
        ("\"", "\""),
        ("'", "'"),
        ("\"\"\"", "\"\"\""),
        ("'''\n", "'''"),
        ("“", "”"),
        ("", ""),
        ("\"", ""),
        ("[\"", "\"]"),
        ("[\n  \"", "\",\n]"),
        ("{ plain = \"", "\" }"),
        ("{ command = \"echo ", "\" }"),
        ("{ command = [\"echo\", \"", "\"] }"),
        ("{ command = [\n \"", "\"\n] }"),
    ]);
    (inner, around).prop_map(|(inner, (before, after))| {
        let (first, second) = CANARY.split_at(5);
        format!("{before}{first}{inner}{second}{after}")
    })
}

proptest! {
    #[test]
    fn no_part_of_a_password_is_shown(
        key in misspelled_password(),
        quotes in prop::sample::select(vec!["", "\"", "'", "hub.", "# ", "x = { a = 1, ", "key_", "tls.key_", "tls = { key_"]),
        separator in prop::sample::select(vec![" = ", "=", ": ", " := ", " ", "\t= ", " => "]),
        value in written_canary(),
        after in prop::sample::select(vec!["", "\nkeep_alive = 15", " # x", ", url = \"x\" }", "\n[profile.b"]),
    ) {
        let close = if quotes.len() == 1 { quotes } else { "" };
        let text = format!("[profile.hub]\nurl = \"mqtt://x\"\n{quotes}{key}{close}{separator}{value}{after}\n");
        let shown = mask_passwords("other.toml", &text);
        prop_assert_eq!(shown.len(), text.len());
        prop_assert!(!shows_canary(&shown), "{}", shown);
        let problems = match crate::config::read_profiles("profiles.toml", &text, std::path::Path::new("")) {
            Ok((_, problems)) | Err(problems) => problems,
        };
        let report = format!("{problems:?} {problems} {}", problems.render_report(true, 200));
        prop_assert!(!shows_canary(&report), "{}", report);
    }

    #[test]
    fn any_text_keeps_its_length_and_lines(text in "[ -~\n]{0,200}|([a-z\"'=\\[\\]{}#.\n é]|\"\"\"|''')*") {
        for name in ["profiles.toml", "home.toml"] {
            let shown = mask_passwords(name, &text);
            prop_assert_eq!(shown.len(), text.len());
            prop_assert_eq!(shown.matches('\n').count(), text.matches('\n').count());
        }
    }
}

/// Files as somebody writes them, with the canary in different places.
const FILES: [&str; 16] = [
    "default = \"hub\"\n[profile.hub]\nurl = \"mqtt://broker:1883\"\nusername = \"anna\"\npassword = \"Kq7Xz9Jv4W\"\nkeep_alive = 30\n",
    "[profile.hub]\npassword = 'Kq7Xz9Jv4W'\nurl = \"mqtt://broker\"\ntls = { insecure = true }\n[profile.far]\nurl = \"wss://x/mqtt\"\n",
    "profile.hub = { url = \"mqtt://broker\", username = \"anna\", password = \"Kq7Xz9Jv4W\", keep_alive = 15 }\n",
    "[profile.hub]\nurl = \"mqtt://broker\"\npassword = { command = [\"pass\", \"Kq7Xz9Jv4W\"] }\n",
    "[profile.hub]\nurl = \"mqtt://broker\"\n[profile.hub.password]\ncommand = [\n  \"echo\",\n  \"Kq7Xz9Jv4W\",\n]\n",
    "[profile.hub]\nurl = \"mqtt://anna:Kq7Xz9Jv4W@broker.example:1883\"\nclient_id = \"x\"\n",
    "[profile.hub]\nurl = \"mqtt://broker\"\npassword = \"\"\"\nKq7Xz9Jv4W\"\"\"\nwill = { topic = \"a\", payload = \"b\" }\n",
    "[profile.hub]\nurl = \"mqtt://broker\"\n# password = \"Kq7Xz9Jv4W\"\npassword = { env = \"HUB\" }\n",
    "[profile.hub]\nurl = \"wss://broker/mqtt\"\nheaders = { X-Tenant = \"north\", Authorization = \"Kq7Xz9Jv4W\" }\nkeep_alive = 9\n",
    "[profile.hub]\nurl = \"wss://broker\"\n[profile.hub.headers]\nX-Tenant = \"north\"\nX-Api-Key = \"Kq7Xz9Jv4W\"\n",
    "[profile.hub]\nurl = \"mqtt://broker\"\nproxy = \"socks5://proxy:1080\"\nproxy_username = \"anna\"\nproxy_password = \"Kq7Xz9Jv4W\"\n",
    "[profile]\n[profile.a]\nurl = \"b\"\nusername = \"anna\" # Kq7Xz9Jv4W\npassword = { file = \"p\" }\n",
    "[profile.hub]\nurl = \"mqtts://broker\"\n[profile.hub.tls]\ncert = \"a.pem\"\nkey = \"a.key\"\nkey_password = \"Kq7Xz9Jv4W\"\nalpn = \"mqtt\"\n",
    "[profile.hub]\nurl = \"mqtts://broker\"\ntls = { cert = \"a.p12\", key_password = 'Kq7Xz9Jv4W', insecure = true }\nkeep_alive = 30\n",
    "[profile.hub]\nurl = \"mqtts://broker\"\ntls.cert = \"a.p12\"\ntls.key_password = \"\"\"\nKq7Xz9Jv4W\"\"\" # x\n",
    "[profile.hub]\nurl = \"mqtts://broker\"\n[profile.hub.tls.key_password]\ncommand = [\"pass\", \"Kq7Xz9Jv4W\"]\n",
];

/// A mistake in a file: where, of a thousand, which one, and with which character.
fn mistake() -> impl Strategy<Value = (usize, u8, char)> {
    let character = prop::sample::select("\"'=[]{}#.,:@/ \\\n\tpsw1".chars().collect::<Vec<_>>());
    (0_usize..1_000, 0_u8..5, character)
}

fn with_mistakes(file: &str, mistakes: &[(usize, u8, char)]) -> String {
    let mut chars: Vec<char> = file.chars().collect();
    for (place, kind, character) in mistakes {
        let at = place * (chars.len() - 1) / 1_000;
        match kind {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, *character),
            2 => chars[at] = *character,
            3 => chars.swap(at, at + 1),
            _ => drop(chars.drain(at..(at + 3).min(chars.len() - 1))),
        }
    }
    chars.into_iter().collect()
}

proptest! {
    // The same mistakes in each run: a rare one must not fail an unrelated change.
    #![proptest_config(ProptestConfig { cases: 1_024, rng_seed: RngSeed::Fixed(13), ..ProptestConfig::default() })]
    #[test]
    fn mistakes_anywhere_in_a_file_show_no_part_of_its_password(
        file in prop::sample::select(FILES.to_vec()),
        mistakes in prop::collection::vec(mistake(), 1..6),
    ) {
        let text = with_mistakes(file, &mistakes);
        // Without both, the password is a part of a host name.
        prop_assume!(!file.contains("anna:") || text.contains('@') || text.contains(":Kq7Xz"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        crate::config::write_private(&path, text.as_bytes()).unwrap();
        let paths = crate::config::AppPaths::in_folder(folder.path());
        let report = crate::config::check_files(&paths, std::slice::from_ref(&path), &|_| Vec::new());
        for (_, problems) in report.files {
            let shown = format!("{problems:?} {problems} {}", problems.render_report(true, 200));
            let shown_part = CANARY.as_bytes().windows(5).find(|part| shown.as_bytes().windows(5).any(|shown| shown == *part));
            prop_assert_eq!(shown_part.map(String::from_utf8_lossy), None, "{}\n{}", text, shown);
        }
    }
}

#[test]
fn messages_quote_nothing_that_is_masked() {
    let text = "name = 'x'\nKq7Xz9Jv4W = 1";
    let masked = "name = 'x'\n********** = 1";
    let parts = MaskedParts::new(text, masked);
    assert_eq!(parts.mask_quotes("unknown key `Kq7Xz9Jv4W` near `name`", None), "unknown key `***` near `name`");
    assert_eq!(parts.mask_quotes("unknown key `aXz9Jb`", None), "unknown key `***`");
    assert_eq!(parts.mask_quotes("unknown key `Kq7`, Kq7Xz", None), "unknown key `Kq7`, Kq7Xz");
    assert_eq!(parts.mask_quotes("unknown key `Xz9Jv`, `aXz9Jb`", Some("aXz9Jb")), "unknown key `***`, `aXz9Jb`");
    assert_eq!(parts.mask_quotes("unknown key `4W = 1`, `W = `", None), "unknown key `***`, `***`");
}

#[test]
fn suggestions_stay_although_they_are_masked_in_the_file() {
    let text = "password = { comand = ['command', 'protocol'] }\nclean_session = 'clean_session false protocol = \"5\" Kq7Xz9Jv4W Kq7. Xz9'";
    let parts = MaskedParts::new(text, &"*".repeat(text.len()));
    for shown in ["command", "protocol = \"5\"", "clean_session = false"] {
        let message = format!("set `{shown}`, or remove it");
        assert_eq!(parts.mask_quotes(&message, None), message);
    }
    for secret in ["Kq7Xz9Jv4W", "command Kq7Xz9Jv4W", "command Kq7. Xz9", "Kq7. Xz9", "comand", "command = 'protocol'"]
    {
        assert_eq!(parts.mask_quotes(&format!("unknown key `{secret}`"), None), "unknown key `***`", "{secret}");
    }
}

/// To search the text for each part of the message would take hours.
#[test]
fn message_may_quote_as_much_as_a_file_has() {
    let mut random = 1_u32;
    let letters: String = std::iter::repeat_with(|| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + u8::try_from((random >> 16) % 26).unwrap())
    })
    .take(600_000)
    .collect();
    for long in [letters, "ab".repeat(300_000)] {
        let text = format!("kind = '{long}'\npassword = 'Kq7Xz9Jv4W'\n");
        let masked = mask_passwords("a.toml", &text);
        let parts = MaskedParts::new(&text, &masked);
        let message = format!("unknown kind `{long}`");
        assert_eq!(parts.mask_quotes(&message, None), message);
        assert_eq!(parts.mask_quotes(&format!("unknown kind `{long}Kq7X`"), None), "unknown kind `***`");
    }
}
