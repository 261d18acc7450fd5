use super::*;
use crate::key::{KeyKind, KeyName};
use crate::note::SignatureLine;
use crate::registry::DocumentKind;
use crate::time::Time;
use alloc::string::ToString;
use alloc::vec;
use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn key(seed: u8, name: &str, kind: KeyKind) -> VerifierKey {
    VerifierKey::new(KeyName::parse(name).unwrap(), kind, secret(seed).verifying_key().as_bytes()).unwrap()
}

fn time(seconds: u64) -> Time {
    Time::new(seconds).unwrap()
}

fn root(seed: u8) -> VerifierKey {
    key(seed, "p.cn/root", KeyKind::Note)
}

fn office_key(seed: u8, usage: KeyUse, origin: &Origin) -> OfficeKey {
    let key = key(seed, &usage.key_name(origin), KeyKind::Note);
    let (sign_from, sign_until, verify_until) = (time(100), time(200), time(900));
    OfficeKey { usage, key, sign_from, sign_until, verify_until, compromised: None }
}

fn office(seed: u8, origin: &str) -> Office {
    let origin = Origin::parse(origin).unwrap();
    let keys =
        KeyUse::ALL.iter().zip(seed..).map(|(usage, seed)| office_key(seed, *usage, &origin)).collect();
    let organisation = Organisation {
        token: "12619900990000084G".into(),
        name: "示例县 公共信用信息中心".into(),
    };
    let kinds = vec![DocumentKind::CreditReport, DocumentKind::File];
    Office { origin, organisation, kinds, status_url: Some("https://a.cn/status".into()), keys }
}

fn witness(seed: u8, name: &str) -> Witness {
    let organisation = Organisation { token: "w.cn".into(), name: "见证".into() };
    Witness { key: key(seed, name, KeyKind::Cosignature), organisation }
}

fn group(label: &str, threshold: Threshold, members: &[&str]) -> Group {
    Group { label: label.into(), threshold, members: members.iter().map(ToString::to_string).collect() }
}

fn fields() -> TrustFields {
    let mut first = office(10, "a.cn/ledger");
    first.keys[1].compromised = Some(Compromised { from: time(150), size: 41, root: hash::leaf_hash(b"x") });
    let mut second = office(20, "b.cn/ledger");
    second.keys.push(office_key(30, KeyUse::Batch, &second.origin));
    second.status_url = None;
    TrustFields {
        publisher: Origin::parse("p.cn").unwrap(),
        roots: vec![root(1), root(2)],
        sequence: 3,
        issued: time(1_795_312_800),
        expires: time(1_826_848_800),
        offices: vec![second, first],
        witnesses: vec![witness(42, "y.cn/w"), witness(41, "x.cn/w"), witness(43, "z.cn/w")],
        authorities: vec![Authority {
            label: "tsa".into(),
            token: "t.cn".into(),
            certificate: vec![0x30, 0],
        }],
        chains: vec![Chain { label: "main-1".into(), chain_id: 1, sender: [0xab; 20], token: "c.cn".into() }],
        groups: vec![
            group("two", Threshold::AtLeast(2), &["y.cn/w", "x.cn/w", "z.cn/w"]),
            group("both", Threshold::All, &["two", "z.cn/w"]),
            group("one", Threshold::Any, &["both"]),
        ],
        quorum: Some("one".into()),
    }
}

fn sign(text: &str, seeds: &[u8]) -> String {
    let mut note = Note::new(text).unwrap();
    for seed in seeds {
        let signature = secret(*seed).sign(text.as_bytes()).to_bytes();
        note = note.with_signature(SignatureLine::new(&root(*seed), signature)).unwrap();
    }
    note.encode()
}

#[test]
fn what_is_written_reads_back() {
    let text = fields().text().unwrap();
    let bundle = TrustBundle::from_text(&text).unwrap();
    assert_eq!(bundle.fields().text().unwrap(), text);
    assert_eq!((bundle.sequence(), bundle.offices().len(), bundle.witnesses().len()), (3, 2, 3));
    assert_eq!(bundle.offices()[0].origin.as_str(), "a.cn/ledger");
    assert_eq!(bundle.office(&Origin::parse("b.cn/ledger").unwrap()).unwrap().keys.len(), 5);
    assert!(bundle.office(&Origin::parse("c.cn/ledger").unwrap()).is_none());
    let compromised = bundle.offices()[0].keys[1].compromised.as_ref().unwrap();
    assert_eq!((compromised.from, compromised.size), (time(150), 41));
}

