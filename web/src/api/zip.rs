//! The archive of everything: the certificate in all its forms, and what checking it offline takes.
//!
//! ```text
//! 2026112240170938612531.xzc  .pdf  .qr.svg  .qr.png  .tlog-proof
//! trust.xzt    status-0.xzs    说明.txt
//! ```
//!
//! The same certificate, lists and bundle give the same bytes.

use std::io::{Cursor, Write};

use notary::office::Issued;
use verifier::limits::STATUS_SHARD;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::certificates::{printed, symbol};
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// Makes the archive.
///
/// # Errors
/// A failure of the office.
pub fn everything(shared: &Shared, issued: &Issued) -> Result<Vec<u8>, Problem> {
    let office = shared.office();
    let number = issued.certificate.core().number();
    let shard = issued.certificate.index() / STATUS_SHARD;
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (format!("{number}.xzc"), issued.certificate.encode()),
        (format!("{number}.tlog-proof"), issued.tlog_proof.encode().into_bytes()),
        ("trust.xzt".to_owned(), office.trust_text().as_bytes().to_vec()),
    ];
    if let Some(pdf) = printed(shared, issued)? {
        files.push((format!("{number}.pdf"), pdf));
    }
    if let Ok(symbol) = symbol(shared, issued) {
        files.push((format!("{number}.qr.svg"), symbol.svg().into_bytes()));
        files.push((format!("{number}.qr.png"), symbol.png()));
    }
    if let Some(list) = office.newest_list_of(shard) {
        files.push((format!("status-{shard}.xzs"), list.into_bytes()));
    }
    files.push(("说明.txt".to_owned(), words(shared, &number.to_string(), shard).into_bytes()));
    archive(&files).map_err(|_| Common::Internal.into())
}

fn archive(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let packed = name.ends_with(".pdf") || name.ends_with(".png") || name.ends_with(".xzs");
        let method = if packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options =
            SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// What lies in the archive and how to check it, for whoever opens it on an old Windows: CRLF and a byte order mark.
fn words(shared: &Shared, number: &str, shard: u64) -> String {
    let summary = shared.office().summary();
    let lines = [
        format!("社会信用区块链证书 {number}"),
        format!("签发机构：{}（{}）", summary.name, summary.origin),
        String::new(),
        format!("{number}.pdf         打印件，可直接核验"),
        format!("{number}.xzc         证书文件，含全部证明"),
        format!("{number}.qr.png      离线码图片"),
        format!("{number}.tlog-proof  账本包含证明，可用通用工具核验"),
        "trust.xzt        信任名单（请另行向签发机构核对根公钥指纹，不要只信本压缩包）".to_owned(),
        format!("status-{shard}.xzs     状态清单，打包时最新"),
        String::new(),
        "离线核验：".to_owned(),
        format!("  xinzheng-verify --trust trust.xzt --status status-{shard}.xzs {number}.xzc"),
        String::new(),
        "本证书仅反映查询期内已归集信息，不构成信用评级或担保。".to_owned(),
        String::new(),
    ];
    format!("\u{feff}{}", lines.join("\r\n"))
}
