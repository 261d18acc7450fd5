//! Keys that come and go: what was signed before, in and after the overlap, and what a thief can do.

use verifier::entry::{Entry, PublicKind};
use verifier::key_event::{KeyEvent, KeyHistory};
use verifier::trust::KeyUse;

use super::*;

pub(super) const DAY: u64 = 86_400;

/// The usual rotation of a use, from now on, with an overlap of ten days.
fn rotation(office: &Office, usage: KeyUse) -> Rotation {
    Rotation { overlap: 10 * DAY, ..Rotation::new(usage, office.now()) }
}

/// The usual rotation with a key that lies there already: one that opens fast. What a test rotates it rotates with it.
pub(super) fn rotate(office: &Office, usage: KeyUse) -> Result<Rotated, Refusal> {
    let (dir, key_use) = (office.dir().join("keys"), crate::keys::KeyUse::of(usage));
    let name = verifier::key::KeyName::parse(&usage.key_name(office.origin())).unwrap();
    crate::keys::KeyFile::generate(&dir, key_use, &name, passphrase(), 1000).unwrap();
    office.rotate_key(&rotation(office, usage))
}

/// A new key for every use.
pub(super) fn rotate_all(office: &Office) {
    for usage in KeyUse::ALL {
        rotate(office, usage).unwrap();
    }
}

/// What a stranger with this bundle says, without asking for status.
pub(super) fn by(bundle: &str, presented: Presented, now: Time) -> (Outcome, Code, u8) {
    let trust = TrustBundle::open(bundle, None).unwrap();
    let terms = Terms { status_asked: false, ..Terms::at(now) };
    let verdict = verify(&presented, &trust, &StatusShelf::default(), &terms);
    (verdict.outcome, verdict.code, verdict.level)
}

/// One certificate in all its forms, with the newest list.
pub(super) struct Made {
    file: Presented,
    qr: Presented,
    pdf: Presented,
    list: StatusList,
}

pub(super) fn made(office: &Office, sample: &str) -> Made {
    let number = office.submit(json(sample)).unwrap().number;
    office.seal().unwrap();
    let lists = office.publish_status().unwrap();
    let issued = office.certificate(&number).unwrap();
    let pdf = office.pdf(&number).unwrap();
    Made {
        file: Presented::File(issued.certificate.clone()),
        qr: Presented::Qr(issued.qr.clone().unwrap()),
        pdf: Presented::read(&pdf, office.now()).unwrap(),
        list: StatusList::parse(lists[0].file.as_bytes()).unwrap(),
    }
}

impl Made {
    /// Each form is good by this bundle, and so is the list.
    pub(super) fn good_by(&self, bundle: &str, now: Time) {
        let trust = TrustBundle::open(bundle, None).unwrap();
        let shelf = StatusShelf::new(vec![self.list.clone()], &trust);
        assert_eq!(shelf.unusable().len(), 0);
        for (form, level) in [(&self.file, 2), (&self.qr, 1), (&self.pdf, 2)] {
            assert_eq!(by(bundle, form.clone(), now), (Outcome::Valid, Code::Valid, level));
        }
    }

    /// No form is good by this bundle: the keys that signed are not in it.
    fn unknown_by(&self, bundle: &str, now: Time) {
        for form in [&self.file, &self.qr, &self.pdf] {
            assert_eq!(by(bundle, form.clone(), now).0, Outcome::Undetermined);
        }
    }
}

/// The key events in the published ledger, in order.
pub(super) fn events(desk: &Desk) -> Vec<KeyEvent> {
    public(desk)
        .into_iter()
        .filter_map(|preimage| match Entry::of_public(&preimage).unwrap() {
            (PublicKind::KeyEvent, _, body) => {
                Some(KeyEvent::from_text(std::str::from_utf8(body).unwrap()).unwrap())
            }
            _ => None,
        })
        .collect()
}

/// Every preimage in the published ledger, by index.
fn public(desk: &Desk) -> Vec<Vec<u8>> {
    let folder = desk.path().join("ledger/public");
    let list = std::fs::read_to_string(folder.join("list")).unwrap();
    list.lines().map(|name| std::fs::read(folder.join(name)).unwrap()).collect()
}

