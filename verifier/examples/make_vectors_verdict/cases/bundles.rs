//! The trust bundles that the cases share.

use super::anchors::made;
use super::office::{Office, archive, county, credit, note_key, province, root, university};
use super::pair::{Pair, sign};
use super::papers::report;
use super::sealed::{Sealed, checkpoint_root};
use super::{HOUR, SEALED};

/// When the office's batch, status and ledger keys stop being relied on.
pub const VERIFY_UNTIL: u64 = 1_842_000_000;
pub const SIGN_FROM: u64 = 1_795_300_000;
pub const SIGN_UNTIL: u64 = 1_826_848_800;
pub const EXPIRES: u64 = 1_858_384_800;
/// From then on the compromised keys may have been somebody else's.
pub const COMPROMISED: u64 = SEALED + 2 * HOUR;
/// When the key `retiring_ledger` stops being relied on.
pub const RETIRED: u64 = 1_795_330_000;

/// Stopped signing before the batch was closed.
pub fn ended_ledger() -> Pair {
    note_key("ended ledger", credit().origin)
}

/// Signed when the batch was closed, and is relied on for a few hours.
pub fn retiring_ledger() -> Pair {
    note_key("retiring ledger", credit().origin)
}

/// Signs from later than the batch was closed.
pub fn next_ledger() -> Pair {
    note_key("next ledger", credit().origin)
}

/// Stopped signing before the batch was closed.
pub fn ended_batch() -> Pair {
    note_key("ended batch", credit().batch.key.name().as_str())
}

/// Signs beside the batch key of nearly every case, where that was compromised in the overlap of a rotation.
pub fn next_batch() -> Pair {
    note_key("next batch", credit().batch.key.name().as_str())
}

/// Stopped signing before any list was issued.
pub fn ended_status() -> Pair {
    note_key("ended status", credit().status.key.name().as_str())
}

/// The office's pdf keys: one that ended before the batch was closed, one that is relied on for a few hours, the one of
/// nearly every case, and one that signs from later on.
pub fn pdf_keys() -> [Pair; 4] {
    let name = format!("{}/pdf", credit().origin);
    ["ended pdf", "retiring pdf", "pdf", "next pdf"].map(|seed| note_key(seed, &name))
}

/// From when on the last of them signs.
pub const NEXT_PDF: u64 = 1_795_320_000;

fn with_pdf() -> String {
    let dates = [
        format!("1790000000 1795309000 {VERIFY_UNTIL}"),
        format!("1790000001 {NEXT_PDF} {RETIRED}"),
        format!("{SIGN_FROM} {SIGN_UNTIL} {VERIFY_UNTIL}"),
        format!("{NEXT_PDF} {SIGN_UNTIL} {VERIFY_UNTIL}"),
    ];
    let line = |(key, dates): (&Pair, String)| format!("key pdf {} {dates}\n", key.vkey());
    let lines: String = pdf_keys().iter().zip(dates).map(line).collect();
    main().replacen("witness ", &format!("{lines}witness "), 1)
}

fn main() -> String {
    let key = |usage: &str, key: &Pair, dates: &str| format!("key {usage} {} {dates}\n", key.vkey());
    let dates = format!("{SIGN_FROM} {SIGN_UNTIL} {VERIFY_UNTIL}");
    let ended = format!("1790000000 1795309000 {VERIFY_UNTIL}");
    let three = |office: &Office| {
        [("ledger", &office.ledger), ("batch", &office.batch), ("status", &office.status)]
            .map(|(usage, pair)| key(usage, pair, &dates))
            .concat()
    };
    let (credit, archive) = (credit(), archive());
    format!(
        "credit.example.gov.cn/root\ntrust v1\nroot {}\nsequence 3\nissued {SIGN_FROM}\nexpires {EXPIRES}\n\
         office {}\norganisation archive.example.gov.cn 示例县档案馆\nkinds file\n{}\
         office {}\norganisation 12619900990000084G 示例县公共信用信息中心\nkinds credit-report credit-commitment file\n\
         status https://credit.example.gov.cn/ledger/status\n{}{}{}{}{}{}{}{}\
         witness {} 12619900990000084G 示例县公共信用信息中心\n\
         witness {} 11619900990000076Q 示例省信用中心\n\
         witness {} university.example.edu.cn 示例大学\n\
         group two 2 {} {}\nquorum two\n",
        root().vkey(),
        archive.origin,
        three(&archive),
        credit.origin,
        key("ledger", &ended_ledger(), &ended),
        key("ledger", &retiring_ledger(), &format!("1790000001 1795320000 {RETIRED}")),
        key("ledger", &credit.ledger, &dates),
        key("ledger", &next_ledger(), &format!("1795320000 {SIGN_UNTIL} {VERIFY_UNTIL}")),
        key("batch", &ended_batch(), &ended),
        key("batch", &credit.batch, &dates),
        key("status", &ended_status(), &ended),
        key("status", &credit.status, &dates),
        county().vkey(),
        province().vkey(),
        university().vkey(),
        province().key.name(),
        university().key.name(),
    )
}

