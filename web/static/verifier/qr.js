// QR codes: scanned text, digits, payload (spec: qr.md).
//
//   xz.qr.read('https://credit.example.gov.cn/v#00472101…') -> {core, index, start, end, time, path, keyId, signature}
//
// Refused with NOT_RECOGNISED, NEEDS_LOOKUP, SCAN_INCOMPLETE, VERSION_UNKNOWN or FORMAT_BAD.
(function (xz) {
  'use strict';

  const TEXT_BYTES = 8192;
  const PAYLOAD_BYTES = 820;
  const CORE_BYTES = 700;
  const PATH = 64;
  // Digits of a last chunk of so many bytes; a whole one of 7 bytes has 17.
  const DIGITS = [0, 3, 5, 8, 10, 13, 15, 17];
  const INVISIBLE = /[\ufeff\u200b-\u200d\u2060]/;

  function fail(code, what) {
    throw new xz.Refused(code, what);
  }

  // A text without white space and characters of no width, full-width forms as ASCII.
  function fold(text) {
    let out = '';
    for (const character of text) {
      if (xz.text.isWhite(character) || INVISIBLE.test(character)) continue;
      const code = character.codePointAt(0);
      out += code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : character;
    }
    return out;
  }

  // The bytes of decimal digits; null where no bytes have so many digits, or a chunk is too large.
  function fromDigits(digits) {
    const last = DIGITS.indexOf(digits.length % 17);
    if (last < 0) return null;
    const out = [];
    for (let at = 0; at < digits.length; at += 17) {
      const chunk = digits.slice(at, at + 17);
      const bytes = chunk.length === 17 ? 7 : last;
      let value = BigInt(chunk);
      for (let i = 0; i < bytes; i++) {
        out.push(Number(value & 255n));
        value >>= 8n;
      }
      if (value !== 0n) return null;
    }
    return Uint8Array.from(out);
  }

  function toDigits(bytes) {
    let out = '';
    for (let at = 0; at < bytes.length; at += 7) {
      const chunk = bytes.subarray(at, at + 7);
      out += xz.bytes.toBigInt(Uint8Array.from(chunk).reverse()).toString().padStart(DIGITS[chunk.length], '0');
    }
    return out;
  }

  const CRC_TABLE = Uint32Array.from({ length: 256 }, function (_, i) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? value >>> 1 ^ 0xedb88320 : value >>> 1;
    return value;
  });

  function crc32(bytes) {
    let value = 0xffffffff;
    for (const byte of bytes) value = value >>> 8 ^ CRC_TABLE[(value ^ byte) & 255];
    return (value ^ 0xffffffff) >>> 0;
  }

  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
    }

    take(count) {
      if (count > this.bytes.length - this.at) xz.refuse('ends too early');
      this.at += count;
      return this.bytes.subarray(this.at - count, this.at);
    }

    number(count) {
      return Number(xz.bytes.toBigInt(this.take(count)));
    }

    // LEB128 in its shortest form, at most 9 bytes.
    variable() {
      let value = 0n;
      for (let place = 0; place < 9; place++) {
        const byte = this.take(1)[0];
        value |= BigInt(byte & 127) << BigInt(7 * place);
        if (byte < 128) return byte === 0 && place > 0 ? xz.refuse('not the shortest form') : value;
      }
      return xz.refuse('an integer of more than 9 bytes');
    }
  }

  function parsePayload(bytes) {
    if (bytes.length < 7) fail('SCAN_INCOMPLETE', 'too short');
    const reader = new Reader(bytes);
    const version = reader.number(1);
    const length = reader.number(2);
    const crc = reader.number(4);
    if (length !== bytes.length || crc !== crc32(bytes.subarray(7))) fail('SCAN_INCOMPLETE', 'length or checksum');
    if (version !== 1) fail('VERSION_UNKNOWN', 'version ' + version);
    const core = reader.take(reader.number(2));
    if (core.length > CORE_BYTES || bytes.length > PAYLOAD_BYTES) xz.refuse('longer than a QR code allows');
    const found = { core: xz.core.parse(core.slice()), start: reader.variable() };
    found.end = found.start + reader.variable();
    found.index = found.start + reader.variable();
    found.time = xz.text.seconds(reader.variable());
    const hashes = reader.number(1);
    if (hashes > PATH) xz.refuse('more hashes than any path has');
    found.path = [];
    while (found.path.length < hashes) found.path.push(reader.take(32).slice());
    found.keyId = xz.bytes.toHex(reader.take(4));
    found.signature = reader.take(64).slice();
    if (reader.at !== bytes.length) xz.refuse('bytes after the signature');
    const isRange = found.index < found.end && xz.merkle.isSubtree(found.start, found.end);
    return isRange ? found : xz.refuse('not a range that holds the index');
  }

  // What follows the last mark, # or %23; and whether there is one.
  function fragmentOf(text) {
    const found = /^[^]*(?:#|%23)/.exec(text);
    return { marked: found !== null, text: found === null ? text : text.slice(found[0].length) };
  }

  function read(given) {
    if (xz.bytes.fromText(given).length > TEXT_BYTES) fail('NOT_RECOGNISED', 'too long');
    const after = fragmentOf(fold(given));
    const text = after.text.split(/[?&]/)[0];
    const notWhole = after.marked ? 'SCAN_INCOMPLETE' : 'NOT_RECOGNISED';
    if (/^[uU]/.test(text)) return readBase64(text.slice(1), notWhole);
    if (text === '') fail(notWhole, 'nothing');
    if (!/^[0-9]*$/.test(text)) fail('NOT_RECOGNISED', 'not digits');
    if (!after.marked && (text.length === 22 || text.length === 32)) fail('NEEDS_LOOKUP', 'a number or window code');
    return parsePayload(fromDigits(text) || fail('SCAN_INCOMPLETE', 'digits that no bytes have'));
  }

  function readBase64(text, notWhole) {
    if (!/^[A-Za-z0-9_-]*$/.test(text)) fail('NOT_RECOGNISED', 'not base64url');
    let bytes;
    try {
      bytes = xz.bytes.fromBase64Url(text);
    } catch (error) {
      return fail(notWhole, 'not base64url');
    }
    try {
      return parsePayload(bytes);
    } catch (error) {
      return error.code === 'SCAN_INCOMPLETE' ? fail(notWhole, error.message) : xz.rethrow(error);
    }
  }

  xz.qr = { fold: fold, read: read, parsePayload: parsePayload, fromDigits: fromDigits, toDigits: toDigits };
}(self.Xinzheng = self.Xinzheng || {}));
