//! Reads the fields of a core. What holds between fields is checked afterwards, for read and made cores alike.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Audience, Claim, CoreFields, Holder};
use crate::cbor::Reader;
use crate::error::Refused;
use crate::hash::Hash;
use crate::limits::CLAIMS;
use crate::number::CertificateNumber;
use crate::registry::{ClaimValue, Counter, DocumentKind, HolderKind, Open};
use crate::time::{Date, Time};

/// The fields in these bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<CoreFields, Refused> {
    let mut keys = Keys::open(bytes)?;
    keys.one("version", 0)?;
    keys.one("suite", 1)?;
    keys.required("certificate number", 2)?;
    let number = CertificateNumber::parse(keys.r.text()?)?;
    keys.required("kind", 3)?;
    let kind = keys.r.unsigned()?;
    let kind =
        DocumentKind::from_number(kind).ok_or_else(|| keys.r.refuse(format!("kind {kind} is not known")))?;
    let holder = if keys.optional(4)? { Some(holder(&mut keys.r)?) } else { None };
    keys.required("title", 5)?;
    let title = String::from(keys.r.text()?);
    let purpose = if keys.optional(6)? { Some(Open::from_number(keys.r.unsigned()?)) } else { None };
    let audience = if keys.optional(7)? { Some(audience(&mut keys.r)?) } else { None };
    keys.required("issued at", 8)?;
    let issued_at = Time::new(keys.r.unsigned()?)?;
    keys.required("expires at", 9)?;
    let expires_at = Time::new(keys.r.unsigned()?)?;
    let period = if keys.optional(10)? { Some(period(&mut keys.r)?) } else { None };
    let data_as_of = if keys.optional(11)? { Some(Time::new(keys.r.unsigned()?)?) } else { None };
    keys.required("claims", 12)?;
    let claims = claims(&mut keys.r)?;
    keys.required("counters", 13)?;
    let counters = counters(&mut keys.r)?;
    keys.required("document root", 14)?;
    let document_root = Hash::from_bytes(keys.r.bytes_of()?);
    keys.required("nonce", 15)?;
    let nonce = keys.r.bytes_of()?;
    keys.close()?;
    Ok(CoreFields {
        number,
        kind,
        holder,
        title,
        purpose,
        audience,
        issued_at,
        expires_at,
        period,
        data_as_of,
        claims,
        counters,
        document_root,
        nonce,
    })
}

/// The map around the fields: hands out keys in ascending order, so that none can stand twice or out of order.
struct Keys<'a> {
    r: Reader<'a>,
    left: usize,
    next: Option<u64>,
}

impl<'a> Keys<'a> {
    fn open(bytes: &'a [u8]) -> Result<Keys<'a>, Refused> {
        let mut r = Reader::new(super::FORMAT, bytes);
        let left = r.map()?;
        Ok(Keys { r, left, next: None })
    }

    /// Whether `key` comes next; if it does, its value is to be read now.
    fn optional(&mut self, key: u64) -> Result<bool, Refused> {
        if self.next.is_none() && self.left > 0 {
            self.left = self.left.saturating_sub(1);
            self.next = Some(self.r.unsigned()?);
        }
        let is_next = self.next == Some(key);
        if is_next {
            self.next = None;
        }
        Ok(is_next)
    }

    fn required(&mut self, name: &str, key: u64) -> Result<(), Refused> {
        if self.optional(key)? {
            Ok(())
        } else {
            Err(self.r.refuse(format!("key {key} ({name}) comes here; others are not known or out of order")))
        }
    }

    /// A key whose value is 1 in this version.
    fn one(&mut self, name: &str, key: u64) -> Result<(), Refused> {
        self.required(name, key)?;
        match self.r.unsigned()? {
            1 => Ok(()),
            other => Err(self.r.refuse(format!("{name} {other}; this reader knows 1"))),
        }
    }

    fn close(&self) -> Result<(), Refused> {
        if self.left > 0 || self.next.is_some() {
            return Err(self.r.refuse("a key that is not known, stands twice, or is out of order"));
        }
        self.r.end()
    }
}

fn holder(r: &mut Reader<'_>) -> Result<Holder, Refused> {
    r.array_of(3)?;
    let kind = r.unsigned()?;
    let kind =
        HolderKind::from_number(kind).ok_or_else(|| r.refuse(format!("holder kind {kind} is not known")))?;
    Holder::new(kind, r.text()?, r.text()?)
}

fn audience(r: &mut Reader<'_>) -> Result<Audience, Refused> {
    r.array_of(2)?;
    Audience::new(r.text()?, r.text()?)
}

fn period(r: &mut Reader<'_>) -> Result<(Date, Date), Refused> {
    r.array_of(2)?;
    Ok((date(r)?, date(r)?))
}

fn date(r: &mut Reader<'_>) -> Result<Date, Refused> {
    let days = r.unsigned()?;
    Date::new(u32::try_from(days).unwrap_or(u32::MAX))
}

fn claims(r: &mut Reader<'_>) -> Result<Vec<Claim>, Refused> {
    let count = r.array()?;
    if count > CLAIMS {
        return Err(r.refuse(format!("{count} claims where at most {CLAIMS} are allowed")));
    }
    (0..count).map(|_| claim(r)).collect()
}

fn claim(r: &mut Reader<'_>) -> Result<Claim, Refused> {
    let length = r.array()?;
    if length != 2 && length != 4 {
        return Err(r.refuse("a claim has two elements, or four"));
    }
    let rule = Open::from_number(r.unsigned()?);
    let value = r.unsigned()?;
    let value = ClaimValue::from_number(value)
        .ok_or_else(|| r.refuse(format!("claim value {value} is not known")))?;
    let counts = if length == 4 { Some((r.unsigned()?, r.unsigned()?)) } else { None };
    Claim::new(rule, value, counts)
}

fn counters(r: &mut Reader<'_>) -> Result<Vec<(Open<Counter>, u64)>, Refused> {
    let count = r.map()?;
    (0..count).map(|_| Ok((Open::from_number(r.unsigned()?), r.unsigned()?))).collect()
}
