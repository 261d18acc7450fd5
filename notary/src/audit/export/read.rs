//! Reading an export line by line: bounded lines, digests along the way.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use verifier::checkpoint::Checkpoint;
use verifier::note::Note;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::{KeyUse, OfficeKey, TrustBundle};

use super::line::{ExportManifest, FORMAT, Line, MANIFEST, MANIFEST_NOTE, NamedFile};
use crate::audit::Detail;
use crate::audit::keys::wrong;
use crate::disk::DiskError;

/// Bytes of a manifest, which names a file for every few thousand documents.
const MANIFEST_BYTES: u64 = 64 << 20;
/// Bytes of the note over it.
const NOTE_BYTES: u64 = 64 << 10;
/// Bytes of a line: the largest file in base64, and its events.
const LINE_BYTES: u64 = 160 << 20;

/// The lines of an export, in the order of the entries.
pub struct Lines {
    dir: PathBuf,
    manifest: Option<ExportManifest>,
    /// The file to open next.
    place: usize,
    open: Option<Open>,
    last: Option<u64>,
}

struct Open {
    reader: BufReader<File>,
    digest: Sha256,
    bytes: u64,
    line: u64,
}

impl Lines {
    /// The export in this folder, and what is wrong with its manifest.
    pub(super) fn open(
        dir: &Path,
        origin: &Origin,
        trust: Option<&TrustBundle>,
    ) -> Result<(Lines, Vec<Detail>), DiskError> {
        let mut wrong = Vec::new();
        let text = read(dir, MANIFEST, MANIFEST_BYTES)?;
        let manifest = parse(&text);
        match &manifest {
            None => wrong.push(Detail::NoManifest),
            Some(manifest) => {
                let note = String::from_utf8(read(dir, MANIFEST_NOTE, NOTE_BYTES)?).unwrap_or_default();
                wrong.extend(faults(manifest, &note, origin, trust).err());
            }
        }
        Ok((Lines { dir: dir.to_path_buf(), manifest, place: 0, open: None, last: None }, wrong))
    }

    /// The manifest, where it could be read.
    pub fn manifest(&self) -> Option<&ExportManifest> {
        self.manifest.as_ref()
    }

    /// The next line; an error says where and what, and the one after it may be read.
    pub(super) fn next_line(&mut self) -> Result<Option<Line>, (String, Detail)> {
        loop {
            let Some(file) = self.manifest.as_ref().and_then(|manifest| manifest.files.get(self.place))
            else {
                return Ok(None);
            };
            let file = file.clone();
            let at = |what: Detail| (format!("export/{}", file.name), what);
            let open = match &mut self.open {
                Some(open) => open,
                none => {
                    let opened = open_file(&self.dir, &file.name);
                    if opened.is_err() {
                        self.place += 1;
                    }
                    none.insert(opened.map_err(at)?)
                }
            };
            let mut bytes = Vec::new();
            let read = (&mut open.reader).take(LINE_BYTES).read_until(b'\n', &mut bytes);
            if let Err(error) = read {
                (self.place, self.open) = (self.place + 1, None);
                return Err(at(Detail::System { why: error.to_string() }));
            }
            open.digest.update(&bytes);
            open.bytes += bytes.len() as u64;
            open.line += 1;
            let line = open.line;
            if bytes.is_empty() {
                let done = self.open.take();
                self.place += 1;
                if let Some(done) = done {
                    whole(done, &file).map_err(at)?;
                }
                continue;
            }
            let parsed: Line =
                serde_json::from_slice(&bytes).map_err(|_| at(Detail::LineUnknown { line }))?;
            if self.last.is_some_and(|last| parsed.index() <= last) {
                return Err(at(Detail::LineOrder { line }));
            }
            self.last = Some(parsed.index());
            return Ok(Some(parsed));
        }
    }
}

fn whole(done: Open, file: &NamedFile) -> Result<(), Detail> {
    let digest: String = done.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    match digest == file.sha256 && done.bytes == file.bytes {
        true => Ok(()),
        false => Err(Detail::NotTheNamedFile),
    }
}

/// Names are of one kind, so none leads out of the folder.
fn open_file(dir: &Path, name: &str) -> Result<Open, Detail> {
    let digits = name.strip_prefix("entries-").and_then(|rest| rest.strip_suffix(".jsonl"));
    if !digits.is_some_and(|digits| digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit())) {
        return Err(Detail::NoExportName);
    }
    let file = File::open(dir.join(name)).map_err(|error| Detail::System { why: error.to_string() })?;
    Ok(Open { reader: BufReader::new(file), digest: Sha256::new(), bytes: 0, line: 0 })
}

