//! What is shown of a document, and documents held against it.

use super::documents::{REPORT, disclosure, salt, sorted_digests};
use super::papers::{Paper, any_file, commitment, person, report, tender};
use super::raw::item;
use super::{BARE, COPY, Case, base64url};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    let mut all = hidden();
    all.extend(bad());
    all.extend(compared());
    all.extend(audience());
    all
}

/// A file that shows the records at these places.
fn copy(name: &'static str, what: &'static str, paper: &Paper, shown: &[usize]) -> Case {
    let shown: Vec<String> = shown.iter().map(|place| paper.disclosures[*place].clone()).collect();
    Case::new(name, what, paper.sealed().file(&paper.disclosures, &shown).text(), COPY)
}

fn hidden() -> Vec<Case> {
    let incomplete =
        |case: Case| case.but("DISCLOSURE_OK", "DISCLOSURE_INCOMPLETE").invalid("DISCLOSURE_INCOMPLETE");
    vec![
        copy("shown-some", "only the holder and the penalty are shown", &report(), &[3, 7]),
        copy("shown-none", "all digests and no disclosure", &report(), &[]),
        copy("shown-other-order", "all are shown, the last one first", &report(), &[7, 6, 5, 4, 3, 2, 1, 0]),
        copy(
            "shown-penalty-hidden",
            "for a loan the penalty may be hidden",
            &report(),
            &[0, 1, 2, 3, 4, 5, 6],
        ),
        incomplete(copy(
            "shown-demanded-hidden",
            "for a tender it may not",
            &tender(),
            &[0, 1, 2, 3, 4, 5, 6],
        )),
        copy("shown-permit-hidden", "for a tender a permit may be hidden", &tender(), &[0, 1, 2, 3, 4, 5, 7]),
        copy("shown-tender-none", "for a tender nothing is shown, which hides nothing", &tender(), &[]),
        incomplete(copy("shown-tender-holder", "for a tender only the holder is shown", &tender(), &[3])),
        // The caller's own purpose demands, too, whatever the certificate names.
        incomplete(
            copy(
                "shown-asked-hidden",
                "for a loan, shown for a tender without the penalty",
                &report(),
                &[0, 1, 2, 3, 4, 5, 6],
            )
            .term("purpose", "BIDDING")
            .but("STATUS_VALID", "STATUS_VALID PURPOSE_OTHER"),
        ),
        copy("shown-asked-shown", "for a loan, shown for a tender with the penalty alone", &report(), &[7])
            .term("purpose", "BIDDING")
            .but("STATUS_VALID", "STATUS_VALID PURPOSE_OTHER"),
        copy("shown-asked-other", "for a loan, shown for an award without the penalty", &report(), &[0, 3])
            .term("purpose", "AWARD")
            .but("STATUS_VALID", "STATUS_VALID PURPOSE_OTHER"),
        copy("shown-asked-none", "for a loan, asked for a tender, and nothing is shown", &report(), &[])
            .term("purpose", "BIDDING")
            .but("STATUS_VALID", "STATUS_VALID PURPOSE_OTHER"),
        copy("shown-person-number-hidden", "a natural person without the ID number", &person(), &[0, 1, 3]),
    ]
}

