// PDF files: the certificate attached to one, and the office's note over its bytes (spec: pdf.md).
//
//   xz.pdf.parse(bytes) -> {attachment: bytes, note: null | 'broken' | {origin, number, entry, digest, signed}}
//
// Refused with NOT_RECOGNISED or PDF_ALTERED. The file's cross-references are never looked at.
(function (xz) {
  'use strict';

  const BYTES = 32 << 20;
  const ATTACHMENT_BYTES = 16 << 20;
  // White space and digits between the words of `7 0 obj`.
  const SPACES = 16;
  const NUMBER_DIGITS = 10;
  const MARK = xz.bytes.fromText('%xinzheng-pdf-note ');
  const NOTE_CHARACTERS = 640;
  const END = /^\n%xinzheng-pdf-note ([A-Za-z0-9+/=]*)(\.*)\nstartxref\n[0-9]{1,10}\n%%EOF\n$/;
  const latin = xz.pdfWords.latin;
  const white = xz.pdfWords.white;
  const dictionary = xz.pdfWords.dictionary;
  const isNumber = xz.pdfWords.isNumber;

  // Place of the next `wanted`, from `from`; -1 where there is none.
  function find(bytes, wanted, from) {
    for (let at = bytes.indexOf(wanted[0], from); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
      let same = 1;
      while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
      if (same === wanted.length) return at;
    }
    return -1;
  }

  function isPdf(bytes) {
    return find(bytes.subarray(0, 1024), xz.bytes.fromText('%PDF-'), 0) >= 0;
  }

  function digit(byte) { return byte >= 48 && byte <= 57; }

  function skipWhite(bytes, from) {
    let at = from;
    while (white(bytes[at])) at++;
    return at;
  }

  // Whether `7 0 ` stands directly before this place; then the two numbers, else null.
  function numbersBefore(bytes, place) {
    let at = place;
    const found = [];
    for (let i = 0; i < 2; i++) {
      const end = at;
      while (end - at < SPACES && white(bytes[at - 1])) at--;
      const last = at;
      while (last - at < NUMBER_DIGITS && digit(bytes[at - 1])) at--;
      if (end === last || last === at) return null;
      found.unshift(latin(bytes.subarray(at, last)));
    }
    return found;
  }

  const OBJ = xz.bytes.fromText('obj');

  // The place behind the next `7 0 obj`, and its numbers.
  function nextObject(bytes, from) {
    for (let at = find(bytes, OBJ, from); at >= 0; at = find(bytes, OBJ, at + 3)) {
      const numbers = numbersBefore(bytes, at);
      if (numbers && (white(bytes[at + 3]) || bytes[at + 3] === 60)) return { at: at + 3, numbers: numbers };
    }
    return null;
  }

  // The number in the one object of this reference; null where there is not exactly one.
  function lengthAt(bytes, name, generation) {
    let found = null;
    for (let object = nextObject(bytes, 0); object; object = nextObject(bytes, object.at)) {
      if (object.numbers[0] !== name || object.numbers[1] !== generation) continue;
      const at = skipWhite(bytes, object.at);
      const number = /^[0-9]{0,10}/.exec(latin(bytes.subarray(at, at + NUMBER_DIGITS)))[0];
      const end = skipWhite(bytes, at + number.length);
      if (found !== null || number === '' || latin(bytes.subarray(end, end + 6)) !== 'endobj') return null;
      found = Number(number);
    }
    return found;
  }

  function lengthOf(bytes, value) {
    if (value === undefined) return null;
    if (value.length === 3) return lengthAt(bytes, value[0], value[1]);
    return isNumber(value[0]) ? Number(value[0]) : null;
  }

  function isFlate(value) {
    return value.length === 1 && /^(\/FlateDecode|\[[\0\t\n\f\r ]*\/FlateDecode[\t\n\f\r ]*\])$/.test(value[0]);
  }

  // The bytes of a stream as they are written, if it ends where its dictionary says; else null.
  function written(bytes, found, at) {
    const length = lengthOf(bytes, found.get('/Length'));
    if (length === null || length > bytes.length - at) return null;
    const end = latin(bytes.subarray(at + length, at + length + 11));
    return /^(\r\n|\r|\n)?endstream/.test(end) ? bytes.subarray(at, at + length) : null;
  }

  // What the filters make of them: none, or Flate alone; else null.
  function decoded(found, data) {
    const filter = found.get('/Filter');
    if (found.has('/DecodeParms') || found.has('/F')) return null;
    if (filter === undefined) return data.length <= ATTACHMENT_BYTES ? data.slice() : null;
    try {
      return isFlate(filter) ? xz.inflate(data, ATTACHMENT_BYTES, true) : null;
    } catch (error) {
      return error instanceof xz.Refused ? null : xz.rethrow(error);
    }
  }

  // Where the data of the stream that follows begins; -1 where none does.
  function streamAt(bytes, from) {
    const at = skipWhite(bytes, from);
    const found = /^stream(\r\n|\n)/.exec(latin(bytes.subarray(at, at + 8)));
    return found ? at + found[0].length : -1;
  }

  // The embedded files of a PDF, null for one that can't be read; two are as good as all.
  function embedded(bytes) {
    const files = [];
    for (let object = nextObject(bytes, 0), at; object && files.length < 2; object = nextObject(bytes, at)) {
      const read = dictionary(bytes, object.at);
      at = read.end;
      const start = streamAt(bytes, at);
      const type = read.members && read.members.get('/Type');
      if (!type || type.join() !== '/EmbeddedFile' || start < 0) continue;
      const data = written(bytes, read.members, start);
      if (data) at = start + data.length;
      files.push(data && decoded(read.members, data));
    }
    return files;
  }

  // A whole note, or null.
  function readNote(bytes, place) {
    const end = place < 1 ? null : END.exec(latin(bytes.subarray(place - 1)));
    if (!end || end[1].length + end[2].length !== NOTE_CHARACTERS) return null;
    const note = xz.note.parse(xz.bytes.toText(xz.bytes.fromBase64(end[1])));
    const said = note.text.slice(0, -1).split('\n');
    if (note.lines.length !== 1 || said.length !== 4 || !xz.number.isCertificate(said[1])) return null;
    const from = place + MARK.length;
    const digest = xz.merkle.tagged('xinzheng/pdf/v1', [bytes.subarray(0, from), bytes.subarray(from + NOTE_CHARACTERS)]);
    const found = { origin: xz.sealed.originOf(said[0], 'pdf'), number: said[1], entry: xz.sealed.hash(said[2]), digest: xz.sealed.hash(said[3]), signed: note };
    return xz.bytes.equal(digest, found.digest) ? found : null;
  }

  // Null where the mark stands nowhere.
  function noteOf(bytes) {
    const place = find(bytes, MARK, 0);
    if (place < 0) return null;
    if (find(bytes, MARK, place + 1) >= 0 || bytes.length - place > 700) return 'broken';
    try {
      return readNote(bytes, place) || 'broken';
    } catch (error) {
      return error instanceof xz.Refused ? 'broken' : xz.rethrow(error);
    }
  }

  function parse(bytes) {
    if (bytes.length > BYTES || !isPdf(bytes)) throw new xz.Refused('NOT_RECOGNISED', 'not a PDF');
    const note = noteOf(bytes);
    const files = embedded(bytes);
    if (files.length !== 1 || files[0] === null) {
      throw new xz.Refused(note === null ? 'NOT_RECOGNISED' : 'PDF_ALTERED', 'not exactly one attachment that can be read');
    }
    return { attachment: files[0], note: note };
  }

  // Reads the attachment as a certificate file, check 4.
  function certificate(bytes) {
    const found = parse(bytes);
    try {
      return { file: xz.certificate.parse(found.attachment), pdf: found };
    } catch (error) {
      const altered = error instanceof xz.Refused && found.note === 'broken';
      throw altered ? new xz.Refused('PDF_ALTERED', error.message) : error;
    }
  }

  // Check 5: the code of the note, for a certificate with this entry, sealed by this office at this time.
  async function judge(note, file, entry, sealed, at) {
    if (note === null) return 'PDF_UNSIGNED';
    if (note === 'broken' || note.origin !== sealed.office.origin) return 'PDF_ALTERED';
    if (note.number !== file.core.number || !xz.bytes.equal(note.entry, entry)) return 'PDF_ALTERED';
    const line = note.signed.lines[0];
    const keys = xz.trust.keysFor(sealed.office, 'pdf').filter(function (known) { return xz.note.names(line, known.key); });
    if (keys.length === 0) return 'PDF_UNSIGNED';
    const known = keys[0];
    try {
      await xz.note.signers(note.signed, [known.key]);
    } catch (error) {
      return error instanceof xz.Refused ? 'PDF_ALTERED' : xz.rethrow(error);
    }
    const ended = at > known.verifyUntil || known.signUntil < sealed.batch.time || known.signFrom > at + 300;
    return known.compromised || ended ? 'PDF_UNSIGNED' : 'PDF_OK';
  }

  xz.pdf = { isPdf: isPdf, parse: parse, certificate: certificate, judge: judge };
}(self.Xinzheng = self.Xinzheng || {}));
