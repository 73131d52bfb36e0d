//! Verifies the broker's certificate, by its pin or by CAs.
//!
//! The handshake signatures are always verified, so that a server cannot present a certificate whose
//! private key it does not have.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest, Sha256};

use super::{HandshakeProgress, public_key};
use crate::{
    model::profile::CertificatePin,
    mqtt::{endpoint::split_words, error::CertError},
};

/// A certificate verifier for rustls: a pin, CAs, or any certificate with `insecure`.
#[derive(Debug)]
pub(super) struct CertVerifier {
    ca_verifier: Option<Arc<WebPkiServerVerifier>>,
    pin: Option<CertificatePin>,
    insecure: bool,
    algorithms: WebPkiSupportedAlgorithms,
    progress: HandshakeProgress,
}

impl CertVerifier {
    pub(super) fn new(
        ca_verifier: Option<Arc<WebPkiServerVerifier>>,
        pin: Option<CertificatePin>,
        insecure: bool,
        provider: &CryptoProvider,
        progress: HandshakeProgress,
    ) -> Self {
        Self { ca_verifier, pin, insecure, algorithms: provider.signature_verification_algorithms, progress }
    }

    /// Returns whether the key of a certificate is usable only without webpki, and the user trusts the certificate
    /// nevertheless.
    fn needs_raw_key(&self, certificate: &CertificateDer<'_>) -> Result<bool, Error> {
        let is_trusted = self.insecure || self.pin.is_some();
        match public_key::small_rsa_bits(certificate) {
            Some(bits) if !is_trusted => Err(invalid_certificate(CertError::Other(
                format!(
                    "its RSA key has {bits} bits, which is too weak: create one of 2048 bits, as with openssl genrsa 2048"
                ),
                fingerprint(certificate),
            ))),
            Some(_) => Ok(true),
            None => Ok(is_trusted && public_key::is_version_1(certificate)),
        }
    }
}

/// Returns the SHA-256 fingerprint of a certificate.
fn fingerprint(certificate: &CertificateDer<'_>) -> CertificatePin {
    CertificatePin(Sha256::digest(certificate).into())
}

/// Formats the date of a time, in UTC.
fn format_date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "an unknown date".to_owned(), |day| day.strftime("%F").to_string())
}

fn invalid_certificate(error: CertError) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error))))
}

/// Converts an error of rustls.
fn cert_error(error: &Error, certificate: &CertificateDer<'_>, host: &ServerName<'_>) -> CertError {
    let pin = fingerprint(certificate);
    let Error::InvalidCertificate(error) = error else { return CertError::Other(error.to_string(), pin) };
    match error {
        CertificateError::Expired => CertError::Expired(String::new(), pin),
        CertificateError::ExpiredContext { time, not_after } => {
            let days = time.as_secs().saturating_sub(not_after.as_secs()) / 86_400;
            let age = if days > 0 { format!("{days} days ago") } else { "today".to_owned() };
            CertError::Expired(format!(" on {}, {age}", format_date(*not_after)), pin)
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertError::NotYetValid(pin),
        CertificateError::NotValidForName => CertError::WrongName(host.to_str().into_owned(), String::new(), pin),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = match &presented[..] {
                [] => " or any other name".to_owned(),
                names => {
                    let names: Vec<&str> = names.iter().map(|name| strip_name_type(name)).collect();
                    format!(", only for {}", names.join(", "))
                }
            };
            CertError::WrongName(host.to_str().into_owned(), names, pin)
        }
        // `BadSignature` means that another CA with the same name has signed the certificate.
        CertificateError::UnknownIssuer | CertificateError::BadSignature if public_key::is_self_signed(certificate) => {
            CertError::SelfSigned(pin)
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => CertError::UnknownIssuer(pin),
        CertificateError::Other(OtherError(other))
            if matches!(other.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity)) =>
        {
            CertError::CaUsedAsEndEntity(pin)
        }
        other => CertError::Other(certificate_problem(other), pin),
    }
}

/// Returns what is wrong with a certificate that cannot be used, and what to do if that is not obvious.
pub(in crate::mqtt) fn certificate_problem(error: &CertificateError) -> String {
    let text = match error {
        CertificateError::BadEncoding => "it is damaged",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet",
        CertificateError::Revoked => "it is revoked",
        CertificateError::UnknownRevocationStatus => "it is unknown whether it is revoked",
        CertificateError::ExpiredRevocationList | CertificateError::ExpiredRevocationListContext { .. } => {
            "the list of revoked certificates has expired"
        }
        CertificateError::UnhandledCriticalExtension => "it has a critical extension that this program does not know",
        CertificateError::UnknownIssuer => "it is not signed by a trusted CA",
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its signature is of a type that is not supported: it needs RSA with SHA-2, ECDSA or Ed25519"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not a server certificate"
        }
        CertificateError::InvalidOcspResponse => "the proof that it is not revoked is invalid",
        CertificateError::Other(OtherError(other)) => match other.downcast_ref() {
            Some(webpki::Error::UnsupportedCertVersion) => {
                "it is of X.509 version 1: sign it again with an extension, which makes it version 3: openssl x509 -req … \
                 -extfile FILE, with the line subjectAltName=DNS:HOST in FILE"
            }
            Some(webpki::Error::EndEntityUsedAsCa) => "one in its chain is used as a CA, but is none",
            Some(webpki::Error::PathLenConstraintViolated | webpki::Error::MaximumPathDepthExceeded) => {
                "its chain is longer than allowed"
            }
            Some(webpki::Error::NameConstraintViolation) => "its CA must not sign for this name",
            _ => return split_words(&other.to_string()),
        },
        other => return other.to_string(),
    };
    text.to_owned()
}