#[test]
fn batch_keys_are_found_by_id() {
    let bundle = TrustBundle::from_text(&fields().text().unwrap()).unwrap();
    let mut found = 0;
    for (office, key) in
        bundle.offices().iter().flat_map(|office| office.keys.iter().map(move |key| (office, key)))
    {
        let by_id: Vec<_> = bundle.batch_keys_by_id(key.key.id()).collect();
        let expected = if key.usage == KeyUse::Batch { vec![(office, key)] } else { vec![] };
        assert_eq!(by_id, expected);
        found += by_id.len();
    }
    assert_eq!(found, 3);
}

#[test]
fn who_signed() {
    let text = fields().text().unwrap();
    let bundle = TrustBundle::from_text(&text).unwrap();
    let (first, other) = if bundle.roots()[0] == root(1) { (1, 2) } else { (2, 1) };
    let open = |seeds: &[u8], pinned: Option<VerifierKey>| {
        TrustBundle::open(&sign(&text, seeds), pinned.as_ref()).map(|b| b.root().cloned())
    };
    assert_eq!(open(&[first], None), Ok(Some(root(first))));
    assert_eq!(open(&[first, other], None), Ok(Some(root(first))));
    assert_eq!(open(&[other], None).unwrap_err().code(), "TRUST_BAD");
    assert_eq!(open(&[other], Some(root(other))), Ok(Some(root(other))));
    assert_eq!(open(&[first], Some(root(other))), Err(TrustError::RootOther));
    assert_eq!(open(&[first], Some(root(9))), Err(TrustError::RootOther));
    assert_eq!(open(&[9], None).unwrap_err().code(), "TRUST_BAD");
    // Listed, but the signature is of another text.
    let forged = sign(&text, &[first, other]).replacen("sequence 3", "sequence 4", 1);
    assert_eq!(TrustBundle::open(&forged, None).unwrap_err().code(), "TRUST_BAD");
    // A key of the same bytes under another name is another root.
    let renamed = key(first, "q.cn/root", KeyKind::Note);
    assert_eq!(open(&[first], Some(renamed)), Err(TrustError::RootOther));
}

#[test]
fn quorum() {
    let bundle = TrustBundle::from_text(&fields().text().unwrap()).unwrap();
    let met = |names: &[&str]| bundle.quorum_met(names).unwrap();
    assert!(!met(&[]) && !met(&["x.cn/w", "y.cn/w"]) && !met(&["z.cn/w"]));
    assert!(met(&["x.cn/w", "z.cn/w"]) && met(&["x.cn/w", "y.cn/w", "z.cn/w"]));
    assert!(!met(&["z.cn/w", "z.cn/w", "q.cn/w"]) && !met(&["two", "both", "one"]));
    let mut fields = fields();
    fields.quorum = None;
    assert_eq!(TrustBundle::from_text(&fields.text().unwrap()).unwrap().quorum_met(&["x.cn/w"]), None);
}

#[test]
fn policy() {
    let bundle = TrustBundle::from_text(&fields().text().unwrap()).unwrap();
    let office = &bundle.offices()[0];
    let policy = bundle.export_policy(&office.origin).unwrap();
    let lines: Vec<&str> = policy.lines().collect();
    assert_eq!(lines[0], format!("log {}", office.keys[0].key.encode()));
    assert_eq!(lines[1], format!("witness x.cn/w {}", bundle.witnesses()[0].key.encode()));
    assert_eq!(
        lines[4..],
        ["group two 2 x.cn/w y.cn/w z.cn/w", "group both all two z.cn/w", "group one any both", "quorum one"]
    );
    assert_eq!(bundle.export_policy(&Origin::parse("c.cn").unwrap()), None);
}

#[test]
fn fingerprints_are_for_people() {
    let print = fingerprint(&root(1));
    assert_eq!((print.len(), print.split(' ').count()), (39, 8));
    assert_ne!(print, fingerprint(&root(2)));
}

