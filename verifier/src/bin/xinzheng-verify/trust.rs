//! Opening the trust bundle that `--trust` names, against the root that is pinned; and `trust pin`.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use verifier::key::VerifierKey;
use verifier::text::Lang;
use verifier::trust::{TrustBundle, TrustError, fingerprint};

use crate::gather::{read_file, shown};
use crate::pin::PinStore;
use crate::unread::Unread;
use crate::usage::Usage;

/// A bundle opened, and on what grounds.
pub struct Trusted {
    /// The bundle.
    pub bundle: TrustBundle,
    /// The root that counts: the pinned one, else the first that the bundle lists.
    pub root: VerifierKey,
    /// Its fingerprint, for people to compare.
    pub fingerprint: String,
    /// Whether it is pinned, by `--root` or in the store.
    pub pinned: bool,
    /// What did not work with the store; nothing hangs on it.
    pub notes: Vec<String>,
}

/// Opens a bundle for verifying. `root` is the vkey of `--root`.
pub fn open(path: &Path, root: Option<&str>, store: &mut PinStore, lang: Lang) -> Result<Trusted, Usage> {
    let text = read(path, lang)?;
    let mut notes = Vec::new();
    if let Some(why) = store.unreadable() {
        notes.push(store_note(store, why, lang));
    }
    let pinned = match root {
        Some(vkey) => Some(parse_root(vkey, lang)?),
        None => pinned_root(&text, store, lang)?,
    };
    let trusted = admit(&text, pinned, store, lang)?;
    if trusted.pinned
        && let Err(error) = store.remember(&trusted.root.encode(), trusted.bundle.sequence(), false)
    {
        // A read-only profile is no reason not to verify.
        if store.unreadable().is_none() {
            notes.push(store_note(store, &error.to_string(), lang));
        }
    }
    Ok(Trusted { notes, ..trusted })
}

/// `trust pin`: shows the bundle and its root's fingerprint on `screen`, asks, and remembers.
/// Answers the root pinned, or none where the person declined.
pub fn pin(
    path: &Path,
    root: Option<&str>,
    yes: bool,
    store: &mut PinStore,
    lang: Lang,
) -> Result<Option<Trusted>, Usage> {
    let text = read(path, lang)?;
    let root = root.map(|vkey| parse_root(vkey, lang)).transpose()?;
    let trusted = admit(&text, root, store, lang)?;
    if !yes && !confirmed(&trusted, lang)? {
        return Ok(None);
    }
    store.remember(&trusted.root.encode(), trusted.bundle.sequence(), true).map_err(|error| {
        let place = store.path().map(|path| shown(&path.to_string_lossy())).unwrap_or_default();
        Usage::new("PIN_FAILED", format!("{} {place}: {error}", lang.pick("无法保存", "could not save")))
    })?;
    Ok(Some(trusted))
}

fn read(path: &Path, lang: Lang) -> Result<String, Usage> {
    let name = shown(&path.to_string_lossy());
    let bytes = read_file(path).map_err(|unread: Unread| {
        Usage::new(
            "TRUST_BAD",
            format!("{} {name}: {}", lang.pick("信任名单", "trust bundle"), unread.message(lang)),
        )
    })?;
    String::from_utf8(bytes).map_err(|_| {
        Usage::about(
            "TRUST_BAD",
            lang,
            "{} 不是信任名单（不是UTF-8文本）",
            "{} is no trust bundle: it is not UTF-8 text",
            &name,
        )
    })
}

fn parse_root(vkey: &str, lang: Lang) -> Result<VerifierKey, Usage> {
    VerifierKey::parse(vkey.trim()).map_err(|refused| {
        Usage::about(
            "ROOT_BAD",
            lang,
            "--root 不是有效的公钥：{}",
            "--root is no key: {}",
            &refused.to_string(),
        )
    })
}

/// The root in the store that this bundle is to be held against: one that it lists, if there is one, else any.
fn pinned_root(text: &str, store: &PinStore, lang: Lang) -> Result<Option<VerifierKey>, Usage> {
    let mut pinned = store.pinned().peekable();
    if pinned.peek().is_none() {
        return Ok(None);
    }
    let bundle = TrustBundle::parse(text).map_err(|refused| bad(&refused.to_string(), lang))?;
    let listed: Vec<String> = bundle.roots().iter().map(|root| root.encode()).collect();
    match pinned.find(|vkey| listed.iter().any(|listed| listed == vkey)) {
        Some(vkey) => parse_root(vkey, lang).map(Some),
        None => Err(other_root(&bundle, store, lang)),
    }
}

