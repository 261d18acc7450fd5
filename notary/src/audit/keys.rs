//! Who signed: notes against the keys of a trust bundle, with their dates and compromises.

use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::note::{Note, NoteError};
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, Office, OfficeKey, TrustBundle};

use super::FindingCode;

/// What is wrong with a note.
pub(super) type Wrong = (FindingCode, String);

/// The keys of the office whose ledger is audited; none without a trust bundle.
pub(super) struct Keys<'a> {
    trust: Option<&'a TrustBundle>,
    office: Option<&'a Office>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(trust: Option<&'a TrustBundle>, origin: &Origin) -> Self {
        Self { trust, office: trust.and_then(|trust| trust.office(origin)) }
    }

    /// There is a bundle, but it does not know the ledger.
    pub(super) fn is_office_unknown(&self) -> bool {
        self.trust.is_some() && self.office.is_none()
    }

    /// A note about a ledger of `size` entries, signed at `time`, is signed by a key of this use that was good then.
    /// Without a bundle there is nothing to say.
    pub(super) fn check(
        &self,
        usage: KeyUse,
        note: &Note,
        time: Option<Time>,
        size: u64,
    ) -> Result<(), Wrong> {
        let Some(office) = self.office else { return Ok(()) };
        let keys: Vec<&OfficeKey> = office.keys_for(usage).collect();
        let names: Vec<_> = keys.iter().map(|key| &key.key).collect();
        let signed = note.verify(&names).map_err(wrong)?;
        let Some(time) = time else { return Ok(()) };
        let in_use = |key: &&OfficeKey| key.sign_from <= time && time <= key.sign_until;
        let Some(key) = signed.into_iter().filter_map(|at| keys.get(at).copied()).find(in_use) else {
            let when = time.display_china();
            return Err((
                FindingCode::KeyDates,
                format!("no {} key that signed was in use at {when}", usage.name()),
            ));
        };
        match &key.compromised {
            Some(bad) if bad.from <= time && bad.size < size => {
                let since = bad.from.display_china();
                Err((
                    FindingCode::KeyCompromised,
                    format!("the {} key may be somebody else's since {since}", usage.name()),
                ))
            }
            _ => Ok(()),
        }
    }

    /// The cosignatures of witnesses that the bundle knows verify.
    pub(super) fn check_cosignatures(&self, note: &Note) -> Result<(), Wrong> {
        for witness in self.trust.iter().flat_map(|trust| trust.witnesses()) {
            for line in note.signatures().iter().filter(|line| line.names(&witness.key)) {
                cosignature::verify(&witness.key, line, note.text()).map_err(wrong)?;
            }
        }
        Ok(())
    }

    /// If the bundle names a last good checkpoint of this size, it is this one.
    pub(super) fn check_last_good(&self, checkpoint: &Checkpoint) -> Result<(), Wrong> {
        let keys = self.office.iter().flat_map(|office| &office.keys);
        let mut named =
            keys.filter_map(|key| key.compromised.as_ref()).filter(|bad| bad.size == checkpoint.size());
        match named.find(|Compromised { root, .. }| root != checkpoint.root()) {
            None => Ok(()),
            Some(_) => {
                let what =
                    format!("the trust bundle knows another last good root of size {}", checkpoint.size());
                Err((FindingCode::KeyCompromised, what))
            }
        }
    }
}

fn wrong(error: NoteError) -> Wrong {
    let code = match error {
        NoteError::UnknownSigner => FindingCode::SignerUnknown,
        _ => FindingCode::SigBad,
    };
    (code, error.to_string())
}
