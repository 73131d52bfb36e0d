//! The option `--set` of the subcommands that open dashboards.

use std::collections::BTreeMap;

use super::CliError;
use crate::{
    model::{template::variables::Variable, value::did_you_mean},
    runtime::ConnectionPlan,
};

/// The options that choose what the variables of dashboards stand for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct VariableArgs {
    /// Let a variable of the dashboards stand for this text, such as site=oslo. Can be repeated.
    #[arg(long = "set", value_name = "NAME=TEXT", value_parser = parse_choice)]
    choices: Vec<(String, String)>,
}

fn parse_choice(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, text)| (name.trim().to_owned(), text.to_owned()))
        .ok_or_else(|| "expected the name of a variable, `=` and a text: site=oslo".to_owned())
}

impl VariableArgs {
    /// Returns what the variables stand for.
    ///
    /// # Errors
    /// If none of the planned dashboards has such a variable, or one cannot stand for the text.
    pub fn choices(&self, plans: &[ConnectionPlan]) -> Result<BTreeMap<String, String>, CliError> {
        let dashboards = plans.iter().flat_map(|plan| &plan.files).map(|file| &file.definition);
        let known: Vec<&Variable> = dashboards.flat_map(|definition| &definition.vars.0).collect();
        for (name, text) in &self.choices {
            let usage = |message: String| CliError::Usage(format!("--set {name}: {message}"));
            let mut variables = known.iter().filter(|variable| variable.name == *name).peekable();
            if variables.peek().is_none() {
                let names: Vec<&str> = known.iter().map(|variable| variable.name.as_str()).collect();
                let help = did_you_mean(name, names.iter().copied()).unwrap_or_else(|| match names.as_slice() {
                    [] => "none of them has variables".to_owned(),
                    names => format!("the variables are {}", names.join(", ")),
                });
                return Err(usage(format!("the dashboards have no variable of this name; {help}")));
            }
            if let Some(error) = variables.find_map(|variable| variable.refusal(text)) {
                let help = error.help.map(|help| format!("; {help}")).unwrap_or_default();
                return Err(usage(format!("{}{help}", error.message)));
            }
        }
        Ok(self.choices.iter().cloned().collect())
    }
}
