//! The examples that stand in the C2SP specifications themselves, word for word: what they show is read here, and written
//! again byte for byte. Where a specification elides signatures or keys, only what is left is used.

use ed25519_dalek::SigningKey;
use verifier::base64;
use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::note::{Note, NoteError};
use verifier::origin::Origin;
use verifier::registry::DocumentKind;
use verifier::tile::{TileLevel, TilePath};
use verifier::time::Time;
use verifier::tlog_proof::TlogProof;
use verifier::trust::{
    Group, KeyUse, Office, OfficeKey, Organisation, Threshold, TrustBundle, TrustFields, Witness,
};
use verifier::witnessing::{AddCheckpoint, Seen, read_cosignatures, read_size};

/// signed-note, "Introduction": the key is not given there.
const SONG: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n\
    — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
/// signed-note, "Test vectors".
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const MESSAGE: &str = "This is an example message.\n\n\
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
/// tlog-checkpoint; and with a second line, tlog-cosignature.
const SOFA: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
const SOFA_WITNESS: &str = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
/// tlog-witness, "add-checkpoint": "Example request body".
const REQUEST: &str = "old 20852014\n\
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
    jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
    5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
    /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
    \n\
    example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
    \n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
/// tlog-proof, "Example": the checkpoint's signatures are elided there.
const PROOF: &str = "c2sp.org/tlog-proof@v1\n\
    extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ\n\
    index 73894\n\
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n\
    B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\
    EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n\
    RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n\
    AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n";
const PROOF_HEAD: &str = "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n";
/// The `extra` line above, in its canonical form: the specification's own has a length that no base64 has.
const PROOF_EXTRA: &str = "YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6";

#[test]
fn signed_notes() {
    for text in [SONG, MESSAGE, SOFA] {
        assert_eq!(Note::parse(text).unwrap().encode(), text);
    }
    // The text may have blank lines: the last one ends it.
    assert!(Note::parse(SONG).unwrap().text().ends_with("sole:\n\ned è subito sera.\n"));
    let key = VerifierKey::parse(KEY).unwrap();
    assert_eq!(key.encode(), KEY);
    assert_eq!(Note::parse(MESSAGE).unwrap().verify(&[&key]), Ok(vec![0]));
    assert_eq!(Note::parse(SONG).unwrap().verify(&[&key]), Err(NoteError::UnknownSigner));
    let other = Note::parse(&MESSAGE.replace("example message", "exemplary message")).unwrap();
    assert!(matches!(other.verify(&[&key]), Err(NoteError::SigBad { .. })));
}

