//! SIGKILL at random moments, while documents are submitted, batches sealed and statuses set and published by the real
//! program, against one office that lives on from kill to kill.
//!
//! After each restart: the audit is clean; nothing acknowledged is missing, at the index and with the core that it had;
//! no published file that never changes has changed; all checkpoints ever seen lie in one tree; no status list has two
//! versions. `XINZHENG_KILLS` says how often (20 without it, 200 in `tests/run`), `XINZHENG_SEED` chooses other moments.

use e2e::mutate::Dice;
use e2e::programs::{PASSPHRASE, Said, quick_keys, run, run_json, xinzheng};
use e2e::{documents, ledger};
use notary::keys::Passphrase;
use notary::office::{Office, OpenOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::key::VerifierKey;
use verifier::merkle::verify_consistency;
use verifier::number::CertificateNumber;
use verifier::shelf::StatusShelf;
use verifier::status::Status;
use verifier::status_list::StatusList;
use verifier::trust::{KeyUse, TrustBundle};
use verifier::verdict::{Code, Outcome};
use verifier::verify::{Presented, Terms, verify};

const ORIGIN: &str = "crash.example/ledger";
/// A kill that never finds its process alive must not keep the test going for ever.
const ATTEMPTS_PER_KILL: u32 = 6;

#[test]
fn killed_at_random_moments_nothing_is_lost() {
    let kills = number("XINZHENG_KILLS", 20);
    let seed = number("XINZHENG_SEED", 20_261_122);
    println!("{kills} kills, seed {seed}");
    let folder = tempfile::tempdir().expect("a folder");
    let mut story = Story::begin(folder.path(), seed);
    let (mut killed, mut attempts) = (0, 0);
    while killed < kills {
        attempts += 1;
        assert!(
            attempts <= kills * u64::from(ATTEMPTS_PER_KILL),
            "only {killed} of {attempts} attempts met a live process"
        );
        let action = story.choose();
        let was_killed = story.attempt(&action, true);
        killed += u64::from(was_killed);
        if was_killed {
            if story.dice.below(4) == 0 {
                // The restart is killed too.
                killed += u64::from(story.attempt(&Action::Seal, true));
            }
            story.restart();
            story.check();
        }
    }
    println!("{killed} kills in {attempts} attempts, {:?}", story.met);
    story.end();
}

/// What an attempt does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    /// Documents by number; the second says whether the seal is waited for.
    Submit(Vec<u32>, bool),
    Seal,
    /// Revokes the certificate of this document.
    Revoke(u32),
    Publish,
}

impl Action {
    fn name(&self) -> &'static str {
        match self {
            Action::Submit(_, true) => "submit and seal",
            Action::Submit(_, false) => "submit",
            Action::Seal => "seal",
            Action::Revoke(_) => "status set",
            Action::Publish => "status publish",
        }
    }
}

/// What is known of an acknowledged document.
struct Known {
    number: String,
    /// Index and core, once they were seen.
    sealed: Option<(u64, Hash)>,
}

/// The office, and everything that it ever said.
struct Story {
    folder: PathBuf,
    office: PathBuf,
    dice: Dice,
    ledger_key: VerifierKey,
    trust: TrustBundle,
    /// Documents made so far, and those whose submission was not acknowledged yet.
    made: u32,
    unsure: BTreeSet<u32>,
    known: BTreeMap<u32, Known>,
    revoked: BTreeSet<u32>,
    /// Roots of all checkpoints seen, by size; bytes of files that may never change; status notes by sequence.
    checkpoints: BTreeMap<u64, Hash>,
    frozen: BTreeMap<PathBuf, Vec<u8>>,
    /// How long each action takes when it is left alone, and how long a start takes.
    takes: BTreeMap<&'static str, Duration>,
    start: Duration,
    /// How many kills met each action.
    met: BTreeMap<&'static str, u32>,
}

