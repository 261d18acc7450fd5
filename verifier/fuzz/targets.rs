//! What each fuzz target does with its input. Written once, run twice: by libFuzzer (`fuzz_targets/`) and, with seeded
//! mutations on a stable compiler, by the workspace's tests (`tests/e2e/fuzz.rs`).
//!
//! A target never panics on any input, and what it reads it writes again byte for byte: one encoding, nothing else.
//! It answers whether the input was read, so that a caller can keep what got through.

use verifier::anchor::Anchor;
use verifier::batch_file::BatchFile;
use verifier::batch_note::BatchNote;
use verifier::certificate::{Certificate, CertificateParts};
use verifier::checkpoint::Checkpoint;
use verifier::core::Core;
use verifier::disclosure::Disclosure;
use verifier::evm::{Address, ChainEvidence, Header, Receipt, SignedTransaction, keccak256};
use verifier::hash::Hash;
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;
use verifier::pdf::{FoundNote, Pdf, PdfNote};
use verifier::qr::{self, QrPayload};
use verifier::status_index::StatusIndex;
use verifier::status_list::StatusList;
use verifier::tile::TilePath;
use verifier::time::Time;
use verifier::timestamp::{self, Token};
use verifier::tlog_proof::TlogProof;
use verifier::trust::{Authority, TrustBundle};
use verifier::witnessing::{self, AddCheckpoint};
use verifier::{base64, json, limits};

/// Signed notes: text and signature lines.
pub fn note(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(note) = Note::parse(text) else { return false };
    assert_eq!(note.encode(), text, "a note is written as it was read");
    assert!(note.verify(&[]).is_err(), "nobody known signed");
    true
}

/// Checkpoints and batch notes, signed and bare. No input is both.
pub fn checkpoint(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let checkpoint = Checkpoint::from_text(text);
    let batch = BatchNote::from_text(text);
    assert!(checkpoint.is_err() || batch.is_err(), "a checkpoint is taken for a batch note");
    let mut read = false;
    if let Ok(checkpoint) = checkpoint {
        assert_eq!(checkpoint.text(), text, "a checkpoint is written as it was read");
        read = true;
    }
    if let Ok(batch) = batch {
        assert_eq!(batch.text(), text, "a batch note is written as it was read");
        assert!(!batch.subtree().is_empty(), "a batch note of nothing");
        read = true;
    }
    if let Ok((checkpoint, note)) = Checkpoint::parse_note(text) {
        assert_eq!(checkpoint.text(), note.text());
        assert_eq!(note.encode(), text);
        read = true;
    }
    if let Ok((batch, note)) = BatchNote::parse_note(text) {
        assert_eq!(batch.text(), note.text());
        assert_eq!(note.encode(), text);
        read = true;
    }
    read
}

/// Names of tiles.
pub fn tile_path(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(path) = TilePath::parse(text) else { return false };
    assert_eq!(path.to_string(), text, "a tile's name is written as it was read");
    let again = TilePath::new(path.level(), path.number(), path.width());
    assert_eq!(again.as_ref(), Ok(&path), "a tile's name is made of its parts");
    true
}

/// Strict JSON of any shape, as documents come in.
pub fn json(data: &[u8]) -> bool {
    let Ok(value) = json::parse(data, limits::DOCUMENT_BYTES) else {
        assert!(json::parse_compact(data, limits::DOCUMENT_BYTES).is_err(), "compact JSON is JSON");
        return false;
    };
    let compact = json::compact(&value);
    let again = json::parse_compact(compact.as_bytes(), usize::MAX);
    assert_eq!(again.as_ref(), Ok(&value), "the compact form says the same");
    let is_compact = json::parse_compact(data, limits::DOCUMENT_BYTES).is_ok();
    assert_eq!(is_compact, compact.as_bytes() == data, "one compact form, and no other");
    true
}

/// Cores: the CBOR body of a certificate.
pub fn core(data: &[u8]) -> bool {
    let Ok(core) = Core::parse(data) else { return false };
    assert_eq!(core.as_bytes(), data, "a core keeps its bytes");
    let again = Core::new(core.fields().clone());
    assert_eq!(again.as_ref().map(Core::as_bytes), Ok(data), "a core is written as it was read");
    true
}

/// Disclosures: one salted record each.
pub fn disclosure(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(read) = Disclosure::parse(text) else { return false };
    assert_eq!(read.as_str(), text, "a disclosure keeps its text");
    let again = Disclosure::new(*read.salt(), read.pointer(), read.value().clone());
    assert_eq!(again.as_ref().map(Disclosure::as_str), Ok(text), "a disclosure is written as it was read");
    true
}

