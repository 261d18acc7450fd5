//! explanation in English: for readers who do not read Chinese. The Chinese one is the one for the court.

use verifier::key_event::KeyChange;
use verifier::status::Status;
use verifier::text::{Lang, level_words};
use verifier::time::Time;

use super::{Block, Facts, MANIFESTS, Origins, Part, is_there, shown_name};
use crate::office::evidence::anchored::{Outside, Shown};
use crate::office::{Via, time_of};

pub(super) fn title(facts: &Facts<'_>) -> String {
    format!("Evidence package: social credit blockchain certificate {}", facts.number)
}

pub(super) fn parts(facts: &Facts<'_>, names: &[&str]) -> Vec<Part> {
    vec![
        Part { title: "1. What this is", body: what(facts) },
        Part { title: "2. The certificate", body: vec![Block::Rows(basics(facts))] },
        Part { title: "3. Where the document came from", body: before(facts.origins) },
        Part { title: "4. What each file proves", body: vec![Block::Rows(files(names))] },
        Part { title: "5. How to check it without the issuing office", body: how(facts) },
        Part { title: "6. What others say, and the commands that check it", body: outside(facts) },
        Part { title: "7. What happened to the signing keys", body: keys(facts) },
        Part { title: "8. What this package does not prove", body: limits(facts) },
    ]
}

fn what(facts: &Facts<'_>) -> Vec<Block> {
    let Facts { office, ledger, .. } = facts;
    let made = moment(facts.made);
    vec![
        Block::Text(format!(
            "Made by {office} (ledger {ledger}) at {made}, for a court, an arbitration or another dispute. It holds the document that the certificate is about, the certificate, proofs from the ledger, its status, what happened to it since, and where the document came from."
        )),
        Block::Text(
            "The ledger only grows: the digest of each document, with a random number, is an entry; entries are put into a Merkle tree batch by batch, and the office signs and publishes each root. Change one byte of document, certificate or entry, and what is computed anew is not the signed root."
                .to_owned(),
        ),
        Block::Text("It holds credit information that is not public: for this case only.".to_owned()),
        Block::Text("说明.html says the same in Chinese; in case of doubt that one counts.".to_owned()),
    ]
}

fn row(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn basics(facts: &Facts<'_>) -> Vec<(String, String)> {
    let mut rows = vec![row("Number", facts.number.clone()), row("Title", facts.title)];
    if let Some((name, code)) = facts.holder {
        rows.push(row("Holder", format!("{name} ({code})")));
    }
    rows.push(row("Issued", moment(facts.issued)));
    rows.push(row("In the ledger since", moment(facts.sealed)));
    rows.push(row("Index in the ledger", facts.index.to_string()));
    let level = format!("L{}: {}", facts.level, level_words(facts.level, Lang::En));
    rows.push(row("Assurance level, of four", level));
    let status = facts.status.map_or("no record of status", status);
    let list = facts.list.map_or(String::new(), |n| format!(", by status list {n}"));
    rows.push(row("Status when this was made", format!("{status}{list}")));
    rows
}

/// Repaired and replaced are one and the same to everybody.
fn status(status: Status) -> &'static str {
    match status {
        Status::Valid => "valid",
        Status::Revoked => "revoked",
        Status::Suspended => "suspended while an objection is verified",
        Status::Replaced => "superseded: there is a newer certificate",
        Status::ObjectionNoted => "valid, with an objection noted",
        Status::Withdrawn => "withdrawn by the holder",
        _ => "not valid",
    }
}

fn before(origins: &Origins) -> Vec<Block> {
    let mut rows = vec![
        row("SHA-256 of the document", origins.sha256.clone()),
        row("Length", format!("{} bytes", origins.bytes)),
        row("Media type", origins.media_type.clone()),
    ];
    if let Some(name) = &origins.name {
        rows.push(row("File name", name.clone()));
    }
    let Some(from) = &origins.recorded else {
        rows.push(row("Who handed it in, and how", "was not recorded yet when it came"));
        return vec![Block::Rows(rows)];
    };
    rows.push(row("Received", moment(time_of(from.at))));
    let via = match from.via {
        Via::Api => "by a program",
        Via::Page => "by a person, at a page",
        Via::Import => "in a table that was imported",
        Via::Command => "by command, on the office's server",
    };
    rows.push(row("How", via));
    let by = match from.by.as_str() {
        "command" => "whoever has the office's folder (commands have no accounts)".to_owned(),
        by => format!("{by} (number of an account or of a program's key)"),
    };
    rows.push(row("Handed in by", by));
    if !from.unit.is_empty() {
        rows.push(row("Unit", from.unit.clone()));
    }
    if let Some(second) = &from.approved_by {
        rows.push(row("Approved by", format!("{second} (number of an account)")));
    }
    if let Some(table) = &from.table {
        rows.push(row("Import", format!("{}, row {}", table.import, table.row)));
        let digest = table.sha256.clone().unwrap_or_else(|| "was not recorded yet when it came".to_owned());
        rows.push(row("SHA-256 of the table", digest));
    }
    let gap = origins.sealed_at.saturating_sub(from.at);
    rows.push(row("From receipt to the ledger", format!("{gap} s")));
    vec![Block::Rows(rows)]
}

