// Domain strings, entries, subtrees, and proofs in the Merkle tree (spec: hashing.md, entry.md).
//
//   xz.merkle.rootFromPath(leaf, 29n, {start: 16n, end: 32n}, path) -> the hash that the path leads to
//
// Indexes and sizes are BigInts. What a proof does not show is refused with PATH_BAD.
(function (xz) {
  'use strict';

  const PATH_MAX = 64;

  function pathBad(what) {
    throw new xz.Refused('PATH_BAD', what);
  }

  // T(label, parts…) of hashing.md.
  function tagged(label, parts) {
    return xz.sha256(xz.bytes.concat([xz.bytes.fromText(label), Uint8Array.of(0)].concat(parts)));
  }

  function leafHash(entry) {
    return xz.sha256(xz.bytes.concat([Uint8Array.of(0), entry]));
  }

  function nodeHash(left, right) {
    return xz.sha256(xz.bytes.concat([Uint8Array.of(1), left, right]));
  }

  // The entry of a core in the ledger of this name.
  function coreEntry(origin, core) {
    const name = xz.bytes.fromText(origin);
    return tagged('xinzheng/core/v1', [Uint8Array.of(name.length), name, core]);
  }

  function eventEntry(origin, nonce, body) {
    const name = xz.bytes.fromText(origin);
    return tagged('xinzheng/event/v1', [Uint8Array.of(name.length), name, nonce, body]);
  }

  function bitCeil(n) {
    let power = 1n;
    while (power < n) power <<= 1n;
    return power;
  }

  function isSubtree(start, end) {
    return start <= end && (start === end || start % bitCeil(end - start) === 0n);
  }

  // The one or two subtrees that an office signs for a range.
  function cover(start, end) {
    if (start >= end) xz.refuse('an empty range');
    if (isSubtree(start, end)) return [[start, end]];
    const last = end - 1n;
    const split = BigInt((start ^ last).toString(2).length - 1);
    const mask = (1n << split) - 1n;
    const middle = last >> split << split;
    const open = mask ^ start & mask;
    const length = open === 0n ? 0n : BigInt(open.toString(2).length);
    return [[start >> length << length, middle], [middle, end]];
  }

  // Inclusion, steps 1 to 4.
  function rootFromPath(leaf, index, range, path) {
    if (index < range.start || index >= range.end) pathBad('the index is not in the range');
    if (!isSubtree(range.start, range.end)) pathBad('no subtree');
    if (path.length > PATH_MAX) pathBad('more hashes than any path has');
    let fn = index - range.start;
    let sn = range.end - range.start - 1n;
    let r = leaf;
    for (const p of path) {
      if (sn === 0n) pathBad('a hash too many');
      if (fn & 1n || fn === sn) {
        r = nodeHash(p, r);
        while (!(fn & 1n) && fn !== 0n) {
          fn >>= 1n;
          sn >>= 1n;
        }
      } else {
        r = nodeHash(r, p);
      }
      fn >>= 1n;
      sn >>= 1n;
    }
    if (sn !== 0n) pathBad('a hash is missing');
    return r;
  }

  function checkInclusion(leaf, index, range, path, root) {
    if (!xz.bytes.equal(rootFromPath(leaf, index, range, path), root)) pathBad('the path leads to another hash');
  }

  // Consistency of a subtree with a tree, steps 1 to 5.
  function checkSubtree(range, hash, size, root, proof) {
    if (!isSubtree(range.start, range.end) || range.start === range.end) pathBad('no subtree, or an empty one');
    if (range.end > size || proof.length > PATH_MAX) pathBad('a subtree beyond the tree, or a proof too long');
    let fn = range.start;
    let sn = range.end - 1n;
    let tn = size - 1n;
    const whole = sn === tn;
    while (fn !== sn && (whole || sn & 1n)) {
      fn >>= 1n;
      sn >>= 1n;
      tn >>= 1n;
    }
    const own = fn === sn;
    if (!own && proof.length === 0) pathBad('a hash is missing');
    let fr = own ? hash : proof[0];
    let sr = fr;
    for (const c of own ? proof : proof.slice(1)) {
      if (tn === 0n) pathBad('a hash too many');
      if (sn & 1n || sn === tn) {
        if (fn < sn) fr = nodeHash(c, fr);
        sr = nodeHash(c, sr);
        while (!(sn & 1n) && sn !== 0n) {
          fn >>= 1n;
          sn >>= 1n;
          tn >>= 1n;
        }
      } else {
        sr = nodeHash(sr, c);
      }
      fn >>= 1n;
      sn >>= 1n;
      tn >>= 1n;
    }
    if (tn !== 0n) pathBad('a hash is missing');
    if (!xz.bytes.equal(fr, hash) || !xz.bytes.equal(sr, root)) pathBad('the proof leads to another hash');
  }

  // Between two checkpoints.
  function checkConsistency(oldSize, oldRoot, newSize, newRoot, proof) {
    if (oldSize > newSize) pathBad('the newer tree is smaller');
    if (oldSize > 0n && oldSize < newSize) {
      checkSubtree({ start: 0n, end: oldSize }, oldRoot, newSize, newRoot, proof);
      return;
    }
    if (proof.length !== 0) pathBad('a hash too many');
    const empty = xz.sha256(new Uint8Array(0));
    if (oldSize === 0n && !xz.bytes.equal(oldRoot, empty)) pathBad('not the root of the empty tree');
    if (oldSize === newSize && !xz.bytes.equal(oldRoot, newRoot)) pathBad('two roots of one size');
  }

  xz.merkle = {
    tagged: tagged,
    leafHash: leafHash,
    coreEntry: coreEntry,
    eventEntry: eventEntry,
    isSubtree: isSubtree,
    cover: cover,
    rootFromPath: rootFromPath,
    checkInclusion: checkInclusion,
    checkSubtree: checkSubtree,
    checkConsistency: checkConsistency
  };
}(self.Xinzheng = self.Xinzheng || {}));