fn bad() -> Vec<Case> {
    let paper = report();
    let sealed = paper.sealed();
    let digests = |disclosures: &[String]| -> Vec<String> {
        sorted_digests(disclosures).iter().map(|digest| base64url(digest.as_bytes())).collect()
    };
    let file = || sealed.file(&paper.disclosures, &paper.disclosures);
    let case = |name, what, file: super::sealed::File| {
        Case::new(name, what, file.text(), COPY)
            .but("DISCLOSURE_OK", "DISCLOSURE_BAD")
            .invalid("DISCLOSURE_BAD")
    };
    let with = |more: String| [&paper.disclosures[..3], &[more]].concat();
    let (pointer, value) = REPORT[7];
    let changed = disclosure(&salt(pointer), pointer, &value.replacen("1.2000", "0.2000", 1));
    // Its digest is among the digests, and the core commits to it: what is wrong is the disclosure itself.
    let committed = |name, what, wrong: String, shown: bool| {
        let mut all = paper.disclosures.clone();
        all[7] = wrong;
        let root = super::documents::root(&sorted_digests(&all));
        let core = paper.core.clone().set(14, item(|w| w.bytes(root.as_bytes())));
        let sealed = super::sealed::Sealed::of(super::office::credit(), core);
        let list = if shown { &all[..] } else { &all[..7] };
        Case::new(name, what, sealed.file(&all, list).text(), COPY)
    };
    let committed_bad = |name, what, wrong: String| {
        committed(name, what, wrong, true).but("DISCLOSURE_OK", "DISCLOSURE_BAD").invalid("DISCLOSURE_BAD")
    };
    let short_salt = disclosure(&salt(pointer)[..15], pointer, value);
    let mut reversed = digests(&paper.disclosures);
    reversed.reverse();
    let mut twice = digests(&paper.disclosures);
    twice.insert(1, twice[0].clone());
    vec![
        case(
            "disclosure-changed",
            "the fine is another one: its digest is not there",
            file().set("disclosures", json!(with(changed))),
        ),
        case(
            "disclosure-twice",
            "a disclosure twice",
            file().set("disclosures", json!(with(paper.disclosures[0].clone()))),
        ),
        case(
            "disclosure-unreferenced",
            "a record of another document",
            file().set("disclosures", json!(with(commitment().disclosures[1].clone()))),
        ),
        case(
            "disclosure-malformed",
            "a text that is no disclosure",
            file().set("disclosures", json!(with("AAAA".into()))),
        ),
        case(
            "digest-missing",
            "a digest is missing",
            file().set("digests", json!(digests(&paper.disclosures[..7]))).set("disclosures", json!([])),
        ),
        case("digests-order", "the digests descend", file().set("digests", json!(reversed))),
        case("digest-twice", "a digest twice", file().set("digests", json!(twice))),
        case(
            "digests-other",
            "the digests of another document",
            file().set("digests", json!(digests(&commitment().disclosures))).set("disclosures", json!([])),
        ),
        case("disclosures-without-digests", "disclosures without digests", file().set("digests", json!([]))),
        committed_bad("disclosure-short-salt", "a salt of fifteen bytes, committed to", short_salt.clone()),
        committed("disclosure-short-salt-hidden", "the same, hidden: nobody can tell", short_salt, false),
        committed_bad(
            "disclosure-same-salt",
            "the salt of another record, committed to",
            disclosure(&salt(REPORT[6].0), pointer, value),
        ),
        committed_bad(
            "disclosure-same-pointer",
            "the pointer of another record, committed to",
            disclosure(&salt(pointer), REPORT[6].0, value),
        ),
        committed_bad(
            "disclosure-other-holder",
            "a holder who is not the core's, committed to",
            disclosure(
                &salt("/committer"),
                "/committer",
                r#"{"kind":"ORG","name":"另一家公司","uscc":"91619900MA0DEM021U"}"#,
            ),
        ),
        committed_bad(
            "disclosure-uncounted",
            "a record that no counter of the core counts",
            disclosure(&salt("/sections/honest/0"), "/sections/honest/0", r#"{"item_id":"HX-1","flags":[]}"#),
        ),
        committed_bad(
            "disclosure-repaired",
            "a penalty that is flagged REPAIRED is counted elsewhere",
            disclosure(&salt(pointer), pointer, &value.replacen("[]", "[\"REPAIRED\"]", 1)),
        ),
    ]
}

fn compared() -> Vec<Case> {
    let every = |paper: &Paper| (0..paper.disclosures.len()).collect::<Vec<_>>();
    let same = |name, what, paper: Paper| {
        copy(name, what, &paper, &every(&paper))
            .document(&paper.document)
            .but("DISCLOSURE_OK", "DISCLOSURE_OK DOCUMENT_OK")
    };
    let differs = |name, what, paper: Paper, document: Vec<u8>| {
        copy(name, what, &paper, &every(&paper))
            .document(document)
            .but("DISCLOSURE_OK", "DISCLOSURE_OK DOCUMENT_DIFFERS")
            .invalid("DOCUMENT_DIFFERS")
    };
    let not_shown = |case: Case| case.open("DOCUMENT_NOT_SHOWN");
    let replaced = |paper: &Paper, from: &str, to: &str| -> Vec<u8> {
        let text = String::from_utf8(paper.document.clone()).unwrap();
        assert!(text.contains(from));
        text.replacen(from, to, 1).into_bytes()
    };
    let other_order = replaced(
        &report(),
        r#""period":{"from":"2023-11-22","to":"2026-11-21"}"#,
        r#""period":{"to":"2026-11-21","from":"2023-11-22"}"#,
    );
    let partly = |name, what, paper: Paper, shown: &[usize]| {
        let document = paper.document.clone();
        not_shown(
            copy(name, what, &paper, shown)
                .document(document)
                .but("DISCLOSURE_OK", "DISCLOSURE_OK DOCUMENT_NOT_SHOWN"),
        )
    };
    vec![
        same("document-report", "the report itself", report()),
        same("document-person", "the natural person's report itself", person()),
        same("document-commitment", "the commitment itself", commitment()),
        same("document-file", "the file itself", any_file()),
        same(
            "document-members-order",
            "members of an object in another order",
            Paper { document: other_order, ..report() },
        ),
        differs(
            "document-other-value",
            "a fine of another amount",
            report(),
            replaced(&report(), "1.2000", "1.2"),
        ),
        differs("document-record-missing", "a report without the penalty", report(), {
            replaced(
                &report(),
                r#",{"item_id":"CF-0011","act":"PENALTY","amount_wan_yuan":"1.2000","flags":[]}"#,
                "",
            )
        }),
        differs(
            "document-record-more",
            "a report with a member more",
            report(),
            replaced(&report(), "{", r#"{"region":"619900","#),
        ),
        differs("document-other", "another document", report(), commitment().document),
        differs("document-no-json", "something that is no document", report(), b"%PDF-1.7\n".to_vec()),
        differs(
            "document-file-other",
            "a file with another last byte",
            any_file(),
            replaced(&any_file(), "\n", " "),
        ),
        partly(
            "document-penalty-hidden",
            "the report itself, the penalty is hidden",
            report(),
            &[0, 1, 2, 3, 4, 5, 6],
        ),
        partly(
            "document-file-digest-hidden",
            "the file itself, its SHA-256 is hidden",
            any_file(),
            &[0, 1, 2, 3],
        ),
        not_shown(
            Case::new(
                "document-qr",
                "the report itself, with a QR code",
                report().sealed().qr().text(),
                BARE,
            )
            .document(report().document)
            .but("STATUS_VALID", "DOCUMENT_NOT_SHOWN STATUS_VALID"),
        ),
    ]
}

fn audience() -> Vec<Case> {
    let core = report().core.set(7, item(|w| w.array(2).text("示例银行").text("91619900MA0BANK01X")));
    let text = super::sealed::Sealed::of(super::office::credit(), core).qr().text();
    vec![
        Case::new("audience-same", "for a bank, asked by the bank", &text, BARE)
            .term("audience", "91619900MA0BANK01X"),
        Case::new("audience-other", "for a bank, asked by somebody else", &text, BARE)
            .term("audience", "12619900990000084G")
            .but("STATUS_VALID", "STATUS_VALID AUDIENCE_OTHER"),
        Case::new("audience-not-asked", "for a bank, asked by nobody in particular", &text, BARE),
    ]
}
