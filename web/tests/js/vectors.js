// Judges every file of verifier/vectors with the verifier in JavaScript, as the README there says.
//
//   node web/tests/js/vectors.js [--own]     --own: without crypto.subtle
'use strict';

const fs = require('fs');
const path = require('path');
const accumulated = require('./accumulated');
const { load, webcrypto, ROOT } = require('./load');

const own = process.argv.includes('--own');
const xz = load(own ? undefined : webcrypto);
const VECTORS = path.join(ROOT, 'verifier', 'vectors');
const { fromBase64, toBase64, toBase64Url, fromBase64Url, fromText, toText } = xz.bytes;

const BAD = 'FORMAT_BAD';
const big = (value) => BigInt(value);
const hashes = (bytes) => Array.from({ length: bytes.length / 32 }, (_, i) => bytes.slice(32 * i, 32 * i + 32));
const plain = (value) => JSON.parse(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? Number(v) : v)));

// What is found where the case is `ok`; a refusal is thrown. One function a check.
const CHECKS = {
  inclusion: (c, input) => xz.merkle.checkInclusion(xz.merkle.leafHash(fromBase64(c.entry)), big(c.index), range(c), hashes(input), fromBase64(c.root)),
  consistency: (c, input) => xz.merkle.checkConsistency(big(c.old_size), fromBase64(c.old_root), big(c.new_size), fromBase64(c.new_root), hashes(input)),
  'subtree-consistency': (c, input) => xz.merkle.checkSubtree(range(c), fromBase64(c.hash), big(c.size), fromBase64(c.root), hashes(input)),
  accumulated: () => accumulated(xz),
  subtree: (c) => { range(c); },
  cover: (c) => ({ cover: xz.merkle.cover(big(c.start), big(c.end)) }),
  key: (c, input) => { xz.note.key(toText(input)); },
  note: async (c, input) => {
    const note = xz.note.parse(toText(input));
    return { signed: await xz.note.signers(note, c.vkeys.map(xz.note.key)) };
  },
  checkpoint: async (c, input) => {
    const found = xz.sealed.checkpoint(toText(input));
    await xz.note.signers(found.note, [xz.note.key(c.vkey)]);
    return { size: found.size, root: toBase64(found.root) };
  },
  'batch-note': async (c, input) => {
    const found = xz.sealed.batchNote(toText(input));
    await xz.note.signers(found.note, [xz.note.key(c.vkey)]);
    return { start: found.start, end: found.end, hash: toBase64(found.hash), time: found.time };
  },
  cosignature: async (c, input) => {
    const { note } = xz.sealed.checkpoint(toText(input));
    const key = xz.note.key(c.vkey);
    await xz.note.signers(note, [key]);
    return { time: await xz.note.cosigned(key, note.lines.find((line) => xz.note.names(line, key)), note.text) };
  },
  'tlog-proof': (c, input) => {
    const proof = xz.sealed.tlogProof(toText(input));
    xz.sealed.proves(proof, fromBase64(c.entry));
    return { index: proof.index, size: proof.checkpoint.size };
  },
  'status-list': async (c, input) => {
    const list = xz.status.parse(input);
    await xz.note.signers(list.note, [xz.note.key(c.vkey)]);
    const statuses = {};
    for (const index of Object.keys(c.statuses || {})) statuses[index] = xz.status.statusOf(list, big(index));
    return { statuses };
  },
  trust: async (c, input) => {
    let bundle;
    try {
      bundle = await xz.trust.open(toText(input), c.pinned);
    } catch (error) {
      throw error.code === 'FORMAT_BAD' ? new xz.Refused('TRUST_BAD', error.message) : error;
    }
    const found = { sequence: bundle.sequence, offices: bundle.offices.length, witnesses: bundle.witnesses.length };
    if (c.cosigned) found.quorum = xz.trust.quorumMet(bundle, c.cosigned);
    return found;
  },
  misbehaviour: async (c, input) => {
    const found = await xz.misbehaviour.judge(input, await xz.trust.open(toText(fromBase64(c.trust)), null));
    if (found.code !== 'LEDGER_FORKED') throw new xz.Refused(found.code, 'no fork');
    return { origin: found.origin, heads: found.heads.map((head) => Object.assign(head, { root: toBase64(head.root) })) };
  },
  quorum: async (c, input) => {
    const bundle = await xz.trust.open(toText(fromBase64(c.trust)), null);
    const checkpoint = xz.sealed.checkpoint(toText(input));
    return { level: (await xz.witnessed(checkpoint, xz.trust.office(bundle, checkpoint.origin), bundle)).level };
  },
  pdf: (c, input) => {
    const found = xz.pdf.parse(input);
    const note = found.note && found.note !== 'broken'
      ? { origin: found.note.origin, number: found.note.number, entry: toBase64(found.note.entry), digest: toBase64(found.note.digest) }
      : found.note;
    return { attachment: toBase64(found.attachment), note };
  },
  'time-china': (c, input) => ({ seconds: xz.text.chinaTime(toText(input)) }),
  'time-seconds': (c, input) => ({ seconds: xz.text.time(toText(input)) }),
  date: (c, input) => ({ days: xz.text.date(toText(input)) }),
  'core-entry': (c, input) => ({ entry: toBase64(xz.merkle.coreEntry(c.origin, input)) }),
  'event-entry': (c, input) => ({ entry: toBase64(xz.merkle.eventEntry(c.origin, fromBase64(c.nonce), input)) })
};