#[test]
fn a_rotation_without_a_flag_day() {
    let desk = Desk::new();
    let office = desk.open();
    let oldest = office.trust_text().to_string();
    let before = made(&office, SAMPLES[0]);
    desk.later(DAY);
    rotate_all(&office);
    let newest = office.trust_text().to_string();
    let states = |office: &Office| {
        let views = office.key_views().into_iter();
        views.map(|view| (view.usage, view.state, view.has_private)).collect::<Vec<_>>()
    };
    let both = |state| {
        KeyUse::ALL.into_iter().flat_map(move |usage| [(usage, state, true), (usage, KeyState::Active, true)])
    };
    assert_eq!(states(&office), both(KeyState::Active).collect::<Vec<_>>());

    let during = made(&office, SAMPLES[1]);
    let checkpoint = office.own_head().unwrap().unwrap().note;
    assert_eq!(checkpoint.signatures().len(), 2, "a witness that knows either goes on");
    desk.later(11 * DAY);
    assert_eq!(states(&office), both(KeyState::Retired).collect::<Vec<_>>());
    let after = made(&office, SAMPLES[2]);
    assert_eq!(office.own_head().unwrap().unwrap().note.signatures().len(), 1);
    for one in [&before, &during, &after] {
        one.good_by(&newest, office.now());
    }
    before.good_by(&oldest, office.now());
    during.good_by(&oldest, office.now());
    after.unknown_by(&oldest, office.now());
    assert_eq!(findings(&desk), []);

    // The ledger tells it: each key announced, each old one ended, before the bundle that says so.
    let told = events(&desk);
    let words: Vec<_> = told.iter().map(|event| (event.usage(), event.change().name())).collect();
    let expected: Vec<_> =
        KeyUse::ALL.into_iter().flat_map(|usage| [(usage, "announced"), (usage, "ended")]).collect();
    assert_eq!(words, expected);
    let mut history: Option<KeyHistory> = None;
    for preimage in public(&desk) {
        let (kind, _, body) = Entry::of_public(&preimage).unwrap();
        let text = std::str::from_utf8(body).unwrap();
        match kind {
            PublicKind::TrustBundle => {
                let bundle = TrustBundle::open(text, None).unwrap();
                let own = bundle.office(office.origin()).unwrap();
                let history = history.get_or_insert_with(|| KeyHistory::begin(own));
                history.agrees(own, bundle.issued()).unwrap();
            }
            PublicKind::KeyEvent => {
                history.as_mut().unwrap().apply(&KeyEvent::from_text(text).unwrap()).unwrap();
            }
            _ => {}
        }
    }
    assert_eq!(history.unwrap().keys().len(), 8);

    // The old keys may go.
    drop(office);
    for usage in ["ledger", "batch", "status", "pdf"] {
        std::fs::remove_file(desk.path().join(format!("keys/{usage}.pem"))).unwrap();
    }
    let office = desk.open();
    made(&office, SAMPLES[0].replace("20261122091531A0000002", "20261122091531B0000002").as_str())
        .good_by(&newest, office.now());
    assert_eq!(findings(&desk), []);
}

/// The root key's file away and back.
fn root_away(desk: &Desk, away: bool) {
    let (here, there) = (desk.path().join("keys/root.pem"), desk.dir.path().join("root.pem"));
    let (from, to) = if away { (here, there) } else { (there, here) };
    std::fs::rename(from, to).unwrap();
}

fn key_files(desk: &Desk) -> usize {
    std::fs::read_dir(desk.path().join("keys")).unwrap().count()
}

#[test]
fn an_offline_root_signs_elsewhere_and_what_is_prepared_changes_nothing() {
    let desk = Desk::new();
    let office = desk.open();
    root_away(&desk, true);
    let rotation = rotation(&office, KeyUse::Ledger);
    assert_eq!(office.rotate_key(&rotation).unwrap_err().code(), RefusalCode::TrustRootMissing);
    let files = key_files(&desk);
    let prepared = office.prepare_rotation(&rotation).unwrap();
    assert_eq!(key_files(&desk), files, "the key of the rotation that was refused is taken");
    assert_eq!((office.trust().sequence(), office.key_views().len()), (1, 4));
    assert_eq!(office.take_trust(&prepared.text).unwrap_err().code(), RefusalCode::TrustDamaged);
    // At the place of the root: the text, the key file, its passphrase, and nothing else.
    let words = passphrase();
    std::fs::copy(desk.path().join("keys/root.vkey"), desk.dir.path().join("root.vkey")).unwrap();
    let signed = sign_bundle(&prepared.text, &desk.dir.path().join("root.pem"), &words).unwrap();
    assert_eq!(office.take_trust(&signed).unwrap(), 2);
    assert_eq!(office.key_views()[1].key, prepared.key.unwrap());
    assert_eq!(office.take_trust(&signed).unwrap_err().code(), RefusalCode::TrustOlder);
    made(&office, SAMPLES[0]).good_by(office.trust_text(), office.now());
    assert_eq!(events(&desk).len(), 2);
    assert_eq!(findings(&desk), []);
}

