//! Users of the console: creating them, signing in and out.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use data_encoding::BASE32_NOPAD;
use domain::{
    Micros, OfficerId, OrgUnitId, Refusal, SessionId,
    access::{Action, Officer, Role, Scope},
    event::{Actor, EventKind},
};
use seal::Purpose;
use sha2::{Digest, Sha256};
pub use store::officer::Listed;
use store::{
    officer::{Credentials, Secrets},
    officer_session::Session,
};
use subtle::ConstantTimeEq;
use totp_rs::{Builder, Totp};

use crate::{AuthFault, Cx, Error, Result, Viewer, journal::note};

/// A session ends after this long, whatever happens: a working day.
pub const SESSION_MS: i64 = 10 * 3_600_000;
/// Wrong sign-ins in a row before a login is locked.
pub const FAILURES_MAX: i32 = 5;
/// A login stays locked this long.
pub const LOCK_MS: i64 = 5 * 60_000;
pub const PASSWORD_LEN_MIN: usize = 12;
pub const PASSWORD_LEN_MAX: usize = 200;
/// Users of one list.
pub const LIST_LEN: u32 = 1_000;
const LOGIN_LEN_MAX: usize = 60;
const NAME_LEN_MAX: usize = 100;
const CSRF_DOMAIN: &[u8] = b"muster console form\0";
/// RFC 4226 recommends 160 bits.
const TOTP_SECRET_LEN: usize = 20;
/// Verified against when a login does not exist, so that the answer takes as long: Argon2id over a random password.
const NOBODY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$8nLmRJmkvlPKxy3mRSnAGJkVZC0OLO1uZTTfT0pwoVc";

/// A user to be created.
pub struct NewOfficer {
    pub unit: OrgUnitId,
    pub login: String,
    pub name: String,
    pub role: Role,
    pub password: String,
}

/// A created user and the secret of his authenticator, to be shown once.
pub struct Created {
    pub officer: Officer,
    pub totp_uri: String,
}

/// A fresh session; the token is shown once and stored as a hash.
pub struct SignedIn {
    pub token: String,
    pub viewer: Viewer,
}

/// Creates a user within the administrator's subtree.
pub async fn create(cx: &Cx, viewer: &Viewer, new: NewOfficer) -> Result<Created> {
    viewer.allow(Action::Administer)?;
    let mut tx = cx.store.read().await?;
    let unit = store::unit::get(&mut tx, new.unit)
        .await?
        .filter(|unit| viewer.scope.path.contains(&unit.path));
    drop(tx);
    unit.ok_or(Error::NotFound("unit"))?;
    create_by(cx, Actor::Officer(viewer.officer.id), new).await
}

/// Creates a user; for the command line, which has no viewer.
pub async fn create_by(cx: &Cx, actor: Actor, new: NewOfficer) -> Result<Created> {
    check(&new)?;
    let secret = cx.entropy.bytes::<TOTP_SECRET_LEN>();
    let officer = Officer {
        id: OfficerId(cx.id()),
        unit: new.unit,
        login: new.login,
        name: new.name,
        role: new.role,
    };
    let credentials = Credentials {
        password_hash: hash_password(cx, new.password).await?,
        totp_sealed: cx.house.seal_secret(
            Purpose::Secret,
            officer.id.0.as_bytes(),
            &cx.entropy,
            &secret,
        ),
    };
    let mut tx = cx.store.write().await?;
    match store::officer::insert(&mut tx, &officer, &credentials, cx.now()).await {
        Err(store::Error::Conflict) => {
            return Err(Refusal::LoginTaken {
                login: officer.login,
            }
            .into());
        }
        other => other?,
    }
    note(
        cx,
        &mut tx,
        actor,
        None,
        EventKind::OfficerCreated {
            officer: officer.id,
        },
    )
    .await?;
    tx.commit().await?;
    let totp_uri = totp_uri(&officer.login, &secret);
    Ok(Created { officer, totp_uri })
}

