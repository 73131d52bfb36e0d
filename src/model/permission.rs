//! What a dashboard may do only after the user has agreed, and what the user has agreed to.
//!
//! The definition of a dashboard asks for permissions: to run its scripts, to publish to topics from them, and to fetch
//! and open URLs. The user agrees to all of them at once, for this dashboard on this broker. A script or a payload can
//! ask for more while the dashboard runs, a topic or a host that the definition does not name: an [`Access`]. Each one
//! is blocked until the user agrees to it.

use std::{collections::HashSet, ffi::OsStr};

use sha2::{Digest, Sha256};

use super::{
    access::Access,
    dashboard::{Dashboard, with_rows},
    script::ScriptKind,
    tile::Tile,
    topic::Topic,
};

/// A script that a tile runs, the topics that it may publish to, or a URL that is fetched or opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permission {
    /// The name of the tile, or its number if it has none.
    pub tile_name: String,
    /// The key of the script or the URL in the file, or what else it is.
    pub key: &'static str,
    /// The source text of the script, the topics, one per line, or the URL.
    pub text: String,
    /// Whether the text is the source of a script.
    pub is_script: bool,
}

/// The verb of the agreement to what the definition asks for.
const RUN: &str = "run";

/// A hash of where an agreement holds: the dashboard and its broker.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Scope(String);

impl Scope {
    /// Returns the scope of a dashboard, identified by the path or name of its file, on the broker with this address.
    pub fn new(dashboard: &OsStr, broker: &str) -> Self {
        Self(hash([dashboard.as_encoded_bytes(), broker.as_bytes()]))
    }

    /// Returns the agreement to all permissions that the definition asks for, or `None` if it asks for none.
    pub fn fingerprint(&self, definition: &Dashboard) -> Option<String> {
        let tiles = definition.permissions_by_tile();
        let parts = tiles.iter().flat_map(|permissions| {
            // The border between two tiles counts.
            let border = |index| if index == 0 { "tile" } else { "" };
            let with_border = permissions.iter().enumerate();
            with_border.flat_map(move |(index, permission)| {
                [border(index), permission.key, &permission.text].map(str::as_bytes)
            })
        });
        (!tiles.is_empty()).then(|| format!("{} {RUN} {}", self.0, hash(parts)))
    }
}

/// Returns a hash in which the border between two parts counts, in hexadecimal.
fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let hex: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    hex.concat()
}

/// What the user has agreed to. Each agreement is one line of text: a scope, a verb and an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants(HashSet<String>);

impl Grants {
    /// Returns whether this line is among them.
    pub(crate) fn contains(&self, line: &str) -> bool {
        self.0.contains(line)
    }

    /// Adds an agreement. Returns whether it is new.
    pub(crate) fn insert(&mut self, line: String) -> bool {
        self.0.insert(line)
    }

    /// Returns the agreements in order, one per line.
    pub(crate) fn to_text(&self) -> String {
        let mut lines: Vec<&str> = self.0.iter().map(String::as_str).collect();
        lines.sort_unstable();
        lines.iter().flat_map(|line| [line, "\n"]).collect()
    }

    /// Removes agreements.
    pub(crate) fn remove(&mut self, lines: &[String]) {
        self.0.retain(|line| !lines.contains(line));
    }

    /// Returns the agreement to an access, as a line.
    pub(crate) fn access_line(scope: &Scope, access: &Access) -> String {
        let (verb, object) = access.to_parts();
        format!("{} {verb} {object}", scope.0)
    }

    /// Returns every agreement in this scope: also those to former versions of the definition.
    pub(crate) fn lines_in(&self, scope: &Scope) -> Vec<String> {
        let is_in_scope = |line: &&String| line.strip_prefix(&scope.0).is_some_and(|rest| rest.starts_with(' '));
        self.0.iter().filter(is_in_scope).cloned().collect()
    }

    /// Returns everything that was agreed to in this scope beyond what the definition asks for.
    pub(crate) fn accesses(&self, scope: &Scope) -> HashSet<Access> {
        let in_scope = self.0.iter().filter_map(|line| line.strip_prefix(&scope.0)?.strip_prefix(' '));
        let parts = in_scope.filter_map(|rest| rest.split_once(' '));
        parts.filter_map(|(verb, object)| Access::from_parts(verb, object)).collect()
    }
}

