use std::fs;

use tempfile::TempDir;

use super::*;
use crate::journal::RealIo;
use crate::journal::testing::{FailingIo, Failure};

const OFFICE: [u8; 32] = [5; 32];

fn created() -> TempDir {
    let dir = TempDir::new().unwrap();
    Vault::create(dir.path(), &OFFICE, &RealIo).unwrap();
    dir
}

fn open(dir: &TempDir) -> Vault {
    Vault::open(dir.path(), &OFFICE, Arc::new(RealIo)).unwrap()
}

fn code<T>(result: Result<T, VaultError>) -> &'static str {
    result.err().map_or("-", |e| e.code())
}

#[test]
fn what_was_sealed_is_opened_again() {
    let dir = created();
    let vault = open(&dir);
    let slots: Vec<_> = (0..5).map(|_| vault.allocate().unwrap()).collect();
    vault.sync().unwrap();
    let sealed: Vec<_> = slots.iter().map(|s| vault.seal(*s, 7, b"plain").unwrap()).collect();
    assert_eq!(sealed[0].len(), 5 + SEAL_OVERHEAD);
    assert_ne!(sealed[0], vault.seal(slots[0], 7, b"plain").unwrap(), "a nonce is never used twice");
    drop(vault);
    let vault = open(&dir);
    assert_eq!(vault.allocate().unwrap(), Slot(5));
    for (slot, sealed) in slots.iter().zip(&sealed) {
        assert_eq!(**vault.open_sealed(*slot, 7, sealed).unwrap(), *b"plain");
    }
    assert_eq!(vault.open_sealed(slots[0], 7, &vault.seal(slots[0], 7, b"").unwrap()).unwrap().len(), 0);
}

#[test]
fn nothing_else_opens() {
    let dir = created();
    let vault = open(&dir);
    let (slot, other) = (vault.allocate().unwrap(), vault.allocate().unwrap());
    let sealed = vault.seal(slot, 7, b"plain").unwrap();
    assert_eq!(code(vault.open_sealed(slot, 8, &sealed)), "VAULT_SEAL_BAD");
    assert_eq!(code(vault.open_sealed(other, 7, &sealed)), "VAULT_SEAL_BAD");
    assert_eq!(code(vault.open_sealed(Slot(2), 7, &sealed)), "VAULT_SLOT_UNUSED");
    assert_eq!(code(vault.open_sealed(Slot(u64::MAX), 7, &sealed)), "VAULT_SLOT_UNUSED");
    for length in 0..sealed.len() {
        assert_eq!(code(vault.open_sealed(slot, 7, &sealed[..length])), "VAULT_SEAL_BAD");
    }
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(code(vault.open_sealed(slot, 7, &changed)), "VAULT_SEAL_BAD");
    }
}

#[test]
fn an_erased_key_is_gone_from_the_file() {
    let dir = created();
    let path = dir.path().join(FILE);
    let vault = open(&dir);
    let (slot, other) = (vault.allocate().unwrap(), vault.allocate().unwrap());
    let sealed = vault.seal(slot, 7, b"plain").unwrap();
    let key = fs::read(&path).unwrap()[SLOT_LEN + 4..SLOT_LEN + 36].to_vec();
    for _ in 0..2 {
        vault.erase(slot).unwrap();
        assert_eq!(code(vault.open_sealed(slot, 7, &sealed)), "VAULT_SLOT_ERASED");
    }
    assert_eq!(code(vault.erase(Slot(9))), "VAULT_SLOT_UNUSED");
    assert!(!fs::read(&path).unwrap().windows(8).any(|part| part == &key[..8]));
    drop(vault);
    let vault = open(&dir);
    assert_eq!(vault.state(slot).unwrap(), SlotState::Erased);
    assert_eq!(vault.state(other).unwrap(), SlotState::Live);
    assert_eq!(vault.state(Slot(2)).unwrap(), SlotState::Unused);
    assert_eq!(vault.allocate().unwrap(), Slot(2), "an erased slot is not given out again");
}

