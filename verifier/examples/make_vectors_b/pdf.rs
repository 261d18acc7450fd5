//! PDF files (spec/pdf.md): which attachment is found in one, and what is told of the note without keys.

use super::pdf_file::{Attached, file, noted, replaced, updated};
use super::signed::{origin, sign};
use super::{Page, base64};
use serde_json::{Value, json};
use verifier::hash::sha256;

const BYTES: &[u8] =
    b"{\"format\":\"xinzheng/certificate/v1\", and so on: what is attached is not looked at here}\n";
const NUMBER: &str = "2026112240170938612531";

pub fn make(page: &Page) {
    notes(page);
    attachments(page);
}

fn entry() -> String {
    sha256(&[b"an entry"]).to_base64()
}

fn note(digest: &str) -> String {
    sign("pdf", &format!("{}/pdf\n{NUMBER}\n{}\n{digest}\n", origin(), entry())).encode()
}

/// With the note as the office makes it.
fn good() -> Vec<u8> {
    noted(&plain(), note)
}

fn plain() -> Vec<u8> {
    file("printed", &[Attached::flate(BYTES)], &[])
}

/// One that is read, with this note.
fn case(page: &Page, name: &str, what: &str, input: &[u8], note: Value) {
    page.case(
        name,
        json!({
            "what": what, "check": "pdf", "input": base64(input), "expect": "ok",
            "attachment": base64(BYTES), "note": note,
        }),
    );
}

fn refused(page: &Page, name: &str, what: &str, input: &[u8], code: &str) {
    page.case(name, json!({"what": what, "check": "pdf", "input": base64(input), "expect": code}));
}

fn notes(page: &Page) {
    let broken = |name: &str, what: &str, input: &[u8]| case(page, name, what, input, "broken".into());
    let written = good();
    let text = String::from_utf8_lossy(&written).into_owned();
    let line = &text[text.find("%xinzheng").unwrap()..text.find("startxref").unwrap()];
    let digest = {
        let chars = line["%xinzheng-pdf-note ".len()..].trim_end().trim_end_matches('.');
        let note = String::from_utf8(verifier::base64::decode(chars).unwrap()).unwrap();
        note.lines().nth(3).unwrap().to_owned()
    };
    let whole = json!({"origin": origin().as_str(), "number": NUMBER, "entry": entry(), "digest": digest});
    case(page, "note-whole", "as the office makes it", &written, whole);
    case(page, "note-absent", "without a note", &plain(), Value::Null);
    broken("note-page-changed", "another word on the page", &replaced(&written, b"(printed)", b"(pr1nted)"));
    let table = replaced(&written, b" 65535 f", b" 65534 f");
    broken("note-table-changed", "another number in the table", &table);
    broken("note-line-feed-after", "a line feed after the end", &[&written[..], b"\n"].concat());
    broken("note-space-after", "a space after the end", &[&written[..], b" "].concat());
    broken("note-end-cut", "without the last line feed", &written[..written.len() - 1]);
    broken(
        "note-update",
        "an incremental update",
        &updated(&written, 4, "<</Length 0>>\nstream\n\nendstream"),
    );
    let twice = replaced(&written, b"startxref", &[line.as_bytes(), b"startxref"].concat());
    broken("note-twice", "the same note twice", &twice);
    let comment = replaced(&written, b"trailer", b"%xinzheng-pdf-note \ntrailer");
    broken("note-mark-twice", "the mark in a second place", &comment);
    let moved = replaced(&plain(), b"trailer", &[line.as_bytes(), b"trailer"].concat());
    broken("note-moved", "the note before the trailer", &moved);
    let after = [&plain()[..], line.as_bytes()].concat();
    broken("note-after-the-end", "the note after the end", &after);
    let same = |note: &dyn Fn(&str) -> String| noted(&plain(), note);
    broken("note-no-note", "what is in base64 is no note", &same(&|_| "note".into()));
    broken(
        "note-unsigned",
        "a note without a signature",
        &same(&|digest| note(digest).split_once("\n\n").unwrap().0.to_owned() + "\n"),
    );
    broken(
        "note-two-signatures",
        "a note with two signatures",
        &same(&|digest| {
            let note = note(digest);
            let line = note.lines().last().unwrap().to_owned();
            format!("{note}{}\n", line.replace("/pdf ", "/pdff "))
        }),
    );
    broken(
        "note-other-name",
        "a note of the status key",
        &same(&|digest| {
            sign("status", &format!("{}/status\n{NUMBER}\n{}\n{digest}\n", origin(), entry())).encode()
        }),
    );
    broken(
        "note-five-lines",
        "a line more in the note",
        &same(&|digest| {
            sign("pdf", &format!("{}/pdf\n{NUMBER}\n{}\n{digest}\nmore\n", origin(), entry())).encode()
        }),
    );
    broken(
        "note-bad-number",
        "a number whose check digits are wrong",
        &same(&|digest| {
            let wrong = NUMBER.replace("31", "32");
            sign("pdf", &format!("{}/pdf\n{wrong}\n{}\n{digest}\n", origin(), entry())).encode()
        }),
    );
    broken("note-other-digest", "the digest of another file", &same(&|_| note(&entry())));
    broken("note-filled-with-spaces", "filled with spaces", &replaced(&written, b"..\n", b" .\n"));
    broken("note-one-dot-less", "a character too short", &replaced(&written, b"..\n", b".\n"));
    broken(
        "note-carriage-returns",
        "CR LF at the end of its line",
        &replaced(&written, b".\nstart", b"\r\nstart"),
    );
    broken("note-eleven-digits", "eleven digits after startxref", &eleven(&written));
}