/// Each change of the good text has one fault.
#[test]
fn what_is_no_bundle() {
    let good = fields().text().unwrap();
    let again = |line: &str| good.lines().find(|l| l.starts_with(line)).unwrap().to_string() + "\n";
    let (root_line, office_a) = (again("root "), again("office a.cn"));
    let roots: String = good.split_inclusive('\n').filter(|l| l.starts_with("root ")).collect();
    let (status_key, pdf_key) = (again("key status a.cn"), again("key pdf a.cn"));
    let (witness_x, witness_y) = (again("witness x.cn"), again("witness y.cn"));
    for (from, to) in [
        ("p.cn/root\n", "p.cn/rot\n"),
        ("p.cn/root\n", "q.cn/root\n"),
        ("trust v1", "trust v2"),
        (&roots, ""),
        (&root_line, &(root_line.clone() + &root_line)),
        ("sequence 3", "sequence 0"),
        ("sequence 3", "sequence 03"),
        ("issued 1795312800", "issued 1826848800"),
        ("office a.cn/ledger", "office c.cn/ledger"),
        (&office_a, ""),
        ("12619900990000084G", "12619900990000084g-"),
        ("12619900990000084G", "12619900990000084"),
        ("中心", "中\u{202e}心"),
        ("示例县 公共信用信息中心", ""),
        ("kinds credit-report file", "kinds file credit-report"),
        ("kinds credit-report file", "kinds credit-report credit-report"),
        ("kinds credit-report file", "kinds"),
        ("kinds credit-report file", "kinds credit-rating"),
        ("status https://a.cn/status", "status ftp://a.cn/status"),
        ("status https://a.cn/status", "status https://a.cn/sta tus"),
        ("key ledger", "key root"),
        ("key pdf", "key status"),
        ("100 200 900", "200 200 900"),
        ("100 200 900", "100 200 199"),
        ("100 200 900", "100 200"),
        ("100 200 900", "100 200 900 "),
        (&(status_key.clone() + &pdf_key), &(pdf_key.clone() + &status_key)),
        (&status_key, &(status_key.clone() + &status_key)),
        ("compromised a.cn/ledger/batch ", "compromised a.cn/ledger/pdf "),
        (" 150 41 ", " 150 0 "),
        (" 150 41 ", " 150 041 "),
        (&(witness_x.clone() + &witness_y), &(witness_y.clone() + &witness_x)),
        (&witness_x, &(witness_x.clone() + &witness_x)),
        (&witness_x, ""),
        ("authority tsa", "authority Tsa"),
        ("authority tsa", "authority none"),
        ("authority tsa", "authority main-1"),
        (" MAA=", " MAB="),
        (" MAA=", " "),
        ("chain main-1 1 ab", "chain main-1 01 ab"),
        ("chain main-1 1 ab", "chain main-1 1 AB"),
        ("chain main-1 1 ab", "chain main-1 1 "),
        ("group two 2 x", "group two 0 x"),
        ("group two 2 x", "group two 4 x"),
        ("group two 2 x", "group two some x"),
        ("x.cn/w y.cn/w z.cn/w", "y.cn/w x.cn/w z.cn/w"),
        ("x.cn/w y.cn/w z.cn/w", "x.cn/w x.cn/w z.cn/w"),
        ("group both all two", "group both all one"),
        ("group one any both", "group two any both"),
        ("quorum one\n", "quorum three\n"),
        ("quorum one\n", ""),
        ("quorum one\n", "quorum one\n\n"),
        ("quorum one\n", "quorum one"),
        ("quorum one\n", "quorum one\nquorum one\n"),
    ] {
        assert!(good.contains(from), "{from:?}");
        let bad = good.replacen(from, to, 1);
        assert!(TrustBundle::from_text(&bad).is_err(), "{from:?} → {to:?}");
    }
}

#[test]
fn a_witness_has_one_name() {
    let mut twice = fields();
    twice.witnesses.push(witness(41, "q.cn/w"));
    assert!(twice.text().unwrap_err().what().contains("one name"));
}

#[test]
fn limits() {
    let mut many = fields();
    many.roots = (1..=5).map(root).collect();
    assert!(many.text().is_err());
    many.roots.truncate(4);
    assert!(many.text().is_ok());
    let office = &mut many.offices[0];
    office.keys = (1..=65).map(|seed| office_key(seed, KeyUse::Batch, &office.origin)).collect();
    assert!(many.text().is_err());
    many.offices[0].keys.truncate(64);
    assert!(many.text().is_ok());
    many.offices[0].organisation.name = "名".repeat(67);
    assert!(many.text().is_err());
}

proptest! {
    #[test]
    fn what_parses_is_written_the_same(place: prop::sample::Index, by in "[ -~\n信]{0,2}", drop in 0usize..3) {
        let mut text = fields().text().unwrap();
        let from = place.index(text.len());
        let to = (from + drop).min(text.len());
        if text.is_char_boundary(from) && text.is_char_boundary(to) {
            text.replace_range(from..to, &by);
            if let Ok(bundle) = TrustBundle::from_text(&text) {
                prop_assert_eq!(bundle.fields().text(), Ok(text));
            }
        }
    }
}
