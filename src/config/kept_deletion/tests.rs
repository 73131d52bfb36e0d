//! Tests of the files of deletions: what comes back, also from a file that was cut, and what other runs do to it.

use proptest::prelude::*;

use super::*;
use crate::model::{kept_deletion::RetainedMessage, topic::Topic};

const BROKER: &str = "mqtt://hub";

fn message(number: u32, payload: &[u8]) -> RetainedMessage {
    let topic = Topic::new(&format!("old/{number}/état")).unwrap();
    RetainedMessage { number, topic, restored: Some(payload.into()) }
}

fn begin(planned: usize, messages: &[RetainedMessage]) -> DeletionStep {
    let begin = Some(DeletionBegin { broker: BROKER.to_owned(), planned });
    DeletionStep { begin, messages: messages.to_vec(), ..DeletionStep::default() }
}

fn ended() -> DeletionStep {
    DeletionStep { ended: true, ..DeletionStep::default() }
}

/// Loads as another run of the program would.
fn load(paths: &AppPaths) -> Option<KeptDeletion> {
    KeptDeletions::default().load(paths, "hub", BROKER).unwrap()
}

#[test]
fn messages_come_back_byte_for_byte_and_only_their_owner_can_read_them() {
    let folder = tempfile::tempdir().unwrap();
    let paths = AppPaths::in_folder(folder.path());
    let mut run = KeptDeletions::default();
    assert_eq!(run.load(&paths, "hub", BROKER).unwrap(), None);
    assert!(!paths.deletions_dir().exists(), "nothing is created before something is deleted");
    run.keep(&paths, "hub", &begin(4, &[message(0, b"\0\xff\r\n"), message(1, b"1")])).unwrap();
    let unknown = RetainedMessage { restored: None, ..message(3, b"") };
    let step = DeletionStep {
        messages: vec![message(1, b"changed"), message(2, b"2"), unknown.clone()],
        deleted: vec![0, 1],
        closed: vec![2],
        ..DeletionStep::default()
    };
    run.keep(&paths, "hub", &step).unwrap();
    assert_eq!(load(&paths), None, "a run is still deleting");
    drop(run);
    let kept = load(&paths).unwrap();
    assert_eq!(kept.messages, [message(0, b"\0\xff\r\n"), message(1, b"changed"), unknown]);
    assert_eq!((kept.planned, kept.deleted.len(), kept.ended), (4, 2, false));
    assert_eq!(KeptDeletions::default().load(&paths, "hub", "mqtt://other").unwrap(), None, "another broker");
    assert_eq!(KeptDeletions::default().load(&paths, "other", BROKER).unwrap(), None);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&deletion_file(&paths, "hub")), mode(&paths.deletions_dir())), (0o600, 0o700));
    }
}

#[test]
fn runs_do_not_destroy_each_others_files() {
    let folder = tempfile::tempdir().unwrap();
    let paths = AppPaths::in_folder(folder.path());
    let (mut run, mut other) = (KeptDeletions::default(), KeptDeletions::default());
    run.keep(&paths, "hub", &begin(1, &[message(0, b"1")])).unwrap();
    let error = other.keep(&paths, "hub", &begin(1, &[message(0, b"2")])).unwrap_err().to_string();
    assert_eq!(error, "another run of mqtt-dash is deleting retained messages of hub: wait until it has ended");
    run.keep(&paths, "hub", &ended()).unwrap();
    assert_eq!(load(&paths).unwrap().messages, [message(0, b"1")]);
    other.keep(&paths, "hub", &begin(1, &[message(0, b"2")])).unwrap();
    other.keep(&paths, "hub", &ended()).unwrap();
    // What the first run has deleted is replaced: it neither adds to the new file nor removes it.
    run.keep(&paths, "hub", &DeletionStep { closed: vec![0], ..ended() }).unwrap();
    run.remove(&paths, "hub").unwrap();
    assert_eq!(load(&paths).unwrap().messages, [message(0, b"2")]);
    other.remove(&paths, "hub").unwrap();
    assert_eq!(load(&paths), None);
}

#[test]
fn damaged_and_unwritable_files_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let paths = AppPaths::in_folder(folder.path());
    let path = deletion_file(&paths, "hub");
    write_state(&path, b"{\"begin\":\n").unwrap();
    let error = KeptDeletions::default().load(&paths, "hub", BROKER).unwrap_err().to_string();
    assert!(error.contains(".jsonl is damaged or of a later version"), "{error}");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = KeptDeletions::default().keep(&paths, "hub", &begin(1, &[])).unwrap_err().to_string();
    assert!(error.starts_with("cannot write "), "{error}");
}

proptest! {
    /// Whatever the length at which a file is cut, the messages whose lines are whole come back, and what is added later.
    #[test]
    fn file_that_is_cut_anywhere_keeps_its_whole_lines(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let mut run = KeptDeletions::default();
        let messages: Vec<_> = (0..).zip(&payloads).map(|(number, payload)| message(number, payload)).collect();
        run.keep(&paths, "hub", &begin(payloads.len(), &[])).unwrap();
        let path = deletion_file(&paths, "hub");
        let mut ends = Vec::new();
        let first = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
        for message in &messages {
            let step = DeletionStep { messages: vec![message.clone()], ..DeletionStep::default() };
            run.keep(&paths, "hub", &step).unwrap();
            ends.push(usize::try_from(fs::metadata(&path).unwrap().len()).unwrap());
        }
        drop(run);
        let bytes = fs::read(&path).unwrap();
        let length = first + cut.index(bytes.len() - first + 1);
        write_state(&path, &bytes[..length]).unwrap();
        // The end of a line may be missing.
        let whole = ends.iter().filter(|end| **end <= length + 1).count();
        let mut later = KeptDeletions::default();
        prop_assert_eq!(&later.load(&paths, "hub", BROKER).unwrap().unwrap().messages[..], &messages[..whole]);
        later.keep(&paths, "hub", &DeletionStep { closed: vec![0], ..ended() }).unwrap();
        let kept = load(&paths).unwrap();
        prop_assert_eq!(&kept.messages[..], messages.get(1..whole).unwrap_or_default());
        prop_assert!(kept.ended);
    }
}