/// With leading zeros, and signed so.
fn eleven(written: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(written).into_owned();
    let digits = text.rsplit("startxref\n").next().unwrap().split('\n').next().unwrap().to_owned();
    let longer = format!("startxref\n{digits:0>11}\n");
    noted(&replaced(&plain(), format!("startxref\n{digits}\n").as_bytes(), longer.as_bytes()), note)
}

fn attachments(page: &Page) {
    let read = |name: &str, what: &str, attached: &[Attached], more: &[&str]| {
        case(page, name, what, &file("printed", attached, more), Value::Null);
    };
    let no = |name: &str, what: &str, attached: &[Attached], more: &[&str]| {
        refused(page, name, what, &file("printed", attached, more), "NOT_RECOGNISED");
    };
    let flate = || Attached::flate(BYTES);
    let plain = || Attached::plain(BYTES);
    let (short, long) = (flate().data.len(), BYTES.len());
    let filters = |filter: &str| format!("/Filter {filter}/Length {short}");
    read("attachment-plain", "without a filter", &[plain()], &[]);
    read(
        "attachment-filter-array",
        "Flate in an array",
        &[flate().members(filters("[ /FlateDecode ]"))],
        &[],
    );
    read(
        "attachment-length-elsewhere",
        "the length in an object of its own",
        &[flate().members("/Length 8 0 R/Filter/FlateDecode")],
        &[&short.to_string()],
    );
    read(
        "attachment-comment",
        "a comment and a string in the dictionary",
        &[plain().members(format!("% >> stream\n/Note(a \\) (b) >> \n)/Hex<3e3e>/Length {long}"))],
        &[],
    );
    read(
        "attachment-mention",
        "another object that mentions one",
        &[plain()],
        &["<</Type/Note/Text(7 0 obj<</Type/EmbeddedFile>>)>>"],
    );
    read(
        "attachment-dictionary-only",
        "another object that is called one and has no stream",
        &[plain()],
        &["<</Type/EmbeddedFile/Length 3>>"],
    );
    no("attachment-none", "nothing attached", &[], &[]);
    no("attachment-two", "the same attached twice", &[plain(), plain()], &[]);
    no(
        "attachment-two-one-unreadable",
        "one that can't be read, and a good one",
        &[plain().members("/Length 3"), plain()],
        &[],
    );
    no(
        "attachment-other-filter",
        "a filter that is not read",
        &[flate().members(filters("/LZWDecode"))],
        &[],
    );
    no(
        "attachment-two-filters",
        "two filters",
        &[flate().members(filters("[/FlateDecode/FlateDecode]"))],
        &[],
    );
    no(
        "attachment-parms",
        "parameters of the filter",
        &[flate().members(filters("/FlateDecode/DecodeParms<</Predictor 12>>"))],
        &[],
    );
    no(
        "attachment-external",
        "data in another file",
        &[plain().members(format!("/F(a.xzc)/Length {long}"))],
        &[],
    );
    no(
        "attachment-length-short",
        "a length that is one too small",
        &[plain().members(format!("/Length {}", long - 1))],
        &[],
    );
    no("attachment-length-none", "no length", &[plain().members("/Size 3")], &[]);
    no(
        "attachment-length-twice",
        "two lengths",
        &[plain().members(format!("/Length {long}/Length {long}"))],
        &[],
    );
    no(
        "attachment-length-nowhere",
        "the length in an object that is not there",
        &[flate().members("/Length 18 0 R/Filter/FlateDecode")],
        &[&short.to_string()],
    );
    no("attachment-other-type", "a stream of another type", &[Attached { kind: "/ObjStm", ..plain() }], &[]);
    no(
        "attachment-escaped-type",
        "its type written with an escape",
        &[Attached { kind: "/Embedded#46ile", ..plain() }],
        &[],
    );
    let deep = format!("/Deep{}{}/Length {long}", "[".repeat(8), "]".repeat(8));
    no("attachment-nested", "nested nine deep", &[plain().members(deep)], &[]);
    let wide = format!("/Wide({})/Length {long}", "x".repeat(4096));
    no("attachment-long-dictionary", "a dictionary of more than 4,096 bytes", &[plain().members(wide)], &[]);
    let mut cut = flate();
    cut.data.truncate(20);
    no(
        "attachment-flate-cut",
        "Flate that ends too early",
        &[cut.members("/Filter/FlateDecode/Length 20")],
        &[],
    );
    let bomb = Attached::flate(&vec![b' '; 16 * 1024 * 1024 + 1]);
    no("attachment-bomb", "Flate that gives more than 16 MiB", &[bomb], &[]);
    let marked = |name: &str, what: &str, attached: &[Attached]| {
        let input = noted(&file("printed", attached, &[]), note);
        refused(page, name, what, &input, "PDF_ALTERED");
    };
    marked("marked-none", "nothing attached to a file with a note", &[]);
    marked("marked-two", "two attached to a file with a note", &[plain(), plain()]);
    marked(
        "marked-unreadable",
        "a file with a note whose attachment can't be read",
        &[plain().members("/Length 3")],
    );
    refused(
        page,
        "encrypted",
        "an encrypted file",
        &replaced(
            &file("printed", &[flate().members("/Length 3")], &[]),
            b"/Root 1 0 R",
            b"/Encrypt 9 0 R/Root 1 0 R",
        ),
        "NOT_RECOGNISED",
    );
    refused(page, "no-pdf", "something else", b"\x89PNG\r\n\x1a\n", "NOT_RECOGNISED");
    let late = [&vec![b'\n'; 1024][..], &good()].concat();
    refused(page, "starts-late", "%PDF- behind the first 1,024 bytes", &late, "NOT_RECOGNISED");
}
