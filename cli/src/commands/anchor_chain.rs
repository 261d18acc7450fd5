//! `anchor D key` and `anchor D check N`: the key that pays on chains, and what a chain's node says of an anchor now.

use std::path::Path;

use serde::Serialize;
use verifier::anchor::{Anchor, Evidence};
use verifier::evm::{ChainEvidence, SignedTransaction};
use web::anchoring::evm::{Online, recheck};
use web::outgoing::{Outgoing, OutgoingSettings, PlainHttp};
use web::settings::AnchorTerms;

use crate::codes;
use crate::door::reach::unexpected;
use crate::lang::Lang;
use crate::output::{Answer, Failure, REFUSED};
use crate::say;

#[derive(Serialize)]
struct Keys {
    addresses: Vec<String>,
    made: Option<String>,
}

#[derive(Serialize)]
struct Checked<'a> {
    label: &'a str,
    chain_id: u64,
    sender: String,
    transaction: String,
    block: String,
    number: u64,
    /// Whether the bytes of the anchor belong together: `ok`, or the failure's word (spec page `anchor.md`).
    evidence: &'static str,
    /// `there`, `moved`, `gone` or `undone`.
    online: &'static str,
    confirmations: Option<u64>,
    finalized: Option<bool>,
    block_now: Option<String>,
    number_now: Option<u64>,
}

/// The addresses of the keys.
pub fn keys(addresses: Vec<String>, made: Option<String>, lang: Lang) -> Answer {
    let mut text = String::new();
    if let Some(made) = &made {
        text += &say!(
            lang,
            "已生成链上密钥：{made}\n请在该链上为此地址准备手续费（免费的链不用），并把它写入信任名单的 chain 行；然后重启服务\n",
            "made a key for chains: {made}\ngive this address coins for fees where the chain takes any, and name it in the trust bundle's chain line; then restart the service\n"
        );
    }
    for address in addresses.iter().filter(|address| Some(*address) != made.as_ref()) {
        text += &say!(lang, "链上密钥：{address}\n", "key for chains: {address}\n");
    }
    Answer::new(&Keys { addresses, made }, text)
}

/// Asks a node about an anchor: the one of this address, else the one that the settings name for its label.
pub fn check(anchor: &str, url: Option<&str>, config: Option<&Path>, lang: Lang) -> Result<Answer, Failure> {
    let anchor = Anchor::parse(anchor.trim_end()).map_err(|_| unexpected())?;
    let (Some(Evidence::Evm(evm)), Some(label), Some(digest)) =
        (anchor.evidence(), anchor.label(), anchor.digest())
    else {
        return Err(Failure::usage(
            "只有链上锚定才能向节点核对；时间戳可离线核验",
            "only an anchor on a chain can be checked with a node; a timestamp is verified offline",
        ));
    };
    let (url, settings) = address(label, url, config)?;
    let outgoing = Outgoing::new(&settings).map_err(|error| could_not(&error.to_string()))?;
    let sent =
        SignedTransaction::parse(&evm.transaction).map_err(|refused| could_not(&refused.to_string()))?;
    let (chain_id, sender) = (sent.transaction().chain_id, sent.sender());
    let evidence =
        ChainEvidence { transaction: &evm.transaction, receipt: &evm.receipt, header: evm.header.as_deref() };
    let included = evidence.check(&digest, chain_id, sender);
    let fault = included.as_ref().err().map_or("ok", |fault| fault.kind());
    let receipt =
        verifier::evm::Receipt::parse(&evm.receipt).map_err(|refused| could_not(&refused.to_string()))?;
    let online = recheck(&outgoing, &url, chain_id, evm).map_err(|failed| {
        let (zh, en) =
            (web::anchoring::reason(&failed.kind, Lang::Zh), web::anchoring::reason(&failed.kind, Lang::En));
        let found = if failed.text.is_empty() { String::new() } else { format!(" ({})", failed.text) };
        let silent = ["connection", "host", "timed-out", "tls", "no-roots", "address", "redirect"];
        let code = match silent.contains(&failed.kind.as_str()) {
            true => codes::SOURCE_UNREACHABLE,
            false => codes::SOURCE_BAD,
        };
        Failure::could_not(code, format!("不能核对：{zh}{found}"), format!("could not check: {en}{found}"))
    })?;
    let mut checked = Checked {
        label,
        chain_id,
        sender: sender.to_string(),
        transaction: sent.hash().to_string(),
        block: receipt.block().to_string(),
        number: receipt.number(),
        evidence: fault,
        online: "gone",
        confirmations: None,
        finalized: None,
        block_now: None,
        number_now: None,
    };
    let Checked { transaction, number, .. } = &checked;
    let mut text = say!(
        lang,
        "链：{label}（链 ID {chain_id}），发送账户 {sender}\n交易：{transaction}\n回执所记区块：第 {number} 块\n",
        "chain: {label} (chain id {chain_id}), sender {sender}\ntransaction: {transaction}\nblock of the receipt: {number}\n"
    );
    if fault != "ok" {
        text += &say!(lang, "证据不成立：{fault}\n", "the evidence does not hold: {fault}\n");
    }
    let good = match online {
        Online::There { confirmations, finalized } => {
            checked.online = "there";
            (checked.confirmations, checked.finalized) = (Some(confirmations), finalized);
            text += &say!(
                lang,
                "节点：链上有此区块和交易，已有 {confirmations} 个确认\n",
                "the node: the chain has this block with this transaction, {confirmations} confirmations\n"
            );
            fault == "ok"
        }
        Online::Moved { block, number } => {
            checked.online = "moved";
            (checked.block_now, checked.number_now) = (Some(block.to_string()), Some(number));
            text += &say!(
                lang,
                "节点：交易已在另一区块（第 {number} 块），回执所记区块已被链放弃\n",
                "the node: the transaction is in another block now ({number}); the chain gave up the receipt's\n"
            );
            false
        }
        Online::Gone => {
            text +=
                lang.pick("节点：链上没有此交易\n", "the node: the chain does not have this transaction\n");
            false
        }
        Online::Undone => {
            checked.online = "undone";
            text +=
                lang.pick("节点：此交易在链上执行失败\n", "the node: this transaction failed on the chain\n");
            false
        }
    };
    let answer = Answer::new(&checked, text);
    Ok(if good { answer } else { answer.exit(REFUSED) })
}

/// The node's address, and how requests go there: anywhere that a person names.
fn address(
    label: &str,
    url: Option<&str>,
    config: Option<&Path>,
) -> Result<(String, OutgoingSettings), Failure> {
    let settings = config.map(super::serve::settings_of).transpose()?;
    if let Some(url) = url {
        let roots = settings.and_then(|settings| settings.outgoing.roots);
        return Ok((url.to_string(), OutgoingSettings { roots, plain_http: PlainHttp::Anywhere }));
    }
    let settings = settings.ok_or_else(|| {
        Failure::usage(
            "请用 --url 写明节点地址，或用 --config 写明服务的设置文件",
            "name the node's address with --url, or the settings of the service with --config",
        )
    })?;
    let target = settings
        .anchors
        .iter()
        .find(|target| target.target().label() == label && matches!(target.terms(), AnchorTerms::Evm(_)));
    let target = target.ok_or_else(|| {
        Failure::usage(
            format!("设置中没有名为 {label} 的链"),
            format!("the settings have no chain with the label {label}"),
        )
    })?;
    Ok((target.url().to_string(), settings.outgoing.clone()))
}

fn could_not(why: &str) -> Failure {
    Failure::could_not(codes::SOURCE_BAD, format!("不能核对：{why}"), format!("could not check: {why}"))
}
