//! The certificates that HTTPS is checked against.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use ureq::tls::Certificate;

use super::RootsError;

/// Bytes of a file of roots; a system's has about 250 KiB.
const FILE_MAX: u64 = 4 << 20;
/// Where systems keep theirs: Debian and Ubuntu, Fedora and openEuler, openSUSE, Alpine.
const USUAL: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The certificates of the file that is named; else the system's, or none where there are none.
pub fn read(file: Option<&Path>) -> Result<Vec<Certificate<'static>>, RootsError> {
    match file {
        Some(file) => read_file(file),
        // A system without them, or with damaged ones, speaks no HTTPS until a file is named.
        None => Ok(USUAL.iter().find_map(|file| read_file(Path::new(file)).ok()).unwrap_or_default()),
    }
}

fn read_file(file: &Path) -> Result<Vec<Certificate<'static>>, RootsError> {
    let wrong = |why: String| RootsError { file: file.to_owned(), why };
    let mut pem = Vec::new();
    let opened = File::open(file).map_err(|error| wrong(error.to_string()))?;
    opened.take(FILE_MAX + 1).read_to_end(&mut pem).map_err(|error| wrong(error.to_string()))?;
    if pem.len() as u64 > FILE_MAX {
        return Err(wrong("larger than a file of root certificates may be".into()));
    }
    let found = CertificateDer::pem_slice_iter(&pem)
        .map(|der| der.map(|der| Certificate::from_der(&der).to_owned()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() {
        return Err(wrong("there is no certificate in it".into()));
    }
    Ok(found)
}
