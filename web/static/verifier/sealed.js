// What an office's notes say: checkpoints, batch notes, and the tlog-proof that holds a checkpoint (spec: notes.md).
//
//   xz.sealed.batchNote(text) -> {origin, start, end, hash, time, note}
//   xz.sealed.checkpoint(text) -> {origin, size, root, note, signed}    signed: the text as it was read
//   xz.sealed.tlogProof(text) -> {index, path, checkpoint}
(function (xz) {
  'use strict';

  const PROOF_BYTES = 128 << 10;
  const PATH_MAX = 64;

  // The lines of a note's text, exactly so many.
  function lines(note, count) {
    const found = note.text.slice(0, -1).split('\n');
    if (found.length !== count) xz.refuse('not so many lines');
    return found;
  }

  function hash(text) {
    const bytes = xz.bytes.fromBase64(text);
    return bytes.length === 32 ? bytes : xz.refuse('not a hash');
  }

  function checkpoint(text) {
    const note = xz.note.parse(text);
    const said = lines(note, 3);
    const found = { origin: xz.note.origin(said[0]), size: xz.text.decimal(said[1]), root: hash(said[2]), note: note, signed: text };
    if (found.size === 0n && !xz.bytes.equal(found.root, xz.sha256(new Uint8Array(0)))) {
      xz.refuse('size 0 has the root of the empty tree');
    }
    return found;
  }

  // The origin of a note of the office's, by its first line.
  function originOf(first, use) {
    if (!first.endsWith('/' + use)) xz.refuse('not a note of this kind');
    return xz.note.origin(first.slice(0, -use.length - 1));
  }

  function batchNote(text) {
    const note = xz.note.parse(text);
    const said = lines(note, 4);
    const range = said[1].split(' ');
    if (range.length !== 2) xz.refuse('not a range');
    const found = {
      origin: originOf(said[0], 'batch'),
      start: xz.text.decimal(range[0]),
      end: xz.text.decimal(range[1]),
      hash: hash(said[2]),
      time: xz.text.time(said[3]),
      note: note
    };
    if (found.start >= found.end || !xz.merkle.isSubtree(found.start, found.end)) xz.refuse('not a subtree');
    return found;
  }

  // The text that a batch key signs.
  function batchText(batch) {
    return batch.origin + '/batch\n' + batch.start + ' ' + batch.end + '\n' + xz.bytes.toBase64(batch.hash) + '\n' + batch.time + '\n';
  }

  function tlogProof(text) {
    if (xz.bytes.fromText(text).length > PROOF_BYTES) xz.refuse('a proof is too long');
    const blank = text.indexOf('\n\n');
    if (blank < 0) xz.refuse('no tlog-proof');
    const said = text.slice(0, blank).split('\n');
    if (said.shift() !== 'c2sp.org/tlog-proof@v1') xz.refuse('no tlog-proof');
    if (said.length && said[0].startsWith('extra ')) xz.bytes.fromBase64(said.shift().slice(6));
    if (!said.length || !said[0].startsWith('index ')) xz.refuse('a proof without an index');
    const index = xz.text.decimal(said.shift().slice(6));
    if (said.length > PATH_MAX) xz.refuse('more hashes than any path has');
    const found = { index: index, path: said.map(hash), checkpoint: checkpoint(text.slice(blank + 2)) };
    if (index >= found.checkpoint.size) xz.refuse('an index beyond the tree');
    return found;
  }

  // Refused with PATH_BAD unless the entry is under the proof's checkpoint. Says nothing of signatures.
  function proves(proof, entry) {
    const whole = { start: 0n, end: proof.checkpoint.size };
    xz.merkle.checkInclusion(xz.merkle.leafHash(entry), proof.index, whole, proof.path, proof.checkpoint.root);
  }

  xz.sealed = {
    checkpoint: checkpoint,
    batchNote: batchNote,
    batchText: batchText,
    originOf: originOf,
    tlogProof: tlogProof,
    proves: proves,
    hash: hash
  };
}(self.Xinzheng = self.Xinzheng || {}));