/// Trust bundles.
pub fn trust_bundle(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(bundle) = TrustBundle::parse(text) else {
        assert!(TrustBundle::open(text, None).is_err(), "a bundle that can't be read is opened");
        return false;
    };
    assert_eq!(bundle.note().encode(), text, "a bundle keeps its text");
    assert_eq!(
        bundle.fields().text().as_deref(),
        Ok(bundle.note().text()),
        "a bundle is written as it was read"
    );
    for office in bundle.offices() {
        assert!(bundle.export_policy(&office.origin).is_some(), "a bundle exports a policy for each office");
    }
    true
}

/// The index of status lists.
pub fn status_index(data: &[u8]) -> bool {
    let Ok(index) = StatusIndex::parse(data) else { return false };
    assert_eq!(index.encode().as_bytes(), data, "an index is written as it was read");
    true
}

/// Status list files. The compression is free, so it is kept; everything else has one encoding.
pub fn status_list(data: &[u8]) -> bool {
    let Ok(list) = StatusList::parse(data) else { return false };
    let zlib =
        json::parse(data, usize::MAX).ok().and_then(|file| base64::decode(file.get("list")?.as_str()?));
    let again = StatusList::file(list.note(), &zlib.expect("a list that was read is in base64"));
    assert_eq!(again.as_bytes(), data, "a status list is written as it was read");
    assert_eq!(list.bits().digest(), list.says().fields().list, "the note signs these bits");
    true
}

/// tlog-proofs.
pub fn tlog_proof(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(proof) = TlogProof::parse(text) else { return false };
    assert_eq!(proof.encode(), text, "a proof is written as it was read");
    true
}

/// Requests to witnesses, and their answers.
pub fn witness_request(data: &[u8]) -> bool {
    let request = AddCheckpoint::parse(data);
    if let Ok(request) = &request {
        assert_eq!(request.encode().as_bytes(), data, "a request is written as it was read");
    }
    let lines = witnessing::read_cosignatures(data);
    if let Ok(lines) = &lines {
        let written: String = lines.iter().map(|line| line.encode() + "\n").collect();
        assert_eq!(written.as_bytes(), data, "cosignatures are written as they were read");
    }
    if let Some(size) = witnessing::read_size(data) {
        assert_eq!(format!("{size}\n").as_bytes(), data, "a size has one form");
    }
    request.is_ok() || lines.is_ok()
}

/// Proofs that a ledger was forked.
pub fn misbehaviour(data: &[u8]) -> bool {
    let Ok(found) = Misbehaviour::parse(data) else { return false };
    assert_eq!(found.encode().as_bytes(), data, "a proof is written as it was read");
    assert!(found.signed_by(&[]).is_err(), "nobody known signed");
    // Whether it proves anything, without a panic.
    let _ = found.contradicts();
    true
}

/// Anchors.
pub fn anchor(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(anchor) = Anchor::parse(text) else { return false };
    assert_eq!(anchor.encode(), text, "an anchor is written as it was read");
    if anchor.kind().is_some() {
        let longer = anchor.with_path(vec![Hash::from_bytes([7; 32])]).expect("a path of one hash");
        assert_eq!(
            Anchor::parse(&longer.encode()).as_ref(),
            Ok(&longer),
            "an anchor with another path is one"
        );
        assert_eq!(longer.without_path(), anchor.without_path(), "a path is all that was added");
    }
    true
}

/// Tokens of timestamp authorities, their answers, and certificates. Nothing of these is written again.
pub fn timestamp(data: &[u8]) -> bool {
    let root = include_bytes!("../examples/make_vectors_timestamp/made/root.der").to_vec();
    let authority = |certificate| Authority { label: "a".into(), token: "a.cn".into(), certificate };
    // Its own certificate as the authority's, too: so that what leads to one is read however it is changed.
    let authorities = [authority(root), authority(data.to_vec())];
    let zero = Hash::from_bytes([0; 32]);
    let _ = timestamp::accept(data, &zero, 1, None, &authorities, Time::MAX);
    let seen = timestamp::view(data).is_ok();
    let Ok(token) = Token::parse(data) else { return seen };
    assert_eq!(token.as_der(), data, "a token is kept as it came");
    let digest = token.claimed_digest().unwrap_or(zero);
    match token.verify(&digest, &[data.to_vec()], &authorities, Time::MAX) {
        Ok(shown) => assert!(shown.time <= shown.latest, "nothing is later than the latest time"),
        Err(error) => assert!(!error.code().is_empty(), "what does not hold has a code"),
    }
    let _ = token.verify(&digest, &[], &authorities, Time::MAX);
    true
}

