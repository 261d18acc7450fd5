//! What the kinds of failures of chains and gateways mean, for people, and what is to be done about any that a target has.

use notary::refusal::Lang;

use crate::outgoing::next_step;

/// A kind's words; the kind itself where it has none.
pub fn reason(kind: &str, lang: Lang) -> String {
    if let Some(status) = kind.strip_prefix("refused-") {
        return match lang {
            Lang::Zh => format!("拒绝了请求（HTTP {status}）"),
            Lang::En => format!("it refused the request (HTTP {status})"),
        };
    }
    let (zh, en) = match kind {
        "rpc-error" => ("节点报错", "the node answered with an error"),
        "chain-id" => ("节点属于另一条链", "the node is of another chain"),
        "sender" => ("信任名单换了链或发送账户", "the trust bundle names another chain or sender by now"),
        "fee" => ("链上费用超过设置的上限", "the chain asks for more than the settings allow to be paid"),
        "gas" => ("所需 gas 超过设置的上限", "the transaction needs more gas than the settings allow"),
        "funds" => ("链上账户余额不足", "the account on the chain has too little"),
        "nonce" => ("交易序号已被其他交易占用", "another transaction of the same account took its place"),
        "failed" => ("交易在链上执行失败", "the transaction failed on the chain"),
        "hash" => ("节点给出的交易哈希不对", "the node names another transaction than the one that was sent"),
        "receipt-of-another" => ("回执属于另一笔交易", "the receipt is another transaction's"),
        "block-of-another" => ("节点给出了另一个区块", "the node shows another block than it was asked for"),
        "header" => (
            "区块头与区块哈希不符；若该链不用以太坊的区块哈希，请在设置中写 header = \"none\"",
            "the block's header does not hash to the block's hash; on a chain that hashes blocks otherwise, set header = \"none\"",
        ),
        "block-time" => ("区块时间不合理", "the block's time can't be"),
        "token" => ("网关令牌文件不可读", "the file with the gateway's token can't be read"),
        other => return other.to_string(),
    };
    lang.pick(zh, en).to_string()
}

/// What somebody does about failures of this kind.
pub fn next(kind: &str, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        "not-trusted" => (
            "请用 xinzheng trust D add 列入信任名单，名称与设置中的 label 一致",
            "add it to the trust bundle with xinzheng trust D add, under the label of the settings",
        ),
        "policy" => (
            "请与时间戳机构核对其策略，改正设置中的 policy",
            "ask the authority for its policy and correct the setting policy",
        ),
        "evidence" => (
            "请与对方核实；时间戳机构换了证书的，请以新名称列入信任名单",
            "ask those who run it; where an authority has a new certificate, add it to the trust bundle under a new label",
        ),
        "work-damaged" => (
            "请移走机构文件夹 anchor 中该目标的文件，将自动重新办理",
            "move the target's file out of the office's folder anchor; it begins anew",
        ),
        "no-key" | "sender" => (
            "请用 xinzheng anchor D key 查看账户地址，并与信任名单的 chain 行核对",
            "hold the address that xinzheng anchor D key says against the chain line of the trust bundle",
        ),
        "chain-id" => (
            "请核对设置中的网址和信任名单中的链号",
            "hold the address in the settings against the chain's number in the trust bundle",
        ),
        "fee" => (
            "请等待费用回落，或在设置中提高 max_gas_price",
            "wait until it asks for less, or raise max_gas_price in the settings",
        ),
        "gas" => ("请在设置中提高 max_gas", "raise max_gas in the settings"),
        "funds" => ("请为链上账户充值", "give the account on the chain more"),
        "nonce" => ("请确认该账户没有供其他程序使用", "see to it that no other program uses the account"),
        "header" => ("改好设置后重新启动", "restart after the change"),
        "token" => (
            "请检查设置 token_file 所指的文件及其权限",
            "see to the file that token_file names, and to its rights",
        ),
        other => return next_step(other, lang),
    };
    lang.pick(zh, en)
}
