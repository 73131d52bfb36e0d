//! Eight bad certificates get eight refusals, each of which says what is wrong.

use std::{collections::HashSet, io::Read, net::TcpListener, path::Path, sync::Arc};

use mqtt_dash::{
    model::profile::{Pin, Profile, Protocol},
    mqtt::install_crypto,
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
    let mut params = CertificateParams::new([]).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key");
    let copy = KeyPair::try_from(key.serialize_der()).expect("the same key");
    (CertifiedIssuer::self_signed(params, key).expect("an authority"), copy)
}

/// A broker that shows this certificate to whoever comes, and says nothing else.
fn show(certificate: CertificateDer<'static>, key: &KeyPair) -> u16 {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Nothing is checked here: what is wrong with it, the client is to find out.
    let key = rustls::crypto::ring::sign::any_supported_type(&key).expect("a key that signs");
    let shown = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let config = Arc::new(ServerConfig::builder().with_no_client_auth().with_cert_resolver(Arc::new(shown)));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut tls = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            // It ends with the refusal.
            let _ = Stream::new(&mut tls, &mut stream).read(&mut [0]);
        }
    });
    port
}

/// Why a line with this profile refuses.
async fn refusal(port: u16, change: impl FnOnce(&mut Profile)) -> String {
    let mut profile = profile(&format!("mqtts://localhost:{port}"), Protocol::V3);
    change(&mut profile);
    ConnectionFixture::open(profile, "me").wait_disconnected().await
}

#[tokio::test]
async fn each_bad_certificate_is_refused_with_its_own_reason() {
    install_crypto();
    let folder = tempfile::tempdir().expect("a folder");
    let (authority, authority_key) = self::authority("House");
    let (stranger, _) = self::authority("Stranger");
    let ca = folder.path().join("ca.pem");
    mqtt_dash::store::write_whole(&ca, authority.pem().as_bytes()).expect("a file");
    let key = KeyPair::generate().expect("a key");
    let made = |by: &Authority, change: fn(&mut CertificateParams)| {
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        change(&mut params);
        params.signed_by(&key, by).expect("a certificate").der().clone()
    };
    let trusting = |ca: &Path| {
        let ca = ca.to_owned();
        move |profile: &mut Profile| profile.tls.0.ca = Some(ca)
    };
    let mut said = Vec::new();
    for (by, change, wanted) in [
        (
            &authority,
            (|it| it.not_after = date_time_ymd(2020, 1, 31)) as fn(&mut CertificateParams),
            "has expired on 2020-01-31",
        ),
        (
            &authority,
            |it| it.not_before = date_time_ymd(2090, 1, 1),
            "is not valid yet: is this machine's clock right?",
        ),
        (
            &authority,
            |it| {
                it.subject_alt_names =
                    CertificateParams::new(["broker.example".to_owned()]).expect("a name").subject_alt_names;
            },
            "is not for localhost, but ",
        ),
        (&stranger, |_| {}, "signed by nobody trusted here"),
        (
            &authority,
            |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            "is not meant for a server",
        ),
        (
            &authority,
            |it| {
                let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
                unknown.set_criticality(true);
                it.custom_extensions = vec![unknown];
            },
            "is not accepted (",
        ),
    ] {
        let reason = refusal(show(made(by, change), &key), trusting(&ca)).await;
        assert!(reason.contains(wanted), "{wanted}: {reason}");
        said.push(reason);
    }
    let itself = refusal(show(authority.der().clone(), &authority_key), trusting(&ca)).await;
    assert!(itself.contains("that of an authority, not of a server"), "{itself}");
    said.push(itself);
    let changed = refusal(show(made(&authority, |_| {}), &key), |it| it.tls.0.pin = Some(Pin([7; 32]))).await;
    assert!(changed.contains("HAS CHANGED") && changed.contains("07:07:07"), "{changed}");
    said.push(changed);
    // Fingerprints differ anyway: it is the words that must.
    let words = |text: &String| text.split("sha256").next().unwrap_or_default().to_owned();
    let distinct: HashSet<String> = said.iter().map(words).collect();
    assert_eq!(distinct.len(), 8, "{said:#?}");
    for reason in &said {
        println!("{reason}");
        assert!(reason.contains("sha256:"), "the fingerprint is there to be compared: {reason}");
    }
}