/// The users of the viewer's unit and below: the first [`LIST_LEN`]. For whoever makes them, and for whoever audits them.
pub async fn list(cx: &Cx, viewer: &Viewer) -> Result<Vec<Listed>> {
    viewer
        .allow(Action::Administer)
        .or_else(|_| viewer.allow(Action::Audit))?;
    let mut tx = cx.store.read().await?;
    Ok(store::officer::list_below(&mut tx, &viewer.scope.path, LIST_LEN).await?)
}

/// Signs in with password and one-time code. Every failure says the same, whatever was wrong.
pub async fn sign_in(cx: &Cx, login: &str, password: String, code: &str) -> Result<SignedIn> {
    if login.len() > LOGIN_LEN_MAX || password.len() > PASSWORD_LEN_MAX {
        return Err(Error::Unauthenticated(AuthFault::Credentials));
    }
    let now = cx.now();
    let mut tx = cx.store.read().await?;
    let found = store::officer::by_login(&mut tx, login).await?;
    drop(tx);
    let hash = found.as_ref().map_or_else(
        || NOBODY_HASH.to_owned(),
        |(_, secrets)| secrets.password_hash.clone(),
    );
    if let Some(until) = found
        .as_ref()
        .and_then(|(_, secrets)| secrets.locked_until)
        .filter(|until| now < *until)
    {
        return Err(Error::Unauthenticated(AuthFault::Locked { until }));
    }
    let right = verify_password(password, hash).await?;
    let Some((officer, secrets)) = found else {
        failed(cx, None, login).await?;
        return Err(Error::Unauthenticated(AuthFault::Credentials));
    };
    let step = totp_step(cx, &officer, &secrets, code, now)?;
    let id = officer.id;
    let session = match step.filter(|_| right && secrets.disabled_at.is_none()) {
        Some(step) => open_session(cx, officer, step).await,
        None => Err(Error::Unauthenticated(AuthFault::Credentials)),
    };
    // A code that was used before counts as a failure, too.
    if matches!(session, Err(Error::Unauthenticated(_))) {
        failed(cx, Some(id), login).await?;
    }
    session
}

/// Who a session token belongs to.
pub async fn viewer(cx: &Cx, token: &str) -> Result<Viewer> {
    let mut tx = cx.store.read().await?;
    let found =
        store::officer_session::by_token_hash(&mut tx, &hash_token(token), cx.now()).await?;
    let found = found.ok_or(Error::Unauthenticated(AuthFault::Session))?;
    Ok(Viewer {
        session: found.session,
        scope: Scope::new(&found.officer, found.path),
        officer: found.officer,
        expires_at: found.expires_at,
    })
}

/// What pages of a session repeat so that it can be told from what others make its browser send: nobody finds it without the session's token,
/// nor the token from it.
pub fn csrf(token: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(CSRF_DOMAIN);
    hash.update(token.as_bytes());
    data_encoding::BASE64URL_NOPAD.encode(&hash.finalize())
}

/// Are two secrets alike? Takes as long whatever they hold.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Ends a session.
pub async fn sign_out(cx: &Cx, viewer: &Viewer) -> Result<()> {
    let mut tx = cx.store.write().await?;
    match store::officer_session::revoke(&mut tx, viewer.session, cx.now()).await {
        Ok(()) | Err(store::Error::Lost) => Ok(tx.commit().await?),
        Err(error) => Err(error.into()),
    }
}

