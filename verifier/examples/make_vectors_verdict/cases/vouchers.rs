//! What an answer for programs says of those who vouch from outside (verdict.md).
//!
//! ```text
//! "cosigners": [{"organisation": …, "key": …, "at": …, "independent": true}],
//! "timestamps": [{"label": …, …}], "unchecked": [{"kind": "http", "label": "gateway-example"}]
//! ```

use serde_json::{Value, json};

/// When witnesses cosigned: five seconds after the batch was closed.
const COSIGNED: &str = "2026-11-22T09:15:45+08:00";
/// What the tokens say: ten minutes after it.
const STAMPED: &str = "2026-11-22T09:25:40+08:00";
/// And the late one.
const STAMPED_LATE: &str = "2026-11-22T11:15:40+08:00";

/// The three members.
#[derive(Clone, Debug, Default)]
pub struct Vouchers {
    cosigners: Vec<Value>,
    stamps: Vec<Value>,
    /// In the order of the anchors: whether it is a token that holds.
    unchecked: Vec<(bool, Value)>,
}

impl Vouchers {
    /// Nobody.
    pub fn nobody() -> Vouchers {
        Vouchers::default()
    }

    /// A witness of the bundle, by what its key and its organisation are called there.
    fn cosigner(mut self, key: &str, organisation: &str, independent: bool) -> Vouchers {
        self.cosigners.push(
            json!({"organisation": organisation, "key": key, "at": COSIGNED, "independent": independent}),
        );
        self
    }

    pub fn county(self) -> Vouchers {
        self.cosigner("county.example.gov.cn/witness", "示例县公共信用信息中心", false)
    }

    pub fn province(self) -> Vouchers {
        self.cosigner("province.example.gov.cn/witness", "示例省信用中心", true)
    }

    pub fn university(self) -> Vouchers {
        self.cosigner("university.example.edu.cn/witness", "示例大学", true)
    }

    fn stamp(
        mut self,
        label: &str,
        organisation: &str,
        signer: &str,
        at: &str,
        independent: bool,
    ) -> Vouchers {
        // By `openssl ts -reply -token_in -text`.
        self.stamps.push(json!({"label": label, "organisation": organisation, "signer": signer, "at": at,
            "policy": "1.2.3.4.1", "serial": "11", "independent": independent}));
        self.unchecked.push((true, json!({"kind": "rfc3161", "label": label})));
        self
    }

    /// The authority with an intermediate.
    pub fn tsa(self) -> Vouchers {
        self.stamp("tsa-example", "tsa.example.cn", "signer", STAMPED, true)
    }

    /// The same, of the moment at which a key was compromised.
    pub fn tsa_late(self) -> Vouchers {
        self.stamp("tsa-example", "tsa.example.cn", "signer", STAMPED_LATE, true)
    }

    pub fn tsa_other(self) -> Vouchers {
        self.stamp("tsa-other", "other.example.org", "ec-signer", STAMPED, true)
    }

    /// Of the office's own organisation.
    pub fn tsa_own(self) -> Vouchers {
        self.stamp("tsa-own", "12619900990000084G", "ec-signer", STAMPED, false)
    }

    /// A token that does not hold: only who checks no tokens leaves it open.
    pub fn token_no_good(mut self, label: &str) -> Vouchers {
        self.unchecked.push((true, json!({"kind": "rfc3161", "label": label})));
        self
    }

    /// A gateway's answer.
    pub fn gateway(mut self) -> Vouchers {
        self.unchecked.push((false, json!({"kind": "http", "label": "gateway-example"})));
        self
    }

    /// The member, of a verifier that checks tokens, or of one that does not.
    pub fn text(&self, timed: bool) -> String {
        let stamps: &[Value] = if timed { &self.stamps } else { &[] };
        let unchecked = self.unchecked.iter().filter(|(token, _)| !(timed && *token));
        let unchecked: Vec<&Value> = unchecked.map(|(_, value)| value).collect();
        let member = |name: &str, values: Value| format!("    \"{name}\": {values}");
        let members = [
            member("cosigners", json!(self.cosigners)),
            member("timestamps", json!(stamps)),
            member("unchecked", json!(unchecked)),
        ];
        format!("{{\n{}}}", members.join(",\n"))
    }
}
