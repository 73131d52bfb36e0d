//! What an account may not do. The limited account may use `allowed/#` and `ready/#`.

use mqtt_dash::model::connection::{PublishStatus, Qos};

use crate::{
    context::{Context, LIMITED},
    fixtures::connection::{ConnectionFixture, publish_request, subscription},
};

async fn limited(context: Context<'_>) -> ConnectionFixture {
    context.connected_with(context.profile(), "me", LIMITED).await
}

pub async fn refused_publish_is_reported(context: Context<'_>) {
    let mut connection = limited(context).await;
    let topic = context.name("forbidden");
    connection.client.publish(publish_request(1, &topic, b"1", Qos::AtLeastOnce));
    let status = connection.final_publish_status(1).await;
    let PublishStatus::Failed(reason) = status else { panic!("{status:?}") };
    assert!(!reason.is_empty());
}

pub async fn refused_publish_harms_nothing_else(context: Context<'_>) {
    let mut connection = limited(context).await;
    let (allowed, forbidden) = (context.name("allowed/a"), context.name("forbidden"));
    connection.subscribe(&[(&allowed, Qos::AtLeastOnce)]).await;
    connection.client.publish(publish_request(1, &forbidden, b"1", Qos::AtLeastOnce));
    connection.final_publish_status(1).await;
    context.assert_round_trip(&mut connection, &allowed).await;
}

pub async fn refused_subscription_is_named(context: Context<'_>) {
    let mut connection = limited(context).await;
    let allowed: Vec<String> = (0..20).map(|n| format!("{}/{n}", context.name("allowed/n"))).collect();
    let forbidden = context.name("forbidden");
    let ready = "ready/#".to_owned();
    let filters = allowed[..10].iter().chain([&forbidden]).chain(&allowed[10..]).chain([&ready]);
    let subscriptions = filters.map(|filter| subscription(filter, Qos::AtLeastOnce)).collect();
    connection.client.set_subscriptions(subscriptions);
    let (filter, reason) = connection.next_refused_subscription().await;
    assert_eq!(filter, forbidden, "{reason}");
    for topic in [&allowed[0], &allowed[9], &allowed[10], &allowed[19]] {
        connection.deliver(topic).await;
    }
}