#[test]
fn checkpoints() {
    let seen = Seen::parse(SOFA).unwrap();
    assert_eq!((seen.origin(), seen.size()), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(seen.root().to_base64(), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    let (says, note) = Checkpoint::parse_note(SOFA).unwrap();
    assert_eq!((says.size(), says.text().as_str()), (20_852_163, note.text()));
}

#[test]
fn cosignatures() {
    let text = format!("{SOFA}{SOFA_WITNESS}");
    let note = Note::parse(&text).unwrap();
    assert_eq!(note.encode(), text);
    let line = &note.signatures()[1];
    assert_eq!(line.name().as_str(), "witness.example.com/w1");
    // u64be(time) ‖ signature; the specification says when: 2023-03-20.
    let (time, signature) = line.blob().split_first_chunk::<8>().unwrap();
    assert_eq!((u64::from_be_bytes(*time), signature.len()), (1_679_315_147, 64));
    assert_eq!(read_cosignatures(SOFA_WITNESS.as_bytes()).unwrap(), std::slice::from_ref(line));
    // What is signed, as the specification spells it.
    let signed = cosignature::signed_bytes(Time::new(1_679_315_147).unwrap(), note.text());
    let expected = format!("cosignature/v1\ntime 1679315147\n{}", note.text());
    assert_eq!(signed, expected.as_bytes());
    assert!(expected.ends_with("\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"));
}

#[test]
fn requests_to_a_witness() {
    let request = AddCheckpoint::parse(REQUEST.as_bytes()).unwrap();
    assert_eq!((request.old(), request.proof().len()), (20_852_014, 4));
    assert_eq!(request.head().origin(), "example.com/behind-the-sofa");
    // Two signatures of one name and two keys.
    assert_eq!(request.head().note().signatures().len(), 2);
    assert_eq!(request.encode(), REQUEST);
    for bad in [
        REQUEST.replacen("old 20852014", "old 020852014", 1),
        REQUEST.replacen("old 20852014", "old  20852014", 1),
        REQUEST.replacen("old 20852014", "Old 20852014", 1),
        REQUEST.replacen("\n\nexample", "\nexample", 1),
        REQUEST.replacen('\n', "\r\n", 1),
        REQUEST.trim_end().to_string(),
        REQUEST.split("— ").next().unwrap().to_string(),
    ] {
        assert!(AddCheckpoint::parse(bad.as_bytes()).is_err(), "{bad}");
    }
    assert_eq!(read_size(b"20852014\n"), Some(20_852_014));
    for bad in [&b"20852014"[..], b"020852014\n", b"20852014\n\n", b" 20852014\n", b"-1\n", b"\n", b""] {
        assert_eq!(read_size(bad), None);
    }
}

#[test]
fn proofs() {
    // Index, hashes and checkpoint are the example's; a signature takes the place of those that it leaves out.
    let signed = MESSAGE.split("\n\n").nth(1).unwrap();
    let extra = PROOF.lines().nth(1).unwrap();
    let canonical = PROOF.replacen(extra, &format!("extra {PROOF_EXTRA}"), 1);
    let text = format!("{canonical}\n{PROOF_HEAD}\n{signed}");
    let proof = TlogProof::parse(&text).unwrap();
    assert_eq!(proof.index(), 73_894);
    assert_eq!(proof.encode(), text);
    assert_eq!(proof.note().text(), PROOF_HEAD);
    assert!(base64::decode(PROOF_EXTRA).unwrap().starts_with(b"age-v1.2.1-darwin-arm64.tar.gz"));
    // Five hashes are no path in a tree of that size: nothing is proven by the example itself.
    let entry = verifier::entry::Entry::from_bytes([0; 32]);
    assert!(proof.proves(&entry).is_err());
}

#[test]
fn tiles() {
    let path = TilePath::parse("tile/0/x001/x234/067").unwrap();
    assert_eq!((path.number(), path.is_partial()), (1_234_067, false));
    assert_eq!(path.to_string(), "tile/0/x001/x234/067");
    // "a tree of size 70,000 will be represented by …", and one of 256.
    for (size, expected) in [
        (
            70_000u64,
            &["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"][..],
        ),
        (256, &["tile/0/000", "tile/1/000.p/1"]),
    ] {
        let mut made = Vec::new();
        let mut below = size;
        for level in 0..64u8 {
            let (full, width) = (below / 256, below % 256);
            let at =
                |number, width| TilePath::new(TileLevel::Hashes(level), number, width).unwrap().to_string();
            if full > 0 {
                made.push(at(full - 1, 256));
            }
            if width > 0 {
                made.push(at(full, width));
            }
            below = full;
            if below == 0 {
                break;
            }
        }
        assert_eq!(made, expected, "{size}");
    }
    for bad in [
        "tile/0/1",
        "tile/0/0001",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/64/000",
    ] {
        assert!(TilePath::parse(bad).is_err(), "{bad}");
    }
}

/// tlog-policy, "Example policy": two levels of groups, with keys where the specification elides them.
#[test]
fn a_policy_with_groups_of_groups() {
    let vkey = |name: &str, seed: u8, kind| {
        let public = SigningKey::from_bytes(&[seed; 32]).verifying_key();
        VerifierKey::new(KeyName::parse(name).unwrap(), kind, public.as_bytes()).unwrap()
    };
    let names = ["x1", "x2", "x3", "y1", "y2", "y3"].map(|name| format!("{name}.example/witness"));
    let witnesses: Vec<VerifierKey> =
        (10..).zip(&names).map(|(seed, name)| vkey(name, seed, KeyKind::Cosignature)).collect();
    let bundle = bundle(vkey("example.com/ledger", 1, KeyKind::Note), &witnesses);
    let [x1, x2, x3, y1, y2, y3] = names.each_ref().map(String::as_str);
    // "at least two out of these three", "at least one", and both.
    let mut met = 0;
    for chosen in 0u32..64 {
        let cosigned: Vec<&str> = [x1, x2, x3, y1, y2, y3]
            .into_iter()
            .enumerate()
            .filter(|(n, _)| chosen & (1 << n) != 0)
            .map(|(_, name)| name)
            .collect();
        let (x, y) = ((chosen & 0b111).count_ones(), (chosen >> 3).count_ones());
        assert_eq!(bundle.quorum_met(&cosigned), Some(x >= 2 && y >= 1), "{cosigned:?}");
        met += u32::from(x >= 2 && y >= 1);
    }
    assert_eq!(met, 28);
    let origin = bundle.offices()[0].origin.clone();
    let policy = bundle.export_policy(&origin).unwrap();
    let lines: Vec<&str> = policy.lines().collect();
    let groups = [
        format!("group x-witnesses 2 {x1} {x2} {x3}"),
        format!("group y-witnesses any {y1} {y2} {y3}"),
        "group x-and-y all x-witnesses y-witnesses".to_string(),
        "quorum x-and-y".to_string(),
    ];
    assert!(lines[0].starts_with("log ") && lines[1].starts_with("witness "), "{policy}");
    assert_eq!(lines[lines.len() - 4..], groups, "{policy}");
    // Names of one word each, every name defined before it is used, exactly one quorum: as the grammar has it.
    let mut known = std::collections::BTreeSet::new();
    for line in &lines {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["log", key] => assert!(VerifierKey::parse(key).is_ok()),
            ["witness", name, key] => {
                assert!(VerifierKey::parse(key).is_ok() && known.insert(name), "{line}")
            }
            ["group", name, _, ref members @ ..] => {
                assert!(members.iter().all(|member| known.contains(member)) && known.insert(name), "{line}")
            }
            ["quorum", name] => assert!(known.contains(name) || name == "none", "{line}"),
            _ => panic!("{line}"),
        }
    }
    assert_eq!(lines.iter().filter(|line| line.starts_with("quorum ")).count(), 1);
}

/// A bundle with one ledger, these witnesses and the groups of the example.
fn bundle(ledger: VerifierKey, witnesses: &[VerifierKey]) -> TrustBundle {
    let time = |seconds| Time::new(seconds).unwrap();
    let organisation = |token: &str| Organisation { token: token.into(), name: "示例".into() };
    let (from, until) = (time(1_795_000_000), time(1_800_000_000));
    let key = OfficeKey {
        usage: KeyUse::Ledger,
        key: ledger.clone(),
        sign_from: from,
        sign_until: until,
        verify_until: until,
        compromised: None,
    };
    let origin = Origin::parse(ledger.name().as_str()).unwrap();
    let root = SigningKey::from_bytes(&[99; 32]).verifying_key();
    let root_name = KeyName::parse("example.com/ledger/root").unwrap();
    let group = |label: &str, threshold, members: &[&str]| Group {
        label: label.into(),
        threshold,
        members: members.iter().map(|member| member.to_string()).collect(),
    };
    let names: Vec<&str> = witnesses.iter().map(|key| key.name().as_str()).collect();
    let fields = TrustFields {
        publisher: origin.clone(),
        roots: vec![VerifierKey::new(root_name, KeyKind::Note, root.as_bytes()).unwrap()],
        sequence: 1,
        issued: from,
        expires: until,
        offices: vec![Office {
            origin,
            organisation: organisation("office.example"),
            kinds: vec![DocumentKind::File],
            status_url: None,
            keys: vec![key],
        }],
        witnesses: witnesses
            .iter()
            .map(|key| Witness { key: key.clone(), organisation: organisation("witness.example") })
            .collect(),
        authorities: vec![],
        chains: vec![],
        groups: vec![
            group("x-witnesses", Threshold::AtLeast(2), &names[..3]),
            group("y-witnesses", Threshold::Any, &names[3..]),
            group("x-and-y", Threshold::All, &["x-witnesses", "y-witnesses"]),
        ],
        quorum: Some("x-and-y".into()),
    };
    TrustBundle::from_text(&fields.text().unwrap()).unwrap()
}
