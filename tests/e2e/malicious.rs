//! A malicious office, with the real programs: it takes its own honest history and keys, does one misdeed, and publishes that
//! signed as it has to be. Each is caught by the check that the table in `notary/AUDIT.md` names, there and nowhere else; the
//! honest twin, published by the same hands, is clean and the same byte for byte.

#[path = "malicious/inside.rs"]
mod inside;
#[path = "malicious/lists.rs"]
mod lists;

use std::path::{Path, PathBuf};

use e2e::instance::text;
use e2e::malicious::{Batch, History, Item, Malicious, made_up};
use e2e::programs::{quick_keys, run, run_json, xinzheng, xinzheng_verify};
use e2e::{documents, ledger};
use notary::keys::Signer as _;
use verifier::checkpoint::Checkpoint;
use verifier::tile::grouped;

const DAY: u64 = 86_400;

/// An honest office with a few certificates, one of them revoked, and lists before and after.
struct Story {
    folder: tempfile::TempDir,
    numbers: Vec<String>,
    /// Places in the ledger of the certificates.
    indexes: Vec<u64>,
    kit: Malicious,
}

impl Story {
    fn new() -> Story {
        let folder = tempfile::tempdir().expect("a folder");
        let office = folder.path().join("office");
        let init = ["--origin", "cheat.example/ledger", "--name", "舞弊测试", "--json"];
        run_json(xinzheng().arg("init").arg(&office).args(init));
        quick_keys(&office.join("keys"));
        let submit = |n: u32, document: String| {
            let file = folder.path().join(format!("{n}.json"));
            std::fs::write(&file, document).expect("a document");
            let said = run_json(xinzheng().arg("submit").arg(&office).arg(&file).arg("--json"));
            let accepted = &said["accepted"][0];
            (text(&accepted["number"]), accepted["index"].as_u64().expect("sealed"))
        };
        let publish = || run_json(xinzheng().arg("status").arg(&office).args(["publish", "--json"]));
        let mut issued: Vec<(String, u64)> = (1..4).map(|n| submit(n, documents::report(n))).collect();
        publish();
        issued.push(submit(4, documents::commitment(4)));
        let mut revoke = xinzheng();
        revoke.arg("status").arg(&office).args([
            &issued[1].0,
            "set",
            "revoked",
            "--reason",
            "test",
            "--json",
        ]);
        run_json(&mut revoke);
        publish();
        issued.push(submit(5, documents::commitment(5)));
        publish();
        let (numbers, indexes) = issued.into_iter().unzip();
        let bundle = folder.path().join("trust.xzt");
        run_json(xinzheng().arg("trust").arg(&office).arg("export").arg(&bundle).arg("--json"));
        let kit = Malicious::of(&office);
        Story { folder, numbers, indexes, kit }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The history with a misdeed in it, published in a folder of this name: its ledger.
    fn publish(&self, name: &str, misdeed: impl FnOnce(&mut History)) -> PathBuf {
        let mut history = self.kit.history();
        misdeed(&mut history);
        self.kit.publish(&history, &self.at(name));
        self.at(name).join("ledger")
    }

    /// What an auditor finds: codes and places, each once.
    fn audit(&self, ledger: &Path, more: &[&str]) -> Vec<(String, String)> {
        let mut command = xinzheng();
        command.arg("audit").arg(ledger).arg("--trust").arg(self.at("trust.xzt")).args(more);
        command.args(["--json", "--lang", "zh"]);
        let said = run(&mut command);
        assert!(matches!(said.code, Some(0 | 1)), "{said}");
        let findings = said.json()["findings"].as_array().cloned().unwrap_or_default();
        assert_eq!(said.code == Some(0), findings.is_empty(), "{said}");
        // Codes and places are in no language, messages in that of the call.
        let chinese =
            |one: &serde_json::Value| text(&one["message"]).chars().any(|c| matches!(c, '一'..='龥'));
        assert!(findings.iter().all(chinese), "{said}");
        let found = findings.iter().map(|one| (text(&one["code"]), text(&one["where"])));
        let mut found: Vec<_> = found.collect();
        // Two histories differ from what was seen in more than one way, and each is told.
        found.dedup();
        found
    }

    /// What an auditor finds who saw the honest ledger before.
    fn audit_after_honest(&self, ledger: &Path) -> Vec<(String, String)> {
        let state = self.at("state");
        let _ = std::fs::remove_file(&state);
        let state = state.display().to_string();
        assert_eq!(self.audit(&self.at("office/ledger"), &["--state", &state]), []);
        self.audit(ledger, &["--state", &state])
    }

    /// An export of the office, changed and signed again for the ledger.
    fn export(&self, name: &str, ledger: &Path, lie: impl FnOnce(&mut Vec<serde_json::Value>)) -> String {
        let to = self.at(name);
        let mut command = xinzheng();
        command
            .arg("export")
            .arg(self.at("office"))
            .args(["--type", "audit", "--out"])
            .arg(&to)
            .arg("--json");
        run_json(&mut command);
        self.kit.lie_in_export(&to, ledger, lie);
        to.display().to_string()
    }

    /// What a verifier says of a certificate with these lists: verdict and code.
    fn verify(&self, number: &str, lists: &[&Path]) -> (String, String) {
        let out = self.at("out");
        let said = run(xinzheng()
            .arg("certificate")
            .arg(self.at("office"))
            .arg(number)
            .arg("--out")
            .arg(&out)
            .arg("--json"));
        assert_eq!(said.code, Some(0), "{said}");
        let home = tempfile::tempdir().expect("a folder");
        let mut command = xinzheng_verify(home.path());
        command.arg("--trust").arg(self.at("trust.xzt")).arg("--json");
        lists.iter().for_each(|list| {
            command.arg("--status").arg(list);
        });
        let said = run(command.arg(out.join(format!("{number}.xzc"))));
        let result = said.json()["results"][0].clone();
        (text(&result["verdict"]), text(&result["code"]))
    }
}

fn one(code: &str, at: &str) -> Vec<(String, String)> {
    vec![(code.to_string(), at.to_string())]
}

/// The number of the batch that holds an entry.
fn batch_of(history: &History, index: u64) -> usize {
    let mut end = 0;
    let holds = |batch: &Batch| {
        end += batch.items.len() as u64;
        index < end
    };
    history.batches.iter().position(holds).expect("a batch")
}

#[test]
fn each_misdeed_is_caught_by_the_named_check_and_nothing_else() {
    let story = Story::new();
    let honest = story.at("office/ledger");
    let history = story.kit.history();
    let last = history.batches.len() - 1;
    let second = batch_of(&history, story.indexes[1]);
    let last_time = history.batches[last].time;

    // The honest twin.
    let twin = story.publish("twin", |_| ());
    assert_eq!(story.audit(&twin, &[]), []);
    assert_eq!(story.audit_after_honest(&twin), []);
    let ours = ledger::files(&honest);
    for (path, bytes) in ledger::files(&twin) {
        let name = path.strip_prefix(&twin).expect("a file of it");
        // How a list is compressed is not signed.
        if path.extension().is_none() {
            assert_eq!(ours.get(&honest.join(name)), Some(&bytes), "{}", name.display());
        }
    }

    // A batch that is dated earlier than the one before it, or later than now: nobody needs a memory.
    let backdated = story.publish("backdated", |history| history.batches[second].time -= DAY);
    assert_eq!(story.audit(&backdated, &[]), one("BATCH_TIME", &format!("batch/{}", grouped(second as u64))));
    let ahead = story.publish("ahead", |history| history.batches[last].time += DAY);
    assert_eq!(story.audit(&ahead, &[]), one("BATCH_FUTURE", &format!("batch/{}", grouped(last as u64))));

    // History that is told in another way, all of it signed again: who kept a checkpoint, or a witness.
    let edited = story.publish("edited", |history| *history.item_mut(story.indexes[0]) = made_up(1));
    let dropped = story.publish("dropped", |history| {
        // The last certificate, and what came after it, never happened; something else did.
        history.batches.truncate(batch_of(history, story.indexes[4]));
        history.batches.push(Batch { time: last_time, items: (2..8).map(made_up).collect() });
    });
    let swapped = story.publish("swapped", |history| {
        let (one, other) = (story.indexes[0], story.indexes[2]);
        let kept = history.item_mut(one).clone();
        *history.item_mut(one) = history.item_mut(other).clone();
        *history.item_mut(other) = kept;
    });
    for (name, ledger) in [("edited", &edited), ("swapped", &swapped)] {
        assert_eq!(story.audit_after_honest(ledger), one("SPLIT_VIEW", "checkpoint"), "{name}");
    }
    // A list was taken back with it, and that is told, too.
    let list = one("STATUS_NEWEST", "status/0.xzs");
    let both = [one("SPLIT_VIEW", "checkpoint"), list.clone()].concat();
    assert_eq!(story.audit_after_honest(&dropped), both);
    let shorter = story.publish("shorter", |history| history.batches.truncate(last));
    let found = story.audit_after_honest(&shorter);
    assert_eq!(found[..1], one("ROLLBACK", "checkpoint")[..], "{found:?}");
    assert!(found[1..].iter().all(|more| list.contains(more)), "{found:?}");
    // Without a memory nothing shows of an entry that was exchanged: that is what witnesses are for.
    assert_eq!(story.audit(&edited, &[]), []);

    // Two readers who were shown two ledgers compare what they kept, whichever way round.
    let mine = story.at("mine").display().to_string();
    assert_eq!(story.audit(&edited, &["--state", &mine]), []);
    assert_eq!(story.audit(&honest, &["--state", &mine]), one("SPLIT_VIEW", "checkpoint"));

    // A batch that is signed twice over one range.
    let twice = story.publish("twice", |_| ());
    let place = twice.join("batch").join(grouped(second as u64));
    std::fs::write(&place, story.kit.second_batch(&history, second)).expect("a batch file");
    let named = format!("batch/{}", grouped(second as u64));
    let found = story.audit(&twice, &[]);
    assert_eq!(
        found.iter().map(|(_, at)| at.as_str()).collect::<Vec<_>>(),
        vec![named.as_str(); found.len()]
    );
    let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["BATCH_NOTE", "BATCH_ROOT"]);

