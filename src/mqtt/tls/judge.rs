//! Whether the broker's certificate is trusted: by its pin, or by the authorities. The signatures
//! of the handshake are checked always, so that nobody can show a certificate that is not theirs.

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

use crate::{
    model::profile::CertificatePin,
    mqtt::{fault::Distrust, reason::spaced},
};

/// Whether the broker's certificate is trusted.
#[derive(Debug)]
pub(super) struct Judge {
    authorities: Option<Arc<WebPkiServerVerifier>>,
    pin: Option<CertificatePin>,
    insecure: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Judge {
    pub(super) fn new(
        authorities: Option<Arc<WebPkiServerVerifier>>,
        pin: Option<CertificatePin>,
        insecure: bool,
        provider: &CryptoProvider,
    ) -> Self {
        Self { authorities, pin, insecure, algorithms: provider.signature_verification_algorithms }
    }
}

/// The SHA-256 of a certificate.
fn fingerprint(certificate: &CertificateDer<'_>) -> CertificatePin {
    CertificatePin(Sha256::digest(certificate).into())
}

/// The day of a moment, in UTC.
fn date(moment: UnixTime) -> String {
    let seconds = i64::try_from(moment.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "a day unknown".to_owned(), |day| day.strftime("%F").to_string())
}

fn refuse(why: Distrust) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(why))))
}

/// Why, in the words of this program.
fn distrust(fault: &Error, host: &ServerName<'_>, now: CertificatePin) -> Distrust {
    let Error::InvalidCertificate(fault) = fault else { return Distrust::Other(fault.to_string(), now) };
    match fault {
        CertificateError::Expired => Distrust::Expired(String::new(), now),
        CertificateError::ExpiredContext { time, not_after } => {
            let days = time.as_secs().saturating_sub(not_after.as_secs()) / 86_400;
            let since = if days > 0 { format!("{days} days ago") } else { "today".to_owned() };
            Distrust::Expired(format!(" on {}, {since}", date(*not_after)), now)
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Distrust::NotYet(now),
        CertificateError::NotValidForName => Distrust::WrongName(host.to_str().into_owned(), String::new(), now),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = match &presented[..] {
                [] => ", nor any other name".to_owned(),
                names => format!(", but {}", names.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", ")),
            };
            Distrust::WrongName(host.to_str().into_owned(), names, now)
        }
        // The wrong signature is that of another authority with the same name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Distrust::UnknownIssuer(now),
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Distrust::Authority(now),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            Distrust::Other("it is not meant for a server".to_owned(), now)
        }
        CertificateError::Other(other) => Distrust::Other(spaced(&other.to_string()), now),
        other => Distrust::Other(other.to_string(), now),
    }
}

/// A name out of a certificate, without what kind of name it is.
fn bare(name: &str) -> &str {
    name.strip_prefix("DnsName(\"").and_then(|name| name.strip_suffix("\")")).unwrap_or(name)
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.insecure {
            return Ok(ServerCertVerified::assertion());
        }
        let print = fingerprint(end_entity);
        match (self.pin, &self.authorities) {
            (Some(pin), _) if pin == print => Ok(ServerCertVerified::assertion()),
            (Some(pinned), _) => Err(refuse(Distrust::Changed { now: print, pinned })),
            (None, None) => Err(refuse(Distrust::UnknownIssuer(print))),
            (None, Some(authorities)) => authorities
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map_err(|fault| refuse(distrust(&fault, server_name, print))),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
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

    type Authority = CertifiedIssuer<'static, KeyPair>;

    fn authority() -> Authority {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn signed(by: &Issuer<'static, KeyPair>, change: impl FnOnce(&mut CertificateParams)) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(["broker.example".to_owned()]).unwrap();
        change(&mut params);
        params.signed_by(&KeyPair::generate().unwrap(), by).unwrap().der().clone()
    }

    fn judge(trusted: &Authority, pin: Option<CertificatePin>, insecure: bool) -> Judge {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(trusted.der().clone()).unwrap();
        let authorities = super::super::authorities(&provider, roots).unwrap();
        Judge::new(authorities, pin, insecure, &provider)
    }

    fn verdict(judge: &Judge, certificate: &CertificateDer<'_>, host: &str) -> String {
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_900_000_000));
        match judge.verify_server_cert(certificate, &[], &name, &[], now) {
            Ok(_) => "trusted".to_owned(),
            Err(Error::InvalidCertificate(CertificateError::Other(OtherError(why)))) => {
                why.downcast_ref::<Distrust>().unwrap().to_string()
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_refusal_says_what_is_wrong() {
        let ca = authority();
        let by_ca = judge(&ca, None, false);
        let good = signed(&ca, |_| {});
        assert_eq!(verdict(&by_ca, &good, "broker.example"), "trusted");

        let print = fingerprint(&good).to_string();
        let wrong = verdict(&by_ca, &good, "other.example");
        assert!(wrong.contains("not for other.example, but ") && wrong.contains("broker.example"), "{wrong}");
        assert!(wrong.contains(&print), "{wrong}");

        let expired = signed(&ca, |params| params.not_after = date_time_ymd(2020, 1, 1));
        assert!(verdict(&by_ca, &expired, "broker.example").contains("has expired"));
        let later = signed(&ca, |params| params.not_before = date_time_ymd(2090, 1, 1));
        assert!(verdict(&by_ca, &later, "broker.example").contains("not valid yet"));

        let stranger = signed(&authority(), |_| {});
        let unknown = verdict(&by_ca, &stranger, "broker.example");
        assert!(unknown.contains("signed by nobody trusted here"), "{unknown}");
        assert!(unknown.contains(&format!("pin = \"{}\"", fingerprint(&stranger))), "{unknown}");

        let itself = verdict(&by_ca, ca.der(), "broker.example");
        assert!(itself.contains("that of an authority"), "{itself}");
    }

    #[test]
    fn a_pin_is_exact() {
        let ca = authority();
        let (mine, other) = (signed(&authority(), |_| {}), signed(&ca, |_| {}));
        let pinned = judge(&ca, Some(fingerprint(&mine)), false);
        assert_eq!(verdict(&pinned, &mine, "any.name"), "trusted");
        let changed = verdict(&pinned, &other, "broker.example");
        assert!(changed.contains("HAS CHANGED"), "even when an authority has signed it: {changed}");
    }

    #[test]
    fn insecure_takes_any() {
        let judge = judge(&authority(), None, true);
        assert_eq!(verdict(&judge, &signed(&authority(), |_| {}), "x"), "trusted");
    }
}