/// Removes the type of a name, as rustls formats it: `DnsName("a")` becomes `a`.
fn strip_name_type(name: &str) -> &str {
    name.strip_prefix("DnsName(\"").and_then(|name| name.strip_suffix("\")")).unwrap_or(name)
}

impl ServerCertVerifier for CertVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.progress.set_server_certificate();
        if self.insecure {
            return Ok(ServerCertVerified::assertion());
        }
        let certificate_pin = fingerprint(end_entity);
        match (self.pin, &self.ca_verifier) {
            (Some(pin), _) if pin == certificate_pin => Ok(ServerCertVerified::assertion()),
            (Some(pinned), _) => {
                Err(invalid_certificate(CertError::PinMismatch { presented: certificate_pin, pinned }))
            }
            (None, None) if public_key::is_self_signed(end_entity) => {
                Err(invalid_certificate(CertError::SelfSigned(certificate_pin)))
            }
            (None, None) => Err(invalid_certificate(CertError::UnknownIssuer(certificate_pin))),
            (None, Some(ca_verifier)) => ca_verifier
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map_err(|error| invalid_certificate(cert_error(&error, end_entity, server_name))),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.needs_raw_key(cert)? {
            return public_key::verify_signature(message, cert, dss, &self.algorithms);
        }
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // RFC 8446, section 4.2.3: these are for signatures in certificates only.
        let is_pkcs1 = matches!(
            dss.scheme,
            SignatureScheme::RSA_PKCS1_SHA256 | SignatureScheme::RSA_PKCS1_SHA384 | SignatureScheme::RSA_PKCS1_SHA512
        );
        if !is_pkcs1 && self.needs_raw_key(cert)? {
            return public_key::verify_signature(message, cert, dss, &self.algorithms);
        }
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, Issuer, KeyPair, date_time_ymd};
    use rustls::RootCertStore;

    use super::*;

    type TestCa = CertifiedIssuer<'static, KeyPair>;

    fn test_ca() -> TestCa {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn signed_certificate(
        issuer: &Issuer<'static, KeyPair>,
        change: impl FnOnce(&mut CertificateParams),
    ) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(["broker.example".to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "broker");
        change(&mut params);
        params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap().der().clone()
    }

    fn verifier(trusted: &TestCa, pin: Option<CertificatePin>, insecure: bool) -> CertVerifier {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(trusted.der().clone()).unwrap();
        let ca_verifier = super::super::build_ca_verifier(&provider, roots).unwrap();
        CertVerifier::new(ca_verifier, pin, insecure, &provider, HandshakeProgress::default())
    }

    fn verdict(verifier: &CertVerifier, certificate: &CertificateDer<'_>, host: &str) -> String {
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_900_000_000));
        match verifier.verify_server_cert(certificate, &[], &name, &[], now) {
            Ok(_) => "trusted".to_owned(),
            Err(Error::InvalidCertificate(CertificateError::Other(OtherError(error)))) => {
                error.downcast_ref::<CertError>().unwrap().to_string()
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn cert_verifier_explains_each_rejection() {
        let ca = test_ca();
        let ca_only = verifier(&ca, None, false);
        let good = signed_certificate(&ca, |_| {});
        assert_eq!(verdict(&ca_only, &good, "broker.example"), "trusted");

        let good_pin = fingerprint(&good).to_string();
        let wrong = verdict(&ca_only, &good, "other.example");
        assert!(wrong.contains("not valid for other.example, only for broker.example"), "{wrong}");
        assert!(wrong.contains(&good_pin), "{wrong}");

        let expired = signed_certificate(&ca, |params| params.not_after = date_time_ymd(2020, 1, 1));
        assert!(verdict(&ca_only, &expired, "broker.example").contains("certificate expired"));
        let not_yet_valid = signed_certificate(&ca, |params| params.not_before = date_time_ymd(2090, 1, 1));
        assert!(verdict(&ca_only, &not_yet_valid, "broker.example").contains("not valid yet"));

        let untrusted = signed_certificate(&test_ca(), |_| {});
        let unknown = verdict(&ca_only, &untrusted, "broker.example");
        assert!(unknown.contains("is not signed by a trusted CA"), "{unknown}");
        assert!(unknown.contains(&format!("pin = \"{}\"", fingerprint(&untrusted))), "{unknown}");

        let own_key = KeyPair::generate().unwrap();
        let self_signed = CertificateParams::new(["broker.example".to_owned()]).unwrap().self_signed(&own_key).unwrap();
        let self_signed = verdict(&ca_only, self_signed.der(), "broker.example");
        assert!(self_signed.contains("is self-signed; if sha256:"), "{self_signed}");

        let ca_as_server = verdict(&ca_only, ca.der(), "broker.example");
        assert!(ca_as_server.contains("is a CA certificate"), "{ca_as_server}");
    }

    #[test]
    fn pinned_verifier_rejects_any_other_certificate() {
        let ca = test_ca();
        let (mine, other) = (signed_certificate(&test_ca(), |_| {}), signed_certificate(&ca, |_| {}));
        let pinned = verifier(&ca, Some(fingerprint(&mine)), false);
        assert_eq!(verdict(&pinned, &mine, "any.name"), "trusted");
        let changed = verdict(&pinned, &other, "broker.example");
        assert!(changed.contains("HAS CHANGED"), "a CA signature must not override the pin: {changed}");
    }

    #[test]
    fn insecure_verifier_accepts_any_certificate() {
        let verifier = verifier(&test_ca(), None, true);
        assert_eq!(verdict(&verifier, &signed_certificate(&test_ca(), |_| {}), "x"), "trusted");
    }
}
