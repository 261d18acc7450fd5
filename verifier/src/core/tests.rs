//! Single cases are in `../../vectors/core/`; here is what holds for all cores.

use alloc::vec::Vec;

use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::registry::HolderKind;

fn any_name() -> impl Strategy<Value = String> {
    "[渭水样例食品有限公司〔〕a-z]{1,20}".prop_map(String::from)
}

fn any_holder() -> impl Strategy<Value = Holder> {
    let code = "9161990[0-9A-HJ-NPQRTUWXY]{11}";
    prop_oneof![
        (any_name(), code).prop_map(|(name, code)| Holder::new(HolderKind::Sole, name, code).unwrap()),
        (any_name(), any::<[u8; 32]>()).prop_map(|(name, digest)| {
            let code = Holder::reference(&Hash::from_bytes(digest));
            Holder::new(HolderKind::Person, mask(&name), code).unwrap()
        }),
    ]
}

fn any_claims() -> impl Strategy<Value = Vec<Claim>> {
    let one = (1u64..40, 1u64..=5, 0u64..9, 0u64..9);
    proptest::collection::vec(one, 0..12).prop_map(|mut list| {
        list.sort_by_key(|(rule, ..)| *rule);
        list.dedup_by_key(|(rule, ..)| *rule);
        let claim = |(rule, value, a, b): (u64, u64, u64, u64)| {
            let counts = (rule == 8).then(|| (a.min(b), a.max(b)));
            Claim::new(Open::from_number(rule), ClaimValue::from_number(value).unwrap(), counts).unwrap()
        };
        list.into_iter().map(claim).collect()
    })
}

prop_compose! {
    /// Any core that keeps the rules.
    pub(crate) fn any_core()(
        (start, kind, holder, title, purpose) in
            ("[0-9]{20}", 1u64..=3, any_holder(), any_name(), option::of(1u64..20)),
        audience in option::of(any_name()),
        (issued, life, before) in (1_000u64..4_000_000_000, 1u64..100_000_000, option::of(0u64..1000)),
        period in option::of((0u32..40_000, 0u32..4000)),
        claims in any_claims(),
        counters in proptest::collection::btree_map(1u64..30, 1u64..5000, 0..8),
        (root, nonce, nobody) in any::<([u8; 32], [u8; 16], bool)>(),
    ) -> Core {
        let kind = DocumentKind::from_number(kind).unwrap();
        Core::new(CoreFields {
            number: CertificateNumber::with_check(&start).unwrap(),
            kind,
            holder: if nobody && kind == DocumentKind::File { None } else { Some(holder) },
            title,
            purpose: purpose.map(Open::from_number),
            audience: audience.map(|name| Audience::new(name, "12619900990000084G").unwrap()),
            issued_at: Time::new(issued).unwrap(),
            expires_at: Time::new(issued + life).unwrap(),
            period: period.map(|(first, days)| (Date::new(first).unwrap(), Date::new(first + days).unwrap())),
            data_as_of: before.map(|before| Time::new(issued - before).unwrap()),
            claims,
            counters: counters.into_iter().map(|(counter, count)| (Open::from_number(counter), count)).collect(),
            document_root: Hash::from_bytes(root),
            nonce,
        }).unwrap()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(core in any_core()) {
        prop_assert_eq!(Core::parse(core.as_bytes()), Ok(core));
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_core(core in any_core(), at: prop::sample::Index, byte: u8) {
        let mut bytes = core.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(other) = Core::parse(&bytes) {
            let again = Core::new(other.fields().clone()).unwrap();
            prop_assert_eq!(again.as_bytes(), &bytes[..]);
        }
    }

    #[test]
    fn a_piece_is_no_core(core in any_core(), at: prop::sample::Index) {
        let bytes = core.as_bytes();
        prop_assert!(Core::parse(&bytes[..at.index(bytes.len())]).is_err());
        let more: Vec<u8> = bytes.iter().copied().chain([0]).collect();
        prop_assert!(Core::parse(&more).is_err());
    }

    #[test]
    fn no_input_panics(bytes: Vec<u8>) {
        let _ = Core::parse(&bytes);
    }
}

#[test]
fn names_are_masked() {
    assert_eq!(mask("简策"), "简*");
    assert_eq!(mask("买买提·吐尔逊"), "买******");
    assert_eq!(mask("𠮷"), "𠮷");
    assert!(Holder::new(HolderKind::Person, "简策", "nMSSWVzQzqvn0oqzs2DnXw").is_err());
    assert!(Holder::new(HolderKind::Person, "简*", "61990019900307123X").is_err());
    assert!(Holder::new(HolderKind::Org, "渭水", "61990019900307123I").is_err());
}

#[test]
fn a_core_of_an_ordinary_report_is_about_250_bytes() {
    let claim = |rule, value| Claim::new(Open::Known(rule), value, None).unwrap();
    let core = Core::new(CoreFields {
        number: CertificateNumber::with_check("20261122401709386125").unwrap(),
        kind: DocumentKind::CreditReport,
        holder: Some(Holder::new(HolderKind::Org, "渭水样例食品有限公司", "91619900MA0DEM021U").unwrap()),
        title: "公共信用信息报告".into(),
        purpose: Some(Purpose::Financing.into()),
        audience: None,
        issued_at: Time::new(1_795_310_130).unwrap(),
        expires_at: Time::new(1_803_086_130).unwrap(),
        period: Some((Date::new(19_683).unwrap(), Date::new(20_778).unwrap())),
        data_as_of: Some(Time::new(1_795_276_799).unwrap()),
        claims: [claim(Rule::NoPenalty, ClaimValue::No), claim(Rule::NotAbnormal, ClaimValue::Yes)].into(),
        counters: [(Counter::Permits.into(), 1), (Counter::Penalties.into(), 1)].into(),
        document_root: Hash::from_bytes([1; 32]),
        nonce: [2; 16],
    })
    .unwrap();
    assert!((200..300).contains(&core.as_bytes().len()), "{}", core.as_bytes().len());
}
