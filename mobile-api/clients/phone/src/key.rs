use std::{fs, io::Write as _, path::Path};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::{
    Sec1Point,
    ecdsa::{SigningKey, VerifyingKey},
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Error, Random};

/// Bytes of a P-256 scalar, and of one coordinate.
const FIELD_LEN: usize = 32;

/// A public EC key on P-256 (RFC 7517). The order of members is that of the thumbprint (RFC 7638).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    pub crv: String,
    pub kty: String,
    /// Base64url of 32 bytes.
    pub x: String,
    /// Base64url of 32 bytes.
    pub y: String,
}

impl Jwk {
    /// RFC 7638: SHA-256 over the required members in lexical order, base64url.
    pub fn thumbprint(&self) -> String {
        let members = serde_json::to_vec(self).expect("four strings are JSON");
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(members))
    }

    /// The key itself; `None` when it is not a point on P-256.
    pub fn verifying_key(&self) -> Option<VerifyingKey> {
        if self.kty != "EC" || self.crv != "P-256" {
            return None;
        }
        let x: [u8; FIELD_LEN] = BASE64_URL_SAFE_NO_PAD
            .decode(&self.x)
            .ok()?
            .try_into()
            .ok()?;
        let y: [u8; FIELD_LEN] = BASE64_URL_SAFE_NO_PAD
            .decode(&self.y)
            .ok()?
            .try_into()
            .ok()?;
        let point = Sec1Point::from_affine_coordinates(&x.into(), &y.into(), false);
        VerifyingKey::from_sec1_point(&point).ok()
    }
}

impl From<&VerifyingKey> for Jwk {
    fn from(key: &VerifyingKey) -> Self {
        let point = key.to_sec1_point(false);
        let [x, y] = [point.x(), point.y()]
            .map(|c| c.expect("an uncompressed point has two coordinates"))
            .map(|c| BASE64_URL_SAFE_NO_PAD.encode(c));
        Self {
            crv: "P-256".to_owned(),
            kty: "EC".to_owned(),
            x,
            y,
        }
    }
}

/// The phone's own key: whoever holds it is this phone.
#[derive(Clone)]
pub struct DeviceKey {
    signing: SigningKey,
    jwk: Jwk,
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DeviceKey")
            .field(&self.thumbprint())
            .finish()
    }
}

impl DeviceKey {
    /// A new key.
    pub fn generate(random: &Random) -> Self {
        loop {
            let mut scalar = [0; FIELD_LEN];
            random.fill(&mut scalar);
            // Fails for zero and for numbers beyond the group's order: one in 2³².
            if let Ok(signing) = SigningKey::from_slice(&scalar) {
                return signing.into();
            }
        }
    }

    /// Reads PKCS#8 PEM.
    ///
    /// # Errors
    /// [`Error::Key`] when the file is missing, readable by others, or not a P-256 key.
    pub fn load(path: &Path) -> Result<Self, Error> {
        refuse_shared(path)?;
        let pem = fs::read_to_string(path)
            .map_err(|e| Error::Key(format!("cannot read {}: {e}", path.display())))?;
        SigningKey::from_pkcs8_pem(&pem)
            .map(Self::from)
            .map_err(|_| {
                Error::Key(format!(
                    "{} is not a P-256 key in PKCS#8 PEM",
                    path.display()
                ))
            })
    }

    /// Writes PKCS#8 PEM into a new file that only its owner can read (mode 0600).
    ///
    /// # Errors
    /// [`Error::Key`] when the file exists already or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let pem = self
            .signing
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| Error::Key("cannot encode the key".to_owned()))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(path)
            .and_then(|mut file| {
                file.write_all(pem.as_bytes())?;
                file.sync_all()
            })
            .map_err(|e| Error::Key(format!("cannot write {}: {e}", path.display())))
    }

    /// The public half.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// RFC 7638 thumbprint of the public half: what the server binds to the person.
    pub fn thumbprint(&self) -> String {
        self.jwk.thumbprint()
    }

    pub(crate) fn signing(&self) -> &SigningKey {
        &self.signing
    }
}

impl From<SigningKey> for DeviceKey {
    fn from(signing: SigningKey) -> Self {
        let jwk = Jwk::from(signing.verifying_key());
        Self { signing, jwk }
    }
}

#[cfg(unix)]
fn refuse_shared(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;

    const OTHERS: u32 = 0o077;
    match fs::metadata(path) {
        Ok(meta) if meta.permissions().mode() & OTHERS != 0 => Err(Error::Key(format!(
            "{} can be read by others; make it private with chmod 600",
            path.display()
        ))),
        Ok(_) => Ok(()),
        Err(e) => Err(Error::Key(format!("cannot read {}: {e}", path.display()))),
    }
}

#[cfg(not(unix))]
fn refuse_shared(_path: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprint_is_that_of_an_independent_calculation() {
        // The P-256 key of RFC 7515 appendix A.3; the hash was taken with coreutils' sha256sum.
        let jwk = Jwk {
            crv: "P-256".to_owned(),
            kty: "EC".to_owned(),
            x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".to_owned(),
            y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".to_owned(),
        };
        assert_eq!(
            jwk.thumbprint(),
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        );
        assert!(jwk.verifying_key().is_some());
    }

    #[test]
    fn a_point_off_the_curve_is_no_key() {
        let mut jwk = DeviceKey::generate(&Random::seeded(1)).jwk().clone();
        jwk.y = BASE64_URL_SAFE_NO_PAD.encode([7; FIELD_LEN]);
        assert!(jwk.verifying_key().is_none());
    }

    #[test]
    fn a_saved_key_is_the_same_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key.pem");
        let key = DeviceKey::generate(&Random::seeded(2));
        key.save(&path).unwrap();
        assert_eq!(
            DeviceKey::load(&path).unwrap().thumbprint(),
            key.thumbprint()
        );
        assert!(key.save(&path).is_err(), "a key is never overwritten");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(
                DeviceKey::load(&path).is_err(),
                "a key that others can read is refused"
            );
        }
    }
}
