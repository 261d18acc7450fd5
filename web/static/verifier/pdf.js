// PDF files: the certificate attached to one, and the office's note over its bytes (spec: pdf.md).
//
//   xz.pdf.parse(bytes) -> {attachment: bytes, note: null | 'broken' | {origin, number, entry, digest, signed}}
//
// Refused with NOT_RECOGNISED or PDF_ALTERED. The file's cross-references are never looked at.
(function (xz) {
  'use strict';

  const BYTES = 32 << 20;
  const ATTACHMENT_BYTES = 16 << 20;
  const DICTIONARY_BYTES = 4096;
  const DICTIONARY_PARTS = 256;
  const DEPTH = 8;
  const MARK = xz.bytes.fromText('%xinzheng-pdf-note ');
  const NOTE_CHARACTERS = 640;
  const END = /^\n%xinzheng-pdf-note ([A-Za-z0-9+/=]*)(\.*)\nstartxref\n[0-9]{1,10}\n%%EOF\n$/;
  const WHITE = '\0\t\n\f\r ';
  const DELIMITERS = '()<>[]{}/%';

  // One character for each byte, the ASCII ones as they are.
  function latin(bytes) {
    return new TextDecoder('windows-1252').decode(bytes);
  }

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

  // Reads one dictionary, at most 4,096 bytes from where it begins.
  class Dictionary {
    constructor(bytes, at) {
      this.text = latin(bytes.subarray(at, at + DICTIONARY_BYTES));
      this.at = 0;
      this.parts = 0;
    }

    skip() {
      for (;;) {
        while (this.at < this.text.length && WHITE.indexOf(this.text[this.at]) >= 0) this.at++;
        if (this.text[this.at] !== '%') return;
        while (this.at < this.text.length && this.text[this.at] !== '\n' && this.text[this.at] !== '\r') this.at++;
      }
    }

    starts(word) {
      return this.text.startsWith(word, this.at);
    }

    // Letters up to white space or a delimiter.
    word() {
      const from = this.at;
      while (this.at < this.text.length && (WHITE + DELIMITERS).indexOf(this.text[this.at]) < 0) this.at++;
      return this.at > from ? this.text.slice(from, this.at) : xz.refuse('no word');
    }

    dictionary(depth) {
      const members = new Map();
      if (depth > DEPTH || !this.starts('<<')) xz.refuse('no dictionary, or too deep');
      this.at += 2;
      for (;;) {
        this.skip();
        if (this.starts('>>')) break;
        const key = this.name();
        if (members.has(key)) xz.refuse('a key twice');
        members.set(key, this.value(depth));
      }
      this.at += 2;
      return members;
    }

    count() {
      if (++this.parts > DICTIONARY_PARTS) xz.refuse('too many keys and values');
    }

    name() {
      this.count();
      if (!this.starts('/')) xz.refuse('not a name');
      this.at++;
      return '/' + (this.at < this.text.length && (WHITE + DELIMITERS).indexOf(this.text[this.at]) < 0 ? this.word() : '');
    }

    value(depth) {
      this.skip();
      if (this.starts('/')) return this.name();
      this.count();
      if (this.starts('<<')) return this.dictionary(depth + 1);
      if (this.starts('[')) return this.array(depth + 1);
      if (this.starts('(')) return this.string();
      if (this.starts('<')) return this.hex();
      return this.number();
    }

    array(depth) {
      const list = [];
      if (depth > DEPTH) xz.refuse('too deep');
      this.at++;
      for (this.skip(); !this.starts(']'); this.skip()) list.push(this.value(depth));
      this.at++;
      return list;
    }

    string() {
      let open = 0;
      do {
        const character = this.text[this.at++];
        if (character === undefined) xz.refuse('a string without an end');
        if (character === '\\') this.at++;
        if (character === '(') open++;
        if (character === ')') open--;
      } while (open > 0);
      return { other: true };
    }

    hex() {
      const end = this.text.indexOf('>', this.at);
      if (end < 0) {
        this.at = this.text.length;
        xz.refuse('a string without an end');
      }
      this.at = end + 1;
      return { other: true };
    }

    // A number, a reference `7 0 R`, or a keyword.
    number() {
      const word = this.word();
      const rest = /^[\0\t\n\f\r ]+([0-9]+)[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>[\]{}/%])/.exec(this.text.slice(this.at));
      if (!/^[0-9]+$/.test(word)) return { other: true };
      if (!rest) return { number: Number(word) };
      this.at += rest[0].length;
      return { reference: [word, rest[1]] };
    }
  }

  function digit(byte) { return byte >= 48 && byte <= 57; }

  function white(byte) { return byte !== undefined && WHITE.indexOf(String.fromCharCode(byte)) >= 0; }

  // Whether `7 0 ` stands directly before this place; then the two numbers, else null.
  function numbersBefore(bytes, place) {
    let at = place;
    const found = [];
    for (let i = 0; i < 2; i++) {
      const end = at;
      while (white(bytes[at - 1])) at--;
      const last = at;
      while (digit(bytes[at - 1])) at--;
      if (end === last || last === at) return null;
      found.unshift(latin(bytes.subarray(at, last)));
    }
    return found;
  }

  const OBJ = xz.bytes.fromText('obj');

  // The place behind the next `7 0 obj`, and its numbers.
  function nextObject(bytes, from) {
    for (let at = find(bytes, OBJ, from); at >= 0; at = find(bytes, OBJ, at + 1)) {
      const numbers = numbersBefore(bytes, at);
      const next = at + 3;
      if (numbers && (white(bytes[next]) || (bytes[next] === 60 && bytes[next + 1] === 60))) return { at: next, numbers: numbers };
    }
    return null;
  }

  function same(a, b) { return a.replace(/^0+(?=.)/, '') === b.replace(/^0+(?=.)/, ''); }

  // The number in the one object of this reference; null where there is not exactly one.
  function lengthAt(bytes, reference) {
    let found = null;
    for (let object = nextObject(bytes, 0); object; object = nextObject(bytes, object.at)) {
      if (!same(object.numbers[0], reference[0]) || !same(object.numbers[1], reference[1])) continue;
      const number = /^[\0\t\n\f\r ]+([0-9]+)[\0\t\n\f\r ]+endobj/.exec(latin(bytes.subarray(object.at, object.at + 64)));
      if (found !== null || !number) return null;
      found = Number(number[1]);
    }
    return found;
  }

  function isFlate(filter) {
    return filter === '/FlateDecode' || (Array.isArray(filter) && filter.length === 1 && filter[0] === '/FlateDecode');
  }

  // The bytes of an embedded file that begins at `at`, and where `endstream` ends; null where it can't be read.
  function readStream(bytes, members, at) {
    const given = members.get('/Length') || {};
    const length = given.number !== undefined ? given.number : given.reference ? lengthAt(bytes, given.reference) : null;
    const filter = members.get('/Filter');
    if (length === null || members.has('/DecodeParms') || members.has('/F') || length > bytes.length - at) return null;
    const data = bytes.subarray(at, at + length);
    const end = /^(\r\n|\r|\n)?endstream/.exec(latin(bytes.subarray(at + length, at + length + 11)));
    if (!end || (filter !== undefined && !isFlate(filter))) return null;
    try {
      const whole = filter === undefined ? data.slice() : xz.inflate(data, ATTACHMENT_BYTES, true);
      return { attachment: whole, end: at + length + end[0].length };
    } catch (error) {
      return error instanceof xz.Refused ? null : xz.rethrow(error);
    }
  }

  // The embedded files of a PDF, null for one that can't be read; two are as good as all.
  function embedded(bytes) {
    const found = [];
    let at = 0;
    for (let object = nextObject(bytes, at); object && found.length < 2; object = nextObject(bytes, at)) {
      at = object.at;
      while (white(bytes[at])) at++;
      if (bytes[at] !== 60 || bytes[at + 1] !== 60) continue;
      const reader = new Dictionary(bytes, at);
      let members = null;
      try {
        members = reader.dictionary(1);
      } catch (error) {
        if (!(error instanceof xz.Refused)) throw error;
      }
      at += Math.max(1, Math.min(reader.at, reader.text.length));
      const stream = /^[\0\t\n\f\r ]*stream(\r\n|\n)/.exec(latin(bytes.subarray(at, at + 64)));
      if (members === null || members.get('/Type') !== '/EmbeddedFile' || !stream) continue;
      const read = readStream(bytes, members, at + stream[0].length);
      found.push(read && read.attachment);
      at = read ? read.end : at + stream[0].length;
    }
    return found;
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
