// Deterministic CBOR, the subset of core.md: unsigned integers, byte strings, text, arrays, maps with unsigned keys.
//
//   xz.cbor.parse(bytes) -> BigInt | Uint8Array | string | Array | Map of BigInt keys
(function (xz) {
  'use strict';

  const DEPTH = 3;

  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
    }

    take(count) {
      if (BigInt(count) > BigInt(this.bytes.length - this.at)) xz.refuse('CBOR: ends too early');
      const taken = this.bytes.subarray(this.at, this.at + Number(count));
      this.at += taken.length;
      return taken;
    }

    // Major type and argument of the next head, the argument in its shortest form.
    head() {
      const first = this.take(1)[0];
      const short = first & 31;
      if (short < 24) return [first >> 5, BigInt(short)];
      if (short > 27) xz.refuse('CBOR: an indefinite or reserved length');
      const size = 1 << short - 24;
      const value = xz.bytes.toBigInt(this.take(size));
      const least = size === 1 ? 24n : 1n << BigInt(4 * size);
      if (value < least) xz.refuse('CBOR: not the shortest form');
      return [first >> 5, value];
    }

    value(depth) {
      const [major, argument] = this.head();
      if (major === 0) return argument;
      if (major === 2) return this.take(argument).slice();
      if (major === 3) return xz.bytes.toText(this.take(argument));
      if ((major !== 4 && major !== 5) || depth >= DEPTH) return xz.refuse('CBOR: a type that is not used, or too deep');
      // Each element has at least a byte, each member two.
      if (argument * BigInt(major - 3) > BigInt(this.bytes.length - this.at)) xz.refuse('CBOR: ends too early');
      return major === 4 ? this.array(argument, depth + 1) : this.map(argument, depth + 1);
    }

    array(length, depth) {
      const list = [];
      for (let i = 0n; i < length; i++) list.push(this.value(depth));
      return list;
    }

    map(length, depth) {
      const members = new Map();
      let last = -1n;
      for (let i = 0n; i < length; i++) {
        const [major, key] = this.head();
        if (major !== 0 || key <= last) xz.refuse('CBOR: keys out of order');
        members.set(key, this.value(depth));
        last = key;
      }
      return members;
    }
  }

  function parse(bytes) {
    const reader = new Reader(bytes);
    const value = reader.value(0);
    if (reader.at !== bytes.length) xz.refuse('CBOR: bytes after the end');
    return value;
  }

  xz.cbor = { parse: parse };
}(self.Xinzheng = self.Xinzheng || {}));
