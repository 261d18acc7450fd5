//! A small office made of fixed keys: signs and writes everything by the spec, so that the program is not tested
//! against the writers it comes with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use verifier::base64;
use verifier::core::{Claim, Core, CoreFields, Holder};
use verifier::disclosure::{self, Disclosure};
use verifier::entry::Entry;
use verifier::hash::{Hash, leaf_hash, node_hash};
use verifier::json;
use verifier::merkle::Subtree;
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::registry::{ClaimValue, Counter, DocumentKind, HolderKind, Open, Purpose, Rule};
use verifier::time::Time;

use crate::answer::{Answer, answer};
use crate::issued::Issued;

/// When the batch of every test was closed: 2026-11-22 09:15:30 in Beijing.
pub const SEALED: u64 = 1_795_310_130;
const ORIGIN: &str = "credit.example.gov.cn/ledger";
const EARLY: u64 = 1_600_000_000;
const LATE: u64 = 4_102_444_800;

/// A key with its name.
pub struct Key {
    name: String,
    signing: SigningKey,
}

impl Key {
    /// The key with this name and seed.
    pub fn new(name: &str, seed: u8) -> Key {
        Key { name: name.to_owned(), signing: SigningKey::from_bytes(&[seed; 32]) }
    }

    /// `H(name ‖ LF ‖ type ‖ public key)[0..4]`.
    fn id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', 1])
            .chain_update(self.signing.verifying_key().as_bytes())
            .finalize();
        digest[..4].try_into().unwrap()
    }

    /// `<name>+<key id>+<type and public key>`.
    pub fn vkey(&self) -> String {
        let mut public = vec![1];
        public.extend_from_slice(self.signing.verifying_key().as_bytes());
        let id: String = self.id().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}+{id}+{}", self.name, base64::encode(&public))
    }

    /// The text with its signature, as a signed note.
    pub fn note(&self, text: &str) -> String {
        let blob: Vec<u8> = self.id().into_iter().chain(self.signature(text)).collect();
        format!("{text}\n\u{2014} {} {}\n", self.name, base64::encode(&blob))
    }

    fn signature(&self, text: &str) -> [u8; 64] {
        self.signing.sign(text.as_bytes()).to_bytes()
    }
}

/// The office and a folder of its own for each test.
pub struct Office {
    /// Its root key.
    pub root: Key,
    batch: Key,
    status: Key,
    folder: tempfile::TempDir,
}

impl Office {
    /// The office, with its trust bundle written as `trust.xzt`.
    pub fn new() -> Office {
        let office = Office {
            root: Key::new("credit.example.gov.cn/root", 1),
            batch: Key::new("credit.example.gov.cn/ledger/batch", 3),
            status: Key::new("credit.example.gov.cn/ledger/status", 4),
            folder: tempfile::tempdir().unwrap(),
        };
        office.write("trust.xzt", office.bundle(3, &office.root));
        office
    }

    /// A trust bundle with this sequence, signed by this root.
    pub fn bundle(&self, sequence: u64, root: &Key) -> String {
        let ledger = Key::new(ORIGIN, 2);
        let key = |usage: &str, key: &Key| format!("key {usage} {} {EARLY} {LATE} {LATE}\n", key.vkey());
        root.note(&format!(
            "credit.example.gov.cn/root\ntrust v1\nroot {}\nsequence {sequence}\nissued {EARLY}\nexpires {LATE}\n\
             office {ORIGIN}\norganisation 12619900990000084G 示例县公共信用信息中心\n\
             kinds credit-report credit-commitment file\n{}{}{}quorum none\n",
            root.vkey(),
            key("ledger", &ledger),
            key("batch", &self.batch),
            key("status", &self.status),
        ))
    }

    /// Certificates on reports, one for each holder's name, all in one batch, from index 16 on for up to 16 of them.
    pub fn issue(&self, holders: &[&str]) -> Vec<Issued> {
        let origin = Origin::parse(ORIGIN).unwrap();
        let made: Vec<_> = holders.iter().zip(0u64..).map(|(holder, n)| self.core(holder, n)).collect();
        let leaves: Vec<Hash> = made
            .iter()
            .map(|(core, ..)| leaf_hash(Entry::of_core(&origin, core.as_bytes()).as_bytes()))
            .collect();
        let start = leaves.len().next_power_of_two().max(16) as u64;
        let subtree = Subtree::new(start, start + leaves.len() as u64).unwrap();
        let text = format!(
            "{ORIGIN}/batch\n{} {}\n{}\n{SEALED}\n",
            subtree.start(),
            subtree.end(),
            root_of(&leaves)
        );
        let note = self.batch.note(&text);
        let signature = self.batch.signature(&text);
        let issued =
            made.into_iter().enumerate().map(|(place, (core, digests, disclosures, document))| Issued {
                core,
                index: start + place as u64,
                subtree,
                path: path_of(&leaves, place),
                note: note.clone(),
                signature,
                key_id: self.batch.id(),
                digests,
                disclosures,
                document,
            });
        issued.collect()
    }