/// With a key of the office compromised; the last good checkpoint had six entries, the report's among them.
fn compromised(key: &Pair) -> String {
    let last_good = checkpoint_root(&Sealed::of(credit(), report().core), 6);
    let line = format!("compromised {} {} {COMPROMISED} 6 {last_good}\n", key.key.name(), key.key.id());
    main().replacen("witness ", &format!("{line}witness "), 1)
}

/// With authorities of timestamps: two of other organisations, one of the office's own.
fn stamped(text: &str) -> String {
    let line = |label: &str, token: &str, name: &str| {
        format!("authority {label} {token} {}\n", verifier::base64::encode(&made(name)))
    };
    let lines = [
        line("tsa-example", "tsa.example.cn", "root"),
        line("tsa-other", "other.example.org", "ec-root"),
        line("tsa-own", "12619900990000084G", "ec-root"),
    ];
    let text = text.replacen("group ", &format!("{}group ", lines.concat()), 1);
    assert!(text.contains("authority "));
    text
}

/// The same of the batch key, and the one that comes after it signs already.
fn compromised_in_overlap() -> String {
    let dates = format!("{SIGN_UNTIL} {VERIFY_UNTIL}\n");
    let old = format!("key batch {} {SIGN_FROM} {dates}", credit().batch.vkey());
    let new = format!("key batch {} {} {dates}", next_batch().vkey(), SIGN_FROM + 1);
    compromised(&credit().batch).replacen(&old, &format!("{old}{new}"), 1)
}

/// By name: each signed by the root.
pub fn all() -> Vec<(&'static str, String)> {
    let signed = |text: String| sign(&text, &[&root()]);
    let compromised_pdf = {
        let [_, _, key, _] = pdf_keys();
        let last_good = checkpoint_root(&Sealed::of(credit(), report().core), 6);
        let line = format!("compromised {} {} {COMPROMISED} 6 {last_good}\n", key.key.name(), key.key.id());
        with_pdf().replacen("witness ", &format!("{line}witness "), 1)
    };
    let main = main();
    let at = main.find("office credit").unwrap();
    let archive_only = format!("{}quorum none\n", &main[..at]);
    let expires = |time: u64| main.replacen(&format!("expires {EXPIRES}"), &format!("expires {time}"), 1);
    vec![
        ("main", signed(main.clone())),
        ("archive-only", signed(archive_only)),
        ("expired", signed(expires(SEALED + 600))),
        ("changed", signed(main.clone()).replacen("sequence 3", "sequence 2", 1)),
        ("compromised-batch", signed(compromised(&credit().batch))),
        ("compromised-overlap", signed(compromised_in_overlap())),
        ("compromised-ledger", signed(compromised(&credit().ledger))),
        ("compromised-status", signed(compromised(&credit().status))),
        ("stamped", signed(stamped(&main))),
        ("stamped-compromised-batch", signed(stamped(&compromised(&credit().batch)))),
        ("stamped-compromised-ledger", signed(stamped(&compromised(&credit().ledger)))),
        ("pdf", signed(with_pdf())),
        ("compromised-pdf", signed(compromised_pdf)),
    ]
}
