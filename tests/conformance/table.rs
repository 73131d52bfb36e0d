//! The table in `docs/brokers.md` that says what was tested with which broker.
//!
//! The tests themselves are made from the same lists: a case that does not apply has a note with the reason.

use mqtt_dash::model::profile::MqttVersion;

use crate::{brokers::BrokerKind, cases::CASES, fixtures::repository};

const FILE: &str = "docs/brokers.md";
const BEGIN: &str = "<!-- conformance -->\n";
const END: &str = "<!-- end of conformance -->\n";

/// Fails if the documentation has another table, or with `UPDATE_DOCS` writes it.
pub fn assert_is_documented() {
    let text = repository::read(FILE);
    let (before, rest) = text.split_once(BEGIN).expect("the mark at the beginning of the table");
    let (_, after) = rest.split_once(END).expect("the mark at the end of the table");
    let expected = format!("{before}{BEGIN}{}{END}{after}", table());
    repository::assert_up_to_date(FILE, &expected, "--features conformance-tests --test conformance table");
}

fn columns() -> Vec<(BrokerKind, MqttVersion)> {
    BrokerKind::ALL.iter().flat_map(|&kind| kind.versions().iter().map(move |&version| (kind, version))).collect()
}

fn table() -> String {
    let columns = columns();
    let heads = columns.iter().map(|(kind, version)| {
        let version = if *version == MqttVersion::V5 { "5" } else { "3.1.1" };
        format!("{}, MQTT {version}", kind.title())
    });
    let mut lines = vec![row(std::iter::once(String::new()).chain(heads)), "|---".repeat(columns.len() + 1) + "|"];
    let mut notes: Vec<String> = Vec::new();
    for case in CASES {
        let results = columns.iter().map(|&(kind, version)| match kind.exception(case.name, version) {
            None => "yes".to_owned(),
            Some(reason) => format!("no ({})", note_number(&mut notes, format!("{}: {reason}.", kind.title()))),
        });
        lines.push(row(std::iter::once(case.description.to_owned()).chain(results)));
    }
    lines.push(String::new());
    lines.extend(notes.iter().enumerate().map(|(index, note)| format!("{}. {note}", index + 1)));
    lines.join("\n") + "\n"
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

/// The number of a note, which is added if it is new.
fn note_number(notes: &mut Vec<String>, note: String) -> usize {
    if let Some(index) = notes.iter().position(|one| *one == note) {
        return index + 1;
    }
    notes.push(note);
    notes.len()
}
