//! CSV: its encoding, its rows.
//!
//! ```text
//! EF BB BF …   UTF-8 with its mark        FF FE …   UTF-16, as a spreadsheet's "Unicode text"
//! …            UTF-8, where all of it is; else GB 18030 (GBK and GB 2312 with it)
//! ```
//!
//! The separator is the comma, the tab or the semicolon, whichever the first line has most of.

use std::io::{self, BufRead, BufReader, Read, Seek};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

use super::cell::Cell;
use super::head::place;
use super::write::unescape;
use super::{CELL_MAX, COLUMNS_MAX};
use crate::refusal::{Refusal, RefusalCode};

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;
/// Bytes of the first line that are looked at.
const FIRST_LINE: usize = 8 << 10;

/// How a text is to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    encoding: &'static Encoding,
    separator: u8,
}

impl Dialect {
    /// Looks through the whole text.
    pub fn find(file: &mut (impl Read + Seek)) -> io::Result<Dialect> {
        file.rewind()?;
        let mut start = vec![0; FIRST_LINE];
        let length = fill(file, &mut start)?;
        start.truncate(length);
        let encoding = match Encoding::for_bom(&start) {
            Some((encoding, _)) => encoding,
            None => {
                file.rewind()?;
                if is_utf8(file)? { UTF_8 } else { GB18030 }
            }
        };
        let (text, _, _) = encoding.decode(&start);
        let line = text.lines().next().unwrap_or_default();
        let count = |mark: &u8| line.bytes().filter(|b| b == mark).count();
        // Of as many the first: the comma.
        let separator = [b';', b'\t', b','].into_iter().max_by_key(|mark| count(mark)).unwrap_or(b',');
        Ok(Dialect { encoding, separator })
    }

    /// Every row with something in it, and its number as a spreadsheet would give it.
    ///
    /// # Errors
    /// `TABLE_ENCODING`, `TABLE_FILE`; what `each` says.
    pub fn rows(
        self,
        file: &mut (impl Read + Seek),
        each: &mut dyn FnMut(u64, Vec<Cell>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let unreadable = |what: &dyn std::fmt::Display| Refusal::new(RefusalCode::TableFile).found(what);
        file.rewind().map_err(|error| unreadable(&error))?;
        let decoded = Decoded::new(file, self.encoding);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .buffer_capacity(CHUNK)
            .from_reader(decoded);
        let mut record = csv::StringRecord::new();
        // Lines within quotes are lines of the file and no rows of the sheet.
        let mut inner = 0;
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => return Err(unreadable(&error)),
            }
            let line = record.position().map_or(0, csv::Position::line);
            let row = line.saturating_sub(inner);
            inner +=
                record.iter().map(|cell| cell.bytes().filter(|b| *b == b'\n').count() as u64).sum::<u64>();
            if reader.get_ref().broken {
                return Err(Refusal::new(RefusalCode::TableEncoding).at(place(row)).found(row));
            }
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let cells = record.iter().take(COLUMNS_MAX + 1).map(|cell| Cell::Text(unescape(&cut(cell))));
            each(row, cells.collect())?;
        }
        if reader.get_ref().broken {
            return Err(Refusal::new(RefusalCode::TableEncoding).found("…"));
        }
        Ok(())
    }
}

/// At most one character more than a cell may have, so that who reads it can say that it is too long.
pub(super) fn cut(cell: &str) -> String {
    match cell.char_indices().nth(CELL_MAX + 1) {
        Some((end, _)) => cell.get(..end).unwrap_or_default().to_string(),
        None => cell.to_string(),
    }
}

fn is_utf8(file: &mut impl Read) -> io::Result<bool> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let (mut raw, mut out) = (vec![0; CHUNK], vec![0; 3 * CHUNK]);
    loop {
        let length = file.read(&mut raw)?;
        let bytes = raw.get(..length).unwrap_or_default();
        let (result, _, _) = decoder.decode_to_utf8_without_replacement(bytes, &mut out, length == 0);
        match result {
            DecoderResult::Malformed(..) => return Ok(false),
            // The output has room for three bytes a byte, so it never ends first.
            DecoderResult::InputEmpty | DecoderResult::OutputFull if length == 0 => return Ok(true),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
    }
}

fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

/// The text as UTF-8, without a mark, its lines ended by LF alone, so that they can be counted. What is malformed becomes
/// U+FFFD, and `broken` remembers it.
struct Decoded<R> {
    raw: BufReader<R>,
    decoder: Decoder,
    decoded: Vec<u8>,
    /// A CR came last; whether it goes is known with what follows.
    open_cr: bool,
    ready: Vec<u8>,
    from: usize,
    ended: bool,
    broken: bool,
}

impl<R: Read> Decoded<R> {
    fn new(raw: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let raw = BufReader::with_capacity(CHUNK, raw);
        let (decoded, ready) = (vec![0; 4 * CHUNK], Vec::with_capacity(4 * CHUNK));
        Decoded { raw, decoder, decoded, open_cr: false, ready, from: 0, ended: false, broken: false }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.from == self.ready.len() && !self.ended {
            let bytes = self.raw.fill_buf()?;
            let last = bytes.is_empty();
            let (_, read, written, broken) = self.decoder.decode_to_utf8(bytes, &mut self.decoded, last);
            self.raw.consume(read);
            self.ready.clear();
            for &byte in self.decoded.get(..written).unwrap_or_default() {
                if self.open_cr && byte != b'\n' {
                    self.ready.push(b'\r');
                }
                self.open_cr = byte == b'\r';
                if !self.open_cr {
                    self.ready.push(byte);
                }
            }
            if last && self.open_cr {
                self.ready.push(b'\r');
            }
            self.from = 0;
            self.ended = last;
            self.broken |= broken;
        }
        let ready = self.ready.get(self.from..).unwrap_or_default();
        let length = ready.len().min(to.len());
        if let (Some(to), Some(ready)) = (to.get_mut(..length), ready.get(..length)) {
            to.copy_from_slice(ready);
        }
        self.from += length;
        Ok(length)
    }
}
