// Status lists, and which of those at hand counts (spec: status.md; verdict.md, Status).
//
//   const list = xz.status.parse(bytes);                one *.xzs file
//   const shelf = await xz.status.shelf(lists, bundle); sorted into those that verify and the others
(function (xz) {
  'use strict';

  const LIST_BYTES = 524288;
  const FILE_BYTES = 1 << 20;
  const SHARD = 1n << 20n;
  const SHARD_MAX = (1n << 44n) - 1n;
  const LIFETIME = 259200;
  const NAMES = { 0: 'valid', 1: 'revoked', 2: 'suspended', 3: 'replaced', 13: 'objection-noted', 14: 'withdrawn', 15: 'not-issued' };

  function word(line, name) {
    if (line === undefined || !line.startsWith(name + ' ')) xz.refuse('a status note without ' + name);
    return line.slice(name.length + 1);
  }

  function noteOf(text) {
    const note = xz.note.parse(text);
    const said = note.text.slice(0, -1).split('\n');
    if (said.length !== 8) xz.refuse('not so many lines');
    const previous = word(said[5], 'previous');
    const found = {
      origin: xz.sealed.originOf(said[0], 'status'),
      shard: xz.text.decimal(word(said[1], 'shard')),
      sequence: xz.text.decimal(word(said[2], 'sequence')),
      size: xz.text.decimal(word(said[3], 'size')),
      list: xz.sealed.hash(word(said[4], 'list')),
      previous: previous === 'none' ? null : xz.sealed.hash(previous),
      issued: xz.text.time(word(said[6], 'issued')),
      expires: xz.text.time(word(said[7], 'expires')),
      note: note,
      signed: text
    };
    if (found.shard > SHARD_MAX || found.sequence < 1n) xz.refuse('no such shard or sequence');
    if ((found.sequence === 1n) !== (found.previous === null)) xz.refuse('a first list has no previous one, others have');
    if (found.issued >= found.expires || found.expires > found.issued + LIFETIME) xz.refuse('the times of a status note');
    return found;
  }

  function nibble(list, place) {
    return place % 2 ? list[place >> 1] >> 4 : list[place >> 1] & 15;
  }

  // The nibbles have to be known ones, and F where the list covers nothing.
  function checkNibbles(list, covered) {
    for (let place = 0; place < 2 * LIST_BYTES; place++) {
      const value = nibble(list, place);
      if (place >= covered ? value !== 15 : NAMES[value] === undefined) xz.refuse('a status that has no meaning');
    }
  }

  // The members of a file, as compact JSON and one LF.
  function members(bytes) {
    if (bytes[bytes.length - 1] !== 10) xz.refuse('no LF at the end');
    try {
      return xz.json.parseCompact(bytes.subarray(0, -1), FILE_BYTES);
    } catch (error) {
      return error instanceof xz.Refused ? xz.refuse(error.message) : xz.rethrow(error);
    }
  }

  function parse(bytes) {
    const file = members(bytes);
    const keys = file instanceof Map ? Array.from(file.keys()).join() : '';
    if (keys !== 'format,note,list' || file.get('format') !== 'xinzheng/status-list/v1') xz.refuse('not a status list');
    if (typeof file.get('note') !== 'string' || typeof file.get('list') !== 'string') xz.refuse('not a status list');
    const found = noteOf(file.get('note'));
    const list = xz.inflate(xz.bytes.fromBase64(file.get('list')), LIST_BYTES);
    if (list.length !== LIST_BYTES || !xz.bytes.equal(xz.sha256(list), found.list)) xz.refuse('another list than the signed one');
    const first = found.shard * SHARD;
    const covered = found.size <= first ? 0n : found.size - first;
    checkNibbles(list, covered > SHARD ? Number(SHARD) : Number(covered));
    found.values = list;
    return found;
  }

  function covers(list, index) {
    return index / SHARD === list.shard && index < list.size;
  }

  // The name of a certificate's status; null where the list does not cover it.
  function statusOf(list, index) {
    return covers(list, index) ? NAMES[nibble(list.values, Number(index % SHARD))] : null;
  }

  async function isSigned(list, bundle) {
    const office = xz.trust.office(bundle, list.origin);
    for (const known of office ? xz.trust.keysFor(office, 'status') : []) {
      if (!xz.trust.inForce(known, list.issued) || known.compromised) continue;
      try {
        await xz.note.signers(list.note, [known.key]);
        return true;
      } catch (error) {
        if (!(error instanceof xz.Refused)) throw error;
      }
    }
    return false;
  }

  // The note's own entry in the ledger.
  function entry(list) {
    return xz.merkle.tagged('xinzheng/status-note/v1', [xz.bytes.fromText(list.signed)]);
  }

  // Whether `next` is the list right after `list`.
  function follows(next, list) {
    const same = next.origin === list.origin && next.shard === list.shard;
    return same && next.previous !== null && xz.bytes.equal(next.previous, entry(list));
  }

  // What to remember of the newest list of a shard, and whether another list of its sequence says something else.
  function seen(list) {
    const text = xz.sha256(xz.bytes.fromText(list.note.text));
    return { origin: list.origin, shard: list.shard, sequence: list.sequence, issued: list.issued, text: text };
  }

  function contradicts(one, list) {
    const same = one.origin === list.origin && one.shard === list.shard && one.sequence === list.sequence;
    return same && !xz.bytes.equal(one.text, xz.sha256(xz.bytes.fromText(list.note.text)));
  }

  // The lists that verify under a key of their office's that is good, and the others.
  async function shelf(lists, bundle) {
    const sorted = { lists: [], unusable: [] };
    for (const list of lists) (await isSigned(list, bundle) ? sorted.lists : sorted.unusable).push(list);
    return sorted;
  }

  xz.status = { SHARD: SHARD, parse: parse, covers: covers, statusOf: statusOf, shelf: shelf, entry: entry, follows: follows, seen: seen, contradicts: contradicts };
}(self.Xinzheng = self.Xinzheng || {}));