function range(c) {
  if (!xz.merkle.isSubtree(big(c.start), big(c.end))) xz.refuse('no subtree');
  return { start: big(c.start), end: big(c.end) };
}

// The folders whose cases have a form of their own.
const FOLDERS = {
  json: (c) => ({ expect: 'ok', compact: xz.json.compact(xz.json.parse(fromBase64(c.input), 4 << 20)) }),
  number: (c) => {
    const text = toText(fromBase64(c.input));
    const good = { 'certificate number': xz.number.isCertificate, 'check code': xz.number.isCheckCode, 'window code': xz.number.isWindowCode }[c.of](text);
    return { expect: good ? 'ok' : BAD };
  },
  core: (c) => ({ expect: 'ok', fields: coreFields(xz.core.parse(fromBase64(c.input))) }),
  disclosure: disclosureCase,
  anchor: anchorCase,
  certificate: certificateCase,
  qr: qrCase,
  'sd-jwt': sdJwtCase
};

function coreFields(core) {
  return {
    number: core.number, kind: core.kind, holder: core.holder && [core.holder.kind, core.holder.name, core.holder.code],
    title: core.title, purpose: core.purpose, audience: core.audience && [core.audience.name, core.audience.code],
    issued_at: core.issuedAt, expires_at: core.expiresAt, period: core.period && core.period.map(xz.text.dateText),
    data_as_of: core.dataAsOf, document_root: toBase64(core.documentRoot), nonce: toBase64(core.nonce),
    claims: core.claims.map((claim) => [claim.rule, claim.value].concat(claim.whole === null ? [] : [claim.part, claim.whole])),
    counters: core.counters.map((one) => [one.counter, one.count])
  };
}

function named(counters, of) {
  const found = {};
  for (const one of counters) if (of(one) > 0) found[xz.registry.name('counters', one.counter)] = of(one);
  return found;
}

const hidden = (one) => Number(one.counted) - one.shown;

function disclosureCase(c) {
  const core = xz.core.parse(fromBase64(c.core));
  const digests = c.digests.map((text) => fromBase64Url(text, 32));
  const is = { expect: 'ok' };
  let list;
  try {
    list = c.disclosures.map(xz.disclosure.parse);
    is.hidden = named(xz.disclosure.check(core, digests, list).counters, hidden);
  } catch (error) {
    is.expect = error.code;
    if (error.missing) is.missing = named(error.missing, hidden);
  }
  if (c.document && list) is.match = xz.disclosure.compare(core, digests.length, list, fromBase64(c.document));
  if (c.root && digests.length) is.root = toBase64(xz.disclosure.documentRoot(digests));
  if (c.pointers) is.pointers = xz.disclosure.split(xz.json.parse(fromBase64(c.document), 4 << 20)).map((record) => record[0]);
  return is;
}

function anchorCase(c) {
  const text = toText(fromBase64(c.input));
  let value;
  try { value = xz.json.parse(fromText(text), 512 << 10); } catch (error) { return { expect: BAD }; }
  if (xz.json.compact(value) !== text) return { expect: BAD };
  const anchor = xz.anchor.read(value);
  const known = anchor.label !== undefined;
  return {
    expect: 'ok', type: anchor.type, label: known ? anchor.label : null, path: known && anchor.path ? anchor.path.length : null,
    digest: known ? toBase64(xz.sha256(fromText(anchor.checkpoint.note.text))) : null
  };
}

function certificateCase(c) {
  const file = xz.certificate.parse(fromBase64(c.input));
  const is = { expect: 'ok', index: file.index, shown: 'ok', records: [] };
  try {
    is.records = xz.certificate.shown(file).list.map((one) => one.pointer);
  } catch (error) {
    is.shown = error.code;
  }
  return is;
}

function qrCase(c) {
  if (c.digits !== undefined) {
    const back = xz.qr.fromDigits(c.digits);
    return { digits: xz.qr.toDigits(fromBase64(c.bytes)), bytes: toBase64(back) };
  }
  const read = c.text === undefined ? xz.qr.parsePayload(fromBase64(c.input)) : xz.qr.read(c.text);
  const payload = {
    core: toBase64(read.core.bytes), start: read.start, end: read.end, index: read.index, time: read.time,
    path: read.path.map(toBase64), key_id: toBase64(Buffer.from(read.keyId, 'hex')), signature: toBase64(read.signature)
  };
  return { expect: 'ok', payload };
}

function sdJwtCase(c) {
  const digest = (text) => toBase64Url(xz.sha256(fromText(text)));
  const library = Object.assign({}, c.library, { disclosures: c.library.disclosures.map((one) => {
    const read = xz.disclosure.parse(one.disclosure);
    return Object.assign({}, one, { digest: toBase64Url(read.digest), name: read.pointer, value: JSON.parse(xz.json.compact(read.value)) });
  }) });
  return { rfc9901: c.rfc9901.map((one) => Object.assign({}, one, { digest: digest(one.disclosure) })), library };
}

