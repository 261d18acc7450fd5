//! From what the caller names to a list of jobs: folders walked, archives opened, status lists found on the way.
//!
//! ```text
//! mail.zip  photos/  a.xzc  ──►  jobs  mail.zip/1.xzc, mail.zip/2.png, photos/3.jpg, a.xzc
//!                                lists mail.zip/status-0.xzs, status-0.xzs (it lies beside a.xzc)
//! ```
//!
//! Trust bundles met on the way are never used: only `--trust` names one. Not here: what a file is (`recognise`).

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::limits;
use crate::unread::Unread;
use verifier::archive::{Archive, Entry};
use verifier::evidence::{self, MANIFEST, MANIFEST_NOTE, Manifest, What};
use verifier::hash::{Hash, sha256};
use verifier::recognise::{Kind, recognise};

/// Where the certificate lies in an evidence package.
const PACKAGED: &str = "certificate/";

/// One thing to judge; a picture or a text may give several results.
pub struct Job {
    /// As shown in results: the path as given, and the place in an archive after it.
    pub name: String,
    /// Whether the caller named it. What merely lay in a folder is left out if it is no kind of certificate.
    pub asked: bool,
    /// Which of the things named it came from, by place in [`Gathered::roots`].
    pub root: usize,
    /// Where its bytes are.
    pub source: Source,
    /// The evidence package that it lies in.
    pub package: Option<Arc<Package>>,
}

/// What an evidence package says of itself.
pub struct Package {
    /// What it has to hold.
    pub manifest: Manifest,
    /// The office's note over that; empty where there is none.
    pub note: String,
}

/// Where the bytes of a job are.
pub enum Source {
    /// On disk.
    Path(PathBuf),
    /// Read already.
    Bytes(Vec<u8>),
    /// In an archive.
    Entry(Archive, Entry),
    /// The manifest of the package: whether the office signed it.
    Manifest,
    /// Nowhere: it was refused before.
    Refused(Unread),
}

/// A status list file found.
pub struct ListFile {
    /// As shown in messages.
    pub name: String,
    /// Its bytes, or why there are none.
    pub bytes: Result<Vec<u8>, Unread>,
}

/// All that was found.
#[derive(Default)]
pub struct Gathered {
    /// In the order named, and by name inside folders and archives.
    pub jobs: Vec<Job>,
    /// Lists beside what was named, or in it.
    pub lists: Vec<ListFile>,
    /// Proofs of lists' notes, found in the same places.
    pub proofs: Vec<ListFile>,
    /// What was named: as shown, and what to say where nothing in it is a certificate.
    pub roots: Vec<(String, Unread)>,
    /// Evidence packages whose files are all as their manifests say: as shown, and how many files.
    pub packages: Vec<(String, usize)>,
    lists_wanted: bool,
    names: usize,
}

/// Reads at most `most` bytes of a file.
pub fn read_bounded(reader: impl Read, most: u64) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    let read = reader.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Unread::System(error.to_string()))?;
    match u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        true => Ok(bytes),
        false => Err(Unread::TooLarge),
    }
}

/// Reads a file of at most [`limits::FILE_BYTES`].
pub fn read_file(path: &Path) -> Result<Vec<u8>, Unread> {
    read_bounded(open(path)?, limits::FILE_BYTES)
}

fn open(path: &Path) -> Result<File, Unread> {
    File::open(path).map_err(|error| Unread::System(error.to_string()))
}

/// A name that is safe on a screen: what could move the cursor or turn the direction of writing is a question mark.
pub fn shown(name: &str) -> String {
    let unsafe_char = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    name.chars().map(|c| if unsafe_char(c) { '?' } else { c }).collect()
}

