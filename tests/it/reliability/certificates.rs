//! Bad certificates are refused, each with a reason of its own.

use std::{collections::HashSet, io::Read, net::TcpListener, path::Path, sync::Arc};

use mqtt_dash::{
    model::profile::{CertificatePin, MqttVersion, Profile},
    mqtt::install_crypto_provider,
};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::{CertifiedKey, SingleCertAndKey},
};

use crate::fixtures::connection::{ConnectionFixture, profile};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> (Authority, KeyPair) {
    let mut params = CertificateParams::new([]).expect("valid parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key");
    let copy = KeyPair::try_from(key.serialize_der()).expect("the key can be copied");
    (CertifiedIssuer::self_signed(params, key).expect("a certificate"), copy)
}

/// Starts a broker that presents this certificate and then sends nothing; returns its port.
fn present(certificate: CertificateDer<'static>, key: &KeyPair) -> u16 {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // The server does not check its certificate: the client has to find the error.
    let key = rustls::crypto::ring::sign::any_supported_type(&key).expect("a signing key");
    let presented = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let config = Arc::new(ServerConfig::builder().with_no_client_auth().with_cert_resolver(Arc::new(presented)));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("the listener has an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut tls = ServerConnection::new(Arc::clone(&config)).expect("a TLS session");
            // It fails when the client refuses the certificate.
            let _ = Stream::new(&mut tls, &mut stream).read(&mut [0]);
        }
    });
    port
}

/// The reason for which a connection with this profile refuses the certificate.
async fn refusal(port: u16, change: impl FnOnce(&mut Profile)) -> String {
    let mut profile = profile(&format!("mqtts://localhost:{port}"), MqttVersion::V311);
    change(&mut profile);
    ConnectionFixture::open(profile, "me").wait_disconnected().await
}

#[tokio::test]
async fn each_bad_certificate_is_refused_with_its_own_reason() {
    install_crypto_provider();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (authority, authority_key) = self::authority("Trusted");
    let (other_authority, _) = self::authority("Other");
    let ca = folder.path().join("ca.pem");
    mqtt_dash::config::write_atomic(&ca, authority.pem().as_bytes()).expect("the file can be written");
    let key = KeyPair::generate().expect("a key");
    let signed = |by: &Authority, change: fn(&mut CertificateParams)| {
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a valid name");
        change(&mut params);
        params.signed_by(&key, by).expect("a certificate").der().clone()
    };
    let trusting = |ca: &Path| {
        let ca = ca.to_owned();
        move |profile: &mut Profile| profile.tls.0.ca = Some(ca)
    };
    let mut reasons = Vec::new();
    for (by, change, expected) in [
        (
            &authority,
            (|params| params.not_after = date_time_ymd(2020, 1, 31)) as fn(&mut CertificateParams),
            "expired on 2020-01-31",
        ),
        (
            &authority,
            |params| params.not_before = date_time_ymd(2090, 1, 1),
            "is not valid yet: is the clock of this machine right?",
        ),
        (
            &authority,
            |params| {
                params.subject_alt_names =
                    CertificateParams::new(["broker.example".to_owned()]).expect("a valid name").subject_alt_names;
            },
            "is not valid for localhost, only for ",
        ),
        (&other_authority, |_| {}, "not signed by a trusted CA"),
        (
            &authority,
            |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            "is not a server certificate",
        ),
        (
            &authority,
            |params| {
                let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
                unknown.set_criticality(true);
                params.custom_extensions = vec![unknown];
            },
            "was rejected (",
        ),
    ] {
        let reason = refusal(present(signed(by, change), &key), trusting(&ca)).await;
        assert!(reason.contains(expected), "{expected}: {reason}");
        reasons.push(reason);
    }
    let of_authority = refusal(present(authority.der().clone(), &authority_key), trusting(&ca)).await;
    assert!(of_authority.contains("a CA certificate, not a server certificate"), "{of_authority}");
    reasons.push(of_authority);
    let changed =
        refusal(present(signed(&authority, |_| {}), &key), |params| params.tls.0.pin = Some(CertificatePin([7; 32])))
            .await;
    assert!(changed.contains("HAS CHANGED") && changed.contains("07:07:07"), "{changed}");
    reasons.push(changed);
    // The fingerprints differ anyway; the texts before them have to differ, too.
    let before_fingerprint = |text: &String| text.split("sha256").next().unwrap_or_default().to_owned();
    let distinct: HashSet<String> = reasons.iter().map(before_fingerprint).collect();
    assert_eq!(distinct.len(), 8, "{reasons:#?}");
    for reason in &reasons {
        println!("{reason}");
        assert!(reason.contains("sha256:"), "the reason has no fingerprint: {reason}");
    }
}

#[tokio::test]
async fn self_signed_certificate_is_told_by_its_name() {
    install_crypto_provider();
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a valid name");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let reason = refusal(present(certificate, &key), |_| {}).await;
    assert!(reason.contains("the broker's certificate is self-signed; if sha256:"), "{reason}");
}

#[cfg(all(unix, feature = "mosquitto-tests"))]
#[tokio::test]
async fn certificates_of_version_1_and_small_keys_connect_with_a_pin_or_insecure() {
    use crate::fixtures::{
        connection::offered_pin,
        openssl::{Openssl, old_certificates},
    };
    install_crypto_provider();
    for bits in [2048, 1024] {
        for version in ["-tls1_2", "-tls1_3"] {
            let folder = old_certificates(bits);
            let ca = folder.path().join("ca.pem");
            let server = Openssl::serve_in(folder, &format!("{version} -cipher ALL:@SECLEVEL=0"));
            let reason = refusal(server.port, |profile| profile.tls.0.ca = Some(ca)).await;
            assert!(reason.contains("the broker's certificate was rejected (it is of X.509 version 1:"), "{reason}");
            let pin = offered_pin(&reason);
            for trust in ["pin", "insecure"] {
                let reason = refusal(server.port, |profile| match trust {
                    "pin" => profile.tls.0.pin = Some(pin),
                    _ => profile.tls.0.insecure = true,
                })
                .await;
                // The handshake has succeeded; s_server does not speak MQTT.
                assert!(
                    reason.contains(" speaks TLS, but closed the connection "),
                    "{bits} {version} {trust}: {reason}"
                );
            }
        }
    }
}

#[cfg(all(unix, feature = "mosquitto-tests"))]
#[tokio::test]
async fn client_certificate_of_version_1_connects_and_a_small_key_is_explained() {
    use crate::fixtures::openssl::{Openssl, old_certificates};
    install_crypto_provider();
    for (bits, expected) in [
        (2048, " speaks TLS, but closed the connection "),
        (1024, "has 1024 bits, which is too weak: create one of 2048 bits"),
    ] {
        let folder = old_certificates(bits);
        let (cert, key) = (folder.path().join("client.pem"), folder.path().join("client.key"));
        let server = Openssl::serve_in(folder, "-Verify 1 -verify_return_error -CAfile ca.pem -cipher ALL:@SECLEVEL=0");
        let reason = refusal(server.port, |profile| {
            profile.tls.0.insecure = true;
            (profile.tls.0.cert, profile.tls.0.key) = (Some(cert), Some(key));
        })
        .await;
        assert!(reason.contains(expected), "{reason}");
    }
}
