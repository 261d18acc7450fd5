//! What somebody does about a witness or a target of anchors that fails, by the kind of its failure. What the kinds mean
//! is said where they arise (`witnessing`, `anchoring`).
//!
//! ```text
//! connection → 请检查网络和设置中的网址，或与对方联系
//! ```

use notary::refusal::Lang;

/// The next step after failures of this kind, of whomever was asked.
pub fn next_step(kind: &str, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        "connection" | "host" | "timed-out" => (
            "请检查网络和设置中的网址，或与对方联系",
            "see to the network and the address in the settings, or ask those who run it",
        ),
        "tls" | "no-roots" => (
            "请与对方核对其 TLS 证书，或在设置 outgoing.roots 中写明根证书",
            "ask those who run it about its TLS certificate, or name its root in the setting outgoing.roots",
        ),
        "plain-http" => (
            "请改用 https 网址，或把该主机列入设置 outgoing.plain_http",
            "use its https address, or name the host in the setting outgoing.plain_http",
        ),
        "redirect" => (
            "请与对方核实新网址，在设置中改好后重新启动",
            "ask for the new address, put it into the settings and restart",
        ),
        "too-large" | "protocol" | "unreadable" | "content-type" => {
            ("请核对设置中的网址是否写对", "see whether the address in the settings is the right one")
        }
        "disk" => (
            "请检查磁盘空间和机构文件夹的权限",
            "see to the disk's free space and the rights on the office's folder",
        ),
        _ => ("请与对方联系", "ask those who run it"),
    };
    lang.pick(zh, en)
}
