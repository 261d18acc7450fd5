// The four sums over thousands of proofs of hashing.md. What a prover does is made here by the definitions of RFC 9162;
// every proof is then checked by the verifier's own functions before it goes into its sum.
'use strict';

const END = 130;

module.exports = function accumulated(xz) {
  const { leafHash, isSubtree, checkInclusion, checkSubtree, cover } = xz.merkle;
  const node = (left, right) => xz.sha256(xz.bytes.concat([Uint8Array.of(1), left, right]));
  const leaves = Array.from({ length: END }, (_, i) => leafHash(Uint8Array.of(i)));
  const split = (n) => { let k = 1; while (2 * k < n) k *= 2; return k; };
  const roots = new Map();

  function root(start, end) {
    if (start === end) return xz.sha256(new Uint8Array(0));
    const key = start * 1000 + end;
    if (!roots.has(key)) {
      const middle = start + split(end - start);
      roots.set(key, end - start === 1 ? leaves[start] : node(root(start, middle), root(middle, end)));
    }
    return roots.get(key);
  }

  function path(index, start, end) {
    if (end - start <= 1) return [];
    const middle = start + split(end - start);
    return index < middle ? path(index, start, middle).concat([root(middle, end)]) : path(index, middle, end).concat([root(start, middle)]);
  }

  // Of the subtree [s, e) in the tree [start, end); `known` while the subtree's hash need not be in the proof.
  function subproof(s, e, start, end, known) {
    if (s === start && e === end) return known ? [] : [root(start, end)];
    const middle = start + split(end - start);
    if (e <= middle) return subproof(s, e, start, middle, known).concat([root(middle, end)]);
    if (s >= middle) return subproof(s, e, middle, end, known).concat([root(start, middle)]);
    return subproof(middle, e, middle, end, false).concat([root(start, middle)]);
  }

  const range = (start, end) => ({ start: BigInt(start), end: BigInt(end) });
  const subtrees = [];
  for (let e = 0; e <= END; e++) {
    for (let s = 0; s <= e; s++) if (isSubtree(BigInt(s), BigInt(e))) subtrees.push([s, e]);
  }
  const lines = { hashes: [], inclusion: [], consistency: [], cover: [] };
  const written = (hashes) => hashes.map((hash) => ' ' + xz.bytes.toHex(hash)).join('');
  for (const [s, e] of subtrees) {
    lines.hashes.push(`[${s}, ${e})${written([root(s, e)])}`);
    for (let i = s; i < e; i++) {
      const proof = path(i, s, e);
      checkInclusion(leaves[i], BigInt(i), range(s, e), proof, root(s, e));
      lines.inclusion.push(`${i} [${s}, ${e})${written(proof)}`);
    }
  }
  for (let n = 0; n <= END; n++) {
    for (const [s, e] of subtrees.filter((one) => one[1] <= n)) {
      const proof = s === e ? [] : subproof(s, e, 0, n, true);
      if (s < e) checkSubtree(range(s, e), root(s, e), BigInt(n), root(0, n), proof);
      lines.consistency.push(`[${s}, ${e}) ${n}${written(proof)}`);
    }
  }
  for (let e = 0; e <= END; e++) {
    for (let s = 0; s <= e; s++) lines.cover.push(coverLine(s, e));
  }

  // The draft covers every range by two; an office signs a range that is a subtree alone.
  function coverLine(s, e) {
    if (e - s <= 1) return `[${s}, ${e}) [${e}, ${e})`;
    const own = isSubtree(BigInt(s), BigInt(e)) ? null : cover(BigInt(s), BigInt(e));
    const middle = own ? Number(own[1][0]) : s + split(e - s);
    const left = own ? Number(own[0][0]) : s;
    return `[${left}, ${middle}) [${middle}, ${e})`;
  }

  const sum = (name) => xz.bytes.toHex(xz.sha256(xz.bytes.fromText(lines[name].map((line) => line + '\n').join(''))));
  return { hashes: sum('hashes'), inclusion: sum('inclusion'), consistency: sum('consistency'), cover: sum('cover') };
};