/// Each kind of file that there is, what it proves, and what checks it.
fn files(names: &[&str]) -> Vec<(String, String)> {
    let all: [(&str, &str, &str); 17] = [
        (
            "certificate/",
            ".xzc",
            "the certificate: signed core, path in its batch, signed note, all disclosures. Check: xinzheng-verify --trust trust.xzt --root VKEY --status status certificate",
        ),
        (
            "certificate/",
            ".pdf",
            "the printed certificate with the same file attached, signed as a whole by the office. Check: the same command. Print has no timestamps or receipts, so by itself its level may be lower than the certificate file's",
        ),
        (
            "document/received/",
            "",
            "the document as it came, byte for byte. Check: sha256sum document/received/*, against part 3; xinzheng-verify --document DOCUMENT CERTIFICATE compares each record",
        ),
        (
            "document/disclosures.txt",
            "",
            "each record with its salt, one a line (RFC 9901); their SHA-256 digests make the document's root",
        ),
        (
            "document/core.cbor",
            "",
            "the certificate's core, what is signed; its digest is the entry in the ledger",
        ),
        (
            "proof/",
            ".tlog-proof",
            "that the entry is in the ledger under a signed checkpoint (C2SP tlog-proof). Check: xinzheng-verify, or any tool for tlog-proofs",
        ),
        ("proof/batch.json", "", "the batch: its range, checkpoint and signed notes"),
        ("proof/checkpoint", "", "the newest checkpoint when this was made"),
        ("status/", ".xzs", "the newest status list, signed by the office. Used with --status status"),
        ("status/", ".tlog-proof", "that this list is in the ledger"),
        (
            "events/",
            "",
            "what happened to the certificate: body, random number and the event before, of each, with proofs",
        ),
        (
            "anchors/",
            "",
            "what others say of the checkpoint: timestamps, transactions, answers of gateways. Commands in part 6",
        ),
        ("keys/", ".txt", "what happened to the signing keys, as the ledger has it: part 7"),
        ("keys/", ".tlog-proof", "that this is in the ledger"),
        ("provenance.json", "", "where the document came from: the data of part 3"),
        ("trust.xzt", "", "the trust bundle: the office's public keys and their dates, signed by the root"),
        (
            MANIFESTS,
            "",
            "digests of all files, signed by the office. Check: xinzheng-verify PACKAGE.zip; sha256sum gives each digest",
        ),
    ];
    let there = all.iter().filter(|(start, end, _)| is_there(names, start, end));
    there
        .map(|(start, end, what)| {
            let name = match *start {
                MANIFESTS => "manifest.json, manifest.note".to_owned(),
                _ => shown_name(start, end),
            };
            (name, (*what).to_owned())
        })
        .collect()
}

fn how(facts: &Facts<'_>) -> Vec<Block> {
    let program = match facts.verifier {
        Some(digest) => format!(
            "Get xinzheng-verify (open source). The SHA-256 of this release's program is {digest}; or have somebody else build it: cargo build --release -p verifier --features cli."
        ),
        None => "Get xinzheng-verify (open source), or have somebody else build it: cargo build --release -p verifier --features cli.".to_owned(),
    };
    let root = facts.roots.first().map_or("VKEY", String::as_str);
    vec![
        Block::Steps(vec![
            program,
            format!(
                "Compare the root's public key by another way than this package (the authority above the office, a gazette, a notary, an older bundle): {}. Do not rely on the trust.xzt in here alone.",
                facts.roots.join(", ")
            ),
            "On a computer without a network, run the command below. It compares every file and judges the certificate as of when the package was made; each file that was changed is named."
                .to_owned(),
        ]),
        Block::Code(format!("xinzheng-verify --trust trust.xzt --root \"{root}\" PACKAGE.zip")),
    ]
}

