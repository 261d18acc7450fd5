// Proofs that a ledger was forked, *.xzf (spec: misbehaviour.md).
//
//   xz.misbehaviour.isOne(bytes)                whether they say that they are such a file
//   await xz.misbehaviour.judge(bytes, bundle) -> {code, origin, heads: [{size, root, signed: [vkey], cosigned: [name]}]}
//   xz.misbehaviour.ofOneSize(a, b)             the file that proves it of two checkpoints, {size, root, signed} of xz.sealed
//
// The code is LEDGER_FORKED, FORK_UNPROVEN, SIG_BAD, OFFICE_UNKNOWN or FORMAT_BAD; nothing is thrown.
(function (xz) {
  'use strict';

  const BYTES = 512 << 10;
  const HASHES = 64;
  const FAMILY = 'xinzheng/misbehaviour/';
  const NAMED_WITHIN = 64;
  const MESSAGES = {
    LEDGER_FORKED: ['账本分叉成立：签署方签了两份互相矛盾的检查点，请保存本文件并向主管部门报告',
      'Proven: whoever signs for this ledger has signed two checkpoints that contradict each other; keep this file and report it'],
    FORK_UNPROVEN: ['两份检查点并不矛盾，什么也没有证明', 'The two checkpoints do not contradict each other: nothing is proven'],
    SIG_BAD: ['签名不成立，什么也没有证明', 'A signature does not verify: nothing is proven'],
    OFFICE_UNKNOWN: ['信任名单中没有签署这两份检查点的公钥，无法判定是谁签的',
      'The trust bundle does not have the keys that signed these checkpoints: who did can\'t be told'],
    FORMAT_BAD: ['不是可读的分叉证明', 'Not a proof of a fork that can be read']
  };

  function isOne(bytes) {
    const start = Array.from(bytes.subarray(0, NAMED_WITHIN), function (byte) { return String.fromCharCode(byte); }).join('');
    return start[0] === '{' && start.indexOf(FAMILY) >= 0;
  }

  // The bytes of a pasted one, which may have lost the LF at its end; null where it is something else.
  function pasted(text) {
    const bytes = xz.bytes.fromText(text.trim() + '\n');
    return isOne(bytes) ? bytes : null;
  }

  // Two of one size: no root, the lower root first. Of two sizes: the smaller first, with a root and a proof.
  function checkOrder(first, second, root, proof) {
    if (first.origin !== second.origin) xz.refuse('two ledgers');
    if (root !== null) {
      if (first.size === 0n || first.size >= second.size || proof.length > HASHES) xz.refuse('the sizes of the heads');
      return;
    }
    const lower = xz.bytes.toHex(first.root) < xz.bytes.toHex(second.root);
    if (first.size !== second.size || !lower) xz.refuse('the roots of the heads');
  }

  // {first, second, root, proof}; root is null between heads of one size.
  function parse(bytes) {
    if (bytes.length === 0 || bytes[bytes.length - 1] !== 10) xz.refuse('no LF at the end');
    const value = xz.json.parseCompact(bytes.subarray(0, -1), BYTES);
    const names = value instanceof Map ? Array.from(value.keys()).join(' ') : '';
    if (xz.json.member(value, 'format') !== FAMILY + 'v1') xz.refuse('another format');
    const two = names === 'format first second root proof';
    if (!two && names !== 'format first second') xz.refuse('the members of a proof');
    const isText = function (one) { return typeof one === 'string'; };
    const proof = two ? value.get('proof') : [];
    const texts = [value.get('first'), value.get('second')].concat(two ? [value.get('root')] : []);
    if (!texts.every(isText) || !Array.isArray(proof) || !proof.every(isText)) xz.refuse('not texts');
    const found = {
      first: xz.sealed.checkpoint(texts[0]), second: xz.sealed.checkpoint(texts[1]),
      root: two ? xz.sealed.hash(texts[2]) : null, proof: proof.map(xz.sealed.hash)
    };
    checkOrder(found.first, found.second, found.root, found.proof);
    return found;
  }

  // Whether not both can be of one ledger that only grows. Says nothing of signatures.
  function contradicts(found) {
    if (found.root === null) return true;
    if (xz.bytes.equal(found.root, found.first.root)) return false;
    try {
      const whole = { start: 0n, end: found.first.size };
      xz.merkle.checkSubtree(whole, found.root, found.second.size, found.second.root, found.proof);
      return true;
    } catch (error) {
      return error.code === 'PATH_BAD' ? false : xz.rethrow(error);
    }
  }

  // A head, and whose names are under it.
  async function head(checkpoint, places, keys, bundle) {
    const cosigned = [];
    for (const witness of bundle.witnesses) {
      for (const line of checkpoint.note.lines) {
        const known = xz.note.names(line, witness.key) && cosigned.indexOf(witness.key.name) < 0;
        if (known && await xz.note.cosigned(witness.key, line, checkpoint.note.text) !== null) cosigned.push(witness.key.name);
      }
    }
    const signed = places.map(function (place) { return keys[place].text; });
    return { size: checkpoint.size, root: checkpoint.root, signed: signed, cosigned: cosigned };
  }

  // The code of a refusal in a file that can be read.
  async function signed(found, keys) {
    try {
      return [await xz.note.signers(found.first.note, keys), await xz.note.signers(found.second.note, keys)];
    } catch (error) {
      if (error.code === 'SIGNER_UNKNOWN') return 'OFFICE_UNKNOWN';
      return error.code === 'SIG_BAD' ? 'SIG_BAD' : xz.rethrow(error);
    }
  }

  async function judge(bytes, bundle) {
    let found;
    try {
      found = parse(bytes);
    } catch (error) {
      if (!(error instanceof xz.Refused)) throw error;
      return { code: 'FORMAT_BAD', origin: null, heads: [] };
    }
    const origin = found.first.origin;
    const office = xz.trust.office(bundle, origin);
    if (!office) return { code: 'OFFICE_UNKNOWN', origin: origin, heads: [] };
    const keys = xz.trust.keysFor(office, 'ledger').map(function (known) { return known.key; });
    const places = await signed(found, keys);
    if (typeof places === 'string') return { code: places, origin: origin, heads: [] };
    const heads = [await head(found.first, places[0], keys, bundle), await head(found.second, places[1], keys, bundle)];
    return { code: contradicts(found) ? 'LEDGER_FORKED' : 'FORK_UNPROVEN', origin: origin, heads: heads };
  }

  // As spec page and other verifiers write it: the lower root first.
  function ofOneSize(a, b) {
    const ordered = xz.bytes.toHex(a.root) < xz.bytes.toHex(b.root) ? [a, b] : [b, a];
    return JSON.stringify({ format: FAMILY + 'v1', first: ordered[0].signed, second: ordered[1].signed }) + '\n';
  }

  xz.misbehaviour = { isOne: isOne, ofOneSize: ofOneSize, pasted: pasted, parse: parse, judge: judge, MESSAGES: MESSAGES };
}(self.Xinzheng = self.Xinzheng || {}));
