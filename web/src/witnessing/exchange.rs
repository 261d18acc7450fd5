//! One request to a witness and what came of it, read into types. Nothing that a witness says is believed here.

use notary::witness::origin_name;
use verifier::hash::Hash;
use verifier::limits::{NOTE_BYTES, WITNESS_ANSWER_BYTES};
use verifier::note::{Note, SignatureLine};
use verifier::witnessing::{AddCheckpoint, SIZE_TYPE, read_cosignatures, read_size};

use crate::outgoing::{Answer, Bounds, Outgoing, OutgoingError};

/// What a witness answered.
#[derive(Debug)]
pub enum Said {
    /// Signature lines, by whomever.
    Cosigned(Vec<SignatureLine>),
    /// The last head that it saw has this size.
    Size(u64),
    /// The last head that it saw, as it shows it.
    Head(String),
    /// No, with this status.
    Refused(u16),
    /// Something that is no answer of a witness.
    Unreadable,
    /// Nothing.
    Nothing(OutgoingError),
}

/// Asks a witness to cosign a head.
pub fn ask(outgoing: &Outgoing, url: &str, old: u64, proof: Vec<Hash>, note: Note) -> Said {
    let Ok(request) = AddCheckpoint::new(old, proof, note) else { return Said::Unreadable };
    let bounds = Bounds { bytes: WITNESS_ANSWER_BYTES as u64, ..Bounds::small() };
    let url = format!("{url}/add-checkpoint");
    match outgoing.post(&url, "text/plain; charset=utf-8", request.encode().as_bytes(), &bounds) {
        Ok(answer) => read(&answer),
        Err(error) => Said::Nothing(error),
    }
}

/// Asks a witness which head of this ledger it saw last.
pub fn look(outgoing: &Outgoing, url: &str, origin: &str) -> Said {
    let bounds = Bounds { bytes: NOTE_BYTES as u64, ..Bounds::small() };
    match outgoing.get(&format!("{url}/{}/checkpoint", origin_name(origin)), &bounds) {
        Ok(answer) if answer.status() == 200 => match String::from_utf8(answer.into_body()) {
            Ok(text) => Said::Head(text),
            Err(_) => Said::Unreadable,
        },
        Ok(answer) => Said::Refused(answer.status()),
        Err(error) => Said::Nothing(error),
    }
}

fn read(answer: &Answer) -> Said {
    match answer.status() {
        200 => read_cosignatures(answer.body()).map_or(Said::Unreadable, Said::Cosigned),
        409 if answer.content_type() == SIZE_TYPE => {
            read_size(answer.body()).map_or(Said::Unreadable, Said::Size)
        }
        status => Said::Refused(status),
    }
}
