//! Tests of what is kept of deletions: before they are published, over restarts and after an interruption.

use super::*;
use crate::{
    app::{
        Action, Event, ExploreAction, FilesEffect, FilesEvent,
        explorer::tests::{ExplorerFixture, published},
        tests::publish_requests,
    },
    model::{
        connection::{ConnectionEvent, ConnectionState, Message},
        kept_deletion::{DeletionStep, KeptDeletion},
    },
};

/// Returns the steps of a deletion among the effects.
fn steps(effects: &[Effect]) -> Vec<DeletionStep> {
    let step = |effect: &Effect| match effect {
        Effect::Files(FilesEffect::KeepDeletion(profile, step)) if profile == "hub" => Some((**step).clone()),
        _ => None,
    };
    effects.iter().filter_map(step).collect()
}

fn removes_file(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Files(FilesEffect::RemoveDeletion("hub".to_owned())))
}

/// Begins to delete so many messages. Returns the effects.
fn begin(fixture: &mut ExplorerFixture, count: usize) -> Vec<Effect> {
    fixture.retain((0..count).map(|number| format!("old/{number}")));
    fixture.act(Action::Explore(ExploreAction::DeleteRetained(false)));
    fixture.0.dispatch(Action::Accept)
}

fn kept(numbers: std::ops::Range<u32>, ended: bool) -> KeptDeletion {
    let message = |number| RetainedMessage {
        number,
        topic: Topic::new(&format!("old/{number}")).unwrap(),
        restored: Some([0xff, 0].into()),
    };
    KeptDeletion { planned: 20, messages: numbers.map(message).collect(), ended, ..KeptDeletion::default() }
}

/// Takes over what was kept in an earlier run.
fn open_with_loaded(fixture: &mut ExplorerFixture, kept: KeptDeletion) {
    let loaded = FilesEvent::DeletionLoaded("hub".to_owned(), Some(Box::new(kept)));
    fixture.0.app.update(Event::Files(loaded), fixture.0.now);
}

/// Opens the explorer with what was kept in an earlier run. Returns the effects of a quiet time.
fn open_with(fixture: &mut ExplorerFixture, kept: KeptDeletion) -> Vec<Effect> {
    open_with_loaded(fixture, kept);
    fixture.0.advance(2_000)
}

#[test]
fn nothing_is_published_before_it_is_kept() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 600);
    let first = &steps(&begun)[0];
    assert_eq!((first.begin.as_ref().unwrap().planned, first.messages.len(), first.ended), (600, 500, false));
    assert_eq!(first.messages[0].restored.as_deref(), Some(&b"1"[..]));
    assert_eq!(publish_requests(fixture.0.advance(100)), [], "the file service has not answered");
    fixture.answer_steps(&begun, &Ok(()));
    let (mut deleted, mut kept) = (0, first.messages.len());
    while fixture.0.app.retained.is_busy() {
        let effects = fixture.0.advance(100);
        let kept_now: Vec<_> = steps(&effects);
        deleted += published(&mut fixture, effects.clone()).len();
        assert!(deleted <= kept);
        kept += kept_now.iter().map(|step| step.messages.len()).sum::<usize>();
        fixture.answer_steps(&effects, &Ok(()));
    }
    assert_eq!((deleted, kept), (600, 600));
    assert_eq!(fixture.notice(), "Deleted 600 retained messages: u restores them");
}

#[test]
fn payload_that_changes_is_kept_again_before_it_is_deleted() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 1);
    fixture.answer_steps(&begun, &Ok(()));
    fixture.0.receive_message("old/0", b"2");
    let effects = fixture.0.advance(100);
    assert_eq!(publish_requests(effects.clone()), []);
    assert_eq!(steps(&effects)[0].messages[0].restored.as_deref(), Some(&b"2"[..]));
    fixture.answer_steps(&effects, &Ok(()));
    assert_eq!(publish_requests(fixture.0.advance(100)).len(), 1);
}

