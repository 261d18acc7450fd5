//! Issue → verify: whatever document the office accepts becomes a certificate that verifies, as a file and as a QR code,
//! against the very bytes that were submitted, and in copies that show less.

use e2e::mutate::{Dice, Mutator, rounds};
use e2e::{documents, paths, seeds};
use notary::keys::{Passphrase, example};
use notary::office::{
    Clock, NewOffice, NotBefore, Office, OpenOptions, SealPolicy, Submission, SubmissionKind,
};
use std::sync::Arc;
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::qr;
use verifier::shelf::StatusShelf;
use verifier::time::Time;
use verifier::trust::TrustBundle;
use verifier::verdict::{Code, Outcome, Verdict};
use verifier::verify::{Presented, Terms, verify};

/// Later than any sample: 2026-12-01.
const NOW: u64 = 1_796_054_400;
/// Documents that are sealed together.
const BATCH: usize = 50;
/// Accepted documents are kept on disk, so there are not more of them than this.
const ACCEPTED_MAX: usize = 1_500;

#[test]
fn whatever_is_accepted_verifies() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk::open(&folder.path().join("office"));
    let mut mutator = Mutator::new(11, samples(), seeds::tokens());
    let mut dice = Dice::new(11);
    let mut waiting: Vec<(CertificateNumber, Vec<u8>)> = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..rounds() / 10 {
        if accepted >= ACCEPTED_MAX {
            break;
        }
        let bytes = own_number(mutator.next_input(), round as u32);
        let kind = SubmissionKind::Json;
        let submission = Submission {
            bytes: bytes.clone(),
            kind,
            idempotency_key: None,
            corrects: None,
            qr: dice.below(4) != 0,
        };
        match desk.office.submit(submission) {
            Ok(one) if !one.repeated => {
                accepted += 1;
                waiting.push((one.number, bytes));
                mutator.keep();
            }
            Ok(_) => {}
            Err(_) => refused += 1,
        }
        if waiting.len() == BATCH {
            desk.seal_and_judge(&mut waiting, &mut dice);
        }
    }
    desk.seal_and_judge(&mut waiting, &mut dice);
    println!("{accepted} documents accepted, {refused} refused");
    assert!(
        accepted > 20 && refused > 20,
        "{accepted} accepted, {refused} refused: the seeds have lost touch"
    );
}

#[test]
fn any_file_becomes_a_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk::open(&folder.path().join("office"));
    let mut dice = Dice::new(5);
    let mut waiting = Vec::new();
    for n in 0..40 {
        let bytes: Vec<u8> = (0..dice.below(3000)).map(|_| dice.roll() as u8).collect();
        let kind = SubmissionKind::File { name: format!("附件 {n}.pdf"), media_type: None };
        let submission = Submission {
            bytes: bytes.clone(),
            kind,
            idempotency_key: Some(n.to_string()),
            corrects: None,
            qr: true,
        };
        waiting.push((desk.office.submit(submission).expect("a file is accepted").number, bytes));
    }
    desk.seal_and_judge(&mut waiting, &mut dice);
}

/// An office and a stranger with its trust bundle.
struct Desk {
    office: Office,
    trust: TrustBundle,
}

impl Desk {
    fn open(dir: &std::path::Path) -> Desk {
        let clock = NotBefore(Time::new(NOW).expect("a time"));
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).expect("an origin"),
            name: "示例".into(),
            organisation: None,
            host: None,
            seal: SealPolicy::Manual,
        };
        Office::create_example(dir, &new, clock.now()).expect("a new office");
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).expect("a passphrase"));
        let options = OpenOptions { clock: Arc::new(clock), allow_example_keys: true, allow_later: false };
        let office = Office::open(dir, &passphrase, options).expect("the office opens");
        let trust = TrustBundle::open(office.trust_text(), None).expect("its trust bundle");
        Desk { office, trust }
    }

    /// Seals what waits and has the stranger judge each, with the document that was submitted in hand.
    fn seal_and_judge(&self, waiting: &mut Vec<(CertificateNumber, Vec<u8>)>, dice: &mut Dice) {
        self.office.seal_all().expect("what waits can be sealed");
        for (number, document) in waiting.drain(..) {
            let issued = self.office.certificate(&number).expect("a certificate");
            let shown = String::from_utf8_lossy(&document).into_owned();
            let certificate = issued.certificate;
            let whole = self.judge(&certificate.encode(), Some(&document));
            assert_eq!((whole.outcome, whole.level), (Outcome::Valid, 2), "{}: {shown}", whole.code);
            assert!(whole.checks.iter().any(|c| c.code == Code::DocumentOk), "{:?}: {shown}", whole.checks);
            // A copy that shows one record.
            let disclosures = certificate.shown().expect("what is shown can be read").0;
            let keep = dice.pick(&disclosures).pointer().to_owned();
            let copy = certificate.disclose(&[&keep]).expect("a copy");
            let less = self.judge(&copy.encode(), None);
            let told = matches!(less.code, Code::Valid | Code::DisclosureIncomplete);
            assert!(told, "keeping {keep}: {}: {shown}", less.code);
            if let Some(payload) = issued.qr {
                let (before, digits) = qr::url(self.office.host(), &payload);
                let scanned = self.judge(format!("{before}{digits}").as_bytes(), None);
                assert_eq!(
                    (scanned.outcome, scanned.level),
                    (Outcome::Valid, 1),
                    "{}: {shown}",
                    scanned.code
                );
            }
        }
    }

    fn judge(&self, bytes: &[u8], document: Option<&[u8]>) -> Verdict {
        let now = self.office.now();
        let presented = match Presented::read(bytes, now) {
            Ok(presented) => presented,
            Err(verdict) => return *verdict,
        };
        let terms = Terms { document, ..Terms::at(now) };
        verify(&presented, &self.trust, &StatusShelf::default(), &terms)
    }
}

fn samples() -> Vec<Vec<u8>> {
    let folder = paths::root().join("tests/samples");
    let found = e2e::ledger::files(&folder).into_iter().filter(|(path, _)| {
        let json = path.extension().is_some_and(|e| e == "json");
        json && path.parent() == Some(&folder)
    });
    let mut samples: Vec<Vec<u8>> = found.map(|(_, bytes)| bytes).collect();
    samples.extend([documents::commitment(1), documents::report(1)].map(String::into_bytes));
    samples
}

/// The document with a number that no other has, where it still has one of the usual form.
fn own_number(document: &[u8], round: u32) -> Vec<u8> {
    let mut text = document.to_vec();
    for (member, digits) in [("\"report_no\"", 22), ("\"code\"", 20)] {
        let place = document.windows(member.len()).position(|w| w == member.as_bytes());
        let Some(from) = place.and_then(|p| {
            text[p..].iter().skip(member.len()).position(|b| *b == b'"').map(|n| p + member.len() + n + 1)
        }) else {
            continue;
        };
        let usual = text.get(from..from + digits).is_some_and(|n| n.iter().all(u8::is_ascii_alphanumeric));
        if usual {
            text[from + digits - 7..from + digits].copy_from_slice(format!("{round:07}").as_bytes());
            return text;
        }
    }
    text
}
