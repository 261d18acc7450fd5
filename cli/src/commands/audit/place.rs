//! Where a published ledger is: a folder, or an address.

use notary::audit::{DirSource, LedgerSource};
use notary::disk::DiskError;
use notary::refusal::Refusal;
use web::audit_source::{HttpSource, SourceTrouble};
use web::outgoing::{Outgoing, OutgoingSettings, PlainHttp};

use crate::args::Audit;
use crate::codes;
use crate::output::Failure;

/// Where a published ledger is.
pub enum Place {
    Folder(DirSource),
    Address(Box<HttpSource>),
}

impl Place {
    /// The ledger behind the address.
    pub fn connect(args: &Audit) -> Result<Place, Failure> {
        // Whoever names an address without TLS knows why, and what comes is judged by its signatures.
        let settings = OutgoingSettings { roots: args.ca.clone(), plain_http: PlainHttp::Anywhere };
        let outgoing = Outgoing::new(&settings).map_err(|error| {
            let zh = format!("根证书文件不可用：{error}");
            Failure::could_not(codes::FILE_UNREADABLE, zh, error.to_string())
        })?;
        let source = HttpSource::open(outgoing, &args.target).map_err(|trouble| unreached(&trouble))?;
        Ok(Place::Address(Box::new(source)))
    }

    /// Before it is read once more: nothing of before is given out again, and what failed before is forgotten.
    pub fn begin(&self) {
        if let Place::Address(source) = self {
            source.begin();
        }
    }

    /// Its files.
    pub fn source(&self) -> &dyn LedgerSource {
        match self {
            Place::Folder(source) => source,
            Place::Address(source) => &**source,
        }
    }

    /// What kept an audit from going on.
    pub fn failure(&self, error: DiskError) -> Failure {
        match self {
            Place::Folder(_) => Refusal::from(error).into(),
            Place::Address(source) => match source.trouble() {
                Some(trouble) => unreached(&trouble),
                None => Refusal::from(error).into(),
            },
        }
    }
}

fn unreached(trouble: &SourceTrouble) -> Failure {
    let why = &trouble.why;
    let zh = match trouble.code {
        codes::SOURCE_BAD => format!("这个网址的应答不是账本：{why}"),
        _ => format!("读不到账本：{why}"),
    };
    Failure::could_not(trouble.code, zh, format!("the ledger can't be read: {why}")).at(&*trouble.path)
}