fn outside(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if facts.witnesses.is_empty() && facts.outside.is_empty() {
        let none = "When this was made, no witness had cosigned the checkpoint, and there was neither timestamp nor transaction.";
        return vec![Block::Text(none.to_owned())];
    }
    if !facts.witnesses.is_empty() {
        blocks.push(Block::Text(
            "Witnesses: at these times they confirmed that the checkpoint extends what they had seen of the ledger. xinzheng-verify checks them by the trust bundle."
                .to_owned(),
        ));
        let rows = facts.witnesses.iter().map(|(name, time)| (name.clone(), moment(*time)));
        blocks.push(Block::Rows(rows.collect()));
    }
    for one in facts.outside {
        blocks.extend(anchor(one));
    }
    blocks
}

fn anchor(one: &Outside) -> Vec<Block> {
    let Outside { folder, label, size, what } = one;
    let under = format!(
        "It is of {folder}checkpoint.txt, the checkpoint of the first {size} entries; {folder}inclusion.tlog-proof shows that this certificate is among them."
    );
    match what {
        Shown::Stamp { at, signer, .. } => {
            let by = match signer {
                Some(signer) => format!("Verified by the trust bundle when this was made; signer {signer}."),
                None => "Could not be verified by the trust bundle when this was made.".to_owned(),
            };
            let words = format!(
                "Timestamp (RFC 3161, {label}): {}. {by} {under} Any computer with OpenSSL checks it, in the folder into which this package was unpacked:",
                moment(*at)
            );
            let command = match one.openssl() {
                Some(command) => Block::Code(command),
                None => Block::Text(
                    "The trust bundle does not have this authority's certificate: get it from the authority."
                        .to_owned(),
                ),
            };
            vec![Block::Text(words), command]
        }
        Shown::Transaction(hash) => vec![
            Block::Text(format!(
                "Transaction on a chain ({label}): attached with its receipt, not verified offline. {under} Ask any node of the chain for this transaction: its data has to be xinzheng/anchor/v1, a zero byte, and the SHA-256 of checkpoint.txt (sha256sum {folder}checkpoint.txt)."
            )),
            Block::Code(hash.clone()),
        ],
        Shown::Answer { address, at } => vec![Block::Text(format!(
            "Gateway ({label}, {address}): its answer of {} is {folder}answer.bin as it came, not verified offline. {under} Ask the gateway for the SHA-256 of checkpoint.txt.",
            moment(*at)
        ))],
    }
}

fn keys(facts: &Facts<'_>) -> Vec<Block> {
    if facts.keys.is_empty() {
        let none = "The ledger has no change of these keys: none since the office began or the bundle first named them. trust.xzt has the keys and their dates.";
        return vec![Block::Text(none.to_owned())];
    }
    let told = facts.keys.iter().map(|key| {
        let what = match &key.change {
            KeyChange::Announced(dates) => {
                format!("signs from {} until {}", moment(dates.sign_from), moment(dates.sign_until))
            }
            KeyChange::Ended(dates) => format!("ends earlier: signs until {}", moment(dates.sign_until)),
            KeyChange::Compromised(bad) => format!(
                "may have been somebody else's from {} on; the last good checkpoint has {} entries",
                moment(bad.from),
                bad.size
            ),
        };
        (key.key.clone(), format!("{what}; put into the ledger {}, entry {}", moment(key.at), key.index))
    });
    vec![
        Block::Text("Changes of keys that are in the ledger; the texts are in keys/, each with its proof. Which keys count, the trust bundle says.".to_owned()),
        Block::Rows(told.collect()),
    ]
}

fn limits(facts: &Facts<'_>) -> Vec<Block> {
    let mut steps = vec![
        "That what the document says was true before it came into the ledger.".to_owned(),
        "The office wrote the time of issue and signed the time of sealing; independent of it are only the times of witnesses and timestamps in part 6.".to_owned(),
        "manifest.note says that the office put this package together; what the certificate is worth, its own proofs say.".to_owned(),
    ];
    if facts.outside.iter().any(|one| matches!(one.what, Shown::Transaction(_) | Shown::Answer { .. })) {
        steps.push("Transactions and answers of gateways were not verified offline and raise no level; what an online query says is evidence of its own.".to_owned());
    }
    vec![Block::Steps(steps)]
}

/// `2026-11-22 10:15:30 (Beijing time)`.
fn moment(time: Time) -> String {
    let shown = time.display_china();
    match shown.split_once('T') {
        Some((day, rest)) => format!("{day} {} (Beijing time)", rest.get(..8).unwrap_or_default()),
        None => shown,
    }
}
