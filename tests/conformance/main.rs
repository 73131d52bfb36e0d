//! Tests against brokers as people run them: mosquitto, RabbitMQ and aedes. Each case runs with each broker, in each
//! version of MQTT that it speaks.
//!
//! The other side is `mosquitto_pub` and `mosquitto_sub`, which share no code with this program. What a broker does
//! not do, or does in another way, is declared in `brokers`, with the reason; `docs/brokers.md` has the table.
//!
//! ```sh
//! cargo test --features conformance-tests --test conformance
//! cargo test --features conformance-tests --test conformance -- rabbitmq   # one of them
//! ```

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../fixtures/mod.rs"]
mod fixtures;

mod brokers;
mod cases;
mod context;
mod table;

use std::{process::ExitCode, sync::Arc, time::Duration};

use libtest_mimic::{Arguments, Trial};

use self::{
    brokers::{BrokerKind, Brokers},
    cases::{CASES, Case},
    context::Context,
};

/// How long a case may take.
const CASE_TIMEOUT: Duration = Duration::from_mins(2);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let brokers = Arc::new(Brokers::default());
    let mut trials = vec![Trial::test("table_in_the_documentation_is_true", || {
        table::assert_is_documented();
        Ok(())
    })];
    for &kind in BrokerKind::ALL {
        for &version in kind.versions() {
            for case in CASES.iter().filter(|case| kind.exception(case.name, version).is_none()) {
                let brokers = Arc::clone(&brokers);
                let name = format!("{}::{}::{}", kind.name(), context::version_name(version), case.name);
                trials.push(Trial::test(name, move || {
                    run(&brokers, case, kind, version);
                    Ok(())
                }));
            }
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Ends the brokers: libtest_mimic keeps clones of nothing, so that this is the last one.
    drop(brokers);
    conclusion.exit_code()
}

fn run(brokers: &Brokers, case: &Case, kind: BrokerKind, version: mqtt_dash::model::profile::MqttVersion) {
    let broker = brokers.get(kind);
    let context = Context::new(broker, version);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let case = async {
        // A case that restarts the broker runs alone with it.
        if case.restarts {
            let _alone = broker.usage.write().await;
            (case.run)(context).await;
        } else {
            let _shared = broker.usage.read().await;
            (case.run)(context).await;
        }
    };
    let result = runtime.unwrap().block_on(async { tokio::time::timeout(CASE_TIMEOUT, case).await });
    result.expect("the case takes too long");
}
