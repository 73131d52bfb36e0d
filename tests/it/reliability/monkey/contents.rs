//! What the files of the program contain at the start. The comments with `keep` have to stay.

/// The names of the dashboards.
pub const DASHBOARDS: [&str; 4] = ["a", "b", "c", "d"];

/// `settings.toml`.
pub const SETTINGS: &str = "# keep settings head\n[theme]\nname = \"dark\"\n\n[keys]\nfind = [\"f\", \"/\"]\n";

/// `profiles.toml`, for a broker on this port.
pub fn profiles(port: u16) -> String {
    format!(
        "# keep profiles head\n\ndefault = \"one\"\n\n\
        [profile.one]\nurl = \"mqtt://127.0.0.1:{port}\" # keep one\nclient_id = \"monkey-one\"\nkeep_alive = 5\n\
        max_packet_size = \"1 MiB\"\n\n\
        [profile.one.will]\ntopic = \"monkey/will\"\npayload = \"gone\"\n\n\
        [profile.two]\nurl = \"mqtt://127.0.0.1:{port}\" # keep two\nprotocol = \"5\"\nusername = \"ann\"\n\
        password = \"bailiwick\"\n\n\
        [profile.closed]\nurl = \"mqtt://127.0.0.1:1\" # keep closed\n"
    )
}

/// A dashboard, with images from this URL.
pub fn dashboard(name: &str, image_url: &str) -> String {
    let mut tiles = Vec::new();
    let mut tile = |kind: &str, topic: &str, more: &str| {
        let number = tiles.len();
        tiles.push(format!(
            "[[tile]]\nkind = \"{kind}\" # keep {name}-{number}.\nname = \"{kind} {number}\"\ntopic = \"{topic}\"\n{more}\n"
        ));
    };
    let profile = match name {
        "a" => {
            tile("text", "monkey/text", "qos = 2\n");
            tile("switch", "monkey/switch", "on = \"ON\"\noff = \"OFF\"\nretain = true\nqos = 1\n");
            tile("range", "monkey/range", "publish_topic = \"monkey/range/set\"\nstep = 5\nmax = 250\n");
            let options =
                "options = [{ label = \"Slow\", payload = \"slow\" }, { label = \"Fast\", payload = \"fast\" }]\n";
            tile("choice", "monkey/choice", &format!("{options}update_on_publish = false\nwait_timeout = 2\n"));
            tile("color", "monkey/color", "qos = 1\n");
            tile("image", "monkey/image", "source = \"payload\"\n");
            tile(
                "image",
                "monkey/url",
                &format!("source = \"url\"\nurl = \"{image_url}/p.png\"\nopen_url = \"{image_url}/page\"\n"),
            );
            tile("text", "monkey/any/#", "");
            "one"
        }
        "b" => {
            tile("text", "monkey/json", "json_path = \"$.a.b[-1:]\"\npublish = false\n");
            tile(
                "switch",
                "monkey/json",
                "json_path = \"$.c\"\npublish_topic = \"monkey/button\"\non = \"push\"\noff = \"push\"\n",
            );
            tile("range", "monkey/two/range", "min = -1\nmax = 1\ndecimals = 2\nqos = 2\n");
            tile("color", "monkey/two/color", "format = \"number\"\nretain = true\n");
            let scripts = "on_receive = \"if (event.payload != 'quiet') app.publish('monkey/script/receive', 'r', false, 0)\"\n\
                on_tap = \"app.publish('monkey/script/tap', 't', false, 1); app.openUri('http://127.0.0.1:9/script')\"\n\
                on_display = \"event.name = 'S' + event.text.length\"\nblink = \"val > 40\"\n";
            tile("text", "monkey/script", scripts);
            "two"
        }
        "c" => {
            for number in 0..40 {
                tile(["text", "switch", "range"][number % 3], &format!("monkey/many/{number}"), "");
            }
            "one"
        }
        _ => {
            tile("text", "monkey/text", "");
            "closed"
        }
    };
    let mut text = format!("# keep {name} head\n\ntitle = \"Dashboard {name}\"\nprofile = \"{profile}\"\n");
    for tile in tiles {
        text += "\n";
        text += &tile;
    }
    text
}
