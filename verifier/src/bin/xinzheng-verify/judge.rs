//! From jobs to rows: read, recognise, verify; many at a time, with the rows in the order of the jobs.

use std::borrow::Cow;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use verifier::hash::sha256;
use verifier::pdf::Pdf;
use verifier::qr::{self, ScanError};
use verifier::shelf::StatusShelf;
use verifier::text::Lang;
use verifier::time::Time;
use verifier::trust::TrustBundle;
use verifier::verdict::{Code, Verdict};
use verifier::verify::{Presented, Terms, VerifiedNotes, verify_with};

use crate::gather::{Gathered, Job, Package, Source, read_file};
use crate::limits;
use crate::scanned;
use crate::unread::Unread;
use verifier::archive::Archive;
use verifier::picture::{self, Codes};
use verifier::recognise::{Kind, recognise, text_of};
use verifier::row::{Row, hex};

/// What everything is judged against.
pub struct Court<'a> {
    /// The trust bundle.
    pub trust: &'a TrustBundle,
    /// Status lists at hand.
    pub shelf: &'a StatusShelf,
    /// Times and wishes of the caller.
    pub terms: &'a Terms<'a>,
    /// Language of the details.
    pub lang: Lang,
}

/// Rows in the order of the jobs, and how many files were left out because they are nothing to judge.
pub struct Judged {
    /// At least one for each thing named.
    pub rows: Vec<Row>,
    /// Files in folders and archives that are no certificates, pictures or archives.
    pub left_out: usize,
}

/// Judges everything gathered.
pub fn judge(gathered: &Gathered, court: &Court<'_>) -> Judged {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut judge = Judge { court, seen: VerifiedNotes::new(), at: None };
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = gathered.jobs.get(place) else { return done };
            done.push((place, job.root, judge.job(job)));
        }
    };
    let mut done = match threads(gathered.jobs.len()) {
        0 | 1 => work(),
        threads => thread::scope(|scope| {
            let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            // A thread that panicked must not take its rows away silently.
            let rows =
                started.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
            rows.flatten().collect()
        }),
    };
    done.sort_by_key(|(place, ..)| *place);
    let mut judged = Judged { rows: Vec::new(), left_out: 0 };
    let judge = Judge { court, seen: VerifiedNotes::new(), at: None };
    let mut done = done.into_iter().peekable();
    for (root, (name, empty)) in gathered.roots.iter().enumerate() {
        let before = judged.rows.len();
        while let Some((_, _, rows)) = done.next_if(|(_, of, _)| *of == root) {
            match rows {
                Some(rows) => judged.rows.extend(rows),
                None => judged.left_out = judged.left_out.saturating_add(1),
            }
        }
        if judged.rows.len() == before {
            judged.rows.push(judge.unread(name.clone(), None, empty));
        }
    }
    judged
}

/// Whether a file that is nothing known has the name of something that would be judged: it may be a damaged one.
fn is_called_like_one(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".png", ".jpg", ".jpeg", ".zip", ".pdf"].iter().any(|ending| name.ends_with(ending))
}

/// One thread does for a few; starting more takes longer than they save.
fn threads(jobs: usize) -> usize {
    let most = thread::available_parallelism().map_or(1, NonZero::get).min(limits::THREADS);
    most.min(jobs / 2)
}

struct Judge<'a> {
    court: &'a Court<'a>,
    seen: VerifiedNotes,
    /// When the evidence package was made that this lies in.
    at: Option<Time>,
}