fn read(dir: &Path, name: &str, limit: u64) -> Result<Vec<u8>, DiskError> {
    let path = dir.join(name).display().to_string();
    let failed = |error: std::io::Error| DiskError::Failed {
        path: path.clone(),
        step: "read",
        why: error.to_string(),
    };
    let mut bytes = Vec::new();
    File::open(dir.join(name)).map_err(failed)?.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    match bytes.len() as u64 > limit {
        true => Err(DiskError::TooLarge { path, limit: limit as usize }),
        false => Ok(bytes),
    }
}

/// The manifest in these bytes; none where they are not exactly what one is written as.
fn parse(text: &[u8]) -> Option<ExportManifest> {
    let manifest = serde_json::from_slice::<ExportManifest>(text).ok()?;
    (manifest.format == FORMAT && manifest.encode().as_bytes() == text).then_some(manifest)
}

/// Whether the office signed this manifest, and its checkpoint is of the ledger.
fn faults(
    manifest: &ExportManifest,
    note: &str,
    origin: &Origin,
    trust: Option<&TrustBundle>,
) -> Result<(), Detail> {
    of_ledger(manifest, origin)?;
    signed(manifest, note, origin, trust)
}

/// Whether manifest and checkpoint are of this ledger and one size.
fn of_ledger(manifest: &ExportManifest, origin: &Origin) -> Result<(), Detail> {
    if manifest.origin != origin.as_str() {
        return Err(Detail::NamedLedger { origin: manifest.origin.clone() });
    }
    let (checkpoint, _) = Checkpoint::parse_note(&manifest.checkpoint).map_err(Detail::unread)?;
    if checkpoint.origin() != origin || checkpoint.size() != manifest.size {
        return Err(Detail::ManifestCheckpoint);
    }
    Ok(())
}

/// Whether the note is over this manifest, and of a pdf key of the office that was in use when it was made and nobody else's.
fn signed(
    manifest: &ExportManifest,
    note: &str,
    origin: &Origin,
    trust: Option<&TrustBundle>,
) -> Result<(), Detail> {
    let note = Note::parse(note).map_err(Detail::unread)?;
    if note.text() != manifest.note_text(origin) {
        return Err(Detail::ManifestNote);
    }
    let Some(office) = trust.and_then(|trust| trust.office(origin)) else { return Ok(()) };
    let keys: Vec<&OfficeKey> = office.keys_for(KeyUse::Pdf).collect();
    let names: Vec<_> = keys.iter().map(|key| &key.key).collect();
    let signed = note.verify(&names).map_err(|error| wrong(error, &note).1)?;
    let made = Time::new(manifest.made).map_err(Detail::unread)?;
    let in_use = |key: &OfficeKey| {
        let clean = key.compromised.as_ref().is_none_or(|bad| made < bad.from);
        key.sign_from <= made && made <= key.sign_until && clean
    };
    match signed.into_iter().filter_map(|at| keys.get(at)).any(|key| in_use(key)) {
        true => Ok(()),
        false => Err(Detail::ManifestKey),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::Value;
    use verifier::base64;

    use super::*;

    fn text(case: &Value, key: &str) -> Vec<u8> {
        base64::decode(case[key].as_str().unwrap()).unwrap()
    }

    /// What a vector's manifest is worth: what it says, or the code of the refusal.
    fn judge(case: &Value) -> Result<(u64, u64, u64), &'static str> {
        let origin = Origin::parse(case["origin"].as_str().unwrap()).unwrap();
        let utf8 = |key| String::from_utf8(text(case, key)).unwrap();
        let trust = TrustBundle::open(&utf8("trust"), None).unwrap();
        let manifest = parse(&text(case, "input")).ok_or("FORMAT_BAD")?;
        of_ledger(&manifest, &origin).map_err(|_| "FORMAT_BAD")?;
        signed(&manifest, &utf8("note"), &origin, Some(&trust)).map_err(|_| "SIG_BAD")?;
        Ok((manifest.size, manifest.documents, manifest.erased))
    }

    #[test]
    fn the_vectors_of_exports() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../verifier/vectors/export");
        let mut codes = std::collections::BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let expect = case["expect"].as_str().unwrap();
            match judge(&case) {
                Ok((size, documents, erased)) => {
                    assert_eq!(expect, "ok", "{path:?}");
                    assert_eq!(
                        [&case["size"], &case["documents"], &case["erased"]],
                        [size, documents, erased]
                    );
                }
                Err(code) => assert_eq!(expect, code, "{path:?}"),
            }
            codes.insert(expect.to_owned());
        }
        assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["FORMAT_BAD", "SIG_BAD", "ok"]);
    }
}