#[test]
fn end_is_kept_and_a_complete_restore_removes_the_file() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 60);
    fixture.answer_steps(&begun, &Ok(()));
    let requests = publish_requests(fixture.0.advance(100));
    let mut last = Vec::new();
    for request in &requests {
        last = fixture.0.receive_unresolved(Message::new(request.topic.as_str(), &[][..]));
    }
    assert!(steps(&last).is_empty(), "10 are not published");
    let stopped = fixture.act(Action::Cancel);
    let step = &steps(&stopped)[0];
    assert_eq!((step.deleted.len(), step.closed.len(), step.ended), (50, 10, true), "10 were not deleted");
    fixture.0.advance(2_000);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    let requests = publish_requests(fixture.0.advance(100));
    assert_eq!(requests.len(), 50);
    for request in requests {
        last = fixture.0.receive_unresolved(Message::new(request.topic.as_str(), &*request.payload));
    }
    assert!(removes_file(&last), "{last:?}");
}

#[test]
fn full_disk_is_said_and_nothing_more_is_deleted() {
    let full = Err("cannot write /x: no space left on device".to_owned());
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 600);
    let failed = fixture.answer_steps(&begun, &full);
    assert_eq!(
        fixture.notice(),
        "Nothing was deleted, because it could not be restored: cannot write /x: no space left on device; solve that, \
         then press x again"
    );
    let reloads = |effect: &Effect| matches!(effect, Effect::Files(FilesEffect::LoadDeletion(..)));
    assert!(failed.iter().any(reloads), "the deletion before can still be restored: {failed:?}");
    assert_eq!(publish_requests(fixture.0.advance(100)), []);
    fixture.act(Action::Explore(ExploreAction::DeleteRetained(false)));
    fixture.act(Action::Accept);
    let mut deleted = 0;
    while fixture.0.app.retained.is_busy() {
        let effects = fixture.0.advance(100);
        deleted += published(&mut fixture, effects.clone()).len();
        fixture.answer_steps(&effects, &full);
    }
    assert!((50..500).contains(&deleted), "{deleted}");
    let expected = format!(
        "Deleted {deleted} retained messages of 600; the others were not, because they could not be restored: cannot"
    );
    assert!(fixture.notice().starts_with(&expected), "{}", fixture.notice());
    assert_eq!(fixture.0.app.retained.restorable(), deleted);
}

#[test]
fn interrupted_deletion_is_said_when_the_retained_messages_have_come() {
    let mut fixture = ExplorerFixture::new(&[]);
    // Numbers 7 to 9 were about to be deleted.
    fixture.retain((7..20).map(|number| format!("old/{number}")));
    let loaded = FilesEvent::DeletionLoaded("hub".to_owned(), Some(Box::new(kept(0..10, false))));
    fixture.0.app.update(Event::Files(loaded), fixture.0.now);
    fixture.0.advance(1_900);
    fixture.retain(["old/6".to_owned()]);
    fixture.0.advance(1_900);
    assert_eq!(fixture.notice(), "");
    let said = fixture.0.advance(1_000);
    let expected = "The last deletion was interrupted: 6 of 20 deleted, 14 left: u restores what was deleted";
    assert_eq!(fixture.notice(), expected);
    assert_eq!((steps(&said)[0].closed.as_slice(), steps(&said)[0].ended), (&[6, 7, 8, 9][..], true));
    fixture.0.receive_message("old/3", b"newer");
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    let requests = publish_requests(fixture.0.advance(100));
    let restored: Vec<_> = requests.iter().map(|request| (request.topic.as_str(), &*request.payload)).collect();
    assert_eq!(restored, ["old/0", "old/1", "old/2", "old/4", "old/5"].map(|topic| (topic, &[0xff, 0][..])));
}

#[test]
fn deletion_of_an_earlier_run_can_be_restored_without_a_word() {
    let mut fixture = ExplorerFixture::new(&[]);
    assert_eq!(steps(&open_with(&mut fixture, kept(0..2, true))), []);
    assert_eq!(fixture.notice(), "");
    assert_eq!(fixture.0.app.retained.restorable(), 2);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    assert_eq!(publish_requests(fixture.0.advance(100)).len(), 2);
}

#[test]
fn restoring_waits_until_the_retained_messages_have_come() {
    let mut fixture = ExplorerFixture::new(&[]);
    let loaded = FilesEvent::DeletionLoaded("hub".to_owned(), Some(Box::new(kept(0..2, true))));
    fixture.0.app.update(Event::Files(loaded), fixture.0.now);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    assert_eq!(fixture.notice(), "Restoring begins when the broker has sent what it has retained");
    fixture.retain(["old/1".to_owned()]);
    let requests = publish_requests(fixture.0.advance(2_000));
    assert_eq!(requests.iter().map(|request| request.topic.as_str()).collect::<Vec<_>>(), ["old/0"]);
}

