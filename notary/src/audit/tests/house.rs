//! A small office that publishes into memory, with its trust bundle.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use verifier::entry::{Entry, PublicKind, public_preimage};
use verifier::note::Note;
use verifier::registry::DocumentKind;
use verifier::status::{Status, StatusFields, StatusNote};
use verifier::status_list::{StatusBits, StatusList};
use verifier::time::Time;
use verifier::trust::{KeyUse, Office, OfficeKey, Organisation, TrustBundle, TrustFields};

use crate::audit::{AuditOptions, AuditReport, audit_ledger};
use crate::disk::Disk;
use crate::disk::testing::MemoryDisk;
use crate::ledger::testing::{TestKey, TestOffice, empty, entries};
use crate::ledger::{Ledger, PublicEntry};

/// When the first batch was closed; each next one is a minute later.
pub(super) const BEGIN: u64 = 1_795_310_000;

/// An office that seals and publishes into memory.
pub(super) struct House {
    pub(super) office: TestOffice,
    pub(super) disk: MemoryDisk,
    pub(super) ledger: Ledger,
    pub(super) lists: Vec<(StatusBits, Entry)>,
}

impl House {
    pub(super) fn new() -> Self {
        let disk = MemoryDisk::default();
        Self { office: TestOffice::default(), ledger: empty(disk.clone()), disk, lists: Vec::new() }
    }

    fn now(&self) -> u64 {
        BEGIN + 60 * self.ledger.batches()
    }

    pub(super) fn seal(&mut self, count: u64) {
        let (at, now) = (self.ledger.head().size, self.now());
        self.office.seal(&mut self.ledger, entries(at, count), &[], now).unwrap();
    }

    pub(super) fn seal_public(&mut self, kind: PublicKind, body: &[u8]) {
        self.seal_publics(&[(kind, body)]);
    }

    /// In one batch.
    pub(super) fn seal_publics(&mut self, all: &[(PublicKind, &[u8])]) {
        let (first, now) = (self.ledger.head().size, self.now());
        let public = (first..).zip(all).map(|(index, (kind, body))| {
            let preimage = public_preimage(*kind, body);
            (Entry::of_public(&preimage).unwrap().1, PublicEntry { index, preimage })
        });
        let (entries, public): (Vec<Entry>, Vec<PublicEntry>) = public.unzip();
        self.office.seal(&mut self.ledger, entries, &public, now).unwrap();
    }

    /// Seals the note of the next list of shard 0, then publishes the list: all below `valid` that were nothing are
    /// valid now, then the changes.
    pub(super) fn status(&mut self, valid: u64, changes: &[(u64, Status)]) {
        self.status_as(valid, changes, &|_| ());
    }

    /// The same with another note than belongs there.
    pub(super) fn status_as(
        &mut self,
        valid: u64,
        changes: &[(u64, Status)],
        alter: &dyn Fn(&mut StatusFields),
    ) {
        let note = self.listed(valid, changes, alter);
        self.seal_public(PublicKind::StatusNote, note.encode().as_bytes());
    }

    /// Publishes the list, and leaves its note to be sealed.
    pub(super) fn listed(
        &mut self,
        valid: u64,
        changes: &[(u64, Status)],
        alter: &dyn Fn(&mut StatusFields),
    ) -> Note {
        let mut bits = self.lists.last().map_or_else(StatusBits::new, |(bits, _)| bits.clone());
        let covered = self.lists.last().map_or(0, |_| valid);
        for index in covered..valid {
            bits.set(index, Status::Valid);
        }
        for (index, status) in changes {
            bits.set(*index, *status);
        }
        let sequence = self.lists.len() as u64 + 1;
        let mut fields = StatusFields {
            origin: self.office.origin(),
            shard: 0,
            sequence,
            size: self.ledger.head().size,
            list: bits.digest(),
            previous: self.lists.last().map(|(_, entry)| *entry),
            issued: Time::new(self.now()).unwrap(),
            expires: Time::new(self.now() + 86_400).unwrap(),
        };
        alter(&mut fields);
        let sequence = fields.sequence;
        let note = self.office.status.sign(StatusNote::new(fields).unwrap().text());
        let file = StatusList::file(&note, &compress_to_vec_zlib(bits.as_bytes(), 6));
        self.ledger.publish_status(0, sequence, file.as_bytes()).unwrap();
        let entry = Entry::of_public_body(PublicKind::StatusNote, note.encode().as_bytes());
        self.lists.push((bits, entry));
        note
    }