#[test]
fn every_flipped_bit_is_found() {
    let dir = created();
    let path = dir.path().join(FILE);
    let vault = open(&dir);
    vault.allocate().unwrap();
    let erased = vault.allocate().unwrap();
    vault.erase(erased).unwrap();
    drop(vault);
    let whole = fs::read(&path).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &bytes).unwrap();
        match (bit / 8 / SLOT_LEN).checked_sub(1) {
            None => assert_eq!(code(Vault::open(dir.path(), &OFFICE, Arc::new(RealIo))), "VAULT_DAMAGED"),
            Some(slot) => {
                let vault = open(&dir);
                let slot = Slot(slot as u64);
                assert_eq!(vault.state(slot).unwrap(), SlotState::Damaged);
                assert_eq!(code(vault.seal(slot, 1, b"x")), "VAULT_SLOT_DAMAGED");
            }
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "nothing was changed");
    }
    // Two slots that changed places are damage too.
    fs::write(&path, [&whole[..64], &whole[128..], &whole[64..128]].concat()).unwrap();
    assert_eq!(open(&dir).state(Slot(0)).unwrap(), SlotState::Damaged);
    open(&dir).erase(Slot(0)).unwrap();
    assert_eq!(open(&dir).state(Slot(0)).unwrap(), SlotState::Erased);
}

#[test]
fn a_vault_of_another_office_or_none_is_refused() {
    let dir = created();
    assert_eq!(code(Vault::open(dir.path(), &[6; 32], Arc::new(RealIo))), "VAULT_OTHER_OFFICE");
    assert_eq!(code(Vault::create(dir.path(), &OFFICE, &RealIo)), "VAULT_IO");
    let empty = TempDir::new().unwrap();
    assert_eq!(code(Vault::open(empty.path(), &OFFICE, Arc::new(RealIo))), "VAULT_MISSING");
}

#[test]
fn a_shortened_file_gives_no_slot_out_twice() {
    let dir = created();
    let path = dir.path().join(FILE);
    let vault = open(&dir);
    for _ in 0..4 {
        vault.allocate().unwrap();
    }
    drop(vault);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..64 * 3 + 10]).unwrap();
    let vault = open(&dir);
    vault.reserve(4);
    assert_eq!(vault.state(Slot(2)).unwrap(), SlotState::Unused);
    assert_eq!(code(vault.seal(Slot(3), 1, b"x")), "VAULT_SLOT_UNUSED");
    assert_eq!(vault.allocate().unwrap(), Slot(4));
    assert_eq!(vault.state(Slot(4)).unwrap(), SlotState::Live);
    // The part of a slot that was left is not taken for one.
    assert_eq!(vault.state(Slot(2)).unwrap(), SlotState::Damaged);
    assert_eq!(vault.state(Slot(3)).unwrap(), SlotState::Unused);
}

#[test]
fn after_a_failure_nothing_is_done() {
    for failure in [Failure::Nothing, Failure::Half, Failure::Persisted] {
        for step in 0..5 {
            let dir = created();
            let io = Arc::new(FailingIo::sound());
            let vault = Vault::open(dir.path(), &OFFICE, io.clone()).unwrap();
            io.fail_after(step, failure);
            let steps = [
                vault.allocate().map(|_| ()),
                vault.sync(),
                vault.sync(), // nothing to do
                vault.allocate().map(|_| ()),
                vault.erase(Slot(0)),
            ];
            let failed_at = [0, 1, 3, 4, 4][step];
            for (n, outcome) in steps.into_iter().enumerate() {
                assert_eq!(
                    code(outcome),
                    if n < failed_at { "-" } else { "VAULT_FAILED" },
                    "{failure:?} {step} {n}"
                );
            }
            drop(vault);
            if failed_at == 4 && failure == Failure::Persisted {
                assert_eq!(open(&dir).state(Slot(0)).unwrap(), SlotState::Erased);
            }
            open(&dir).allocate().unwrap();
        }
    }
}

#[test]
fn a_reader_sees_what_comes_and_changes_nothing() {
    let dir = created();
    let (vault, reader) = (open(&dir), Vault::open_to_read(dir.path(), &OFFICE).unwrap());
    assert_eq!(reader.state(Slot(0)).unwrap(), SlotState::Unused);
    let slot = vault.allocate().unwrap();
    let sealed = vault.seal(slot, 7, b"plain").unwrap();
    assert_eq!(**reader.open_sealed(slot, 7, &sealed).unwrap(), *b"plain");
    assert_eq!(reader.state(Slot(u64::MAX - 1)).unwrap(), SlotState::Unused);
    let before = fs::read(dir.path().join(FILE)).unwrap();
    assert_eq!(code(reader.erase(slot)), "VAULT_FAILED");
    let reader = Vault::open_to_read(dir.path(), &OFFICE).unwrap();
    assert_eq!(code(reader.allocate()), "VAULT_FAILED");
    assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn the_file_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = created();
    assert_eq!(fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
}
