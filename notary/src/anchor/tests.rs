//! The view of the anchors: made from files, and the same again from its own file.

use verifier::anchor::{Anchor, AnchorKind, Evidence, Http};
use verifier::key::VerifierKey;
use verifier::note::{Note, SignatureLine};
use verifier::time::Time;

use super::*;
use crate::disk::Disk;
use crate::disk::testing::MemoryDisk;
use crate::keys::example;
use crate::ledger::anchors;

fn anchor(label: &str, size: u64, at: u64) -> Anchor {
    let text = format!("{}\n{size}\n{}\n", example::ORIGIN, verifier::hash::empty_root().to_base64());
    let key = VerifierKey::parse(
        "credit.example.gov.cn/ledger+54911cd3+AaMHkl7wuiw3CbE6UlzPwqKeWwPHNvyhxJh5IrGXRq5e",
    );
    let line = SignatureLine::new(&key.unwrap(), [7; 64]);
    let note = Note::new(&text).unwrap().with_signature(line).unwrap();
    let at = Time::new(at).unwrap();
    let http =
        Http { address: "https://g.example/".into(), at, content_type: String::new(), answer: vec![1] };
    Anchor::new(label, note, Evidence::Http(http)).unwrap()
}

fn kept(disk: &MemoryDisk) -> (u64, Vec<Listed>) {
    let kept = Kept::open(disk).unwrap();
    (kept.count(), kept.listed().cloned().collect())
}

#[test]
fn labels_are_those_of_the_trust_bundle() {
    for good in ["a", "tsa-1", &"a".repeat(64)] {
        assert!(Target::new(AnchorKind::Evm, good).is_some(), "{good}");
    }
    for bad in ["", "none", "1a", "-a", "A", "a.b", "a/b", "信", &"a".repeat(65)] {
        assert!(Target::new(AnchorKind::Evm, bad).is_none(), "{bad}");
    }
}

#[test]
fn the_view_is_made_again_where_it_is_gone_or_wrong_and_files_that_cant_be_read_are_passed_over() {
    let disk = MemoryDisk::default();
    for n in 0..300 {
        anchors::write(&disk, n, &anchor(if n % 3 == 0 { "a" } else { "b" }, n + 1, 1_795_312_800 + n))
            .unwrap();
    }
    disk.damage(&anchors::path(7), Some(b"{}".to_vec()));
    disk.damage(&anchors::path(8), Some(vec![b' '; verifier::limits::ANCHOR_BYTES + 2]));
    let other = b"{\"type\":\"later\",\"checkpoint\":\"x\"}\n".to_vec();
    disk.damage(&anchors::path(9), Some(other));
    let (count, all) = kept(&disk);
    assert_eq!((count, all.len()), (300, 297));
    let view = disk.read("anchor/index", 1 << 20).unwrap().unwrap();
    assert_eq!(kept(&disk), (count, all.clone()));
    // A new file comes after what the view has.
    anchors::write(&disk, 300, &anchor("a", 301, 1_795_313_200)).unwrap();
    assert_eq!(kept(&disk).0, 301);
    for bad in [
        Vec::new(),
        b"xinzheng/anchor-index/v2\n".to_vec(),
        view[..view.len() - 1].to_vec(),
        String::from_utf8(view.clone()).unwrap().replacen("\n1 http", "\n2 http", 1).into_bytes(),
        String::from_utf8(view.clone()).unwrap().replacen("\n1 http b", "\n1 http B", 1).into_bytes(),
    ] {
        disk.damage("anchor/index", Some(bad));
        assert_eq!(kept(&disk).1[..297], all);
    }
    // A ledger that ends before the view does is another copy.
    disk.damage("anchor/index", Some(view));
    for n in 100..301 {
        disk.damage(&anchors::path(n), None);
    }
    assert_eq!(kept(&disk).0, 100);
}

#[test]
fn of_each_target_the_first_that_covers_an_entry_is_found() {
    let disk = MemoryDisk::default();
    let made = [("a", 5), ("b", 9), ("a", 9), ("b", 3), ("c", 4), ("a", 12)];
    for (n, (label, size)) in (0..).zip(made) {
        anchors::write(&disk, n, &anchor(label, size, 1_795_312_800 + n)).unwrap();
    }
    let kept = Kept::open(&disk).unwrap();
    for index in 0..13 {
        let mut found: Vec<u64> = kept.covering(index).iter().map(|(listed, _)| listed.n).collect();
        found.sort_unstable();
        // Without halving: of each label the first in order of numbers; sizes of one target are looked at as they rise.
        let mut expected = Vec::new();
        for label in ["a", "b", "c"] {
            let of = |(_, (name, size)): &(usize, &(&str, u64))| *name == label && *size > index;
            expected.extend(made.iter().enumerate().find(of).map(|(n, _)| n as u64));
        }
        expected.sort_unstable();
        assert_eq!(found, expected, "{index}");
    }
    assert_eq!(kept.largest(), 12);
}
