//! `mqtt-dash open`, and `mqtt-dash` alone.

use std::process::ExitCode;

use super::{CliError, GlobalArgs, build_tokio_runtime, exit_code, prompt_secret, variables::VariableArgs};
use crate::{
    config::{self, ConfigError},
    model::{open_tabs::OpenTabs, profile::BrokerUrl},
    runtime::{
        self, ConnectionPlan, ConnectionPlanError, ProfileDashboards, ProfileStore, RestoredTabs, RunOptions,
        SecretReading,
    },
    ui::{UiConfig, keymap::Keymap},
};

/// Open dashboards, each in its own tab.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct OpenArgs {
    /// The names of dashboards, or paths to dashboard files. Defaults to the dashboards of the profile.
    #[arg(value_name = "DASHBOARD")]
    dashboards: Vec<String>,
    #[command(flatten)]
    broker: BrokerArgs,
    #[command(flatten)]
    variables: VariableArgs,
    /// Run in kiosk mode, for wall-mounted screens: no header, no editing, and only Ctrl-C quits.
    #[arg(long)]
    kiosk: bool,
}

/// The options that select a broker.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct BrokerArgs {
    /// Connect with this profile. Defaults to the profile that the dashboard names, then to the default
    /// profile.
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    profile: Option<String>,
    /// Connect to this broker without a profile, such as mqtt://localhost or wss://host:443/mqtt.
    #[arg(long, value_parser = parse_url)]
    url: Option<BrokerUrl>,
}

pub(super) fn parse_url(text: &str) -> Result<BrokerUrl, String> {
    if text.contains('@') {
        let reason = "it must not contain a user name or a password: other users of this machine see the arguments \
                      of a program, and your shell keeps them. Change that password if it is secret, write a profile \
                      with `username` and `password = { prompt = true }`, and use --profile NAME";
        return Err(reason.to_owned());
    }
    BrokerUrl::parse(text).map_err(|error| match error.help {
        Some(help) => format!("{}; {help}", error.message),
        None => error.message,
    })
}

impl BrokerArgs {
    /// Returns the profile that is named.
    pub fn profile_name(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// Returns whether a broker without a profile is given.
    pub const fn has_url(&self) -> bool {
        self.url.is_some()
    }

    /// Plans the connection to the selected broker, without dashboards.
    ///
    /// # Errors
    /// When no broker is selected, or its profile or password cannot be read.
    pub fn connection_plan(&self, profile_store: &ProfileStore) -> Result<ConnectionPlan, CliError> {
        match (&self.url, self.profile.as_deref().or(profile_store.default_profile())) {
            (Some(url), _) => Ok(profile_store.plan_for_url(url, &mut prompt_secret)?),
            (None, Some(name)) => Ok(profile_store.plan_without_dashboards(name, &mut prompt_secret)?),
            (None, None) => Err(CliError::Usage("no broker given: use --profile NAME or --url mqtt://HOST".to_owned())),
        }
    }

    /// Plans the connections for these dashboards.
    ///
    /// # Errors
    /// When a dashboard, its profile or a password cannot be found or read.
    pub fn connection_plans(
        &self,
        dashboards: &[String],
        profile_store: &ProfileStore,
    ) -> Result<Vec<ConnectionPlan>, CliError> {
        let (profile, url) = (self.profile.as_deref(), self.url.as_ref());
        Ok(profile_store.plan_for_dashboards(dashboards, profile, url, &mut prompt_secret)?)
    }
}

/// What is shown at the start.
#[derive(Debug, Default)]
struct Start {
    plans: Vec<ConnectionPlan>,
    /// The dashboards of the profile, until their connection is planned.
    dashboards: Option<ProfileDashboards>,
    /// The profile that is selected if no dashboard is opened.
    selected_profile: Option<String>,
    /// A sentence about what is to be done before anything can be opened.
    notice: Option<String>,
    /// Sentences about what could not be opened.
    problems: Vec<String>,
    /// What one of these sentences says about a file with errors.
    file_errors: Option<String>,
    /// The tabs of the last run, if this run continues it.
    last_tabs: Option<OpenTabs>,
}

impl Start {
    /// Plans the dashboards of a profile for a screen on which nobody can create one.
    ///
    /// # Errors
    /// When there is no such profile, it has no dashboard, or none of them or its password can be read.
    fn for_kiosk(name: &str, profile_store: &ProfileStore) -> Result<Self, CliError> {
        Ok(Self { plans: vec![profile_store.plan_for_profile(name, &mut prompt_secret)?], ..Self::default() })
    }