#[test]
fn message_that_comes_while_others_are_restored_stays() {
    let mut fixture = ExplorerFixture::new(&[]);
    open_with(&mut fixture, kept(0..60, true));
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    let first = publish_requests(fixture.0.advance(100));
    let newer = (0..60).map(|number| Message::new(format!("old/{number}"), &b"new"[..]));
    fixture.0.connection_event(ConnectionEvent::messages(newer));
    assert_eq!((first.len(), publish_requests(fixture.0.advance(100)).len()), (50, 0));
}

#[test]
fn file_is_removed_if_nothing_in_it_can_be_restored() {
    let mut fixture = ExplorerFixture::new(&[]);
    fixture.retain((0..2).map(|number| format!("old/{number}")));
    let effects = open_with(&mut fixture, kept(0..2, false));
    assert!(removes_file(&effects), "{effects:?}");
    assert_eq!(fixture.notice(), "The last deletion was interrupted: 0 of 20 deleted, 20 left");
}

#[test]
fn restoring_waits_in_an_explorer_that_was_opened_again() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 2);
    fixture.answer_steps(&begun, &Ok(()));
    let effects = fixture.0.advance(100);
    assert_eq!(published(&mut fixture, effects).len(), 2);
    fixture.0.advance(5_000);
    fixture.act(Action::Cancel);
    fixture.act(Action::Explore(ExploreAction::Open));
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    assert_eq!(fixture.notice(), "Restoring begins when the broker has sent what it has retained");
    assert_eq!(publish_requests(fixture.0.advance(1_000)), []);
    // A device has published meanwhile.
    fixture.0.receive_unresolved(Message { retain: true, ..Message::new("old/0", &b"new"[..]) });
    assert_eq!(publish_requests(fixture.0.advance(1_500)), [], "more may come");
    let mut restored = Vec::new();
    for _ in 0..10 {
        let effects = fixture.0.advance(250);
        restored.extend(published(&mut fixture, effects));
    }
    assert_eq!(restored, [("old/1".to_owned(), "1".to_owned())], "the newer one stays");
}

#[test]
fn what_was_sent_before_the_connection_was_lost_can_be_restored() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 60);
    fixture.answer_steps(&begun, &Ok(()));
    assert_eq!(publish_requests(fixture.0.advance(100)).len(), 50);
    fixture.0.connection_event(ConnectionEvent::State(ConnectionState::Connecting { attempt: 1 }));
    assert_eq!(publish_requests(fixture.0.advance(100)), []);
    let stopped = fixture.act(Action::Cancel);
    let step = &steps(&stopped)[0];
    assert_eq!((step.deleted.len(), step.closed.len(), step.ended), (0, 10, true), "50 are perhaps deleted");
    assert_eq!(fixture.0.app.retained.deleted.len(), 50);
    assert!(fixture.notice().contains("50 not confirmed"), "{}", fixture.notice());
}

#[test]
fn topic_that_changes_all_the_time_is_left_alone() {
    let mut fixture = ExplorerFixture::new(&[]);
    let mut effects = begin(&mut fixture, 1);
    let mut kept = 0;
    for round in 0..20 {
        kept += steps(&effects).iter().map(|step| step.messages.len()).sum::<usize>();
        fixture.answer_steps(&effects, &Ok(()));
        fixture.0.receive_message("old/0", format!("{round}").as_bytes());
        effects = fixture.0.advance(100);
        assert_eq!(publish_requests(effects.clone()), []);
    }
    assert!(!fixture.0.app.retained.is_busy() && kept <= 1 + usize::from(MAX_REWRITES), "{kept}");
    assert!(
        fixture.notice().ends_with("old/0 gets newer messages faster than they can be kept"),
        "{}",
        fixture.notice()
    );
}

#[test]
fn nothing_is_restored_where_not_all_is_known() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 1);
    fixture.answer_steps(&begun, &Ok(()));
    let effects = fixture.0.advance(100);
    assert_eq!(published(&mut fixture, effects).len(), 1);
    fixture.0.connection_event(ConnectionEvent::MessagesDropped(1));
    fixture.0.advance(2_000);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    assert!(fixture.notice().starts_with("Not restored: the explorer does not know all"), "{}", fixture.notice());
    assert_eq!(publish_requests(fixture.0.advance(5_000)), []);
    assert_eq!(fixture.0.app.retained.deleted.len(), 1, "it can be restored later");
}

