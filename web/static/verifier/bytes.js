// Bytes and their written forms: UTF-8, base64, base64url, hexadecimal, big-endian numbers.
//
//   xz.bytes.fromBase64('AAEC')  ->  Uint8Array [0, 1, 2]
//
// Every form is canonical: what is not exactly the form of some bytes is refused. The scripts of this folder are plain:
// each adds to one object, Xinzheng, in the order of order.json, in a page, a service worker, or one file.
// They use what Chromium 78 understands. They are written from the pages of verifier/spec/.
(function (xz) {
  'use strict';

  const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const URL_SAFE = STANDARD.slice(0, 62) + '-_';

  // What every reader throws: a stable code, what is wrong, and in JSON the place.
  class Refused extends Error {
    constructor(code, what, pointer) {
      super(what);
      this.code = code;
      this.pointer = pointer;
    }
  }

  function refuse(what) {
    throw new Refused('FORMAT_BAD', what);
  }

  // The text of UTF-8 bytes, or a refusal. A byte order mark stays a character.
  function toText(bytes) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      return refuse('not UTF-8');
    }
  }

  function fromText(text) {
    return new TextEncoder().encode(text);
  }

  function concat(parts) {
    const out = new Uint8Array(parts.reduce(function (sum, part) { return sum + part.length; }, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  // -1, 0 or 1, in the order of the bytes.
  function compare(a, b) {
    const common = Math.min(a.length, b.length);
    for (let i = 0; i < common; i++) {
      if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    }
    return Math.sign(a.length - b.length);
  }

  function equal(a, b) {
    return a.length === b.length && compare(a, b) === 0;
  }

  // Texts in the order of their UTF-8 bytes, which is not that of JavaScript's own comparison.
  function compareTexts(a, b) {
    return compare(fromText(a), fromText(b));
  }

  function toHex(bytes) {
    return Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, '0'); }).join('');
  }

  function encode(bytes, alphabet, padded) {
    let out = '';
    for (let i = 0; i < bytes.length; i += 3) {
      const left = bytes.length - i;
      const three = bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
      out += alphabet[three >> 18] + alphabet[three >> 12 & 63];
      if (left > 1) out += alphabet[three >> 6 & 63];
      if (left > 2) out += alphabet[three & 63];
      if (padded && left < 3) out += left === 2 ? '=' : '==';
    }
    return out;
  }

  function table(alphabet) {
    const values = new Int8Array(128).fill(-1);
    for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
    return values;
  }

  const TABLES = { standard: table(STANDARD), url: table(URL_SAFE) };

  // Null where the text is not the one way of writing some bytes.
  function decode(text, values) {
    if (text.length % 4 === 1) return null;
    const out = new Uint8Array(Math.floor(text.length * 3 / 4));
    let bits = 0;
    let held = 0;
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const value = code < 128 ? values[code] : -1;
      if (value < 0) return null;
      bits = (bits << 6 | value) & 0xffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        out[at++] = bits >> held & 255;
      }
    }
    return (bits & (1 << held) - 1) === 0 ? out : null;
  }

  function fromBase64(text) {
    const cut = /={1,2}$/.test(text) ? text.replace(/={1,2}$/, '') : text;
    const bytes = text.length % 4 === 0 ? decode(cut, TABLES.standard) : null;
    return bytes || refuse('not base64');
  }

  // `length` bytes, or any number where it is not given.
  function fromBase64Url(text, length) {
    const bytes = decode(text, TABLES.url);
    if (!bytes || (length !== undefined && bytes.length !== length)) refuse('not base64url');
    return bytes;
  }

  // `size` bytes, big endian, of a Number or BigInt.
  function bigEndian(value, size) {
    const out = new Uint8Array(size);
    let rest = BigInt(value);
    for (let i = size - 1; i >= 0; i--) {
      out[i] = Number(rest & 255n);
      rest >>= 8n;
    }
    return out;
  }

  function toBigInt(bytes) {
    return bytes.length ? BigInt('0x' + toHex(bytes)) : 0n;
  }

  // For the branch of an expression.
  function rethrow(error) {
    throw error;
  }

  xz.Refused = Refused;
  xz.rethrow = rethrow;
  xz.refuse = refuse;
  xz.bytes = {
    toText: toText,
    fromText: fromText,
    concat: concat,
    compare: compare,
    compareTexts: compareTexts,
    equal: equal,
    toHex: toHex,
    toBase64: function (bytes) { return encode(bytes, STANDARD, true); },
    toBase64Url: function (bytes) { return encode(bytes, URL_SAFE, false); },
    fromBase64: fromBase64,
    fromBase64Url: fromBase64Url,
    bigEndian: bigEndian,
    toBigInt: toBigInt
  };
}(self.Xinzheng = self.Xinzheng || {}));