impl FromIterator<String> for Grants {
    fn from_iter<T: IntoIterator<Item = String>>(lines: T) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl Dashboard {
    /// Returns what the dashboard asks for: its scripts, the topics that they publish to, and the URLs that it fetches
    /// or opens.
    #[must_use]
    pub(crate) fn permissions(&self) -> Vec<Permission> {
        self.permissions_by_tile().into_iter().flatten().collect()
    }

    /// Returns what each tile asks for that asks for anything, also each row of a panel and each tile of a template. What
    /// variables stand for, which may be in topics, comes last.
    fn permissions_by_tile(&self) -> Vec<Vec<Permission>> {
        let number = |index: usize| format!("Tile {}", index + 1);
        let own = self
            .tiles
            .iter()
            .enumerate()
            .flat_map(|(index, tile)| with_rows(tile).map(move |tile| tile_permissions(&number(index), &tile)));
        let of_templates = self.templates.iter().flat_map(|template| {
            let tiles = template.tiles.iter().flat_map(with_rows);
            tiles.map(|tile| {
                let mut permissions = tile_permissions(template.display_name(), &tile);
                if let Some(tile_name) = permissions.first().map(|permission| permission.tile_name.clone()) {
                    let text = template.topic_text().to_owned();
                    permissions.push(Permission { tile_name, key: "for each device on", text, is_script: false });
                }
                permissions
            })
        });
        let mut all: Vec<_> = own.chain(of_templates).filter(|permissions| !permissions.is_empty()).collect();
        if !all.is_empty() && !self.vars.is_empty() {
            let text = self.vars.to_string();
            let tile_name = "Names in braces".to_owned();
            all.push(vec![Permission { tile_name, key: "stand for", text, is_script: false }]);
        }
        all
    }

    /// Returns what of the dashboard is blocked until the user agrees: the beginning of a sentence.
    #[must_use]
    pub(crate) fn blockable(&self) -> &'static str {
        let is_automatic = self.defined_tiles().any(|tile| tile.automatic_message().is_some());
        if is_automatic { "Scripts, URLs and automatic messages" } else { "Scripts and URLs" }
    }

    /// Returns whether the permissions include an access of this tile of the dashboard: the topics of its own scripts, and
    /// the hosts of all URLs that the dashboard fetches.
    pub(crate) fn asks_for(&self, tile: &Tile, access: &Access) -> bool {
        match access {
            Access::Publish(topic) => script_topics(tile).contains(topic),
            Access::Fetch(host) => self.fetched_hosts().any(|asked| asked == *host),
        }
    }

    /// Returns the hosts of the URLs that the dashboard fetches.
    pub(crate) fn fetched_hosts(&self) -> impl Iterator<Item = String> {
        let urls = self.defined_tiles().flat_map(|tile| tile.kind.external_urls()).filter(|url| url.is_fetched);
        urls.filter_map(|url| Access::host_of(&url.url))
    }
}

/// Returns what a tile asks for. `name` is that of a tile without a name.
fn tile_permissions(name: &str, tile: &Tile) -> Vec<Permission> {
    let name = if tile.name.is_empty() { name.to_owned() } else { tile.name.clone() };
    let permission = |key, text: &str, is_script| {
        let (tile_name, text) = (name.clone(), text.to_owned());
        Permission { tile_name, key, text, is_script }
    };
    let topics: Vec<Topic> = script_topics(tile);
    let topics: Vec<&str> = topics.iter().map(Topic::as_str).collect();
    let scripts = tile.scripts().map(|(key, text)| permission(key, text, true));
    let topics = (!topics.is_empty()).then(|| permission("may publish to", &topics.join("\n"), false));
    let source = tile.topic.as_ref().filter(|_| tile.scripts().next().is_some()).map(|filter| {
        let path = tile.json_path.as_ref().map(|path| format!("\n{}", path.as_str())).unwrap_or_default();
        permission("receives from", &format!("{}{path}", filter.as_str()), false)
    });
    let automatic =
        tile.automatic_message().map(|message| permission("publishes by itself", &message.to_string(), false));
    let urls = tile.kind.external_urls().into_iter().map(|url| permission(url.key, &url.url, false));
    scripts.chain(source).chain(topics).chain(automatic).chain(urls).collect()
}

