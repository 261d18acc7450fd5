// Answers questions that the Rust tests write to standard input, one JSON object a line; one answer a line.
//
//   {"ask": "core", "input": "<base64>"}        {"ok": "2026112240170938612531 …"} or {"code": "FORMAT_BAD"}
//
// `node judge.js --own` does without crypto.subtle.
'use strict';

const readline = require('readline');
const { load, webcrypto } = require('./load');

const own = process.argv.includes('--own');
const xz = load(own ? undefined : webcrypto);
const { fromBase64, toBase64, toBase64Url, toText, toHex } = xz.bytes;

const text = (input) => toText(input);
const digest = (bytes) => toHex(xz.sha256(bytes));
const list = (parts) => parts.map((part) => (part === null || part === undefined ? '-' : String(part))).join(' ');

// What was read, in one line; the Rust side writes the same of the same.
const READERS = {
  core: (input) => coreLine(xz.core.parse(input)),
  json: (input) => digest(xz.bytes.fromText(xz.json.compact(xz.json.parse(input, 4 << 20)))),
  key: (input) => xz.note.key(text(input)).id,
  note: (input) => list([digest(xz.bytes.fromText(xz.note.parse(text(input)).text)), xz.note.parse(text(input)).lines.length]),
  'batch-note': (input) => { const b = xz.sealed.batchNote(text(input)); return list([b.origin, b.start, b.end, toBase64(b.hash), b.time]); },
  checkpoint: (input) => { const c = xz.sealed.checkpoint(text(input)); return list([c.origin, c.size, toBase64(c.root)]); },
  'tlog-proof': (input) => { const p = xz.sealed.tlogProof(text(input)); return list([p.index, p.path.length, p.checkpoint.size]); },
  status: (input) => { const s = xz.status.parse(input); return list([s.origin, s.shard, s.sequence, s.size, s.issued, s.expires]); },
  certificate: (input) => {
    const file = xz.certificate.parse(input);
    let shown;
    try { shown = xz.certificate.shown(file).list.length; } catch (error) { shown = error.code; }
    return list([coreLine(file.core), file.index, file.path.length, file.digests.length, shown]);
  },
  disclosure: (input) => { const d = xz.disclosure.parse(text(input)); return list([d.pointer, toBase64Url(d.digest)]); },
  qr: (input) => { const q = xz.qr.read(text(input)); return list([coreLine(q.core), q.start, q.end, q.index, q.time, q.path.length, q.keyId]); },
  pdf: (input) => {
    const p = xz.pdf.parse(input);
    return list([digest(p.attachment), p.note === null ? 'none' : p.note === 'broken' ? 'broken' : p.note.number]);
  },
  misbehaviour: (input) => {
    try {
      const m = xz.misbehaviour.parse(input);
      return list([m.first.origin, m.first.size, m.second.size, m.proof.length]);
    } catch (error) {
      throw error instanceof xz.Refused ? new xz.Refused('FORMAT_BAD', error.message) : error;
    }
  },
  time: (input) => String(xz.text.chinaTime(text(input))),
  date: (input) => String(xz.text.date(text(input)))
};

function coreLine(core) {
  return list([core.number, core.kind, core.holder && core.holder.name, core.title, core.purpose, core.audience && core.audience.code,
    core.issuedAt, core.expiresAt, core.period && core.period.join('-'), core.dataAsOf,
    core.claims.map((one) => list([one.rule, one.value, one.part, one.whole])).join(','),
    core.counters.map((one) => list([one.counter, one.count])).join(','), toBase64(core.documentRoot), toBase64(core.nonce)]);
}

const bundles = new Map();
const lists = new Map();

async function bundleOf(file, root) {
  const key = file + ' ' + root;
  if (!bundles.has(key)) bundles.set(key, await xz.trust.open(text(fromBase64(file)), root).catch((error) => error.code));
  return bundles.get(key);
}

function listOf(file) {
  if (!lists.has(file)) lists.set(file, xz.status.parse(fromBase64(file)));
  return lists.get(file);
}

// A whole verdict: outcome, code, level, codes of the checks, and what is shown.
async function verdict(question) {
  const bundle = await bundleOf(question.trust, question.root);
  if (typeof bundle === 'string') return bundle;
  const shelf = await xz.status.shelf(question.status.map(listOf), bundle);
  const terms = {
    now: question.now, at: question.at, maxAge: question.max_age, statusAsked: question.status_asked, purpose: question.purpose,
    audience: question.audience, rootPinned: bundle.pinned, document: question.document && fromBase64(question.document)
  };
  const found = await xz.verify({ bytes: fromBase64(question.input) }, bundle, shelf, terms);
  const fields = found.fields;
  const shown = fields && list([coreLine(fields.core), fields.office, fields.index, fields.sealedAt, fields.keyId,
    fields.status.value, fields.status.asOf, fields.status.sequence]);
  return list([found.outcome, found.code, found.level, found.checks.map((check) => check.code).join(','), shown]);
}

async function answer(question) {
  try {
    if (question.ask === 'native') return { ok: await xz.ed25519.hasNative() };
    if (question.ask === 'messages') return { ok: xz.MESSAGES };
    if (question.ask === 'forks') return { ok: xz.misbehaviour.MESSAGES };
    if (question.ask === 'codes') return { ok: xz.CODES };
    if (question.ask === 'verdict') return { ok: await verdict(question) };
    if (question.ask === 'ed25519') {
      const [key, message, signature] = [question.key, question.message, question.signature].map(fromBase64);
      return { ok: await xz.ed25519.verify(key, message, signature) };
    }
    return { ok: READERS[question.ask](fromBase64(question.input)) };
  } catch (error) {
    return error instanceof xz.Refused ? { code: error.code } : { crash: String(error.stack) };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
  }
}

main();