impl Gathered {
    /// Takes in what the caller named. Lists in it and beside it are looked for only if `lists` is set.
    pub fn named(paths: &[PathBuf], lists: bool) -> Gathered {
        let mut gathered = Gathered { lists_wanted: lists, ..Gathered::default() };
        let mut beside: Vec<PathBuf> = Vec::new();
        for path in paths {
            let name = shown(&path.to_string_lossy());
            if path.as_os_str() == "-" {
                gathered.roots.push((name.clone(), Unread::EmptyArchive));
                gathered.stream(name, Ok(io::stdin().lock()));
            } else if path.is_dir() {
                gathered.roots.push((name, Unread::EmptyFolder));
                gathered.folder(path);
            } else {
                gathered.roots.push((name, Unread::EmptyArchive));
                gathered.file(path, true);
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new(".")).to_owned();
                if !beside.contains(&folder) {
                    beside.push(folder);
                }
            }
        }
        for folder in beside.iter().filter(|_| lists) {
            gathered.lists_in(folder);
        }
        gathered
    }

    /// Takes in lists that `--status` names, and proofs of their notes: files whatever their name, and folders.
    pub fn status(paths: &[PathBuf]) -> Gathered {
        let mut gathered = Gathered { lists_wanted: true, ..Gathered::default() };
        for path in paths {
            match path.is_dir() {
                true => gathered.walk(path, 0, &mut |gathered, path| {
                    if is_list_name(path) {
                        gathered.list(path);
                    } else if is_proof_name(path) {
                        gathered.proof(path);
                    }
                }),
                false if is_proof_name(path) => gathered.proof(path),
                false => gathered.list(path),
            }
        }
        gathered
    }

    /// Standard input, or a pipe that a shell gave a name: what can be read once only.
    fn stream(&mut self, name: String, stream: Result<impl Read, Unread>) {
        match stream.and_then(|stream| read_bounded(stream, limits::ARCHIVE_BYTES)) {
            Ok(bytes) if recognise(&bytes) == Kind::Zip => self.archive(name, bytes, true),
            Ok(bytes) => self.add(name, true, Source::Bytes(bytes)),
            Err(unread) => self.add(name, true, Source::Refused(unread)),
        }
    }

    fn folder(&mut self, folder: &Path) {
        self.walk(folder, 0, &mut |gathered, path| match is_list_name(path) {
            true => gathered.list(path),
            false if is_proof_name(path) => gathered.proof(path),
            false => gathered.file(path, false),
        });
    }

    /// Visits the files of a folder in the order of their names. Links to folders are not followed.
    fn walk(&mut self, folder: &Path, depth: usize, visit: &mut dyn FnMut(&mut Gathered, &Path)) {
        let names = match self.names_in(folder) {
            Ok(names) => names,
            Err(unread) => return self.add(shown(&folder.to_string_lossy()), true, Source::Refused(unread)),
        };
        for path in names {
            let linked = path.symlink_metadata().is_ok_and(|meta| meta.file_type().is_symlink());
            if path.is_file() {
                visit(self, &path);
            } else if path.is_dir() && !linked {
                match depth < limits::FOLDER_DEPTH {
                    true => self.walk(&path, depth.saturating_add(1), visit),
                    false => {
                        self.add(shown(&path.to_string_lossy()), true, Source::Refused(Unread::TooManyFiles))
                    }
                }
            }
        }
    }

    /// What is in a folder, ordered, without hidden names.
    fn names_in(&mut self, folder: &Path) -> Result<Vec<PathBuf>, Unread> {
        let system = |error: io::Error| Unread::System(error.to_string());
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(system)? {
            let entry = entry.map_err(system)?;
            self.names = self.names.saturating_add(1);
            if self.names > limits::FOLDER_NAMES {
                return Err(Unread::TooManyFiles);
            }
            if !entry.file_name().to_string_lossy().starts_with('.') {
                names.push(folder.join(entry.file_name()));
            }
        }
        names.sort();
        Ok(names)
    }

    fn lists_in(&mut self, folder: &Path) {
        for path in self.names_in(folder).unwrap_or_default() {
            if is_list_name(&path) && path.is_file() {
                self.list(&path);
            } else if is_proof_name(&path) && path.is_file() {
                self.proof(&path);
            }
        }
    }

    fn list(&mut self, path: &Path) {
        let name = shown(&path.to_string_lossy());
        if self.has_room_for_list() && !self.lists.iter().any(|list| list.name == name) {
            self.lists.push(ListFile { name, bytes: read_file(path) });
        }
    }

    fn proof(&mut self, path: &Path) {
        if self.has_room_for_proof() {
            let bytes = open(path).and_then(|file| read_bounded(file, limits::PROOF_BYTES));
            self.proofs.push(ListFile { name: shown(&path.to_string_lossy()), bytes });
        }
    }

    fn file(&mut self, path: &Path, asked: bool) {
        let name = shown(&path.to_string_lossy());
        if !path.is_file() {
            return self.stream(name, open(path));
        }
        let mut head = [0; 64];
        let zip = File::open(path).and_then(|mut file| {
            let length = fill(&mut file, &mut head)?;
            Ok(recognise(head.get(..length).unwrap_or_default()) == Kind::Zip)
        });
        if !matches!(zip, Ok(true)) {
            return self.add(name, asked, Source::Path(path.to_owned()));
        }
        match open(path).and_then(|file| read_bounded(file, limits::ARCHIVE_BYTES)) {
            Ok(bytes) => self.archive(name, bytes, asked),
            Err(unread) => self.add(name, asked, Source::Refused(unread)),
        }
    }

    fn archive(&mut self, name: String, bytes: Vec<u8>, asked: bool) {
        let entries = Archive::open(bytes, limits::ARCHIVE_INFLATED)
            .and_then(|archive| archive.entries().map(|entries| (archive, entries)));
        let (mut archive, entries) = match entries {
            Ok(opened) => opened,
            Err(error) => return self.add(name, asked, Source::Refused(Unread::Archive(error))),
        };
        let package = self.package(&name, &mut archive, &entries);
        for entry in entries {
            let place = shown(&format!("{name}/{}", entry.name));
            // Of a package only the certificate is judged: the document in it may be anything.
            let is_judged = package.is_none() || entry.name.starts_with(PACKAGED);
            if is_proof_name(Path::new(&entry.name)) {
                if self.has_room_for_proof() {
                    let bytes = archive.read(&entry).map_err(Unread::Archive);
                    self.proofs.push(ListFile { name: place, bytes });
                }
            } else if !is_list_name(Path::new(&entry.name)) {
                if is_judged {
                    let source = Source::Entry(archive.clone(), entry);
                    self.put(place, package.is_some(), source, package.clone());
                }
            } else if self.has_room_for_list() {
                let bytes = archive.read(&entry).map_err(Unread::Archive);
                self.lists.push(ListFile { name: place, bytes });
            }
        }
    }

    /// What an archive says of itself, where it is an evidence package: each file that is not as its manifest says is
    /// refused by name.
    fn package(&mut self, name: &str, archive: &mut Archive, entries: &[Entry]) -> Option<Arc<Package>> {
        let mut read = |wanted: &str| {
            let entry = entries.iter().find(|entry| entry.name == wanted)?;
            archive.read(entry).ok()
        };
        let note = read(MANIFEST_NOTE).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let manifest = match read(MANIFEST).map(|bytes| Manifest::parse(&bytes)) {
            Some(Ok(manifest)) => manifest,
            // A manifest that somebody cut or took away; any other archive may have a file of that name.
            _ if evidence::is_note(&note) => {
                let place = shown(&format!("{name}/{MANIFEST}"));
                self.add(place, true, Source::Refused(Unread::Packaged(What::Changed)));
                return None;
            }
            _ => return None,
        };
        let others = entries.iter().filter(|entry| ![MANIFEST, MANIFEST_NOTE].contains(&entry.name.as_str()));
        let digests: Vec<(&str, u64, Hash)> = others
            .map(|entry| {
                // What can't be inflated has no bytes, and so others than it should.
                let bytes = archive.read(entry).unwrap_or_default();
                (entry.name.as_str(), u64::try_from(bytes.len()).unwrap_or(u64::MAX), sha256(&[&bytes]))
            })
            .collect();
        let faults = manifest.faults(digests);
        if faults.is_empty() {
            self.packages.push((name.to_owned(), manifest.names().count()));
        }
        for fault in faults {
            let place = shown(&format!("{name}/{}", fault.name));
            self.add(place, true, Source::Refused(Unread::Packaged(fault.what)));
        }
        let package = Arc::new(Package { manifest, note });
        self.put(shown(&format!("{name}/{MANIFEST}")), true, Source::Manifest, Some(Arc::clone(&package)));
        Some(package)
    }

    /// Twice as many files as lists, for some of them may be of no use.
    fn has_room_for_list(&self) -> bool {
        self.lists_wanted && self.lists.len() < limits::LISTS.saturating_mul(2)
    }

    fn has_room_for_proof(&self) -> bool {
        self.lists_wanted && self.proofs.len() < limits::PROOFS
    }

    fn add(&mut self, name: String, asked: bool, source: Source) {
        self.put(name, asked, source, None);
    }

    fn put(&mut self, name: String, asked: bool, source: Source, package: Option<Arc<Package>>) {
        let root = self.roots.len().saturating_sub(1);
        match self.jobs.len() {
            count if count < limits::FILES => self.jobs.push(Job { name, asked, root, source, package }),
            limits::FILES => {
                let source = Source::Refused(Unread::TooManyFiles);
                self.jobs.push(Job { name, asked: true, root, source, package: None });
            }
            _ => {}
        }
    }
}

fn is_list_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xzs"))
}

/// A proof of a list's note, `status-0-17.tlog-proof`. Those of certificates lie beside them by the thousand.
fn is_proof_name(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    name.starts_with("status-") && name.ends_with(".tlog-proof")
}

fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut bytes = Vec::new();
    let most = u64::try_from(buffer.len()).unwrap_or(0);
    let length = file.take(most).read_to_end(&mut bytes)?;
    for (to, from) in buffer.iter_mut().zip(&bytes) {
        *to = *from;
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_a_screen() {
        assert_eq!(shown("证书\u{1b}[2J\u{202e}cxz.exe"), "证书?[2J?cxz.exe");
    }

    #[test]
    fn reading_is_bounded() {
        assert_eq!(read_bounded(&b"1234"[..], 4), Ok(b"1234".to_vec()));
        assert_eq!(read_bounded(&b"12345"[..], 4), Err(Unread::TooLarge));
    }
}