    /// The bundle that knows this office.
    pub(super) fn trust(&self, change: impl FnOnce(&mut TrustFields)) -> TrustBundle {
        TrustBundle::parse(&self.trust_file(change)).unwrap()
    }

    /// The same as a file that the root signed.
    pub(super) fn trust_file(&self, change: impl FnOnce(&mut TrustFields)) -> String {
        let root = TestKey::new("office.example/ledger/root", 9);
        let time = |seconds| Time::new(seconds).unwrap();
        let (from, until) = (time(BEGIN), time(BEGIN + 1_000_000));
        let keys = [
            (KeyUse::Ledger, &self.office.ledger),
            (KeyUse::Batch, &self.office.batch),
            (KeyUse::Status, &self.office.status),
        ];
        let keys = keys.map(|(usage, key)| OfficeKey {
            usage,
            key: key.public.clone(),
            sign_from: from,
            sign_until: until,
            verify_until: until,
            compromised: None,
        });
        let organisation = Organisation { token: "office.example".into(), name: "示例".into() };
        let office = Office {
            origin: self.office.origin(),
            organisation,
            kinds: vec![DocumentKind::File],
            status_url: None,
            keys: keys.into(),
        };
        let mut fields = TrustFields {
            publisher: self.office.origin(),
            roots: vec![root.public.clone()],
            sequence: 1,
            issued: from,
            expires: until,
            offices: vec![office],
            witnesses: vec![],
            authorities: vec![],
            chains: vec![],
            groups: vec![],
            quorum: None,
        };
        change(&mut fields);
        root.sign(fields.text().unwrap()).encode()
    }

    pub(super) fn report(&self, trust: bool) -> AuditReport {
        let bundle = self.trust(|_| ());
        audit(&self.disk, trust.then_some(&bundle), &AuditOptions::default())
    }
}

/// 250 + 50 entries over one full tile, then small batches that leave partial tiles, a trust bundle, two status lists.
pub(super) fn small() -> House {
    let mut house = House::new();
    house.seal(250);
    house.seal(50);
    let trust = house.trust_file(|_| ());
    house.seal_public(PublicKind::TrustBundle, trust.as_bytes());
    house.seal(2);
    house.status(300, &[]);
    house.seal(1);
    house.status(300, &[(7, Status::Revoked), (9, Status::Suspended)]);
    house
}

pub(super) fn audit(disk: &MemoryDisk, trust: Option<&TrustBundle>, options: &AuditOptions) -> AuditReport {
    let (office, disk) = (TestOffice::default(), disk as &dyn Disk);
    audit_ledger(&disk, &office.origin(), trust, options).unwrap()
}

pub(super) fn codes(report: &AuditReport) -> Vec<(&str, &str)> {
    report.findings.iter().map(|finding| (finding.code.as_str(), &*finding.where_)).collect()
}

/// What was found, and where.
pub(super) fn told(report: &AuditReport) -> Vec<String> {
    codes(report).iter().map(|(code, at)| format!("{code} {at}")).collect()
}

/// A copy of a disk with one file other, or none.
pub(super) fn with(files: &BTreeMap<String, Vec<u8>>, path: &str, bytes: Option<Vec<u8>>) -> MemoryDisk {
    let disk = MemoryDisk::default();
    files.iter().for_each(|(path, bytes)| disk.damage(path, Some(bytes.clone())));
    disk.damage(path, bytes);
    disk
}