    /// Finds the dashboards of a profile. If it has none, or none without errors, the program opens nevertheless: the list
    /// of connections is where the user creates a dashboard or chooses another profile.
    ///
    /// # Errors
    /// When the folder of the dashboards cannot be read, or when there is no profile of the name that the user has typed.
    fn with_profile(
        name: &str,
        is_default: bool,
        profile_store: &ProfileStore,
        keymap: &Keymap,
    ) -> Result<Self, CliError> {
        let selected_profile = Some(name.to_owned());
        let sentence = match profile_store.dashboards_of_profile(name) {
            Ok(dashboards) => return Ok(Self { dashboards: Some(dashboards), ..Self::default() }),
            Err(ConnectionPlanError::Problems(problems)) => {
                let errors = problems.to_string();
                let problem = format!("Not opened: {errors}; correct the file and open it again");
                let file_errors = Some(errors);
                return Ok(Self { selected_profile, problems: vec![problem], file_errors, ..Self::default() });
            }
            Err(ConnectionPlanError::NoDashboard { .. }) => {
                format!("{name} has no dashboard yet: press {} to create one", keymap.first_key("list-accept"))
            }
            Err(ConnectionPlanError::Config(ConfigError::DashboardNotFound { name: dashboard, .. })) => {
                let key = keymap.first_key("connection-edit");
                format!("{name} names the dashboard {dashboard}, which does not exist: press {key} to change that")
            }
            Err(ConnectionPlanError::UnknownProfile { .. })
                if is_default && profile_store.profiles().profiles.is_empty() =>
            {
                let key = keymap.first_key("new-connection");
                format!("The default connection {name} does not exist: press {key} to add a connection")
            }
            Err(ConnectionPlanError::UnknownProfile { .. }) if is_default => {
                let key = keymap.first_key("connection-default");
                format!("The default connection {name} does not exist: press {key} to set another one")
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { selected_profile, notice: Some(sentence), ..Self::default() })
    }

    /// Plans the dashboards of the profile.
    ///
    /// # Errors
    /// When a secret of the profile cannot be read.
    fn plan_dashboards(&mut self, profile_store: &ProfileStore) -> Result<(), CliError> {
        if let Some(dashboards) = self.dashboards.take() {
            self.plans.push(profile_store.plan_dashboards(dashboards, &mut prompt_secret)?);
        }
        Ok(())
    }

    /// Plans the dashboards of the profile and the tabs of the last run.
    ///
    /// # Errors
    /// When a secret of the profile cannot be read.
    fn continue_last_run(&mut self, profile_store: &ProfileStore) -> Result<(), CliError> {
        let mut tabs = config::load_open_tabs(&profile_store.paths());
        let restored = profile_store.restore_tabs(self.dashboards.take(), &mut tabs, &mut prompt_secret)?;
        let RestoredTabs { plans, mut skipped } = restored;
        // The file of a tab may be the one because of which the profile is not opened.
        skipped.retain(|reason| Some(reason) != self.file_errors.as_ref());
        self.problems.extend(skipped.into_iter().map(|reason| format!("Not opened again: {reason}")));
        (self.plans, self.last_tabs) = (plans, Some(tabs));
        Ok(())
    }
}

/// Runs `mqtt-dash open`.
///
/// # Errors
/// When the arguments are invalid, a file has errors, or the terminal cannot be used.
pub(crate) fn run(args: &OpenArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    if args.dashboards.is_empty() {
        if args.broker.url.is_some() {
            let usage = "--url needs a dashboard: mqtt-dash open DASHBOARD --url mqtt://HOST";
            return Err(CliError::Usage(usage.to_owned()));
        }
        return open_profile(args.broker.profile.as_deref(), args, global);
    }
    let profile_store = load_profile_store(args.kiosk, global)?;
    let plans = args.broker.connection_plans(&args.dashboards, &profile_store)?;
    run_in_terminal(profile_store, Start { plans, ..Start::default() }, args, global.ui_config()?)
}

/// Runs `mqtt-dash` without a subcommand: opens the dashboards of the default profile, or the welcome
/// screen.
///
/// # Errors
/// When a file has errors or the terminal cannot be used.
pub(crate) fn run_default(global: &GlobalArgs) -> Result<ExitCode, CliError> {
    open_profile(None, &OpenArgs::default(), global)
}

/// Opens a plan.
///
/// # Errors
/// When the terminal cannot be used.
pub(super) fn run_plan(
    profile_store: ProfileStore,
    plan: ConnectionPlan,
    global: &GlobalArgs,
) -> Result<ExitCode, CliError> {
    let start = Start { plans: vec![plan], ..Start::default() };
    run_in_terminal(profile_store, start, &OpenArgs::default(), global.ui_config()?)
}

/// Opens the dashboards of a profile, or of the default profile.
fn open_profile(name: Option<&str>, args: &OpenArgs, global: &GlobalArgs) -> Result<ExitCode, CliError> {
    let kiosk = args.kiosk;
    let (profile_store, ui_config) = (load_profile_store(kiosk, global)?, global.ui_config()?);
    let mut start = match name.or(profile_store.default_profile()) {
        Some(profile) if kiosk => Start::for_kiosk(profile, &profile_store)?,
        Some(profile) => Start::with_profile(profile, name.is_none(), &profile_store, &ui_config.keymap)?,
        None => Start::default(),
    };
    if name.is_none() && !kiosk {
        start.continue_last_run(&profile_store)?;
    } else {
        start.plan_dashboards(&profile_store)?;
    }
    run_in_terminal(profile_store, start, args, ui_config)
}

/// Loads the profiles. On a screen that nobody may look after, a password that cannot be read now is read later.
fn load_profile_store(kiosk: bool, global: &GlobalArgs) -> Result<ProfileStore, CliError> {
    let reading = if kiosk { SecretReading::BeforeConnecting } else { SecretReading::BeforeOpening };
    Ok(global.profile_store()?.with_secret_reading(reading))
}

fn run_in_terminal(
    profile_store: ProfileStore,
    start: Start,
    args: &OpenArgs,
    ui_config: UiConfig,
) -> Result<ExitCode, CliError> {
    let options = RunOptions {
        profile_store,
        variable_choices: args.variables.choices(&start.plans)?,
        plans: start.plans,
        ui_config,
        kiosk: args.kiosk,
        selected_profile: start.selected_profile,
        initial_notice: start.notice,
        problems: start.problems,
        last_tabs: start.last_tabs,
        #[cfg(feature = "demo")]
        demo: None,
    };
    Ok(exit_code(build_tokio_runtime()?.block_on(runtime::run(options))?))
}