/// Returns the topics that the scripts of a tile may publish to: the one that the tile itself publishes to, and those
/// that a script names.
fn script_topics(tile: &Tile) -> Vec<Topic> {
    // `blink` is an expression without `app`.
    if tile.scripts().all(|(key, _)| key == ScriptKind::Blink.key()) {
        return Vec::new();
    }
    let mut topics: Vec<Topic> = tile.target_topic().into_iter().collect();
    for topic in tile.scripts().flat_map(|(_, script)| named_topics(script)) {
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    topics
}

/// Returns the topics that appear in a script as `publish("topic"`. Others are asked for when they are used.
fn named_topics(script: &str) -> impl Iterator<Item = Topic> {
    script.match_indices("publish").filter_map(|(start, name)| {
        let argument = script[start + name.len()..].trim_start().strip_prefix('(')?.trim_start();
        let quote = argument.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let (text, rest) = argument[1..].split_once(quote)?;
        let is_whole_argument = rest.trim_start().starts_with([',', ')']);
        let is_literal = !text.contains(['\\', '\n', '\r']) && (quote != '`' || !text.contains("${"));
        Topic::new(text).ok().filter(|_| is_whole_argument && is_literal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{kind, schema::set_fields, template::Template, value::Value};

    fn dashboard(fields: &[(&str, &str)]) -> Dashboard {
        let mut tile = Tile::new(kind::from_name(if fields[0].0 == "url" { "image" } else { "text" }).unwrap());
        let fields: Vec<_> = fields.iter().map(|(key, text)| ((*key).to_owned(), Value::from(*text))).collect();
        set_fields(&mut tile, &fields).unwrap();
        Dashboard { tiles: vec![tile], ..Dashboard::default() }
    }

    fn scope_of(file: &str, broker: &str) -> Scope {
        Scope::new(OsStr::new(file), broker)
    }

    /// Returns the topics that the scripts of the first tile may publish to.
    fn topics(dashboard: &Dashboard) -> Vec<String> {
        script_topics(&dashboard.tiles[0]).iter().map(ToString::to_string).collect()
    }

    fn publish(topic: &str) -> Access {
        Access::Publish(Topic::new(topic).unwrap())
    }

    #[test]
    fn fingerprint_changes_with_scripts_topics_urls_dashboard_and_broker() {
        let scope = scope_of("/d.toml", "mqtt://hub");
        let one = dashboard(&[("topic", "a"), ("on_tap", "x")]);
        let fingerprint = scope.fingerprint(&one).unwrap();
        assert_eq!(scope.fingerprint(&one.clone()), Some(fingerprint.clone()));
        for other in [
            scope.fingerprint(&dashboard(&[("topic", "a"), ("on_tap", "y")])),
            scope.fingerprint(&dashboard(&[("topic", "a"), ("on_display", "x")])),
            scope.fingerprint(&dashboard(&[("topic", "b"), ("on_tap", "x")])),
            scope.fingerprint(&dashboard(&[("topic", "a"), ("publish_topic", "b"), ("on_tap", "x")])),
            scope.fingerprint(&dashboard(&[("url", "http://h/a"), ("on_tap", "x")])),
            scope.fingerprint(&dashboard(&[("topic", "b"), ("publish_topic", "a"), ("on_tap", "x")])),
            scope.fingerprint(&dashboard(&[
                ("topic", "a"),
                ("json_path", "$.x"),
                ("on_tap", "x"),
                ("publish_topic", "b"),
            ])),
            scope_of("/e.toml", "mqtt://hub").fingerprint(&one),
            scope_of("/d.toml", "mqtt://other").fingerprint(&one),
            scope_of("/d.tomlm", "qtt://hub").fingerprint(&one),
        ] {
            assert_ne!(other.unwrap(), fingerprint);
        }
        let renamed = dashboard(&[("topic", "a"), ("name", "A"), ("on_tap", "x")]);
        assert_eq!(scope.fingerprint(&renamed), Some(fingerprint));
        assert_eq!(scope.fingerprint(&dashboard(&[("topic", "a")])), None, "nothing needs an agreement");
    }

    #[test]
    fn templates_and_variables_ask_for_permissions() {
        let scope = scope_of("/d.toml", "mqtt://hub");
        let with_template = |topic: &str, variable: &str| {
            let mut definition = dashboard(&[("topic", "x/{id}"), ("on_tap", "x")]);
            let mut template = Template::default();
            set_fields(&mut template, &[("topic".to_owned(), topic.into())]).unwrap();
            template.tiles = std::mem::take(&mut definition.tiles);
            definition.templates.push(template);
            let vars = Value::Table(vec![("site".to_owned(), variable.into())]);
            set_fields(&mut definition, &[("vars".to_owned(), vars)]).unwrap();
            definition
        };
        let definition = with_template("a/{id}", "berlin");
        let asked: Vec<_> = definition.permissions().into_iter().map(|asked| (asked.key, asked.text)).collect();
        let expected = [
            ("on_tap", "x"),
            ("receives from", "x/{id}"),
            ("may publish to", "x/{id}"),
            ("for each device on", "a/{id}"),
            ("stand for", "{site}: berlin"),
        ];
        assert_eq!(asked, expected.map(|(key, text)| (key, text.to_owned())));
        let fingerprint = scope.fingerprint(&definition).unwrap();
        for other in [with_template("b/{id}", "berlin"), with_template("a/{id}", "oslo")] {
            assert_ne!(scope.fingerprint(&other).unwrap(), fingerprint);
        }
    }

    #[test]
    fn scripts_may_publish_to_the_topic_of_their_tile_and_to_those_they_name() {
        let script = r##"
            app.publish("lamp/set", 1); app . publish ( 'fan/set' , x); app.publish(`door`);
            app.publish("a" + b, 1); app.publish(`x/${y}`, 1); app.publish(topic, 1);
            app.publish("a\x2fb", 1); app.publish("#", 1); app.publish("", 1)"##;
        let scripted = dashboard(&[("topic", "t"), ("on_tap", script)]);
        assert_eq!(topics(&scripted), ["t", "lamp/set", "fan/set", "door"]);
        assert!(
            scripted.asks_for(&scripted.tiles[0], &publish("door"))
                && !scripted.asks_for(&scripted.tiles[0], &publish("doors"))
        );
        let mut two = dashboard(&[("topic", "other"), ("on_tap", "1")]);
        two.tiles.extend(scripted.tiles);
        assert!(!two.asks_for(&two.tiles[0], &publish("door")), "these are topics of another tile");
        let read_only = dashboard(&[("topic", "home/+"), ("on_tap", "x")]);
        assert_eq!(topics(&read_only), [""; 0]);
        for fields in [&[("topic", "t")][..], &[("topic", "t"), ("blink", "val > 3")]] {
            assert_eq!(topics(&dashboard(fields)), [""; 0], "nothing could publish");
        }
    }

    #[test]
    fn url_of_a_page_is_opened_and_not_fetched() {
        let fixed = dashboard(&[("url", "http://cam/x"), ("open_url", "http://web/")]);
        assert_eq!(fixed.fetched_hosts().collect::<Vec<_>>(), ["cam"]);
    }

    #[test]
    fn automatic_message_is_asked_for_with_its_payload_and_topic() {
        let entries = [("topic", "a"), ("publish_topic", "b"), ("on_connect", "x\n\"y\""), ("every", "30s")];
        let one = dashboard(&entries);
        let permissions = one.permissions();
        assert_eq!(permissions.len(), 1);
        assert_eq!(permissions[0].text, r#"on connect, then every 30s: "x\n\"y\"" → b"#);
        let scope = scope_of("/d.toml", "mqtt://hub");
        for (index, changed) in [(1, ("publish_topic", "c")), (2, ("on_connect", "x")), (3, ("every", "31s"))] {
            let mut entries = entries;
            entries[index] = changed;
            assert_ne!(scope.fingerprint(&dashboard(&entries)), scope.fingerprint(&one), "{changed:?}");
        }
        assert_eq!(scope.fingerprint(&dashboard(&entries[..2])), None);
    }

    #[test]
    fn grants_of_accesses_belong_to_one_scope() {
        let [scope, other] = ["a", "b"].map(|name| scope_of(name, "hub"));
        let accesses = [publish("x y\n\"z\""), Access::Fetch("h:1".to_owned())];
        let mut grants: Grants = accesses.iter().map(|access| Grants::access_line(&scope, access)).collect();
        assert!(grants.0.iter().all(|line| !line.contains('\n')));
        assert_eq!(grants.accesses(&scope), accesses.clone().into());
        assert_eq!(grants.accesses(&other), HashSet::new());
        grants.insert(format!("{} delete \"x\"", scope.0));
        grants.insert("notice: x".to_owned());
        assert_eq!(grants.lines_in(&scope).len(), 3);
        assert_eq!(grants.lines_in(&other), [""; 0]);
        assert_eq!(grants.accesses(&scope), accesses.clone().into(), "what a later version knows is left alone");
        grants.remove(&[Grants::access_line(&scope, &accesses[0])]);
        assert_eq!(grants.accesses(&scope), [accesses[1].clone()].into());
    }
}
