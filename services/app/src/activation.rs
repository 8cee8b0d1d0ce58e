use data_encoding::{Encoding, Specification};
use domain::{
    Micros, PersonId,
    access::Action,
    event::{Actor, EventKind},
};
use sha2::{Digest, Sha256};
use store::activation::Activation;

use crate::{Cx, Result, Viewer, journal::note};

/// A code can be used this long.
pub const CODE_LIFE_MS: i64 = 30 * 60_000;
/// 12 characters of 32: 60 bits.
const CODE_LEN: usize = 12;
/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A one-time code, shown once.
pub struct Code {
    pub code: String,
    pub expires_at: Micros,
}

/// Makes a one-time code that binds a phone to this person. Earlier codes of the person are void.
pub async fn issue(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Code> {
    viewer.allow(Action::Enrol)?;
    let now = cx.now();
    let text = encoding().encode(&cx.entropy.bytes::<8>());
    let code = [&text[..4], &text[4..8], &text[8..CODE_LEN]].join("-");
    let expires_at = now.plus_ms(CODE_LIFE_MS);
    let row = Activation {
        code_hash: hash(&code),
        person,
        issued_by: viewer.officer.id,
        issued_at: now,
        expires_at,
    };
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, person)
        .await?
        .supervised()?;
    store::activation::void_of_person(&mut tx, person, now).await?;
    store::activation::insert(&mut tx, &row).await?;
    note(
        cx,
        &mut tx,
        Actor::Officer(viewer.officer.id),
        Some(person),
        EventKind::ActivationIssued { expires_at },
    )
    .await?;
    tx.commit().await?;
    Ok(Code { code, expires_at })
}

/// Of a code as typed: case, spaces and dashes do not matter, and the letters that look like digits count as those.
pub(crate) fn hash(code: &str) -> Vec<u8> {
    let canonical: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            c => c,
        })
        .collect();
    Sha256::digest(canonical.as_bytes()).to_vec()
}

fn encoding() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str(ALPHABET);
    specification
        .encoding()
        .expect("32 symbols make an encoding")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(hash("K7QF-2M9X-TD01"), hash("k7qf 2m9x tdOl"));
        assert_ne!(hash("K7QF-2M9X-TD01"), hash("K7QF-2M9X-TD02"));
    }
}
