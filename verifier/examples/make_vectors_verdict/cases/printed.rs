//! PDF files: whether the office made them, and how they are judged.

use super::bundles::{NEXT_PDF, RETIRED, pdf_keys};
use super::office::{archive, note_key};
use super::pair::{Pair, sign};
use super::papers::{NUMBER, report, tender};
use super::pdf_file::{Attached, file, noted, replaced, updated};
use super::{Case, HOUR};
use serde_json::json;
use verifier::entry::Entry;
use verifier::origin::Origin;

/// The checks of a PDF with the holder's own copy in it, in their order.
const PRINTED: &str = "FORMAT_OK TRUST_OK OFFICE_OK SIG_OK PATH_OK KEY_OK KIND_OK DATES_OK DISCLOSURE_OK PROOF_OK \
                       PDF_OK STATUS_VALID";

pub fn cases() -> Vec<Case> {
    [notes(), keys(), attachments(), leading()].concat()
}

fn certificate() -> String {
    let paper = report();
    paper.sealed().file(&paper.disclosures, &paper.disclosures).proof(6, &[]).text()
}

fn plain() -> Vec<u8> {
    file("printed", &[Attached::flate(certificate().as_bytes())], &[])
}

fn entry(core: &[u8]) -> Entry {
    Entry::of_core(&Origin::parse(report().sealed().office.origin).unwrap(), core)
}

/// The text of the note, of this office's ledger, number and core.
fn text(origin: &str, number: &str, core: &[u8], digest: &str) -> String {
    let entry = verifier::base64::encode(entry(core).as_bytes());
    format!("{origin}/pdf\n{number}\n{entry}\n{digest}\n")
}

fn signed_by(key: &Pair) -> Vec<u8> {
    let sealed = report().sealed();
    noted(&plain(), |digest| sign(&text(sealed.office.origin, NUMBER, &sealed.core, digest), &[key]))
}

fn good() -> Vec<u8> {
    let [_, _, key, _] = pdf_keys();
    signed_by(&key)
}

fn case(name: &'static str, what: &'static str, pdf: Vec<u8>) -> Case {
    Case::new(name, what, pdf, PRINTED).trust("pdf").level(2)
}

fn altered(name: &'static str, what: &'static str, pdf: Vec<u8>) -> Case {
    case(name, what, pdf).but("PDF_OK", "PDF_ALTERED").invalid("PDF_ALTERED")
}

fn unsigned(name: &'static str, what: &'static str, pdf: Vec<u8>) -> Case {
    case(name, what, pdf).but("PDF_OK", "PDF_UNSIGNED").open("PDF_UNSIGNED")
}

fn notes() -> Vec<Case> {
    let [_, _, key, _] = pdf_keys();
    let (sealed, origin) = (report().sealed(), report().sealed().office.origin);
    let noted_as = |origin: &str, number: &str, core: &[u8], key: &Pair| {
        noted(&plain(), |digest| sign(&text(origin, number, core, digest), &[key]))
    };
    let archive_key = note_key("archive pdf", &format!("{}/pdf", archive().origin));
    let update = updated(&good(), 4, "<</Length 0>>\nstream\n\nendstream");
    vec![
        case("pdf-valid", "a PDF as the office made it", good()),
        unsigned("pdf-unsigned", "without a note", plain()),
        altered(
            "pdf-page-changed",
            "another word on the page",
            replaced(&good(), b"(printed)", b"(pr1nted)"),
        ),
        altered("pdf-update", "an incremental update", update),
        altered("pdf-longer", "a byte after the end", [good(), b"\n".to_vec()].concat()),
        altered(
            "pdf-other-number",
            "the note is of another number",
            noted_as(origin, "2026112240170938612628", &sealed.core, &key),
        ),
        altered(
            "pdf-other-core",
            "the note is of another core with the same number",
            noted_as(origin, NUMBER, &tender().sealed().core, &key),
        ),
        altered(
            "pdf-other-office",
            "the note is of another office",
            noted_as(archive().origin, NUMBER, &sealed.core, &archive_key),
        ),
        altered(
            "pdf-sig-bad",
            "a signature of another text",
            noted(&plain(), |digest| {
                let good = text(origin, NUMBER, &sealed.core, digest);
                let other = sign(&good.replace("31\n", "30\n"), &[&key]);
                format!("{good}\n{}", other.split_once("\n\n").unwrap().1)
            }),
        ),
    ]
}