    // Checkpoints that are signed with a key that nobody announced.
    let name = story.kit.origin().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let stranger = stranger(folder.path(), &name);
    story
        .kit
        .publish_with(&history, &story.at("stranger"), &|text| stranger.sign_note(text).expect("a note"));
    let found = story.audit(&story.at("stranger/ledger"), &[]);
    assert!(found.iter().all(|(code, _)| code == "SIGNER_UNKNOWN"), "{found:?}");
    assert_eq!(found.len(), history.batches.len() + 1, "every checkpoint: {found:?}");
}

/// A key of the ledger's name that is in no bundle.
fn stranger(folder: &Path, name: &str) -> notary::keys::KeyFile {
    use notary::keys::{KeyFile, KeyUse, Passphrase};
    let passphrase = std::sync::Arc::new(Passphrase::new("a passphrase of a test").expect("a passphrase"));
    let name = verifier::key::KeyName::parse(name).expect("a name");
    KeyFile::generate(folder, KeyUse::Ledger, &name, passphrase, 1).expect("a key")
}

#[test]
fn the_kit_reads_what_is_published() {
    let story = Story::new();
    let history = story.kit.history();
    let text = std::fs::read_to_string(story.at("office/ledger/checkpoint")).expect("a checkpoint");
    let (head, _) = Checkpoint::parse_note(&text).expect("a checkpoint");
    assert_eq!(history.size(), head.size());
    let lists = history.batches.iter().flat_map(|batch| &batch.items);
    assert!(lists.filter(|item| matches!(item, Item::List(..))).count() > 2);
}
