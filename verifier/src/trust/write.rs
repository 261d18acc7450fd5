//! Writes the text of a trust bundle.

use super::fields::{Office, TrustFields};
use super::policy::{group_line, quorum_line};
use super::read;
use crate::base64;
use crate::error::Refused;
use alloc::format;
use alloc::string::String;

impl TrustFields {
    /// The text to be signed. Puts roots, offices, keys, witnesses, authorities, chains and members into their order
    /// (groups keep theirs) and reads the text back, so whatever a reader would refuse is refused here.
    pub fn text(&self) -> Result<String, Refused> {
        let fields = self.in_order();
        let text = fields.write();
        if read::read(&text)? == fields {
            return Ok(text);
        }
        Err(Refused::new("trust bundle", "", "does not read back as what was written"))
    }

    fn in_order(&self) -> TrustFields {
        let mut fields = self.clone();
        fields.roots.sort_by_key(|root| root.encode());
        fields.offices.sort_by(|a, b| a.origin.cmp(&b.origin));
        for office in &mut fields.offices {
            office.kinds.sort_by_key(|kind| kind.number());
            office.keys.sort_by_key(|key| (key.usage, key.sign_from, key.key.encode()));
        }
        fields.witnesses.sort_by(|a, b| a.key.name().cmp(b.key.name()));
        fields.authorities.sort_by(|a, b| a.label.cmp(&b.label));
        fields.chains.sort_by(|a, b| a.label.cmp(&b.label));
        for group in &mut fields.groups {
            group.members.sort();
        }
        fields
    }

    fn write(&self) -> String {
        let mut out = format!("{}\ntrust v1\n", self.publisher.root_key_name());
        for root in &self.roots {
            out.push_str(&format!("root {}\n", root.encode()));
        }
        let (issued, expires) = (self.issued.seconds(), self.expires.seconds());
        out.push_str(&format!("sequence {}\nissued {issued}\nexpires {expires}\n", self.sequence));
        for office in &self.offices {
            write_office(&mut out, office);
        }
        for witness in &self.witnesses {
            let organisation = &witness.organisation;
            out.push_str(&format!(
                "witness {} {} {}\n",
                witness.key.encode(),
                organisation.token,
                organisation.name
            ));
        }
        for authority in &self.authorities {
            let certificate = base64::encode(&authority.certificate);
            out.push_str(&format!("authority {} {} {certificate}\n", authority.label, authority.token));
        }
        for chain in &self.chains {
            let sender: String = chain.sender.iter().map(|byte| format!("{byte:02x}")).collect();
            out.push_str(&format!("chain {} {} {sender} {}\n", chain.label, chain.chain_id, chain.token));
        }
        for group in &self.groups {
            out.push_str(&group_line(group));
        }
        out.push_str(&quorum_line(self));
        out
    }
}

fn write_office(out: &mut String, office: &Office) {
    let Office { origin, organisation, kinds, status_url, keys } = office;
    out.push_str(&format!(
        "office {origin}\norganisation {} {}\nkinds",
        organisation.token, organisation.name
    ));
    for kind in kinds {
        out.push_str(&format!(" {}", kind.name()));
    }
    out.push('\n');
    if let Some(url) = status_url {
        out.push_str(&format!("status {url}\n"));
    }
    for key in keys {
        let (from, until, verify) =
            (key.sign_from.seconds(), key.sign_until.seconds(), key.verify_until.seconds());
        out.push_str(&format!("key {} {} {from} {until} {verify}\n", key.usage.name(), key.key.encode()));
    }
    for key in keys {
        if let Some(compromised) = &key.compromised {
            let (time, size, root) = (compromised.from.seconds(), compromised.size, &compromised.root);
            out.push_str(&format!("compromised {} {} {time} {size} {root}\n", key.key.name(), key.key.id()));
        }
    }
}
