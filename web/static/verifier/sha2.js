// SHA-256 and SHA-512 (FIPS 180-4), for browsers and addresses without crypto.subtle.
//
//   xz.sha256(bytes) -> 32 bytes        xz.sha512(bytes) -> 64 bytes
//
// SHA-512 keeps each 64-bit word as two halves of 32 bits. The constants are made here, of the first primes, as the
// standard defines them, rather than copied.
(function (xz) {
  'use strict';

  function primes(count) {
    const found = [];
    for (let n = 2; found.length < count; n++) {
      if (found.every(function (p) { return n % p !== 0; })) found.push(n);
    }
    return found;
  }

  // The integer root: the largest r with r^power <= n.
  function root(n, power) {
    let low = 0n;
    let high = 1n << 80n;
    while (low < high) {
      const middle = (low + high + 1n) >> 1n;
      if (middle ** power <= n) low = middle; else high = middle - 1n;
    }
    return low;
  }

  // The first 64 bits of the fraction of a prime's root, as [high half, low half].
  function fraction(prime, power) {
    const bits = root(BigInt(prime) << 64n * power, power) & (1n << 64n) - 1n;
    return [Number(bits >> 32n) | 0, Number(bits & 0xffffffffn) | 0];
  }

  const PRIMES = primes(80);
  const K = PRIMES.map(function (p) { return fraction(p, 3n); });
  const START = PRIMES.slice(0, 8).map(function (p) { return fraction(p, 2n); });

  // The bytes with a 1 bit, zeros, and their length in bits, to whole blocks.
  function padded(bytes, block) {
    const room = block / 8;
    const out = new Uint8Array(Math.ceil((bytes.length + 1 + room) / block) * block);
    out.set(bytes);
    out[bytes.length] = 0x80;
    out.set(xz.bytes.bigEndian(bytes.length * 8, 8), out.length - 8);
    return new DataView(out.buffer);
  }

  function sha256(bytes) {
    const data = padded(bytes, 64);
    const state = Int32Array.from(START, function (word) { return word[0]; });
    const k = Int32Array.from(K.slice(0, 64), function (word) { return word[0]; });
    const w = new Int32Array(64);
    for (let at = 0; at < data.byteLength; at += 64) {
      for (let i = 0; i < 16; i++) w[i] = data.getInt32(at + 4 * i);
      for (let i = 16; i < 64; i++) {
        const a = w[i - 15];
        const b = w[i - 2];
        const s0 = (a >>> 7 | a << 25) ^ (a >>> 18 | a << 14) ^ a >>> 3;
        const s1 = (b >>> 17 | b << 15) ^ (b >>> 19 | b << 13) ^ b >>> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
        const t1 = h + s1 + (e & f ^ ~e & g) + k[i] + w[i] | 0;
        const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
        const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
        h = g; g = f; f = e; e = d + t1 | 0;
        d = c; c = b; b = a; a = t1 + t2 | 0;
      }
      [a, b, c, d, e, f, g, h].forEach(function (word, i) { state[i] += word; });
    }
    return written(state);
  }

  function written(words) {
    const out = new DataView(new ArrayBuffer(words.length * 4));
    words.forEach(function (word, i) { out.setInt32(4 * i, word); });
    return new Uint8Array(out.buffer);
  }

  // High and low half of a word rotated right by n < 32, and of one rotated by n + 32 with its halves exchanged.
  function turned(high, low, n) { return high >>> n | low << 32 - n; }

  // The sum of words given as halves, into [high, low].
  function sum(words) {
    let low = 0;
    let high = 0;
    for (const word of words) {
      low += word[1] >>> 0;
      high += word[0] >>> 0;
    }
    return [high + Math.floor(low / 4294967296) | 0, low | 0];
  }

  function big0(w) {
    const [h, l] = w;
    return [turned(h, l, 28) ^ turned(l, h, 2) ^ turned(l, h, 7), turned(l, h, 28) ^ turned(h, l, 2) ^ turned(h, l, 7)];
  }

  function big1(w) {
    const [h, l] = w;
    return [turned(h, l, 14) ^ turned(h, l, 18) ^ turned(l, h, 9), turned(l, h, 14) ^ turned(l, h, 18) ^ turned(h, l, 9)];
  }

  function small0(w) {
    const [h, l] = w;
    return [turned(h, l, 1) ^ turned(h, l, 8) ^ h >>> 7, turned(l, h, 1) ^ turned(l, h, 8) ^ turned(l, h, 7)];
  }

  function small1(w) {
    const [h, l] = w;
    return [turned(h, l, 19) ^ turned(l, h, 29) ^ h >>> 6, turned(l, h, 19) ^ turned(h, l, 29) ^ turned(l, h, 6)];
  }

  function choose(e, f, g) { return [e[0] & f[0] ^ ~e[0] & g[0], e[1] & f[1] ^ ~e[1] & g[1]]; }

  function most(a, b, c) {
    return [a[0] & b[0] ^ a[0] & c[0] ^ b[0] & c[0], a[1] & b[1] ^ a[1] & c[1] ^ b[1] & c[1]];
  }

  function sha512(bytes) {
    const data = padded(bytes, 128);
    let state = START;
    for (let at = 0; at < data.byteLength; at += 128) {
      const w = [];
      for (let i = 0; i < 16; i++) w.push([data.getInt32(at + 8 * i), data.getInt32(at + 8 * i + 4)]);
      for (let i = 16; i < 80; i++) w.push(sum([w[i - 16], small0(w[i - 15]), w[i - 7], small1(w[i - 2])]));
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 80; i++) {
        const t1 = sum([h, big1(e), choose(e, f, g), K[i], w[i]]);
        const t2 = sum([big0(a), most(a, b, c)]);
        h = g; g = f; f = e; e = sum([d, t1]);
        d = c; c = b; b = a; a = sum([t1, t2]);
      }
      const now = [a, b, c, d, e, f, g, h];
      state = state.map(function (word, i) { return sum([word, now[i]]); });
    }
    return written([].concat.apply([], state));
  }

  xz.sha256 = sha256;
  xz.sha512 = sha512;
}(self.Xinzheng = self.Xinzheng || {}));