async function verdictCase(c) {
  const file = (name) => new Uint8Array(fs.readFileSync(path.join(VECTORS, 'verdict', name)));
  let bundle;
  try {
    bundle = await xz.trust.open(toText(file(c.trust)), c.root);
  } catch (error) {
    return { expect: { verdict: null, code: error.code, level: 0, number: null, codes: [] } };
  }
  const shelf = await xz.status.shelf(c.status.map((name) => xz.status.parse(file(name))), bundle);
  shelf.seen = (c.seen || []).map((one) => Object.assign({}, one, { shard: big(one.shard), sequence: big(one.sequence), text: fromBase64(one.text) }));
  shelf.proofs = (c.status_proofs || []).map((name) => xz.sealed.tlogProof(toText(file(name))));
  const terms = {
    now: c.terms.now, at: c.terms.at, maxAge: c.terms.max_age, statusAsked: c.terms.status_asked, purpose: c.terms.purpose,
    audience: c.terms.audience, rootPinned: bundle.pinned, document: c.document === undefined ? undefined : fromBase64(c.document)
  };
  const verdict = await xz.verify({ bytes: fromBase64(c.certificate) }, bundle, shelf, terms);
  const expect = {
    verdict: verdict.outcome, code: verdict.code, level: verdict.level, number: verdict.fields && verdict.fields.core.number,
    codes: verdict.checks.map((check) => check.code)
  };
  const forked = verdict.checks.find((check) => check.code === 'LEDGER_FORKED');
  return { expect, answer: vouchers(verdict), fork: forked ? forked.detail.fork : null };
}

// What answers of the other verifier call these: who vouches from outside. Tokens are not checked here.
function vouchers(verdict) {
  const china = (seconds) => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 19) + '+08:00';
  const cosigners = ((verdict.fields && verdict.fields.cosigners) || []).map((one) =>
    ({ organisation: one.organisation, key: one.name, at: china(one.time), independent: one.independent }));
  const unchecked = verdict.checks.filter((check) => check.code === 'ANCHOR_UNCHECKED' || check.code === 'TIMESTAMP_UNCHECKED');
  const named = (check) => { const [kind, label] = check.detail.text.split(' '); return { kind, label }; };
  return { cosigners, timestamps: [], unchecked: unchecked.map(named) };
}

async function judged(folder, c) {
  try {
    if (folder === 'verdict') return await verdictCase(c);
    if (FOLDERS[folder]) return await FOLDERS[folder](c);
    return Object.assign({ expect: 'ok' }, await CHECKS[c.check](c, fromBase64(c.input)));
  } catch (error) {
    if (!(error instanceof xz.Refused)) throw error;
    return { expect: error.code, pointer: error.pointer };
  }
}

// Sorted members, so that two orders compare equal.
const sorted = (value) => JSON.stringify(value, (_, v) => (v && typeof v === 'object' && !Array.isArray(v)
  ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v));

// Read by auditors, witnesses and courts, and no part of judging a certificate: tiles, batch files, public entries, events.
const AUDITED = ['tile', 'batch-file', 'event', 'log-head', 'add-checkpoint', 'evidence', 'export', 'key-event', 'evm'];
// The sums take a while and no keys: once is enough.
// These scripts check no tokens.
const NOT_HERE = (folder, c) => folder === 'timestamp' || (c.check === 'accumulated' && !own) || AUDITED.indexOf(folder) >= 0 || c.check === 'public-entry';

async function main() {
  let done = 0;
  let left = 0;
  const wrong = [];
  for (const folder of fs.readdirSync(VECTORS, { withFileTypes: true }).filter((one) => one.isDirectory()).map((one) => one.name)) {
    for (const name of fs.readdirSync(path.join(VECTORS, folder)).filter((one) => one.endsWith('.json'))) {
      const c = JSON.parse(fs.readFileSync(path.join(VECTORS, folder, name), 'utf8'));
      if (NOT_HERE(folder, c)) { left += 1; continue; }
      let is;
      try { is = plain(await judged(folder, c)); } catch (error) { is = { expect: String(error.stack) }; }
      done += 1;
      // Where a token would settle it, a case says what a verifier has to answer that checks none.
      if (c.expect_without_timestamps) c.expect = c.expect_without_timestamps;
      if (c.answer_without_timestamps) c.answer = c.answer_without_timestamps;
      // A case that names no proof has none.
      if (folder === 'verdict' && !c.fork) c.fork = null;
      for (const key of Object.keys(is).filter((one) => c[one] !== undefined || one === 'expect')) {
        if (sorted(is[key]) !== sorted(c[key])) wrong.push(`${folder}/${name} (${c.what}): ${key} is ${sorted(is[key])}, not ${sorted(c[key])}`);
      }
    }
  }
  console.log(JSON.stringify({ done, left, native: await xz.ed25519.hasNative(), wrong }, null, 1));
  process.exitCode = wrong.length === 0 && done > 0 ? 0 : 1;
}

main();
