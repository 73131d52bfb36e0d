//! What is known about the session that the broker keeps, when a connection is planned: its topic filters, and which of
//! them a dashboard needs that is not opened. Reads files, and notes what a subcommand subscribes to.

use std::{collections::HashSet, path::Path};

use super::{
    connection_plan::{ConnectionPlan, load_dashboard_file},
    profile_store::ProfileStore,
};
use crate::{
    config,
    model::{profile::Profile, state_cache::StateCache, topic::TopicFilter},
    mqtt::KeptSession,
};

impl ProfileStore {
    /// Returns the plan with the session that the broker keeps, and the saved tile state of its profile.
    #[must_use]
    pub(crate) fn with_saved_state(&self, plan: ConnectionPlan) -> (ConnectionPlan, StateCache) {
        let state_cache = config::load_state_cache(&self.paths(), &plan.profile.name);
        let filters = state_cache.session_filters.clone();
        if plan.profile.clean_session || filters.is_empty() {
            return (plan, state_cache);
        }
        let protected = match self.needed_by_unopened(&plan) {
            Some(needed) => {
                // What a filter covers is not subscribed to itself.
                let is_needed = |filter: &&TopicFilter| needed.iter().any(|needed| filter.covers(needed));
                filters.iter().filter(is_needed).cloned().collect()
            }
            None => filters.clone(),
        };
        (ConnectionPlan { kept_session: KeptSession { filters, protected }, ..plan }, state_cache)
    }

    /// Notes what a subcommand is going to subscribe to in the session that the broker keeps, so that the next run can
    /// unsubscribe it.
    pub(super) fn record_subscriptions(&self, profile: &Profile, filters: impl IntoIterator<Item = TopicFilter>) {
        if profile.clean_session {
            return;
        }
        let mut state_cache = config::load_state_cache(&self.paths(), &profile.name);
        let recorded = &mut state_cache.session_filters;
        let count = recorded.len();
        for filter in filters {
            if !recorded.contains(&filter) {
                recorded.push(filter);
            }
        }
        if recorded.len() > count
            && let Err(error) = config::save_state_cache(&self.paths(), &profile.name, &state_cache)
        {
            // Only logged: the subcommand works without it.
            tracing::warn!("the subscriptions of the session are not saved: {error}");
        }
    }

    /// Returns what is needed by the dashboards that the plan does not open, and that its profile may be used for: it
    /// names them, they name it, or they name none. `None` if that is not known because a file cannot be read.
    fn needed_by_unopened(&self, plan: &ConnectionPlan) -> Option<Vec<TopicFilter>> {
        let (paths, profile) = (self.paths(), &plan.profile);
        let named = match &profile.dashboard {
            Some(dashboard) => Some(paths.find_dashboard(dashboard).ok()?),
            None => None,
        };
        let canonical = |path: &Path| path.canonicalize().ok();
        let opened: HashSet<_> =
            plan.files.iter().filter_map(|file| file.path.as_deref().and_then(canonical)).collect();
        let in_folder = paths.list_dashboards().ok()?.into_iter().map(|name| paths.dashboard_file(&name));
        let remembered = self.remembered();
        let mut needed = Vec::new();
        for path in in_folder.chain(named.clone()) {
            let dashboard = load_dashboard_file(path.clone()).ok()?.0.definition;
            let may_use_profile = named.as_ref() == Some(&path)
                || dashboard.profile.as_ref().is_none_or(|profile_name| *profile_name == profile.name);
            if may_use_profile && canonical(&path).is_none_or(|path| !opened.contains(&path)) {
                needed.extend(dashboard.topic_filters(&remembered.of(Some(&path)).chosen));
            }
        }
        Some(needed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        app::App,
        config::AppPaths,
        model::{
            connection::{Qos, Subscription},
            remembered::RememberedDashboard,
        },
        runtime::{Clock, Headless},
    };

    /// A configuration folder with a profile `hub` whose broker keeps a session with these topic filters.
    struct Fixture {
        paths: AppPaths,
        _folder: tempfile::TempDir,
    }

    impl Fixture {
        fn new(profile_lines: &str, recorded: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let paths = AppPaths::in_folder(folder.path());
            let session = "client_id = \"me\"\nclean_session = false\n";
            let profiles = format!("[profile.hub]\nurl = \"mqtt://127.0.0.1\"\n{session}{profile_lines}");
            config::write_atomic(&paths.profiles_file(), profiles.as_bytes()).unwrap();
            let session_filters = recorded.iter().map(|filter| TopicFilter::new(filter).unwrap()).collect();
            let cache = StateCache { session_filters, ..StateCache::default() };
            config::save_state_cache(&paths, "hub", &cache).unwrap();
            Self { paths, _folder: folder }
        }

        /// Writes a dashboard that begins with these lines, with a tile for each of the topic filters.
        fn write(&self, name: &str, lines: &str, topics: &[&str]) {
            let tile = |topic: &&str| format!("[[tile]]\nkind = \"text\"\npublish = false\ntopic = \"{topic}\"\n");
            let text = format!("{lines}\n{}", topics.iter().map(tile).collect::<String>());
            config::write_atomic(&self.paths.dashboard_file(name), text.as_bytes()).unwrap();
        }

        fn store(&self) -> ProfileStore {
            ProfileStore::load(self.paths.clone()).unwrap()
        }

        /// Returns what of the session is unsubscribed if no open tile needs it.
        fn unprotected(&self, plan: ConnectionPlan) -> Vec<String> {
            let (plan, state_cache) = self.store().with_saved_state(plan);
            assert_eq!(plan.kept_session.filters, state_cache.session_filters);
            let KeptSession { filters, protected } = plan.kept_session;
            filters.iter().filter(|filter| !protected.contains(filter)).map(ToString::to_string).collect()
        }

        fn open_profile(&self) -> Vec<String> {
            self.unprotected(self.store().plan_for_profile("hub", &mut |_| unreachable!()).unwrap())
        }

        fn open(&self, names: &[&str]) -> Vec<String> {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let mut plans =
                self.store().plan_for_dashboards(&names, Some("hub"), None, &mut |_| unreachable!()).unwrap();
            self.unprotected(plans.remove(0))
        }
    }

    const HUB: &str = "profile = \"hub\"";

    #[test]
    fn nothing_is_unsubscribed_while_a_dashboard_cannot_be_loaded() {
        let fixture = Fixture::new("", &["a", "b", "old"]);
        fixture.write("a", HUB, &["a"]);
        fixture.write("b", "profile = ", &["b"]);
        assert_eq!((fixture.open_profile(), fixture.open(&["a"])), (vec![], vec![]));
        fixture.write("b", HUB, &["b"]);
        assert_eq!(fixture.open_profile(), ["a", "b", "old"]);
    }

    #[test]
    fn nothing_is_unsubscribed_while_the_dashboard_that_the_profile_names_cannot_be_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("named.toml");
        let fixture = Fixture::new(&format!("dashboard = \"{}\"\n", elsewhere.display()), &["named", "old"]);
        fixture.write("a", HUB, &["a"]);
        assert_eq!(fixture.open(&["a"]), [""; 0], "it is missing");
        config::write_atomic(&elsewhere, b"title = ").unwrap();
        assert_eq!((fixture.open_profile(), fixture.open(&["a"])), (vec![], vec![]));
        let text = "profile = \"other\"\n[[tile]]\nkind = \"text\"\npublish = false\ntopic = \"named\"\n";
        config::write_atomic(&elsewhere, text.as_bytes()).unwrap();
        assert_eq!(fixture.open(&["a"]), ["old"]);
        assert_eq!(fixture.open_profile(), ["named", "old"]);
    }

