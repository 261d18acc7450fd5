// Inflate: zlib streams (RFC 1950, RFC 1951), bounded. Browsers of the windows have no DecompressionStream.
//
//   xz.inflate(bytes, limit, loose) -> at most `limit` bytes
//
// Refused: a stream that would give more, one that is cut, a wrong Adler-32, and bytes after its end unless `loose`.
(function (xz) {
  'use strict';

  const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
    6145, 8193, 12289, 16385, 24577];
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const WINDOW = 32768;

  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
      this.held = 0;
      this.count = 0;
    }

    byte() {
      if (this.at >= this.bytes.length) xz.refuse('inflate: cut off');
      return this.bytes[this.at++];
    }

    // The next bits, the first in the lowest place.
    bits(count) {
      while (this.count < count) {
        this.held |= this.byte() << this.count;
        this.count += 8;
      }
      const value = this.held & (1 << count) - 1;
      this.held >>>= count;
      this.count -= count;
      return value;
    }

    align() {
      this.held = 0;
      this.count = 0;
    }
  }

  // A Huffman code: how many codes there are of each length, and the symbols in the order of their codes.
  function code(lengths, mayBePartial) {
    const counts = new Uint16Array(16);
    for (const length of lengths) counts[length]++;
    counts[0] = 0;
    const symbols = [];
    for (let length = 1; length < 16; length++) {
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] === length) symbols.push(symbol);
      }
    }
    let left = 1;
    for (let length = 1; length < 16; length++) {
      left = left * 2 - counts[length];
      if (left < 0) xz.refuse('inflate: too many codes');
    }
    // Only a code of one symbol, or of none, may leave room.
    if (left > 0 && !(mayBePartial && symbols.length <= 1)) xz.refuse('inflate: too few codes');
    return { counts: counts, symbols: symbols };
  }

  function symbol(reader, table) {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      value |= reader.bits(1);
      const count = table.counts[length];
      if (value - first < count) return table.symbols[index + value - first];
      index += count;
      first = first + count << 1;
      value <<= 1;
    }
    return xz.refuse('inflate: no such code');
  }

  class Output {
    constructor(limit) {
      this.bytes = new Uint8Array(limit);
      this.length = 0;
    }

    put(byte) {
      if (this.length >= this.bytes.length) xz.refuse('inflate: more than is allowed');
      this.bytes[this.length++] = byte;
    }

    repeat(distance, count) {
      if (distance > this.length || distance > WINDOW) xz.refuse('inflate: a distance before the beginning');
      for (let i = 0; i < count; i++) this.put(this.bytes[this.length - distance]);
    }
  }

  function stored(reader, out) {
    reader.align();
    const length = reader.byte() | reader.byte() << 8;
    const inverse = reader.byte() | reader.byte() << 8;
    if ((length ^ inverse) !== 0xffff) xz.refuse('inflate: a wrong length');
    for (let i = 0; i < length; i++) out.put(reader.byte());
  }

  function compressed(reader, out, literals, distances) {
    for (;;) {
      const found = symbol(reader, literals);
      if (found === 256) return;
      if (found < 256) {
        out.put(found);
        continue;
      }
      const length = found - 257;
      if (length >= LENGTHS.length) xz.refuse('inflate: no such length');
      const count = LENGTHS[length] + reader.bits(LENGTH_BITS[length]);
      const place = symbol(reader, distances);
      if (place >= DISTANCES.length) xz.refuse('inflate: no such distance');
      out.repeat(DISTANCES[place] + reader.bits(place < 4 ? 0 : (place >> 1) - 1), count);
    }
  }

  function fixed() {
    const lengths = Array.from({ length: 288 }, function (_, i) { return i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8; });
    return [code(lengths, false), code(new Array(32).fill(5), false)];
  }

  function dynamic(reader) {
    const literals = reader.bits(5) + 257;
    const distances = reader.bits(5) + 1;
    const named = reader.bits(4) + 4;
    if (literals > 286) xz.refuse('inflate: too many symbols');
    const small = new Array(19).fill(0);
    for (let i = 0; i < named; i++) small[ORDER[i]] = reader.bits(3);
    const table = code(small, false);
    const lengths = [];
    while (lengths.length < literals + distances) {
      const found = symbol(reader, table);
      if (found < 16) {
        lengths.push(found);
        continue;
      }
      if (found === 16 && lengths.length === 0) xz.refuse('inflate: nothing to repeat');
      const value = found === 16 ? lengths[lengths.length - 1] : 0;
      const count = found === 16 ? 3 + reader.bits(2) : found === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
      for (let i = 0; i < count; i++) lengths.push(value);
    }
    if (lengths.length > literals + distances || lengths[256] === 0) xz.refuse('inflate: wrong lengths');
    return [code(lengths.slice(0, literals), true), code(lengths.slice(literals), true)];
  }

  function adler32(bytes) {
    let a = 1;
    let b = 0;
    for (let i = 0; i < bytes.length; i++) {
      a = (a + bytes[i]) % 65521;
      b = (b + a) % 65521;
    }
    return b * 65536 + a;
  }

  function inflate(bytes, limit, loose) {
    const reader = new Reader(bytes);
    const method = reader.byte();
    const flags = reader.byte();
    if ((method & 15) !== 8 || method >> 4 > 7 || (method * 256 + flags) % 31 !== 0 || flags & 32) xz.refuse('not a zlib stream');
    const out = new Output(limit);
    for (let last = false; !last;) {
      last = reader.bits(1) === 1;
      const kind = reader.bits(2);
      if (kind === 3) xz.refuse('inflate: no such block');
      if (kind === 0) {
        stored(reader, out);
      } else {
        const [literals, distances] = kind === 1 ? fixed() : dynamic(reader);
        compressed(reader, out, literals, distances);
      }
    }
    const found = out.bytes.subarray(0, out.length);
    reader.align();
    const sum = Number(xz.bytes.toBigInt(Uint8Array.of(reader.byte(), reader.byte(), reader.byte(), reader.byte())));
    if (sum !== adler32(found)) xz.refuse('inflate: a wrong checksum');
    if (!loose && reader.at !== bytes.length) xz.refuse('inflate: bytes after the end');
    return found;
  }

  xz.inflate = inflate;
}(self.Xinzheng = self.Xinzheng || {}));