#[test]
fn later_deletion_is_not_restored_by_an_earlier_wish() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 1);
    fixture.answer_steps(&begun, &Ok(()));
    let effects = fixture.0.advance(100);
    published(&mut fixture, effects);
    // Retained messages still come, so that restoring waits.
    fixture.retain(["other".to_owned()]);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    let begun = begin(&mut fixture, 1);
    fixture.answer_steps(&begun, &Ok(()));
    let effects = fixture.0.advance(100);
    assert_eq!(published(&mut fixture, effects).len(), 1);
    assert_eq!(publish_requests(fixture.0.advance(5_000)), []);
}

#[test]
fn wish_to_restore_ends_with_the_explorer() {
    let mut fixture = ExplorerFixture::new(&[]);
    open_with_loaded(&mut fixture, kept(0..2, true));
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    assert!(fixture.0.app.retained.next_due().is_some());
    fixture.act(Action::Cancel);
    assert!(fixture.0.app.explorer.is_none());
    assert_eq!(fixture.0.app.retained.next_due(), None, "there is nothing to wait for");
}

#[test]
fn messages_that_are_not_explored_are_kept_whatever_became_of_them() {
    let mut fixture = ExplorerFixture::new(&[]);
    let connection = fixture.0.app.connections[0].id;
    let filters = |filter: &str| vec![crate::model::topic::TopicFilter::new(filter).unwrap()];
    fixture.0.app.start_explorer(connection, filters("new/#"), fixture.0.now);
    let effects = open_with(&mut fixture, kept(0..2, false));
    assert!(!removes_file(&effects), "{effects:?}");
    assert_eq!(fixture.0.app.retained.deleted.len(), 2);
    fixture.0.app.start_explorer(connection, filters("#"), fixture.0.now);
    fixture.0.receive_unresolved(Message { retain: true, ..Message::new("old/0", &b"still there"[..]) });
    fixture.0.advance(2_000);
    fixture.act(Action::Explore(ExploreAction::RestoreRetained));
    let effects = fixture.0.advance(100);
    let restored = published(&mut fixture, effects);
    assert_eq!(restored.iter().map(|(topic, _)| topic.as_str()).collect::<Vec<_>>(), ["old/1"]);
}

#[test]
fn what_was_not_sent_is_sent_when_the_connection_is_up_again() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 1);
    fixture.answer_steps(&begun, &Ok(()));
    let request = publish_requests(fixture.0.advance(100)).remove(0);
    let lost = PublishStatus::Failed("not sent: the connection was lost".into());
    fixture.0.connection_event(ConnectionEvent::PublishStatus(request.id, lost));
    fixture.0.connection_event(ConnectionEvent::State(ConnectionState::Connecting { attempt: 1 }));
    assert_eq!(publish_requests(fixture.0.advance(100)), []);
    fixture.0.connection_event(ConnectionEvent::State(ConnectionState::Connected));
    assert_eq!(publish_requests(fixture.0.advance(100)), [], "the retained messages may have changed");
    let effects = fixture.0.advance(2_000);
    assert_eq!(published(&mut fixture, effects).len(), 1);
    assert_eq!(fixture.notice(), "Deleted 1 retained message: u restores them");
}

#[test]
fn what_was_sent_can_be_restored_although_the_disk_is_full() {
    let mut fixture = ExplorerFixture::new(&[]);
    let begun = begin(&mut fixture, 600);
    fixture.answer_steps(&begun, &Ok(()));
    assert_eq!(publish_requests(fixture.0.advance(100)).len(), 50);
    let state = |state| ConnectionEvent::State(state);
    fixture.0.connection_event(state(ConnectionState::Connecting { attempt: 1 }));
    let mut effects = fixture.0.advance(100);
    fixture.0.connection_event(state(ConnectionState::Connected));
    for _ in 0..40 {
        if !steps(&effects).is_empty() {
            break;
        }
        effects = fixture.0.advance(100);
    }
    let full = Err("cannot write /x: no space left on device".to_owned());
    fixture.answer_steps(&effects, &full);
    assert!(fixture.0.app.retained.deleted.len() >= 50, "{}", fixture.0.app.retained.deleted.len());
}
