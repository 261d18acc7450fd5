//! One good artefact of each format, made of fixed keys and fixed times, so that every run has the same bytes.
//!
//! An office `credit.example.gov.cn/ledger` with three entries in one batch; the certificate is that of entry 1.

use ed25519_dalek::{Signer, SigningKey};
use verifier::anchor::Anchor;
use verifier::batch_file::BatchFile;
use verifier::batch_note::BatchNote;
use verifier::certificate::{Certificate, CertificateParts};
use verifier::checkpoint::Checkpoint;
use verifier::core::{Audience, Claim, Core, CoreFields, Holder};
use verifier::disclosure::{Disclosure, document_root};
use verifier::entry::Entry;
use verifier::hash::{Hash, leaf_hash, node_hash};
use verifier::json::Value;
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::merkle::Subtree;
use verifier::note::{Note, SignatureLine, note_signed_bytes};
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::qr::QrPayload;
use verifier::registry::{ClaimValue, Counter, DocumentKind, HolderKind, Open};
use verifier::status::{Status, StatusFields, StatusNote};
use verifier::status_list::{StatusBits, StatusList};
use verifier::time::{Date, Time};
use verifier::tlog_proof::TlogProof;
use verifier::trust::{
    Authority, Chain, Compromised, Group, KeyUse, Office, OfficeKey, Organisation, Threshold, TrustFields,
    Witness,
};

/// When the batch was closed.
pub const SEALED: u64 = 1_795_310_130;
/// When the trust bundle was issued.
pub const ISSUED: u64 = SEALED + 60;
/// Index of the certificate's entry.
pub const INDEX: u64 = 1;

/// The office's name of its ledger.
pub fn origin() -> Origin {
    Origin::parse("credit.example.gov.cn/ledger").expect("an origin")
}

/// Seconds since 1970.
pub fn time(seconds: u64) -> Time {
    Time::new(seconds).expect("a time")
}

/// The core of the certificate; it says what the disclosures say.
pub fn core() -> Core {
    let claim = |rule, value| {
        Claim::new(Open::from_number(rule), ClaimValue::from_number(value).expect("a value"), None)
            .expect("a claim")
    };
    let date = |days| Date::new(days).expect("a date");
    let fields = CoreFields {
        number: CertificateNumber::with_check("20261122401709386125").expect("digits"),
        kind: DocumentKind::CreditReport,
        holder: Holder::new(HolderKind::Org, "渭水样例食品有限公司", "91619900MA0DEM021U").ok(),
        title: "公共信用信息报告".into(),
        purpose: None,
        audience: Audience::new("示例县公共信用信息中心", "12619900990000084G").ok(),
        issued_at: time(SEALED - 10),
        expires_at: time(SEALED + 7_776_000),
        period: Some((date(19_683), date(20_778))),
        data_as_of: Some(time(SEALED - 3600)),
        claims: vec![claim(1, 2), claim(3, 1), claim(6, 1)],
        counters: vec![(Open::Known(Counter::Penalties), 1)],
        document_root: document_root(&digests()).expect("digests"),
        nonce: *b"sixteen bytes, !",
    };
    Core::new(fields).expect("a core")
}

/// All disclosures of the document.
pub fn disclosures() -> Vec<Disclosure> {
    let penalty = Value::object([
        ("item_id", "CF-0011".into()),
        ("act", "PENALTY".into()),
        ("content", "罚款\n\"两\"万元".into()),
        ("flags", Value::Array(vec![])),
    ]);
    let records = [
        ("/schema", Value::from("credit-report/v1")),
        ("/report_no", "2026112209153012AB34CD".into()),
        ("/fields", Value::Array(vec!["ALL".into(), Value::Integer(-7), Value::Null, Value::Bool(true)])),
        ("/sections/admin/0", penalty),
    ];
    let salted = records.into_iter().zip(1u8..);
    salted
        .map(|((pointer, value), salt)| Disclosure::new([salt; 16], pointer, value).expect("a record"))
        .collect()
}

/// The digests of all disclosures, ascending.
pub fn digests() -> Vec<Hash> {
    let mut digests: Vec<Hash> = disclosures().iter().map(Disclosure::digest).collect();
    digests.sort();
    digests
}

/// The inclusion path of the certificate's entry, leaf to root, and the root over the three entries.
pub fn path_and_root() -> (Vec<Hash>, Hash) {
    let leaf = |entry: &Entry| leaf_hash(entry.as_bytes());
    let others = [b"before", b"behind"].map(|body| leaf(&Entry::of_event(&origin(), &[9; 16], body)));
    let own = leaf(&Entry::of_core(&origin(), core().as_bytes()));
    let root = node_hash(&node_hash(&others[0], &own), &others[1]);
    (others.to_vec(), root)
}

/// The signed batch note over the three entries.
pub fn batch_note() -> Note {
    let subtree = Subtree::new(0, 3).expect("a subtree");
    let note = BatchNote::new(origin(), subtree, path_and_root().1, time(SEALED)).expect("a batch note");
    sign(note.text(), &key(2, &KeyUse::Batch.key_name(&origin()), KeyKind::Note), 2)
}

/// The signed checkpoint of size 3, cosigned by one witness.
pub fn checkpoint() -> Note {
    let checkpoint = Checkpoint::new(origin(), 3, path_and_root().1).expect("a checkpoint");
    let note = sign(checkpoint.text(), &key(1, &KeyUse::Ledger.key_name(&origin()), KeyKind::Note), 1);
    let witness = witness_key();
    let bytes = verifier::cosignature::signed_bytes(time(SEALED + 5), note.text());
    let signature = secret(5).sign(&bytes).to_bytes();
    note.with_signature(SignatureLine::cosignature(&witness, time(SEALED + 5), signature))
        .expect("room for one more")
}

