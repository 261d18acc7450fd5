// The core, the signed body of a certificate (spec: core.md).
//
//   xz.core.parse(bytes) -> {number, kind, holder: {kind, name, code} | null, title, purpose, audience, issuedAt, …, bytes}
//
// Numbers of open registries and counts may be any: they are Numbers where those are exact, else BigInts.
(function (xz) {
  'use strict';

  const BYTES = 4096;
  const TEXT_BYTES = 600;
  const CLAIMS = 32;
  const DAYS_MAX = 2932896n;
  const COMMITMENTS_KEPT = 8n;
  const REQUIRED = [0n, 1n, 2n, 3n, 5n, 8n, 9n, 12n, 13n, 14n, 15n];

  function exact(value) {
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  function unsigned(value) {
    return typeof value === 'bigint' ? value : xz.refuse('not an unsigned integer');
  }

  function between(value, low, high) {
    return unsigned(value) >= low && value <= high ? Number(value) : xz.refuse('a number out of its range');
  }

  function text(value) {
    return typeof value === 'string' ? xz.text.line(value, TEXT_BYTES) : xz.refuse('not text');
  }

  function list(value, length) {
    const right = Array.isArray(value) && (length === undefined || value.length === length);
    return right ? value : xz.refuse('not an array of the right length');
  }

  function fixed(value, length) {
    return value instanceof Uint8Array && value.length === length ? value : xz.refuse('not so many bytes');
  }

  function code(value) {
    return typeof value === 'string' && /^[0-9A-HJ-NP-RTUWXY]{18}$/.test(value) ? value : xz.refuse('not a credit code');
  }

  // The first character, then a star for each other one.
  function mask(name) {
    return Array.from(name, function (character, i) { return i === 0 ? character : '*'; }).join('');
  }

  function holder(value) {
    const [kind, name, given] = list(value, 3);
    const found = { kind: between(kind, 1n, 4n), name: text(name), code: given };
    if (found.kind !== xz.registry.PERSON) {
      code(given);
    } else if (typeof given !== 'string' || mask(found.name) !== found.name) {
      xz.refuse('the name of a natural person is not masked');
    } else {
      xz.bytes.fromBase64Url(given, 16);
    }
    return found;
  }

  function audience(value) {
    const [name, given] = list(value, 2);
    return { name: text(name), code: code(given) };
  }

  function period(value) {
    const [first, last] = list(value, 2).map(function (day) { return between(day, 0n, DAYS_MAX); });
    return first <= last ? [first, last] : xz.refuse('a period that ends before it begins');
  }

  function claims(value) {
    let last = -1n;
    if (list(value).length > CLAIMS) xz.refuse('too many claims');
    return value.map(function (one) {
      const [rule, says, part, whole] = list(one);
      if (unsigned(rule) <= last) xz.refuse('claims out of order');
      last = rule;
      const counts = rule === COMMITMENTS_KEPT;
      if (one.length !== (counts ? 4 : 2)) xz.refuse('a claim of the wrong length');
      if (counts && unsigned(part) > unsigned(whole)) xz.refuse('a part greater than the whole');
      const found = { rule: exact(rule), value: between(says, 1n, 5n), part: null, whole: null };
      return counts ? Object.assign(found, { part: exact(part), whole: exact(whole) }) : found;
    });
  }

  function counters(value) {
    if (!(value instanceof Map)) return xz.refuse('counters are a map');
    return Array.from(value, function (one) {
      if (unsigned(one[1]) === 0n) xz.refuse('a counter of nothing');
      return { counter: exact(one[0]), count: exact(one[1]) };
    });
  }

  function time(value) {
    return xz.text.seconds(unsigned(value));
  }

  function parse(bytes) {
    if (bytes.length > BYTES) xz.refuse('a core is too long');
    const map = xz.cbor.parse(bytes);
    if (!(map instanceof Map) || !REQUIRED.every(function (key) { return map.has(key); })) return xz.refuse('not a core');
    if (Array.from(map.keys()).some(function (key) { return key > 15n; })) xz.refuse('an unknown key');
    const maybe = function (key, read) { return map.has(key) ? read(map.get(key)) : null; };
    if (map.get(0n) !== 1n || map.get(1n) !== 1n) xz.refuse('another version or suite');
    const number = map.get(2n);
    if (typeof number !== 'string' || !xz.number.isCertificate(number)) xz.refuse('not a certificate number');
    const found = {
      bytes: bytes,
      number: number,
      kind: between(map.get(3n), 1n, 3n),
      holder: maybe(4n, holder),
      title: text(map.get(5n)),
      purpose: maybe(6n, function (value) { return exact(unsigned(value)); }),
      audience: maybe(7n, audience),
      issuedAt: time(map.get(8n)),
      expiresAt: time(map.get(9n)),
      period: maybe(10n, period),
      dataAsOf: maybe(11n, time),
      claims: claims(map.get(12n)),
      counters: counters(map.get(13n)),
      documentRoot: fixed(map.get(14n), 32),
      nonce: fixed(map.get(15n), 16)
    };
    if (found.kind !== 3 && found.holder === null) xz.refuse('no holder');
    if (found.expiresAt <= found.issuedAt) xz.refuse('expires before it is issued');
    if (found.dataAsOf !== null && found.dataAsOf > found.issuedAt) xz.refuse('data of after the issue');
    return found;
  }

  xz.core = { parse: parse, mask: mask };
}(self.Xinzheng = self.Xinzheng || {}));