    fn core(&self, holder: &str, n: u64) -> (Core, Vec<Hash>, Vec<Disclosure>, String) {
        let name = serde_json::to_string(holder).unwrap();
        let document = format!(
            "{{\"schema\":\"credit-report/v1\",\"report_no\":\"2026112209153{n}AAAAAAAA\",\"purpose\":\"FINANCING\",\
             \"subject\":{{\"kind\":\"ORG\",\"name\":{name},\"uscc\":\"91619900MA0DEM021U\"}},\
             \"sections\":{{\"admin\":[{{\"item_id\":\"CF-{n}\",\"act\":\"PENALTY\",\"content\":\"警告\"}}]}}}}"
        );
        let value = json::parse(document.as_bytes(), 100_000).unwrap();
        let records = disclosure::records(&value).unwrap();
        let salt = |k: usize| [n as u8, k as u8, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
        let disclosures: Vec<Disclosure> = records
            .into_iter()
            .enumerate()
            .map(|(k, (pointer, value))| Disclosure::new(salt(k), pointer, value).unwrap())
            .collect();
        let mut digests: Vec<Hash> = disclosures.iter().map(Disclosure::digest).collect();
        digests.sort();
        let core = Core::new(CoreFields {
            number: CertificateNumber::with_check(&format!("20261122{n:012}")).unwrap(),
            kind: DocumentKind::CreditReport,
            holder: Some(Holder::new(HolderKind::Org, holder, "91619900MA0DEM021U").unwrap()),
            title: "公共信用信息报告".to_owned(),
            purpose: Some(Open::Known(Purpose::Financing)),
            audience: None,
            issued_at: Time::new(SEALED).unwrap(),
            expires_at: Time::new(SEALED + 90 * 86_400).unwrap(),
            period: None,
            data_as_of: Some(Time::new(SEALED - 1000).unwrap()),
            claims: vec![
                Claim::new(Open::Known(Rule::NoPenalty), ClaimValue::No, None).unwrap(),
                Claim::new(Open::Known(Rule::NotAbnormal), ClaimValue::Yes, None).unwrap(),
            ],
            counters: vec![(Open::Known(Counter::Penalties), 1)],
            document_root: disclosure::document_root(&digests).unwrap(),
            nonce: [n as u8; 16],
        });
        (core.unwrap(), digests, disclosures, document)
    }

    /// A status list of shard 0 that covers 1,000 entries: these values, and F for the rest.
    pub fn status_list(&self, sequence: u64, issued: u64, values: &[(u64, u8)]) -> String {
        let mut bits = vec![0xff; 524_288];
        for (index, value) in values {
            let byte: &mut u8 = &mut bits[(*index / 2) as usize];
            *byte = if index % 2 == 0 { (*byte & 0xf0) | value } else { (*byte & 0x0f) | (value << 4) };
        }
        let list = base64::encode(&Sha256::digest(&bits));
        let previous = if sequence == 1 { "none".to_owned() } else { base64::encode(&[sequence as u8; 32]) };
        let note = self.status.note(&format!(
            "{ORIGIN}/status\nshard 0\nsequence {sequence}\nsize 1000\nlist {list}\nprevious {previous}\n\
             issued {issued}\nexpires {}\n",
            issued + 86_400,
        ));
        let zlib = base64::encode(&miniz_oxide::deflate::compress_to_vec_zlib(&bits, 6));
        let note = serde_json::to_string(&note).unwrap();
        format!("{{\"format\":\"xinzheng/status-list/v1\",\"note\":{note},\"list\":\"{zlib}\"}}\n")
    }

    /// A tlog-proof of this entry at the end of a ledger, whose other entries nobody opens.
    pub fn proof(&self, index: u64, entry: &Entry) -> String {
        let before: Vec<Hash> = (0..index).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let leaves: Vec<Hash> = before.into_iter().chain([leaf_hash(entry.as_bytes())]).collect();
        let text = format!("{ORIGIN}\n{}\n{}\n", leaves.len(), root_of(&leaves));
        let checkpoint = Key::new(ORIGIN, 2).note(&text);
        let path: String =
            path_of(&leaves, leaves.len() - 1).iter().map(|hash| format!("{hash}\n")).collect();
        format!("c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{checkpoint}")
    }

    /// Where all files of this test are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where a file of this test is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of this test, with the folders that it needs.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program with these arguments; `{}` in them is the folder of the test.
    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_with(args, b"")
    }

    /// The same, with something on standard input.
    pub fn run_with(&self, args: &[&str], input: &[u8]) -> Answer {
        answer(self.command(Path::new(env!("CARGO_BIN_EXE_xinzheng-verify")), args), input)
    }

    /// Runs with `--trust`, the root given, JSON, judged an hour after the batch was closed.
    pub fn judge(&self, args: &[&str]) -> Answer {
        let (root, at) = (self.root.vkey(), (SEALED + 3600).to_string());
        let always = ["--trust", "{}/trust.xzt", "--root", &root, "--at", &at, "--json"];
        self.run(&[&always[..], args].concat())
    }

    /// Any program, in an environment of its own.
    pub fn command(&self, program: &Path, args: &[&str]) -> Command {
        let folder = self.folder.path().to_str().unwrap();
        let mut command = Command::new(program);
        command.args(args.iter().map(|arg| arg.replace("{}", folder)));
        command.env_remove("XINZHENG_TRUST").env("XINZHENG_CONFIG", self.path("config"));
        command.env("LC_ALL", "en_US.UTF-8").env_remove("NO_COLOR");
        command
    }
}

/// `MTH` of RFC 6962.
fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

fn path_of(leaves: &[Hash], place: usize) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let half = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(half);
    let (mut path, other) = if place < half {
        (path_of(left, place), root_of(right))
    } else {
        (path_of(right, place - half), root_of(left))
    };
    path.push(other);
    path
}