fn admit(text: &str, pinned: Option<VerifierKey>, store: &PinStore, lang: Lang) -> Result<Trusted, Usage> {
    let bundle = TrustBundle::open(text, pinned.as_ref()).map_err(|error| match error {
        TrustError::RootOther => Usage::new(
            "ROOT_OTHER",
            lang.pick(
                "信任名单不是由指定的根密钥签署，可能被替换。请向发布机构重新获取，并核对根密钥指纹",
                "the trust bundle is not signed by the root named: it may have been exchanged. Fetch it again and compare the fingerprint",
            ),
        ),
        other => bad(&other.to_string(), lang),
    })?;
    let is_pinned = pinned.is_some();
    let Some(root) = pinned.or_else(|| bundle.roots().first().cloned()) else {
        return Err(bad("no root", lang));
    };
    if let Some(highest) = store.highest(&root.encode())
        && bundle.sequence() < highest
    {
        let message = lang.pick(
            "信任名单序号 {} 低于本机见过的 {highest}，是旧名单，已拒绝。请获取最新名单",
            "the trust bundle has sequence {}, this computer has seen {highest}: an old one, refused. Fetch the newest",
        );
        let message =
            message.replace("{}", &bundle.sequence().to_string()).replace("{highest}", &highest.to_string());
        return Err(Usage::new("TRUST_ROLLBACK", message));
    }
    let fingerprint = fingerprint(&root);
    Ok(Trusted { bundle, root, fingerprint, pinned: is_pinned, notes: Vec::new() })
}

fn bad(why: &str, lang: Lang) -> Usage {
    Usage::about("TRUST_BAD", lang, "信任名单不可用：{}", "the trust bundle is not usable: {}", why)
}

fn other_root(bundle: &TrustBundle, store: &PinStore, lang: Lang) -> Usage {
    let fingerprints: Vec<String> = bundle.roots().iter().map(fingerprint).collect();
    let place = store.path().map(|path| shown(&path.to_string_lossy())).unwrap_or_default();
    let message = lang.pick(
        "信任名单的根密钥（指纹 {}）不是本机已确认的根密钥（记录于 {place}）。如确需使用，请核对指纹后运行 xinzheng-verify trust pin",
        "the root of this bundle (fingerprint {}) is none of those pinned here (in {place}). To use it, compare the fingerprint and run xinzheng-verify trust pin",
    );
    Usage::new("ROOT_OTHER", message.replace("{}", &fingerprints.join(", ")).replace("{place}", &place))
}

fn store_note(store: &PinStore, why: &str, lang: Lang) -> String {
    let place = store.path().map(|path| shown(&path.to_string_lossy())).unwrap_or_default();
    format!(
        "{} {place}: {why}",
        lang.pick("无法使用根密钥记录", "the record of pinned roots could not be used,")
    )
}

/// Asks on the terminal. Without one the answer is an error, not a yes.
fn confirmed(trusted: &Trusted, lang: Lang) -> Result<bool, Usage> {
    let bundle = &trusted.bundle;
    let mut screen = io::stderr().lock();
    let label = |zh: &'static str, en: &'static str| lang.pick(zh, en);
    let _ = writeln!(screen, "{}  {}", label("根密钥  ", "root       "), trusted.root.name());
    let _ = writeln!(screen, "{}  {}", label("指纹    ", "fingerprint"), trusted.fingerprint);
    let _ = writeln!(screen, "{}  {}", label("名单序号", "sequence   "), bundle.sequence());
    let _ = writeln!(screen, "{}  {}", label("签发机构", "offices    "), offices(bundle));
    let question = lang.pick(
        "请与发布机构另行公布的指纹逐组核对。一致请输入 yes: ",
        "Compare the fingerprint with the one that the publisher announced elsewhere. Type yes if it is the same: ",
    );
    let _ = write!(screen, "{question}");
    let _ = screen.flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer).unwrap_or(0);
    if read == 0 && !io::stdin().is_terminal() {
        let message = lang.pick("没有人回答。脚本请加 --yes", "nobody answered. In a script use --yes");
        return Err(Usage::new("NOT_CONFIRMED", message));
    }
    Ok(matches!(answer.trim(), "yes" | "YES" | "y" | "Y" | "是"))
}

/// Names of the first few offices.
fn offices(bundle: &TrustBundle) -> String {
    const FEW: usize = 5;
    let mut names: Vec<&str> =
        bundle.offices().iter().map(|office| office.organisation.name.as_str()).take(FEW).collect();
    if bundle.offices().len() > FEW {
        names.push("…");
    }
    names.join(", ")
}