/// The tlog-proof of the certificate's entry.
pub fn tlog_proof() -> TlogProof {
    TlogProof::new(INDEX, path_and_root().0, checkpoint()).expect("a proof")
}

/// The certificate. `whole`: with disclosures, tlog-proof and an anchor of a kind that nobody knows; else with none.
pub fn certificate(whole: bool) -> Certificate {
    let anchor = Value::object([("type", "unheard-of".into()), ("checkpoint", checkpoint().encode().into())]);
    let anchor = Anchor::from_value(anchor).expect("an anchor");
    let parts = CertificateParts {
        core: core(),
        index: INDEX,
        path: path_and_root().0,
        batch_note: batch_note(),
        digests: if whole { digests() } else { vec![] },
        disclosures: if whole {
            disclosures().iter().map(|d| d.as_str().to_owned()).collect()
        } else {
            vec![]
        },
        tlog_proof: whole.then(tlog_proof),
        anchors: if whole { vec![anchor] } else { vec![] },
    };
    Certificate::from_parts(parts).expect("a certificate")
}

/// The QR code of the certificate.
pub fn qr_payload() -> QrPayload {
    let subtree = Subtree::new(0, 3).expect("a subtree");
    let note = batch_note();
    let line = note.signatures().first().expect("a signature");
    let signature = line.blob().try_into().expect("64 bytes");
    QrPayload::new(core(), subtree, INDEX, time(SEALED), path_and_root().0, line.id(), signature)
        .expect("a payload")
}

/// The file of the batch.
pub fn batch_file() -> BatchFile {
    BatchFile::new(0, 0, checkpoint(), vec![batch_note()]).expect("a batch file")
}

/// The status list issued at this time, with the certificate's status as given.
pub fn status_list(status: Status, issued: u64) -> String {
    let mut bits = StatusBits::new();
    assert!(bits.set(INDEX, status));
    let fields = StatusFields {
        origin: origin(),
        shard: 0,
        sequence: 1,
        size: 3,
        list: bits.digest(),
        previous: None,
        issued: time(issued),
        expires: time(issued + 86_400),
    };
    let text = StatusNote::new(fields).expect("a status note").text();
    let note = sign(text, &key(3, &KeyUse::Status.key_name(&origin()), KeyKind::Note), 3);
    StatusList::file(&note, &miniz_oxide::deflate::compress_to_vec_zlib(bits.as_bytes(), 6))
}

/// The trust bundle, with every kind of line.
pub fn trust() -> String {
    let root = root_key();
    let mut keys: Vec<OfficeKey> =
        KeyUse::ALL.iter().zip(1u8..).map(|(usage, seed)| office_key(seed, *usage)).collect();
    let mut old = office_key(7, KeyUse::Batch);
    old.compromised = Some(Compromised { from: time(SEALED - 500), size: 1, root: leaf_hash(b"x") });
    keys.push(old);
    let organisation = |token: &str, name: &str| Organisation { token: token.into(), name: name.into() };
    let office = Office {
        origin: origin(),
        organisation: organisation("12619900990000084G", "示例县公共信用信息中心"),
        kinds: vec![DocumentKind::CreditReport, DocumentKind::CreditCommitment, DocumentKind::File],
        status_url: Some("https://credit.example.gov.cn/ledger/status".into()),
        keys,
    };
    let name = witness_key().name().as_str().to_owned();
    let fields = TrustFields {
        publisher: Origin::parse("credit.example.gov.cn").expect("a publisher"),
        roots: vec![root.clone()],
        sequence: 3,
        issued: time(ISSUED),
        expires: time(ISSUED + 31_536_000),
        offices: vec![office],
        witnesses: vec![Witness {
            key: witness_key(),
            organisation: organisation("11619900990000076Q", "示例省信用中心"),
        }],
        authorities: vec![Authority {
            label: "tsa".into(),
            token: "t.example".into(),
            certificate: vec![0x30, 0],
        }],
        chains: vec![Chain {
            label: "main".into(),
            chain_id: 1,
            sender: [0xab; 20],
            token: "c.example".into(),
        }],
        groups: vec![Group { label: "one".into(), threshold: Threshold::Any, members: vec![name] }],
        quorum: Some("one".into()),
    };
    sign(fields.text().expect("a bundle"), &root, 6).encode()
}

/// The root key of the trust bundle.
pub fn root_key() -> VerifierKey {
    key(6, "credit.example.gov.cn/root", KeyKind::Note)
}

fn witness_key() -> VerifierKey {
    key(5, "province.example.gov.cn/witness", KeyKind::Cosignature)
}

fn office_key(seed: u8, usage: KeyUse) -> OfficeKey {
    let key = key(seed, &usage.key_name(&origin()), KeyKind::Note);
    let (sign_from, sign_until) = (time(SEALED - 1000), time(SEALED + 31_536_000));
    OfficeKey {
        usage,
        key,
        sign_from,
        sign_until,
        verify_until: time(SEALED + 315_360_000),
        compromised: None,
    }
}

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn key(seed: u8, name: &str, kind: KeyKind) -> VerifierKey {
    let name = KeyName::parse(name).expect("a key name");
    VerifierKey::new(name, kind, secret(seed).verifying_key().as_bytes()).expect("a key")
}

fn sign(text: String, key: &VerifierKey, seed: u8) -> Note {
    let signature = secret(seed).sign(note_signed_bytes(&text)).to_bytes();
    let note = Note::new(text).expect("a note");
    note.with_signature(SignatureLine::new(key, signature)).expect("the first signature")
}
