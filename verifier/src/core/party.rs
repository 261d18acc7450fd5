//! Holder and audience: who a certificate is about, and whom it is for.
//!
//! ```text
//! [1, "渭水样例食品有限公司", "91619900MA0DEM021U"]       an organisation, with its unified social credit code
//! [3, "简*", "nMSSWVzQzqvn0oqzs2DnXw"]                a natural person: masked name, reference to a salted record
//! ```

use alloc::format;
use alloc::string::String;

use super::{FORMAT, text};
use crate::base64;
use crate::error::Refused;
use crate::hash::Hash;
use crate::registry::HolderKind;

/// Characters of a unified social credit code (GB 32100-2015): no I, O, S, V, Z.
const CODE_CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Bytes of the digest that a natural person's reference is made of.
const REFERENCE_BYTES: usize = 16;

/// Who or what holds a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    kind: HolderKind,
    name: String,
    code: String,
}

/// Whom a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    name: String,
    code: String,
}

impl Holder {
    /// A holder. For a natural person the name is masked ([`mask`]) and the code a reference ([`Holder::reference`]).
    ///
    /// # Errors
    /// If the name or code has not the form that its kind asks for. Check characters are the office's to check.
    pub fn new(
        kind: HolderKind,
        name: impl Into<String>,
        code: impl Into<String>,
    ) -> Result<Holder, Refused> {
        let (name, code) = (name.into(), code.into());
        text("holder", &name)?;
        if kind != HolderKind::Person {
            check_code("holder", &code)?;
        } else if mask(&name) != name {
            return Err(Refused::new(FORMAT, "holder", "the name of a natural person is not masked"));
        } else if base64::decode_url(&code).is_none_or(|bytes| bytes.len() != REFERENCE_BYTES) {
            let what = "the code of a natural person is 22 characters of base64url, never an ID number";
            return Err(Refused::new(FORMAT, "holder", what));
        }
        Ok(Holder { kind, name, code })
    }

    /// The code of a natural person: base64url of the first 16 bytes of the digest of the record `person_id`.
    pub fn reference(digest: &Hash) -> String {
        base64::encode_url(digest.as_bytes().get(..REFERENCE_BYTES).unwrap_or(&[]))
    }

    /// What kind of holder.
    pub fn kind(&self) -> HolderKind {
        self.kind
    }

    /// The name; masked for a natural person.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The unified social credit code; for a natural person the reference.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl Audience {
    /// An audience with its unified social credit code.
    ///
    /// # Errors
    /// If name or code have not their form.
    pub fn new(name: impl Into<String>, code: impl Into<String>) -> Result<Audience, Refused> {
        let (name, code) = (name.into(), code.into());
        text("audience", &name)?;
        check_code("audience", &code)?;
        Ok(Audience { name, code })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The unified social credit code.
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// A natural person's name as a core has it: the first character, then `*` for each other one.
pub fn mask(name: &str) -> String {
    name.chars().enumerate().map(|(i, c)| if i == 0 { c } else { '*' }).collect()
}

fn check_code(at: &str, code: &str) -> Result<(), Refused> {
    if code.len() == 18 && code.chars().all(|c| CODE_CHARACTERS.contains(c)) {
        Ok(())
    } else {
        let what = format!("the code is not 18 characters of {CODE_CHARACTERS}");
        Err(Refused::new(FORMAT, at, what))
    }
}
