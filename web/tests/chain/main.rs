//! The real server anchors its ledger on a real chain, and with nodes and gateways that are none.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod ganache;
mod gateway;
mod node;
mod settings;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::{PATIENCE, raw};
use ganache::{CHAIN, Ganache};
use node::{Manner, Node};
use notary::anchor::Target;
use notary::keys::{ChainKey, KeyFile, Passphrase, Signer, example};
use notary::office::{Office, SealPolicy, Submission, SubmissionKind};
use serde_json::json;
use verifier::anchor::{Anchor, AnchorKind, Evidence, Evm};
use verifier::evm::{Address, ChainEvidence, Fee, Header, SignedTransaction};
use verifier::number::CertificateNumber;
use verifier::trust::Chain;
use web::Running;
use web::anchoring::evm::{Online, recheck};
use web::outgoing::{Outgoing, OutgoingSettings, PlainHttp};
use web::settings::{AnchorTarget, EvmSettings, Finality, Settings};

const HOUR: Duration = Duration::from_secs(3_600);

/// An office with a chain key, and a server of it.
struct Anchoring {
    office: Arc<Office>,
    sender: Address,
    running: Option<Running>,
    dir: tempfile::TempDir,
}

impl Anchoring {
    /// Not served yet: the sender is known first.
    fn new() -> Anchoring {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office");
        let office = common::office(&path, SealPolicy::IntervalMs(20));
        let key = ChainKey::generate(&path.join("keys"), passphrase(), 1).unwrap();
        Anchoring { office, sender: key.address(), running: None, dir }
    }

    /// Lists these chains in the trust bundle, all with this office's sender.
    fn trust(&self, chains: &[(&str, u64)]) {
        let mut fields = self.office.trust().fields().clone();
        fields.sequence += 1;
        let chain = |(label, chain_id): &(&str, u64)| Chain {
            label: label.to_string(),
            chain_id: *chain_id,
            sender: *self.sender.as_bytes(),
            token: "chain.example.cn".into(),
        };
        fields.chains = chains.iter().map(chain).collect();
        let root = KeyFile::open(&self.office.dir().join("keys/root.pem"), passphrase()).unwrap();
        root.unlock().unwrap();
        let signed = root.sign_note(&fields.text().unwrap()).unwrap();
        self.office.take_trust(&signed.encode()).unwrap();
    }