    #[test]
    fn what_a_dashboard_needs_that_is_not_opened_stays_subscribed() {
        let fixture = Fixture::new("", &["a", "any", "b", "old", "other", "wide/#"]);
        fixture.write("a", HUB, &["a"]);
        fixture.write("b", HUB, &["b", "wide/b"]);
        fixture.write("any", "", &["any"]);
        fixture.write("other", "profile = \"other\"", &["other"]);
        assert_eq!(fixture.open(&["a"]), ["a", "old", "other"]);
        assert_eq!(fixture.open(&["a", "b"]), ["a", "b", "old", "other", "wide/#"]);
        let path = fixture.paths.dashboard_file("x").with_file_name("./b.toml").display().to_string();
        assert_eq!(fixture.open(&[&path, "any"]), ["any", "b", "old", "other", "wide/#"]);
    }

    #[tokio::test]
    async fn what_a_subcommand_subscribes_to_is_recorded() {
        let fixture = Fixture::new("", &["a"]);
        fixture.write("a", HUB, &["a", "shown"]);
        let plan = || fixture.store().plan_for_profile("hub", &mut |_| unreachable!()).unwrap();
        let recorded = || {
            let filters = config::load_state_cache(&fixture.paths, "hub").session_filters;
            filters.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let mut headless = Headless::within_program(Arc::new(fixture.store()));
        let mut clean = plan();
        clean.profile.clean_session = true;
        let subscription = Subscription::new(TopicFilter::new("export").unwrap(), Qos::AtMostOnce);
        headless.connect(&clean, vec![subscription.clone()]);
        assert_eq!(recorded(), ["a"]);
        headless.connect(&plan(), vec![subscription]);
        assert_eq!(recorded(), ["a", "export"]);
        let mut headless = Headless::within_program(Arc::new(fixture.store()));
        headless.open(plan());
        assert_eq!(recorded(), ["a", "export", "shown"]);
    }

    #[tokio::test]
    async fn chosen_text_of_a_variable_is_in_what_a_subcommand_subscribes_to() {
        let fixture = Fixture::new("", &[]);
        fixture.write("a", &format!("{HUB}\n[vars]\nsite = \"berlin\"\nroom = \"hall\""), &["{site}/{room}"]);
        let text = |text: &str| text.to_owned();
        let mut app = App::new((80, 24));
        let chosen = [(text("site"), text("oslo")), (text("room"), text("attic"))].into();
        let remembered = RememberedDashboard { chosen, ..RememberedDashboard::default() };
        app.remembered.0.insert(fixture.paths.dashboard_file("a"), remembered);
        app.variable_choices.insert(text("room"), text("cellar"));
        let mut headless = Headless::new(app, fixture.store(), Clock::start(), |_| {}).unwrap();
        headless.open(fixture.store().plan_for_profile("hub", &mut |_| unreachable!()).unwrap());
        let filters = config::load_state_cache(&fixture.paths, "hub").session_filters;
        assert_eq!(filters.iter().map(TopicFilter::as_str).collect::<Vec<_>>(), ["oslo/cellar"]);
    }

    #[test]
    fn session_that_is_not_kept_has_no_filters() {
        let fixture = Fixture::new("", &["old"]);
        fixture.write("a", HUB, &["a"]);
        let mut plan = fixture.store().plan_for_profile("hub", &mut |_| unreachable!()).unwrap();
        plan.profile.clean_session = true;
        assert_eq!(fixture.store().with_saved_state(plan).0.kept_session, KeptSession::default());
    }
}
