// Ed25519 (RFC 8032), verification only, strict: canonical S, canonical and not small-order points, no cofactor.
//
//   xz.ed25519.verify(publicKey, message, signature) -> Promise of true or false
//
// Where the browser has Ed25519 it does the multiplication, after the strict checks here, which it does not promise.
// Points are in extended coordinates [X, Y, Z, T] with x = X/Z, y = Y/Z, x·y = T/Z.
(function (xz) {
  'use strict';

  const P = (1n << 255n) - 19n;
  const L = (1n << 252n) + 27742317777372353535851937790883648493n;
  const D = mod(-121665n * power(121666n, P - 2n));
  const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);
  const ZERO = [0n, 1n, 1n, 0n];
  const BASE = decode(xz.bytes.fromBase64('WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY='));

  function mod(a) {
    const r = a % P;
    return r < 0n ? r + P : r;
  }

  function power(base, exponent) {
    let result = 1n;
    let square = base;
    for (let e = exponent; e > 0n; e >>= 1n) {
      if (e & 1n) result = result * square % P;
      square = square * square % P;
    }
    return result;
  }

  function littleEndian(bytes) {
    return xz.bytes.toBigInt(Uint8Array.from(bytes).reverse());
  }

  // RFC 8032 §5.1.3; null where the 32 bytes are not the canonical encoding of a point.
  function decode(bytes) {
    const number = littleEndian(bytes);
    const sign = number >> 255n;
    const y = number & (1n << 255n) - 1n;
    if (bytes.length !== 32 || y >= P) return null;
    const u = mod(y * y - 1n);
    const v = mod(D * y % P * y + 1n);
    const v3 = v * v % P * v % P;
    let x = u * v3 % P * power(u * v3 % P * v3 % P * v % P, (P - 5n) / 8n) % P;
    const check = v * x % P * x % P;
    if (check === mod(-u)) x = x * ROOT_OF_MINUS_1 % P; else if (check !== u) return null;
    if (x === 0n && sign === 1n) return null;
    if ((x & 1n) !== sign) x = mod(-x);
    return [x, y, 1n, x * y % P];
  }

  function encode(point) {
    const inverse = power(point[2], P - 2n);
    const x = mod(point[0] * inverse);
    const y = mod(point[1] * inverse);
    return xz.bytes.bigEndian(y | (x & 1n) << 255n, 32).reverse();
  }

  // RFC 8032 §5.1.4.
  function add(p, q) {
    const a = (p[1] - p[0]) * (q[1] - q[0]) % P;
    const b = (p[1] + p[0]) * (q[1] + q[0]) % P;
    const c = 2n * D * p[3] % P * q[3] % P;
    const d = 2n * p[2] * q[2] % P;
    const e = b - a;
    const f = d - c;
    const g = d + c;
    const h = b + a;
    return [e * f % P, g * h % P, f * g % P, e * h % P];
  }

  function double(p) {
    const a = p[0] * p[0] % P;
    const b = p[1] * p[1] % P;
    const c = 2n * p[2] * p[2] % P;
    const h = a + b;
    const e = h - (p[0] + p[1]) * (p[0] + p[1]) % P;
    const g = a - b;
    const f = c + g;
    return [e * f % P, g * h % P, f * g % P, e * h % P];
  }

  function negative(p) {
    return [-p[0], p[1], p[2], -p[3]];
  }

  // 0 to 15 times the point.
  function multiples(p) {
    const table = [ZERO, p];
    while (table.length < 16) table.push(add(table[table.length - 1], p));
    return table;
  }

  const BASE_MULTIPLES = multiples(BASE);

  // s·B + k·A, four bits at a time.
  function combine(s, k, a) {
    const table = multiples(a);
    let sum = ZERO;
    for (let shift = 252n; shift >= 0n; shift -= 4n) {
      if (shift < 252n) sum = double(double(double(double(sum))));
      const ofBase = Number(s >> shift & 15n);
      const ofKey = Number(k >> shift & 15n);
      if (ofBase) sum = add(sum, BASE_MULTIPLES[ofBase]);
      if (ofKey) sum = add(sum, table[ofKey]);
    }
    return sum;
  }

  function isSmallOrder(point) {
    const eight = double(double(double(point)));
    return mod(eight[0]) === 0n && mod(eight[1] - eight[2]) === 0n;
  }

  // A public key as a point, or null: not canonical, not on the curve, or of small order.
  function publicPoint(bytes) {
    const point = decode(bytes);
    return point && !isSmallOrder(point) ? point : null;
  }

  // The strict checks. Null where they fail, else what the multiplication needs.
  function parts(publicKey, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return null;
    const s = littleEndian(signature.subarray(32));
    const a = publicPoint(publicKey);
    const r = s < L && a ? decode(signature.subarray(0, 32)) : null;
    return r && !isSmallOrder(r) ? { s: s, a: a } : null;
  }

  // Whole verification in JavaScript.
  function verifyHere(publicKey, message, signature) {
    const known = parts(publicKey, signature);
    if (!known) return false;
    const hashed = xz.sha512(xz.bytes.concat([signature.subarray(0, 32), publicKey, message]));
    const k = littleEndian(hashed) % L;
    const expected = encode(combine(known.s, k, negative(known.a)));
    return xz.bytes.equal(expected, signature.subarray(0, 32));
  }

  // RFC 8032 §7.1, test 2: what the browser's own Ed25519 has to take, and not to take with another message.
  const KNOWN = {
    key: 'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=',
    signature: 'kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA=='
  };
  let native = null;

  // Whether crypto.subtle has an Ed25519 that answers as it should. Asked once; old browsers and plain HTTP have none.
  function hasNative() {
    if (!native) {
      const subtle = typeof crypto === 'object' && crypto !== null && crypto.subtle;
      native = subtle ? probe() : Promise.resolve(false);
    }
    return native;
  }

  async function probe() {
    try {
      const key = xz.bytes.fromBase64(KNOWN.key);
      const signature = xz.bytes.fromBase64(KNOWN.signature);
      const good = await verifyNative(key, Uint8Array.of(0x72), signature);
      return good && !await verifyNative(key, Uint8Array.of(0x73), signature);
    } catch (error) {
      return false;
    }
  }

  async function verifyNative(publicKey, message, signature) {
    const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
    return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message);
  }

  async function verify(publicKey, message, signature) {
    if (!await hasNative()) return verifyHere(publicKey, message, signature);
    return parts(publicKey, signature) !== null && verifyNative(publicKey, message, signature);
  }

  xz.ed25519 = {
    verify: verify,
    verifyHere: verifyHere,
    hasNative: hasNative,
    isPublicKey: function (bytes) { return bytes.length === 32 && publicPoint(bytes) !== null; }
  };
}(self.Xinzheng = self.Xinzheng || {}));