async fn open_session(cx: &Cx, officer: Officer, step: u64) -> Result<SignedIn> {
    let now = cx.now();
    let token = data_encoding::BASE64URL_NOPAD.encode(&cx.entropy.bytes::<32>());
    let session = Session {
        id: SessionId(cx.id()),
        officer: officer.id,
        created_at: now,
        expires_at: now.plus_ms(SESSION_MS),
    };
    let mut tx = cx.store.write().await?;
    let step =
        i64::try_from(step).map_err(|_| Error::Internal("the clock is far in the future"))?;
    match store::officer::note_success(&mut tx, officer.id, step).await {
        Err(store::Error::Lost) => return Err(Error::Unauthenticated(AuthFault::Credentials)),
        other => other?,
    }
    let unit = store::unit::get(&mut tx, officer.unit)
        .await?
        .ok_or(Error::NotFound("unit"))?;
    store::officer_session::insert(&mut tx, &session, &hash_token(&token)).await?;
    note(
        cx,
        &mut tx,
        Actor::Officer(officer.id),
        None,
        EventKind::OfficerSignedIn {
            officer: officer.id,
        },
    )
    .await?;
    tx.commit().await?;
    let viewer = Viewer {
        session: session.id,
        scope: Scope::new(&officer, unit.path),
        officer,
        expires_at: session.expires_at,
    };
    Ok(SignedIn { token, viewer })
}

async fn failed(cx: &Cx, officer: Option<OfficerId>, login: &str) -> Result<()> {
    let mut tx = cx.store.write().await?;
    if let Some(id) = officer {
        let failures = store::officer::note_failure(&mut tx, id).await?;
        if failures % FAILURES_MAX == 0 {
            store::officer::lock(&mut tx, id, cx.now().plus_ms(LOCK_MS)).await?;
        }
    }
    note(
        cx,
        &mut tx,
        Actor::System,
        None,
        EventKind::OfficerSignInFailed {
            login: login.to_owned(),
        },
    )
    .await?;
    Ok(tx.commit().await?)
}

fn check(new: &NewOfficer) -> Result<()> {
    let login_fits = (1..=LOGIN_LEN_MAX).contains(&new.login.len())
        && new
            .login
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c));
    if !login_fits {
        return Err(Error::Invalid {
            field: "login",
            expected: "must be 1 to 60 letters, digits or . _ - @",
        });
    }
    if !(1..=NAME_LEN_MAX).contains(&new.name.chars().count()) || new.name.contains('\0') {
        return Err(Error::Invalid {
            field: "name",
            expected: "must have 1 to 100 characters",
        });
    }
    if !(PASSWORD_LEN_MIN..=PASSWORD_LEN_MAX).contains(&new.password.len()) {
        return Err(Error::Invalid {
            field: "password",
            expected: "must have 12 to 200 bytes",
        });
    }
    Ok(())
}

/// Argon2id with the crate's defaults (19 MiB, 2 passes, 1 lane: OWASP's first choice), off the async threads.
async fn hash_password(cx: &Cx, password: String) -> Result<String> {
    let salt = cx.entropy.bytes::<16>();
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
    });
    hashed
        .await
        .ok()
        .and_then(std::result::Result::ok)
        .ok_or(Error::Internal("a password could not be hashed"))
}

async fn verify_password(password: String, hash: String) -> Result<bool> {
    let verified = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    });
    verified
        .await
        .map_err(|_| Error::Internal("a password could not be checked"))
}

fn totp_step(
    cx: &Cx,
    officer: &Officer,
    secrets: &Secrets,
    code: &str,
    now: Micros,
) -> Result<Option<u64>> {
    let secret = cx.house.open_secret(
        Purpose::Secret,
        officer.id.0.as_bytes(),
        &secrets.totp_sealed,
    )?;
    let seconds = u64::try_from(now.unix_s()).unwrap_or(0);
    Ok(totp(secret).check(code, seconds))
}

/// SHA-1, six digits, thirty seconds, one step of skew: what every authenticator understands (RFC 6238).
fn totp(secret: Vec<u8>) -> Totp {
    Builder::new()
        .with_secret(secret)
        .with_skew(1)
        .build_noncompliant()
}

fn totp_uri(login: &str, secret: &[u8]) -> String {
    let login = login.replace('@', "%40");
    format!(
        "otpauth://totp/muster:{login}?secret={}&issuer=muster",
        BASE32_NOPAD.encode(secret)
    )
}

fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