/// Transactions, receipts and block headers of chains.
pub fn evm(data: &[u8]) -> bool {
    let transaction = SignedTransaction::parse(data);
    if let Ok(signed) = &transaction {
        assert_eq!(signed.encode(), data, "a transaction is written as it was read");
    }
    let header = Header::parse(data);
    if let Ok(header) = &header {
        assert_eq!(header.encode(), data, "a header is kept as it came");
        assert_eq!(header.hash(), keccak256(data), "a block is the hash of its header");
    }
    let receipt = Receipt::parse(data);
    let (digest, nobody) = (Hash::from_bytes([0; 32]), Address::from_bytes([0; 20]));
    let evidence = ChainEvidence { transaction: data, receipt: data, header: Some(data) };
    assert!(evidence.check(&digest, 1, nobody).is_err(), "no bytes are a transaction and a receipt");
    transaction.is_ok() || header.is_ok() || receipt.is_ok()
}

/// Batch files of a ledger.
pub fn batch_file(data: &[u8]) -> bool {
    let Ok(batch) = BatchFile::parse(data) else { return false };
    assert_eq!(batch.encode().as_bytes(), data, "a batch file is written as it was read");
    assert!(batch.note_of(batch.start()).is_some(), "the first entry of a batch has a note");
    true
}

/// What a scanner hands in.
pub fn qr_text(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let payload = match qr::read_text(text) {
        Ok(payload) => payload,
        Err(error) => {
            assert!(!error.code().is_empty(), "what is not read has a code");
            return false;
        }
    };
    let (before, digits) = qr::url("credit.example.gov.cn", &payload);
    assert_eq!(
        qr::read_text(&format!("{before}{digits}")).as_ref(),
        Ok(&payload),
        "a payload is read as it is drawn"
    );
    let other = format!("u{}", base64::encode_url(&payload.encode()));
    assert_eq!(qr::read_text(&other).as_ref(), Ok(&payload), "both forms say the same");
    true
}

/// The payload of a QR code. Length and checksum are put right first: else hardly any input gets behind them.
pub fn qr_payload(data: &[u8]) -> bool {
    let Some((head, rest)) = data.split_first_chunk::<7>() else { return QrPayload::parse(data).is_ok() };
    let Ok(length) = u16::try_from(data.len()) else { return false };
    let mut bytes = vec![head[0]];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&crc32fast::hash(rest).to_be_bytes());
    bytes.extend_from_slice(rest);
    let Ok(payload) = QrPayload::parse(&bytes) else { return false };
    assert_eq!(payload.encode(), bytes, "a payload is written as it was read");
    true
}

/// Certificate files, and the copies made of them.
pub fn certificate(data: &[u8]) -> bool {
    let certificate = match Certificate::parse(data) {
        Ok(certificate) => certificate,
        Err(error) => {
            assert!(!error.code().is_empty(), "what is not read has a code");
            return false;
        }
    };
    assert_eq!(certificate.encode(), data, "a certificate is written as it was read");
    let parts: CertificateParts = certificate.parts().clone();
    assert_eq!(
        Certificate::from_parts(parts).as_ref(),
        Ok(&certificate),
        "a certificate is made of its parts"
    );
    if let Ok((disclosures, shown)) = certificate.shown() {
        assert!(shown.records() <= shown.of(), "more is shown than there is");
        let keep: Vec<&str> = disclosures.iter().map(Disclosure::pointer).take(1).collect();
        let copy = certificate.disclose(&keep).expect("what is shown can be kept");
        assert_eq!(copy.disclosures().len(), keep.len(), "a copy shows what was kept");
        assert_eq!(Certificate::parse(&copy.encode()).as_ref(), Ok(&copy), "a copy is a certificate");
    }
    if let Ok(payload) = certificate.qr() {
        assert_eq!(QrPayload::parse(&payload.encode()).as_ref(), Ok(&payload), "its QR code can be read");
    }
    true
}

/// PDF files. Large ones show nothing more, and inflating what a few of them hold takes its time.
pub fn pdf(data: &[u8]) -> bool {
    if data.len() > PDF_LOOKED_AT {
        return false;
    }
    let pdf = match Pdf::read(data) {
        Ok(pdf) => pdf,
        Err(error) => {
            assert!(!error.code().as_str().is_empty(), "what is not read has a code");
            return false;
        }
    };
    if let FoundNote::Whole(note) = pdf.note() {
        assert_eq!(PdfNote::parse(&note.note().encode()).as_ref(), Ok(note), "a note is what it is made of");
        let longer = [data, b"\n"].concat();
        let longer = Pdf::read(&longer).expect("a byte after the end hides no attachment");
        assert!(matches!(longer.note(), FoundNote::Broken(_)), "a longer file is another one");
        assert_eq!(longer.attachment(), pdf.attachment());
    }
    // Whatever the attachment is, it has a verdict.
    let _ = pdf.certificate();
    true
}

const PDF_LOOKED_AT: usize = 8 << 10;