#[test]
fn a_bundle_from_elsewhere_takes_nothing_back() {
    let desk = Desk::new();
    let office = desk.open();
    let root = crate::keys::KeyFile::open(&desk.path().join("keys/root.pem"), passphrase()).unwrap();
    let taken = |change: &dyn Fn(&mut Vec<verifier::trust::OfficeKey>)| {
        let mut fields = office.trust().fields().clone();
        (fields.sequence, fields.issued) = (fields.sequence + 1, office.now());
        change(&mut fields.offices[0].keys);
        let note = crate::keys::Signer::sign_note(&root, &fields.text().unwrap()).unwrap();
        office.take_trust(&note.encode()).map_err(|refusal| refusal.code())
    };
    let size = office.seal().unwrap().unwrap().end;
    let bad = |size| {
        Some(verifier::trust::Compromised {
            from: office.now(),
            size,
            root: published(&desk).root().to_owned(),
        })
    };
    let past = Time::new(office.now().seconds() - 1).unwrap();
    assert_eq!(taken(&|keys| drop(keys.remove(0))), Err(RefusalCode::TrustChange), "a key is missing");
    assert_eq!(taken(&|keys| keys[0].sign_until = past), Err(RefusalCode::TrustChange), "ended in the past");
    assert_eq!(taken(&|keys| keys[0].sign_from = past), Err(RefusalCode::TrustChange), "another beginning");
    assert_eq!(taken(&|keys| keys[3].compromised = bad(size)), Ok(2));
    assert_eq!(taken(&|keys| keys[3].compromised = None), Err(RefusalCode::TrustChange), "good again");
    assert_eq!(
        taken(&|keys| keys[3].sign_until = keys[3].sign_until.saturating_add(9)),
        Err(RefusalCode::TrustChange)
    );
    assert_eq!(taken(&|keys| keys[0].sign_until = keys[0].sign_until.saturating_add(9)), Ok(3));
    office.seal().unwrap();
    let words: Vec<_> = events(&desk).iter().map(|event| event.change().name()).collect();
    assert_eq!(words, ["compromised", "announced"]);
}

/// The journal's record is the commit point; what comes after it is cut off at every step, and what comes before it leaves
/// the office as it was.
#[test]
fn a_crash_at_any_step_of_a_rotation_leaves_it_before_or_after() {
    for failure in [Failure::Lost, Failure::Persisted] {
        for step in 1.. {
            let desk = Desk::new();
            let first = made(&desk.open(), SAMPLES[0]);
            let people = std::fs::read(desk.path().join("people/key")).unwrap();
            let disk = FailingDisk::new(RealDisk::open(&desk.path()).unwrap(), step, failure);
            let opened = Office::open_on(&desk.path(), Arc::new(disk), &passphrase(), desk.options());
            let mut failed = true;
            if let Ok(office) = opened {
                failed =
                    [KeyUse::Ledger, KeyUse::Status].into_iter().any(|usage| rotate(&office, usage).is_err());
                failed |= office.seal_all().is_err();
                // The people's key is sealed anew behind the bundle: this is the crash before it.
                std::fs::write(desk.path().join("people/key"), &people).unwrap();
            }
            let office = desk.open();
            let views = office.key_views();
            let active = |usage| {
                let of_use = |view: &&KeyView| view.usage == usage && view.state == KeyState::Active;
                views.iter().filter(of_use).count()
            };
            assert!(KeyUse::ALL.into_iter().all(|usage| (1..=2).contains(&active(usage))), "{step}");
            assert_eq!(views.len() as u64, 3 + office.trust().sequence(), "{failure:?} at step {step}");
            office.seal_all().unwrap();
            // Each rotation is in the ledger once, whole.
            assert_eq!(events(&desk).len() as u64, 2 * (office.trust().sequence() - 1));
            let second = made(&office, SAMPLES[1]);
            for one in [&first, &second] {
                one.good_by(office.trust_text(), office.now());
            }
            drop(office);
            assert_eq!(findings(&desk), [], "{failure:?} at step {step}");
            if !failed {
                assert!(step > 8, "only {step} steps were made to fail");
                break;
            }
        }
    }
    // Before the record: a key's file that no bundle has. It signs nothing, and the next rotation takes it.
    let desk = Desk::new();
    let office = desk.open();
    let prepared = office.prepare_rotation(&rotation(&office, KeyUse::Batch)).unwrap();
    let files = key_files(&desk);
    drop(office);
    let office = desk.open();
    assert_eq!(office.key_views().len(), 4);
    let rotated = office.rotate_key(&rotation(&office, KeyUse::Batch)).unwrap();
    assert_eq!((Some(rotated.key), key_files(&desk)), (prepared.key, files));
}

