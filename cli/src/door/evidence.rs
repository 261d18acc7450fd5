//! What `evidence` asks of an office: the package of one certificate.

use notary::office::Office;
use notary::operator_log::Action;

use super::{Bytes, log, parse_number};
use crate::output::Failure;

/// Makes the package. It is in the operator log before it is given out.
pub fn perform(office: &Office, number: &str) -> Result<Bytes, Failure> {
    let number = parse_number(number)?;
    let package = office.evidence(&number, &web::evidence::terms())?;
    log(office, Action::EvidenceMade, number.as_str())?;
    Ok(Bytes(package))
}