fn keys() -> Vec<Case> {
    let [ended, retiring, key, next] = pdf_keys();
    let name = key.key.name().to_string();
    vec![
        unsigned(
            "pdf-key-unknown",
            "a key that the bundle does not have",
            signed_by(&note_key("no pdf", &name)),
        ),
        unsigned("pdf-no-key", "a bundle without pdf keys", good()).trust("main"),
        unsigned("pdf-key-ended", "a key that ended before the batch was closed", signed_by(&ended)),
        unsigned("pdf-key-later", "a key that signs from later than now", signed_by(&next)),
        case("pdf-made-anew", "made anew later, with the key of that day", signed_by(&next))
            .term("now", NEXT_PDF + HOUR),
        case("pdf-key-relied-on", "in the last second in which the key is relied on", signed_by(&retiring))
            .term("now", RETIRED),
        unsigned("pdf-key-retired", "a second later", signed_by(&retiring)).term("now", RETIRED + 1),
        unsigned("pdf-key-compromised", "a key that was compromised, and be it later", good())
            .trust("compromised-pdf"),
    ]
}

fn attachments() -> Vec<Case> {
    let attached = || Attached::flate(certificate().as_bytes());
    let unread = |name, what, pdf: Vec<u8>, code: &'static str| {
        let case = case(name, what, pdf).stops("FORMAT_OK", code);
        if code == "NOT_RECOGNISED" { case.open(code) } else { case.invalid(code) }
    };
    let [_, _, key, _] = pdf_keys();
    let sealed = report().sealed();
    let note = |digest: &str| sign(&text(sealed.office.origin, NUMBER, &sealed.core, digest), &[&key]);
    let two = file("printed", &[attached(), attached()], &[]);
    let no_certificate = file("printed", &[Attached::plain(b"<Invoice/>")], &[]);
    let damaged = replaced(
        &file("printed", &[Attached::plain(certificate().as_bytes())], &[]),
        b"\"path\"",
        b"\"puth\"",
    );
    vec![
        unread("pdf-no-attachment", "nothing attached", file("printed", &[], &[]), "NOT_RECOGNISED"),
        unread("pdf-two-attachments", "two attached", two.clone(), "NOT_RECOGNISED"),
        unread("pdf-noted-two-attachments", "two attached, and a note", noted(&two, note), "PDF_ALTERED"),
        unread("pdf-no-certificate", "something else attached", no_certificate, "NOT_RECOGNISED"),
        unread(
            "pdf-certificate-malformed",
            "a malformed certificate attached",
            damaged.clone(),
            "FORMAT_BAD",
        ),
        unread(
            "pdf-noted-malformed",
            "a certificate that was changed after the note was made",
            replaced(
                &noted(&file("printed", &[Attached::plain(certificate().as_bytes())], &[]), note),
                b"\"path\"",
                b"\"puth\"",
            ),
            "PDF_ALTERED",
        ),
    ]
}

fn leading() -> Vec<Case> {
    let changed = || replaced(&good(), b"(printed)", b"(pr1nted)");
    let paper = report();
    let bad = paper
        .sealed()
        .bare()
        .set("batch_note", json!(paper.sealed().note().replacen("/batch RO", "/batch RA", 1)));
    vec![
        altered("pdf-changed-and-revoked", "changed, and revoked", changed())
            .lists(&["revoked"])
            .but("STATUS_VALID", "REVOKED"),
        unsigned("pdf-unsigned-and-revoked", "without a note, and revoked", plain())
            .lists(&["revoked"])
            .but("STATUS_VALID", "REVOKED")
            .invalid("REVOKED"),
        Case::new(
            "pdf-sealed-by-nobody",
            "a certificate attached that no known office sealed: the note is not looked at",
            file("printed", &[Attached::plain(bad.text().as_bytes())], &[]),
            PRINTED,
        )
        .trust("pdf")
        .stops("OFFICE_OK", "OFFICE_UNKNOWN")
        .open("OFFICE_UNKNOWN"),
    ]
}