#[test]
fn a_key_that_ended_without_a_successor_stops_nothing_but_sealing() {
    let desk = Desk::new();
    let office = desk.open();
    let waits = office.submit(json(SAMPLES[0])).unwrap();
    office.seal().unwrap();
    assert!(office.index_of(&waits.number).unwrap().is_some());
    let warnings = |office: &Office| -> Vec<_> {
        let told = office.key_warnings(office.now()).into_iter();
        told.map(|notice| (notice.usage.map(KeyUse::name), notice.warning)).collect()
    };
    assert_eq!(warnings(&office), []);
    let of_all = |warning| ["ledger", "batch", "status", "pdf"].map(|usage| (Some(usage), warning));
    // The bundle is good for a year, the keys for two.
    for (days, expected) in
        [(365, KeyWarning::HalfLife), (701 - 365, KeyWarning::Month), (23, KeyWarning::Week)]
    {
        desk.later(days * DAY);
        let found = warnings(&office);
        assert_eq!(found[..4], of_all(expected));
        assert_eq!(found[4..], [(None, KeyWarning::NoneActive)]);
    }
    desk.later(8 * DAY);
    let of_two_years = of_all(KeyWarning::NoneActive);
    assert_eq!(warnings(&office)[..4], of_two_years);
    let late = office.submit(json(SAMPLES[1])).unwrap();
    assert_eq!(office.seal().unwrap_err().code(), RefusalCode::KeyNotInForce);
    assert_eq!(office.publish_status().unwrap_err().code(), RefusalCode::KeyNotInForce);
    assert!(office.alive().is_ok());
    drop(office);
    // It opens, too, and goes on where it was once the root has spoken.
    let office = desk.open();
    assert_eq!(office.seal().unwrap_err().code(), RefusalCode::KeyNotInForce);
    rotate_all(&office);
    office.seal().unwrap();
    assert!(office.index_of(&late.number).unwrap().is_some());
    assert_eq!(warnings(&office), []);
    office.publish_status().unwrap();
    assert_eq!(findings(&desk), []);
}

/// A batch that is staged, and whose keys can't sign any more when the office comes back: it is still that batch.
#[test]
fn what_was_staged_is_sealed_by_the_keys_that_there_are_then() {
    let desk = Desk::new();
    let first = desk.open().submit(json(SAMPLES[0])).unwrap();
    // The stage is the first change of the disk. It is done, and then the machine dies.
    let disk = FailingDisk::new(RealDisk::open(&desk.path()).unwrap(), 1, Failure::Persisted);
    let office = Office::open_on(&desk.path(), Arc::new(disk), &passphrase(), desk.options()).unwrap();
    office.seal().unwrap_err();
    drop(office);
    let stage = std::fs::read(desk.path().join("stage")).unwrap();
    std::fs::rename(desk.path().join("keys/batch.pem"), desk.dir.path().join("away.pem")).unwrap();
    assert_eq!(
        Office::open(&desk.path(), &passphrase(), desk.options()).err().unwrap().code(),
        RefusalCode::KeyMissing,
        "an active key that is not here is named at the start"
    );
    desk.later(731 * DAY);
    let office = desk.open();
    assert!(office.reports().iter().any(|report| report.contains("stays staged")), "{:?}", office.reports());
    assert_eq!(std::fs::read(desk.path().join("stage")).unwrap(), stage);
    let second = office.submit(json(SAMPLES[1])).unwrap();
    for usage in [KeyUse::Ledger, KeyUse::Batch] {
        rotate(&office, usage).unwrap();
    }
    let sealed = office.seal().unwrap().unwrap();
    assert_eq!((sealed.batch, sealed.end), (0, 2), "these entries and no others");
    assert_eq!(office.index_of(&first.number).unwrap(), Some(1));
    assert_eq!(office.index_of(&second.number).unwrap(), None);
    office.seal_all().unwrap();
    assert_eq!(findings(&desk), []);
}

#[test]
fn a_rotation_has_no_gap_and_a_later_one_begins_later() {
    let desk = Desk::new();
    let office = desk.open();
    let usual = rotation(&office, KeyUse::Batch);
    let now = office.now();
    for wrong in [
        Rotation { sign_from: now.saturating_add(731 * DAY), ..usual.clone() },
        Rotation { signs_for: 0, ..usual.clone() },
    ] {
        assert_eq!(office.rotate_key(&wrong).unwrap_err().code(), RefusalCode::KeyDates);
    }
    assert_eq!(key_files(&desk), 12, "nothing was made");
    let coming = Rotation { sign_from: now.saturating_add(30 * DAY), ..usual };
    office.rotate_key(&coming).unwrap();
    let states: Vec<_> = office.key_views().into_iter().map(|view| view.state).collect();
    use KeyState::{Active, Coming};
    assert_eq!(states, [Active, Active, Coming, Active, Active]);
    let before = made(&office, SAMPLES[0]);
    desk.later(35 * DAY);
    assert_eq!(office.key_views()[2].state, Active);
    made(&office, SAMPLES[1]).good_by(office.trust_text(), office.now());
    before.good_by(office.trust_text(), office.now());
    assert_eq!(findings(&desk), []);
}
