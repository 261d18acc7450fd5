//! Prints documents as an example office would, to look at them:
//!
//! ```text
//! cargo run -p notary --example print_samples -- DIR tests/samples/*.json
//! ```
//!
//! Writes `DIR/NAME.pdf` of each document; any other file is notarized as one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use notary::keys::{Passphrase, example};
use notary::office::{NewOffice, NotBefore, Office, OpenOptions, SealPolicy, Submission, SubmissionKind};
use verifier::origin::Origin;
use verifier::time::Time;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1).map(PathBuf::from);
    let out = args.next().ok_or("usage: print_samples DIR FILE…")?;
    std::fs::create_dir_all(&out)?;
    let home = out.join("office");
    let _ = std::fs::remove_dir_all(&home);
    let office = example(&home)?;
    let mut made = Vec::new();
    for file in args {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("file").to_owned();
        let kind = match name.ends_with(".json") {
            true => SubmissionKind::Json,
            false => SubmissionKind::File { name: name.clone(), media_type: None },
        };
        let submission = Submission {
            bytes: std::fs::read(&file)?,
            kind,
            idempotency_key: None,
            corrects: None,
            qr: true,
        };
        match office.submit(submission) {
            Ok(accepted) => made.push((name, accepted.number)),
            Err(refusal) => println!("{name}: {refusal}"),
        }
    }
    office.seal_all()?;
    for (name, number) in made {
        let started = std::time::Instant::now();
        let pdf = office.pdf(&number)?;
        let path = out.join(name).with_extension("pdf");
        println!("{}: {} bytes, {:.1?}", path.display(), pdf.len(), started.elapsed());
        std::fs::write(path, pdf)?;
    }
    Ok(())
}

fn example(home: &Path) -> Result<Office, Box<dyn std::error::Error>> {
    // Later than any sample is dated.
    let now = Time::parse_rfc3339_china("2026-11-22T17:05:40+08:00")?;
    let new = NewOffice {
        origin: Origin::parse(example::ORIGIN)?,
        name: "示例县公共信用信息中心".into(),
        organisation: Some("12619900990000084G".into()),
        host: None,
        seal: SealPolicy::default(),
    };
    Office::create_example(home, &new, now)?;
    let options =
        OpenOptions { clock: Arc::new(NotBefore(now)), allow_example_keys: true, allow_later: false };
    Ok(Office::open(home, &Arc::new(Passphrase::new(example::PASSPHRASE)?), options)?)
}