impl Judge<'_> {
    /// None for a file that was not asked for and is nothing to judge.
    fn job(&mut self, job: &Job) -> Option<Vec<Row>> {
        let checked = job.package.as_deref().map(|package| (package, self.signed(package)));
        // What the office put together is judged as of then, unless the caller asks for another moment.
        self.at = match &checked {
            Some((package, Ok(()))) => Some(package.manifest.made()),
            _ => None,
        };
        let bytes = match &job.source {
            Source::Bytes(bytes) => Ok(Cow::Borrowed(bytes.as_slice())),
            Source::Path(path) => read_file(path).map(Cow::Owned),
            Source::Entry(archive, entry) => {
                archive.clone().read(entry).map(Cow::Owned).map_err(Unread::Archive)
            }
            Source::Refused(unread) => Err(unread.clone()),
            Source::Manifest => match checked? {
                (_, Ok(())) => return None,
                (_, Err(unread)) => Err(unread),
            },
        };
        match bytes {
            Ok(bytes) => self.bytes(&job.name, &bytes, job.asked, 0),
            Err(unread) => Some(vec![self.unread(job.name.clone(), None, &unread)]),
        }
    }

    fn bytes(&mut self, name: &str, bytes: &[u8], asked: bool, depth: usize) -> Option<Vec<Row>> {
        let kind = recognise(bytes);
        let called_certificate = name.to_ascii_lowercase().ends_with(".xzc");
        let damaged = matches!(kind, Kind::Unknown | Kind::Empty) && is_called_like_one(name);
        if !asked && !called_certificate && !damaged && !kind.is_judged_unasked() {
            return None;
        }
        if kind == Kind::Zip {
            return self.inner_archive(name, bytes, depth);
        }
        let digest = Some(hex(&sha256(&[bytes])));
        let one = |judge: &Self, unread: Unread| vec![judge.unread(name.to_owned(), digest.clone(), &unread)];
        Some(match kind {
            Kind::Certificate => vec![self.certificate(name, digest, bytes)],
            Kind::Pdf => vec![self.pdf(name, digest, bytes)],
            Kind::Png | Kind::Jpeg => match picture::codes(bytes) {
                Ok(Codes::Certificates(texts)) => self.scans(name, digest, &texts),
                Ok(Codes::Lookups(_)) => one(self, Unread::LookupCode),
                Ok(Codes::Others) => one(self, Unread::OtherCodes),
                Ok(Codes::None) => one(self, Unread::NoCode),
                Ok(Codes::TooMany) => one(self, Unread::TooManyCodes),
                Err(error) => one(self, Unread::Picture(error)),
            },
            Kind::ScannedText | Kind::OtherText if !called_certificate => {
                match text_of(bytes).as_deref().map(scanned::scans) {
                    Some(Ok(texts)) => self.scans(name, digest, &texts),
                    Some(Err(error)) => one(self, Unread::Scans(error)),
                    None => one(self, Unread::Unknown),
                }
            }
            Kind::OtherPicture(kind) => one(self, Unread::OtherPicture(kind)),
            Kind::Svg => one(self, Unread::Svg),
            Kind::OfficeDocument => one(self, Unread::OfficeDocument),
            Kind::StatusList => one(self, Unread::StatusList),
            Kind::TrustBundle => one(self, Unread::TrustBundle),
            Kind::Evidence => one(self, Unread::Evidence),
            Kind::Json if called_certificate => vec![self.certificate(name, digest, bytes)],
            Kind::Json => one(self, Unread::Json),
            Kind::Empty => one(self, Unread::Empty),
            Kind::Zip | Kind::ScannedText | Kind::OtherText | Kind::Unknown => one(self, Unread::Unknown),
        })
    }

    /// An archive in an archive. One in it again is not opened.
    fn inner_archive(&mut self, name: &str, bytes: &[u8], depth: usize) -> Option<Vec<Row>> {
        if depth > 0 {
            return Some(vec![self.unread(name.to_owned(), None, &Unread::NestedArchive)]);
        }
        let opened = Archive::open(bytes.to_vec(), limits::INNER_ARCHIVE_INFLATED);
        let entries = opened.and_then(|archive| archive.entries().map(|entries| (archive, entries)));
        let (mut archive, entries) = match entries {
            Ok(opened) => opened,
            Err(error) => return Some(vec![self.unread(name.to_owned(), None, &Unread::Archive(error))]),
        };
        let mut rows = Vec::new();
        for entry in entries {
            let place = crate::gather::shown(&format!("{name}/{}", entry.name));
            match archive.read(&entry) {
                Ok(bytes) => rows.extend(self.bytes(&place, &bytes, false, 1).unwrap_or_default()),
                Err(error) => rows.push(self.unread(place, None, &Unread::Archive(error))),
            }
        }
        (!rows.is_empty()).then_some(rows)
    }

    fn certificate(&mut self, name: &str, digest: Option<String>, bytes: &[u8]) -> Row {
        let verdict = match Presented::read(bytes, self.at()) {
            Ok(presented) => self.verify(&presented),
            Err(verdict) => *verdict,
        };
        Row::new(name.to_owned(), digest, verdict)
    }

    fn pdf(&mut self, name: &str, digest: Option<String>, bytes: &[u8]) -> Row {
        let read = Pdf::read(bytes)
            .map_err(|error| (error.code(), Unread::Pdf(error.why()).message(self.court.lang)));
        let verdict = match read.and_then(Pdf::certificate) {
            Ok(pdf) => self.verify(&Presented::Pdf(pdf)),
            Err((code, what)) => Verdict::unread(code, what, self.at()),
        };
        Row::new(name.to_owned(), digest, verdict)
    }

    /// One row a text; with a number after the name where there are several.
    fn scans(&mut self, name: &str, digest: Option<String>, texts: &[String]) -> Vec<Row> {
        let mut rows = Vec::with_capacity(texts.len());
        for (text, number) in texts.iter().zip(1u64..) {
            let name = if texts.len() > 1 { format!("{name}#{number}") } else { name.to_owned() };
            let verdict = match qr::read_text(text) {
                Ok(payload) => self.verify(&Presented::Qr(payload)),
                Err(error) => self.refused(error),
            };
            rows.push(Row::new(name, digest.clone(), verdict));
        }
        rows
    }

    fn verify(&mut self, presented: &Presented) -> Verdict {
        let Court { trust, shelf, terms, .. } = *self.court;
        let terms = Terms { at: terms.at.or(self.at), ..terms.clone() };
        verify_with(presented, trust, shelf, &terms, &mut self.seen)
    }

    /// Whether the office signed the manifest of this package.
    fn signed(&self, package: &Package) -> Result<(), Unread> {
        package.manifest.check_note(&package.note, self.court.trust).map_err(Unread::NotSigned)
    }

    fn refused(&self, error: ScanError) -> Verdict {
        let (code, what) = match error {
            ScanError::NotRecognised => (Code::NotRecognised, Unread::Text.message(self.court.lang)),
            ScanError::NeedsLookup => (Code::NeedsLookup, String::new()),
            ScanError::Incomplete => (Code::ScanIncomplete, String::new()),
            ScanError::VersionUnknown(_) => (Code::VersionUnknown, String::new()),
            ScanError::FormatBad(refused) => (Code::FormatBad, refused.to_string()),
        };
        Verdict::unread(code, what, self.at())
    }

    fn unread(&self, name: String, digest: Option<String>, unread: &Unread) -> Row {
        let verdict = Verdict::unread(unread.code(), unread.message(self.court.lang), self.at());
        Row::new(name, digest, verdict)
    }

    fn at(&self) -> Time {
        self.court.terms.at.or(self.at).unwrap_or(self.court.terms.now)
    }
}