impl Story {
    fn begin(folder: &Path, seed: u64) -> Story {
        let office = folder.join("office");
        let made = run_json(xinzheng().arg("init").arg(&office).args([
            "--origin",
            ORIGIN,
            "--name",
            "崩溃测试",
            "--json",
        ]));
        quick_keys(&office.join("keys"));
        let root = VerifierKey::parse(made["root"].as_str().expect("a root key")).expect("a root key");
        let exported = folder.join("office.xzt");
        run_json(xinzheng().arg("trust").arg(&office).arg("export").arg(&exported).arg("--json"));
        let text = std::fs::read_to_string(&exported).expect("the trust bundle");
        let trust = TrustBundle::open(&text, Some(&root)).expect("a trust bundle");
        let key =
            trust.offices().first().and_then(|o| o.keys_for(KeyUse::Ledger).next()).expect("a ledger key");
        let mut story = Story {
            folder: folder.into(),
            office,
            dice: Dice::new(seed),
            ledger_key: key.key.clone(),
            trust: trust.clone(),
            made: 0,
            unsure: BTreeSet::new(),
            known: BTreeMap::new(),
            revoked: BTreeSet::new(),
            checkpoints: BTreeMap::new(),
            frozen: BTreeMap::new(),
            takes: BTreeMap::new(),
            start: Duration::ZERO,
            met: BTreeMap::new(),
        };
        // Each action once to its end, to know how long it takes. A seal with nothing to do is a start and nothing else.
        let began = Instant::now();
        story.attempt(&Action::Seal, false);
        story.start = began.elapsed();
        for action in
            [Action::Submit(story.fresh(3), true), Action::Submit(story.fresh(3), false), Action::Seal]
        {
            story.attempt(&action, false);
        }
        story.attempt(&Action::Revoke(0), false);
        story.attempt(&Action::Publish, false);
        story.check();
        println!("a start takes {:?}, {:?}", story.start, story.takes);
        story
    }