    fn serve(&mut self, targets: Vec<AnchorTarget>) {
        let outgoing = OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere };
        let settings = Settings { anchors: targets, outgoing, ..Settings::default() };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        self.running = Some(web::start(self.office.clone(), listener, settings).unwrap());
    }

    /// One document, sealed, and lists of today, so that a server has nothing of its own to seal when it starts.
    fn settle(&self) -> CertificateNumber {
        let number = self.accept("one");
        self.office.seal().unwrap();
        self.office.publish_status().unwrap();
        self.office.seal().unwrap();
        number
    }

    fn submit(&self, name: &str) -> CertificateNumber {
        let number = self.accept(name);
        assert!(self.office.wait_sealed(&number, PATIENCE).unwrap().is_some(), "sealing waits for nobody");
        number
    }

    fn accept(&self, name: &str) -> CertificateNumber {
        let submission = Submission {
            bytes: name.as_bytes().to_vec(),
            kind: SubmissionKind::File { name: name.into(), media_type: None },
            idempotency_key: None,
            corrects: None,
            qr: true,
        };
        self.office.submit(submission).unwrap().number
    }

    /// Whether the newest head is anchored with this target.
    fn is_anchored(&self, kind: AnchorKind, label: &str) -> bool {
        let size = self.office.own_head().unwrap().map_or(0, |head| head.checkpoint.size());
        let target = Target::new(kind, label).unwrap();
        size > 0 && self.office.anchors().last(&target).is_some_and(|last| last.size == size)
    }

    fn metrics(&self) -> String {
        let at = self.running.as_ref().unwrap().address();
        raw(at, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").text()
    }

    /// Waits until a failure of this kind is counted.
    fn failed(&self, kind: &str, label: &str, reason: &str) {
        let line = format!(
            "xinzheng_anchor_failures_total{{kind=\"{kind}\",target=\"{label}\",reason=\"{reason}\"}} "
        );
        let began = Instant::now();
        while !self.metrics().contains(&line) {
            let all = self.metrics();
            let counted: Vec<&str> = all.lines().filter(|line| line.contains("anchor_failures")).collect();
            assert!(began.elapsed() < PATIENCE, "{line}: {counted:#?}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What is under way with the chain, as it lies on disk.
    fn under_way(&self) -> Option<Vec<SignedTransaction>> {
        let text = std::fs::read(self.office.dir().join("anchor/evm-chain")).ok()?;
        let work: serde_json::Value = serde_json::from_slice(&text).ok()?;
        let progress = verifier::base64::decode(work["progress"].as_str()?)?;
        let progress: serde_json::Value = serde_json::from_slice(&progress).ok()?;
        let one = |one: &serde_json::Value| {
            let bytes = verifier::base64::decode(one["transaction"].as_str().unwrap()).unwrap();
            SignedTransaction::parse(&bytes).unwrap()
        };
        Some(progress["sent"].as_array()?.iter().map(one).collect())
    }

    /// The evidence of the newest anchor, whose bytes hold.
    fn evidence(&self) -> Evm {
        self.evidence_of(self.office.anchors().newest(1).remove(0).n)
    }

    fn evidence_of(&self, n: u64) -> Evm {
        let anchor = self.office.anchors().show(n).unwrap();
        let Some(Evidence::Evm(evm)) = anchor.evidence() else { panic!("{anchor:?}") };
        let evidence = ChainEvidence {
            transaction: &evm.transaction,
            receipt: &evm.receipt,
            header: evm.header.as_deref(),
        };
        evidence.check(&anchor.digest().unwrap(), CHAIN, self.sender).unwrap();
        evm.clone()
    }
}

impl Drop for Anchoring {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        running.stop();
        let ended = running.wait(|| ());
        assert!(thread::panicking() || ended.is_ok(), "{ended:?}");
        assert!(thread::panicking() || Path::new(self.dir.path()).exists());
    }
}

fn passphrase() -> Arc<Passphrase> {
    Arc::new(Passphrase::new(example::PASSPHRASE).unwrap())
}

fn outgoing() -> Outgoing {
    Outgoing::new(&OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere }).unwrap()
}

/// Until it is so, or the patience ends.
fn until(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Settings with a quick look for receipts.
fn quick() -> EvmSettings {
    EvmSettings {
        max_gas_price: Some(100_000_000_000),
        poll: Duration::from_millis(200),
        ..EvmSettings::default()
    }
}

fn chain(at: std::net::SocketAddr, settings: EvmSettings) -> AnchorTarget {
    AnchorTarget::evm("chain", &format!("http://{at}/"), HOUR, settings).unwrap()
}

#[test]
fn a_checkpoint_goes_on_a_chain_with_its_confirmations_and_a_node_still_has_it() {
    let ganache = Ganache::start(&[]);
    let mut office = Anchoring::new();
    office.trust(&[("chain", CHAIN)]);
    ganache.fund(&office.sender.to_string());
    let number = office.settle();
    let before = ganache.height();
    office.serve(vec![chain(ganache.at, EvmSettings { finality: Finality::Depth(3), ..quick() })]);
    until("the transaction is in a block", || ganache.height() > before);
    thread::sleep(Duration::from_secs(1));
    assert!(!office.is_anchored(AnchorKind::Evm, "chain"), "one confirmation of three");
    let under_way = office.under_way().unwrap();
    assert_eq!(under_way.len(), 1);
    ganache.mine();
    ganache.mine();
    until("three confirmations", || office.is_anchored(AnchorKind::Evm, "chain"));
    assert_eq!(office.under_way(), None, "nothing is under way any more");

    let evm = office.evidence();
    let sent = SignedTransaction::parse(&evm.transaction).unwrap();
    assert_eq!(sent, under_way[0], "what was on disk is what was sent");
    assert!(matches!(sent.transaction().fee, Fee::Dynamic { .. }), "the chain has a base fee");
    assert_eq!(sent.transaction().to, Some(office.sender));
    let header = Header::parse(evm.header.as_deref().unwrap()).unwrap();
    assert_eq!(header.number(), before + 1);
    let carried = office.office.certificate(&number).unwrap().certificate;
    let carried: Vec<&Anchor> = carried.anchors().iter().collect();
    assert_eq!((carried.len(), carried[0].kind()), (1, Some(AnchorKind::Evm)));

    let url = format!("http://{}/", ganache.at);
    let online = recheck(&outgoing(), &url, CHAIN, &evm);
    assert_eq!(online, Ok(Online::There { confirmations: 3, finalized: Some(true) }));
    let other = recheck(&outgoing(), &url, 1, &evm).unwrap_err();
    assert_eq!(other.kind, "chain-id");
    drop(ganache);
    assert_eq!(recheck(&outgoing(), &url, CHAIN, &evm).unwrap_err().kind, "connection");
}

#[test]
fn a_consortium_chain_costs_nothing_and_the_next_head_has_the_next_nonce() {
    let ganache = Ganache::start(&["--chain.hardfork", "berlin", "--miner.defaultGasPrice", "0"]);
    let mut office = Anchoring::new();
    office.trust(&[("chain", CHAIN)]);
    office.settle();
    office.serve(vec![chain(ganache.at, EvmSettings { gas_price: Some(0), max_gas_price: None, ..quick() })]);
    until("anchored without a coin", || office.is_anchored(AnchorKind::Evm, "chain"));
    let sent = SignedTransaction::parse(&office.evidence().transaction).unwrap();
    assert_eq!(sent.transaction().fee, Fee::Legacy { gas_price: 0 });
    office.submit("two");
    until("the next head", || {
        office.office.anchors().hurry();
        office.is_anchored(AnchorKind::Evm, "chain")
    });
    // On a slow machine there may be another head between the two.
    let nonces = (0..office.office.anchors().count())
        .map(|n| SignedTransaction::parse(&office.evidence_of(n).transaction).unwrap().transaction().nonce);
    let nonces: Vec<u64> = nonces.collect();
    assert!(nonces.len() >= 2 && nonces.iter().copied().eq(0..nonces.len() as u64), "{nonces:?}");
}

#[test]
fn a_chain_that_restarts_before_the_block_gets_the_same_bytes_again() {
    let store = tempfile::tempdir().unwrap();
    let folder = store.path().to_str().unwrap();
    let ganache = Ganache::start(&["--database.dbPath", folder, "--miner.blockTime", "3600"]);
    let at = ganache.at;
    let mut office = Anchoring::new();
    office.trust(&[("chain", CHAIN)]);
    ganache.fund(&office.sender.to_string());
    ganache.mine();
    office.settle();
    office.serve(vec![chain(at, quick())]);
    until("it waits for a block", || ganache.waiting().len() == 1);
    let sent = office.under_way().unwrap();
    drop(ganache);
    office.failed("evm", "chain", "connection");
    // What waited is lost with the process; the chain is there.
    let ganache = Ganache::start_at(at, &["--database.dbPath", folder]);
    until("anchored", || {
        office.office.anchors().hurry();
        office.is_anchored(AnchorKind::Evm, "chain")
    });
    assert_eq!(SignedTransaction::parse(&office.evidence().transaction).unwrap(), sent[0]);
    assert!(ganache.height() >= 2);
}

#[test]
fn a_block_that_the_chain_gives_up_takes_its_receipt_with_it_and_the_same_bytes_are_sent_again() {
    let ganache = Ganache::start(&[]);
    let mut office = Anchoring::new();
    office.trust(&[("chain", CHAIN)]);
    ganache.fund(&office.sender.to_string());
    let snapshot = ganache.ask("evm_snapshot", json!([]));
    let before = ganache.height();
    office.settle();
    office.serve(vec![chain(ganache.at, EvmSettings { finality: Finality::Depth(3), ..quick() })]);
    until("in a block", || ganache.height() == before + 1);
    let sent = office.under_way().unwrap();
    let first =
        ganache.ask("eth_getTransactionReceipt", json!([sent[0].hash().to_string()]))["blockHash"].clone();
    // No block while it is looked at; and the next one at another second, or it would be the very same block again.
    ganache.ask("miner_stop", json!([]));
    assert_eq!(ganache.ask("evm_revert", json!([snapshot])), json!(true));
    until("sent again", || ganache.waiting().len() == 1);
    assert_eq!(ganache.waiting()[0]["hash"], json!(sent[0].hash().to_string()), "the same bytes");
    assert!(!office.is_anchored(AnchorKind::Evm, "chain"));
    ganache.ask("evm_increaseTime", json!([5]));
    ganache.ask("miner_start", json!([]));
    until("in another block", || {
        let receipt = ganache.ask("eth_getTransactionReceipt", json!([sent[0].hash().to_string()]));
        receipt["blockHash"].is_string() && receipt["blockHash"] != first
    });
    assert!(!office.is_anchored(AnchorKind::Evm, "chain"));
    ganache.mine();
    ganache.mine();
    until("anchored", || office.is_anchored(AnchorKind::Evm, "chain"));
    let evm = office.evidence();
    assert_eq!(SignedTransaction::parse(&evm.transaction).unwrap(), sent[0]);
    // A chain that gives it up later is found by asking.
    let again = ganache.ask("evm_snapshot", json!([]));
    assert!(again.is_string());
    let fresh = Ganache::start_at(free(), &[]);
    let gone = recheck(&outgoing(), &format!("http://{}/", fresh.at), CHAIN, &evm);
    assert_eq!(gone, Ok(Online::Gone));
}

fn free() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn a_transaction_that_waits_too_long_is_signed_again_with_a_higher_fee_and_one_of_them_is_taken() {
    let ganache = Ganache::start(&["--miner.blockTime", "3600"]);
    let mut office = Anchoring::new();
    office.trust(&[("chain", CHAIN)]);
    ganache.fund(&office.sender.to_string());
    ganache.mine();
    office.settle();
    office.serve(vec![chain(ganache.at, EvmSettings { resend: Duration::from_secs(1), ..quick() })]);
    until("three of them", || office.under_way().is_some_and(|sent| sent.len() >= 3));
    let sent = office.under_way().unwrap();
    let most: Vec<u128> = sent.iter().map(|one| one.transaction().fee.most()).collect();
    assert!(most.windows(2).all(|pair| pair[0] < pair[1] && pair[1] <= 100_000_000_000), "{most:?}");
    assert!(sent.iter().all(|one| one.transaction().nonce == sent[0].transaction().nonce));
    ganache.mine();
    until("anchored", || office.is_anchored(AnchorKind::Evm, "chain"));
    // That it takes only one of them is a chain's own rule.
    let taken = SignedTransaction::parse(&office.evidence().transaction).unwrap();
    let waiting = office.under_way();
    assert_eq!((taken.transaction().nonce, waiting), (sent[0].transaction().nonce, None));
    assert!(taken.transaction().fee.most() >= most[0]);
}

#[test]
fn nothing_is_paid_that_the_settings_do_not_allow() {
    let ganache = Ganache::start(&[]);
    let mut office = Anchoring::new();
    office.trust(&[("chain", CHAIN)]);
    office.settle();
    office.serve(vec![chain(ganache.at, EvmSettings { max_gas_price: None, ..quick() })]);
    office.failed("evm", "chain", "fee");
    assert_eq!((office.under_way(), office.office.anchors().count()), (None, 0));
}

#[test]
fn an_account_without_coins_and_a_bundle_of_another_chain_or_sender_are_named() {
    let ganache = Ganache::start(&[]);
    let mut poor = Anchoring::new();
    poor.trust(&[("chain", CHAIN)]);
    poor.serve(vec![chain(ganache.at, quick())]);
    let mut other = Anchoring::new();
    other.trust(&[("chain", CHAIN + 1)]);
    other.serve(vec![chain(ganache.at, quick())]);
    let mut keyless = Anchoring::new();
    keyless.sender = Address::from_bytes([7; 20]);
    keyless.trust(&[("chain", CHAIN)]);
    keyless.serve(vec![chain(ganache.at, quick())]);
    for office in [&poor, &other, &keyless] {
        office.submit("one");
    }
    poor.failed("evm", "chain", "funds");
    other.failed("evm", "chain", "chain-id");
    keyless.failed("evm", "chain", "no-key");
    for office in [&poor, &other, &keyless] {
        assert_eq!(office.office.anchors().count(), 0);
    }
}

#[test]
fn whatever_a_node_says_nothing_is_kept_that_does_not_hold() {
    let manners = [
        (Manner::Huge, "too-large"),
        (Manner::Drip, "timed-out"),
        (Manner::Redirect, "redirect"),
        (Manner::Close, "connection"),
        (Manner::NoJson, "unreadable"),
        (Manner::OtherId, "unreadable"),
        (Manner::Both, "unreadable"),
        (Manner::Status(500), "refused-500"),
        (Manner::Status(429), "refused-429"),
        (Manner::OtherChain, "chain-id"),
        (Manner::NumberInDecimal, "unreadable"),
        (Manner::ErrorObject, "rpc-error"),
        (Manner::TooDear, "fee"),
        (Manner::MuchGas, "gas"),
        (Manner::OtherHash, "hash"),
        (Manner::OtherReceipt, "receipt-of-another"),
        (Manner::ReceiptCut, "unreadable"),
        (Manner::Undone, "failed"),
        (Manner::NoFunds, "funds"),
        (Manner::NonceUsed, "nonce"),
        (Manner::Hangs, "timed-out"),
    ];
    // Rounds: there are at most 16 targets, and each label has a line in the bundle.
    for part in manners.chunks(11) {
        let nodes: Vec<Node> = part.iter().map(|(manner, _)| Node::new(manner.clone())).collect();
        let mut office = Anchoring::new();
        let labels: Vec<String> = (0..part.len()).map(|n| format!("c{n}")).collect();
        let chains: Vec<(&str, u64)> = labels.iter().map(|label| (label.as_str(), CHAIN)).collect();
        office.trust(&chains);
        let terms = EvmSettings { header: false, ..quick() };
        let target = |(label, node): (&String, &Node)| {
            AnchorTarget::evm(label, &format!("http://{}/", node.at), HOUR, terms.clone()).unwrap()
        };
        office.settle();
        office.serve(labels.iter().zip(&nodes).map(target).collect());
        for ((manner, kind), label) in part.iter().zip(&labels) {
            office.failed("evm", label, kind);
            // Sealing goes on meanwhile.
            office.submit(&format!("{manner:?}"));
        }
        assert_eq!(office.office.anchors().count(), 0);
        assert!(!office.office.dir().join("ledger/anchors").exists());
        // One that comes to its senses is taken.
        nodes[part.len() - 1].behave(Manner::Honest);
        until("an honest answer", || {
            office.office.anchors().hurry();
            office.is_anchored(AnchorKind::Evm, &labels[part.len() - 1])
        });
    }
}

#[test]
fn a_header_that_does_not_hash_to_its_block_is_not_kept_and_another_block_is_waited_for() {
    let (lies, moved) = (Node::new(Manner::Honest), Node::new(Manner::OtherBlock));
    let mut office = Anchoring::new();
    office.trust(&[("lies", CHAIN), ("moved", CHAIN)]);
    let at = |label: &str, node: &Node, header| {
        let terms = EvmSettings { header, ..quick() };
        AnchorTarget::evm(label, &format!("http://{}/", node.at), HOUR, terms).unwrap()
    };
    office.settle();
    office.serve(vec![at("lies", &lies, true), at("moved", &moved, false)]);
    office.failed("evm", "lies", "header");
    let sent = || moved.kept.lock().unwrap().sent.len();
    until("sent", || sent() > 0);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(office.office.anchors().count(), 0, "another block has its place");
    assert!(!office.metrics().contains("target=\"moved\",reason="), "that is no failure");
    moved.behave(Manner::Honest);
    until("its own block", || office.is_anchored(AnchorKind::Evm, "moved"));
}

#[test]
fn what_is_under_way_is_given_up_when_the_bundle_names_another_sender() {
    let node = Node::new(Manner::OtherBlock);
    let mut office = Anchoring::new();
    office.trust(&[("chain", CHAIN)]);
    office.settle();
    office.serve(vec![chain(node.at, EvmSettings { header: false, ..quick() })]);
    until("under way", || office.under_way().is_some());
    office.sender = Address::from_bytes([7; 20]);
    office.trust(&[("chain", CHAIN)]);
    office.failed("evm", "chain", "sender");
    until("forgotten", || office.under_way().is_none());
    office.office.anchors().hurry();
    office.failed("evm", "chain", "no-key");
    assert_eq!(office.office.anchors().count(), 0);
}