    /// Numbers of documents to submit: those that may have been lost, and new ones.
    fn fresh(&mut self, count: u32) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.unsure.iter().copied().collect();
        numbers.extend(self.made..self.made + count);
        self.made += count;
        numbers
    }

    fn choose(&mut self) -> Action {
        match self.dice.below(10) {
            0..=2 => {
                let count = 1 + self.dice.below(4) as u32;
                Action::Submit(self.fresh(count), true)
            }
            3 | 4 => {
                let count = 1 + self.dice.below(4) as u32;
                Action::Submit(self.fresh(count), false)
            }
            5 | 6 => Action::Seal,
            7 | 8 => {
                let sealed: Vec<u32> =
                    self.known.iter().filter(|k| k.1.sealed.is_some()).map(|k| *k.0).collect();
                Action::Revoke(*self.dice.pick(&sealed))
            }
            _ => Action::Publish,
        }
    }

    /// Starts the action, kills it at a random moment if asked to, and takes note of what it acknowledged.
    fn attempt(&mut self, action: &Action, kill: bool) -> bool {
        let mut command = xinzheng();
        match action {
            Action::Submit(numbers, wait) => {
                command.arg("submit").arg(&self.office);
                for number in numbers {
                    let path = self.folder.join(format!("{number}.json"));
                    std::fs::write(&path, documents::commitment(*number)).expect("a document");
                    command.arg(path);
                }
                command.args(["--wait", if *wait { "sealed" } else { "accepted" }]);
                self.unsure.extend(numbers);
            }
            Action::Seal => drop(command.arg("seal").arg(&self.office)),
            Action::Revoke(number) => {
                let number = self.known[number].number.clone();
                command.arg("status").arg(&self.office).args([&number, "set", "revoked", "--reason", "test"]);
            }
            Action::Publish => drop(command.arg("status").arg(&self.office).arg("publish")),
        }
        // Into files: a pipe that nobody reads while we sleep would hold the process up.
        let (out, err) = (self.folder.join("out"), self.folder.join("err"));
        command.arg("--json").stdin(Stdio::null());
        command.stdout(File::create(&out).expect("a file")).stderr(File::create(&err).expect("a file"));
        let began = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        if kill {
            std::thread::sleep(self.moment(action));
            child.kill().expect("a child can be killed");
        }
        let status = child.wait().expect("the child ends");
        let text = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned();
        let said = Said { code: status.code(), out: text(&out), err: text(&err) };
        let killed = said.code.is_none();
        if killed {
            *self.met.entry(action.name()).or_default() += 1;
        } else {
            assert_eq!(said.code, Some(0), "{action:?}: {said}");
            self.took(action, began.elapsed());
        }
        // What was said before the end counts, even if the end was a kill.
        if serde_json::from_str::<serde_json::Value>(&said.out).is_ok() {
            self.acknowledge(action, &said);
        }
        killed
    }

    /// Learns how long things take, for the machine has other things to do as well.
    fn took(&mut self, action: &Action, time: Duration) {
        let takes = self.takes.entry(action.name()).or_insert(time);
        *takes = (*takes * 2 + time) / 3;
        if *action == Action::Seal {
            // Mostly there is nothing to seal, or little.
            self.start = (self.start * 2 + time.min(self.start * 2)) / 3;
        }
    }

    /// A random moment of the action's life, mostly after the start is over.
    fn moment(&mut self, action: &Action) -> Duration {
        let takes = self.takes.get(action.name()).copied().unwrap_or(self.start * 2).max(self.start);
        let (from, until) = match self.dice.below(8) {
            0 => (Duration::ZERO, self.start),
            _ => (self.start.mul_f64(0.85), takes.mul_f64(1.05) + Duration::from_millis(3)),
        };
        let span = until.saturating_sub(from).as_micros() as usize;
        from + Duration::from_micros(self.dice.below(span + 1) as u64)
    }

    fn acknowledge(&mut self, action: &Action, said: &Said) {
        let answer = said.json();
        match action {
            Action::Submit(numbers, wait) => {
                let accepted = answer["accepted"].as_array().expect("accepted");
                assert_eq!(accepted.len(), numbers.len(), "all of them are good: {said}");
                for (document, one) in numbers.iter().zip(accepted) {
                    assert!(one["file"].as_str().is_some_and(|f| f.ends_with(&format!("/{document}.json"))));
                    let number = one["number"].as_str().expect("a number").to_owned();
                    assert!(!wait || one["index"].is_u64(), "sealed is said to be sealed: {said}");
                    let known =
                        self.known.entry(*document).or_insert(Known { number: number.clone(), sealed: None });
                    assert_eq!(known.number, number, "the same document has one certificate");
                    self.unsure.remove(document);
                }
            }
            Action::Revoke(document) => drop(self.revoked.insert(*document)),
            Action::Seal | Action::Publish => {}
        }
    }

    /// Starts the program and lets it finish what it finds.
    fn restart(&mut self) {
        let action = if self.dice.below(2) == 0 { Action::Seal } else { Action::Publish };
        self.attempt(&action, false);
    }

    /// Everything that has to hold at any time.
    fn check(&mut self) {
        let audit = run(xinzheng().arg("audit").arg(&self.office).arg("--json"));
        assert_eq!(audit.code, Some(0), "the audit finds something: {audit}");
        assert_eq!(audit.json()["verdict"], "clean", "{audit}");
        self.check_files();
        self.check_checkpoints();
        self.check_certificates(false);
        self.check_lists();
    }

    /// An acknowledged revocation is in the newest list, which is signed.
    fn check_lists(&self) {
        let Ok(file) = std::fs::read(self.office.join("ledger/status/0.xzs")) else {
            assert!(self.revoked.is_empty(), "a certificate was revoked and there is no list");
            return;
        };
        let list = StatusList::parse(&file).expect("a status list");
        let shelf = StatusShelf::new(vec![list.clone()], &self.trust);
        assert_eq!(shelf.lists().len(), 1, "the list is signed by the status key");
        for document in &self.revoked {
            let index = self.known[document].sealed.map(|s| s.0).expect("a revoked certificate is sealed");
            assert_eq!(list.status(index), Some(Status::Revoked), "the certificate at {index}");
        }
    }

    /// Published files that never change have not changed, and none is gone.
    fn check_files(&mut self) {
        let ledger = self.office.join("ledger");
        let mut now = ledger::files(&ledger.join("batch"));
        now.extend(ledger::files(&ledger.join("public")));
        for shard in ledger::files(&ledger.join("status")) {
            // status/<shard>.xzs is the newest and changes; status/<shard>/<sequence>.xzs never do.
            if shard.0.parent() != Some(&ledger.join("status")) {
                now.insert(shard.0, shard.1);
            }
        }
        // public/…/list names what is there so far.
        now.retain(|path, _| path.file_name().is_none_or(|name| name != "list"));
        for (path, bytes) in &self.frozen {
            assert_eq!(now.get(path), Some(bytes), "{} has changed", path.display());
        }
        self.frozen = now;
    }

    /// All checkpoints ever seen are signed, have the roots that the tiles give, and extend each other.
    fn check_checkpoints(&mut self) {
        let ledger = self.office.join("ledger");
        let mut notes: Vec<String> = Vec::new();
        notes.extend(std::fs::read_to_string(ledger.join("checkpoint")));
        for bytes in ledger::files(&ledger.join("batch")).values() {
            let batch = verifier::batch_file::BatchFile::parse(bytes).expect("a batch file");
            notes.push(batch.checkpoint_note().encode());
        }
        for note in notes {
            let (checkpoint, note) = Checkpoint::parse_note(&note).expect("a checkpoint");
            note.verify_one(&self.ledger_key).expect("a checkpoint is signed");
            let seen = self.checkpoints.entry(checkpoint.size()).or_insert(*checkpoint.root());
            assert_eq!(seen, checkpoint.root(), "two checkpoints of size {}", checkpoint.size());
        }
        let leaves = ledger::leaves(&ledger);
        let largest = self.checkpoints.keys().next_back().copied().unwrap_or(0);
        assert!(leaves.len() as u64 >= largest, "the ledger is shorter than its checkpoint");
        let mut before: Option<(u64, Hash)> = None;
        for (size, root) in &self.checkpoints {
            let tree = &leaves[..*size as usize];
            assert_eq!(ledger::root(tree), *root, "the tiles give another root at size {size}");
            if let Some((old, old_root)) = before {
                let proof = ledger::consistency(old as usize, tree);
                verify_consistency(old, &old_root, *size, root, &proof)
                    .expect("checkpoints extend each other");
            }
            before = Some((*size, *root));
        }
    }

    /// Everything acknowledged is there: new ones and a few old ones, or all.
    fn check_certificates(&mut self, all: bool) {
        let passphrase = Arc::new(Passphrase::new(PASSPHRASE).expect("a passphrase"));
        let office =
            Office::open(&self.office, &passphrase, OpenOptions::default()).expect("the office opens");
        office.seal_all().expect("what waits can be sealed");
        let lucky = self.dice.below(self.known.len());
        for (place, known) in self.known.values_mut().enumerate() {
            let number = CertificateNumber::parse(&known.number).expect("a number");
            let index = office.index_of(&number).expect("an acknowledged certificate is there");
            let index = index.expect("an acknowledged certificate is sealed");
            assert!(known.sealed.is_none_or(|s| s.0 == index), "certificate {number} has moved");
            if known.sealed.is_some() && !all && place != lucky {
                continue;
            }
            let issued = office.certificate(&number).expect("an acknowledged certificate is issued");
            let core = verifier::hash::sha256(&[issued.certificate.core().as_bytes()]);
            let was = *known.sealed.get_or_insert((index, core));
            assert_eq!(was, (index, core), "certificate {number} is another");
            let mut terms = Terms::at(office.now());
            terms.status_asked = false;
            let verdict =
                verify(&Presented::File(issued.certificate), &self.trust, &StatusShelf::default(), &terms);
            assert_eq!(verdict.outcome, Outcome::Valid, "certificate {number}: {}", verdict.code);
        }
    }

    /// The last word: every certificate, and every status as it was acknowledged.
    fn end(mut self) {
        let rest = Action::Submit(self.fresh(1), true);
        self.attempt(&rest, false);
        assert!(self.unsure.is_empty(), "everything is acknowledged in the end");
        self.attempt(&Action::Publish, false);
        self.check_certificates(true);
        self.check();
        let list = std::fs::read(self.office.join("ledger/status/0.xzs")).expect("a status list");
        let shelf = StatusShelf::new(vec![StatusList::parse(&list).expect("a status list")], &self.trust);
        let passphrase = Arc::new(Passphrase::new(PASSPHRASE).expect("a passphrase"));
        let office =
            Office::open(&self.office, &passphrase, OpenOptions::default()).expect("the office opens");
        let issued = office.certificates(0, usize::MAX).expect("a list of certificates");
        let numbers: BTreeSet<String> = issued.iter().map(|c| c.0.to_string()).collect();
        let known: BTreeSet<String> = self.known.values().map(|k| k.number.clone()).collect();
        assert_eq!(numbers, known, "one certificate for each document, however often it was submitted");
        assert_eq!(issued.len(), known.len());
        for (document, known) in &self.known {
            let number = CertificateNumber::parse(&known.number).expect("a number");
            let certificate = office.certificate(&number).expect("a certificate").certificate;
            let verdict =
                verify(&Presented::File(certificate), &self.trust, &shelf, &Terms::at(office.now()));
            // A revocation that was killed may have happened or not; one that was acknowledged has.
            if self.revoked.contains(document) {
                assert_eq!(verdict.code, Code::Revoked, "certificate {number}");
            } else {
                assert!(
                    matches!(verdict.code, Code::Valid | Code::Revoked),
                    "certificate {number}: {}",
                    verdict.code
                );
            }
        }
        println!(
            "{} certificates, {} checkpoints, {} revoked",
            self.known.len(),
            self.checkpoints.len(),
            self.revoked.len()
        );
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .map_or(otherwise, |n| n.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}
