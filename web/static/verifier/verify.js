// The checks, in the order of verdict.md.
//
//   const given = {bytes} or {text}                             a certificate file, a PDF, or what a scanner gave
//   const verdict = await xz.verify(given, bundle, shelf, terms)
//
// terms: {now, at, maxAge, statusAsked, purpose, audience, document, rootPinned}; `now` is needed, the others may be absent.
// Fields are in the verdict only where checks 1 to 5 hold.
(function (xz) {
  'use strict';

  const MAX_AGE = 86400;
  const TOLERANCE = 300;

  // Check 1: {file}, {file, pdf} or {qr}. What begins with { is read as a file, all but a PDF else as text.
  function present(bytes) {
    if (bytes[0] === 0x7b) return { file: xz.certificate.parse(bytes) };
    return xz.pdf.isPdf(bytes) ? xz.pdf.certificate(bytes) : { qr: xz.qr.read(scanned(bytes)) };
  }

  function scanned(bytes) {
    try {
      return xz.bytes.toText(bytes);
    } catch (error) {
      throw new xz.Refused('NOT_RECOGNISED', 'not text');
    }
  }

  // Checks 3 and 4 of a file: {batch, office, known}, or the code of what does not hold.
  async function sealedFile(file, bundle) {
    const office = xz.trust.office(bundle, file.batch.origin);
    if (!office) return 'OFFICE_UNKNOWN';
    const keys = xz.trust.keysFor(office, 'batch');
    let places;
    try {
      places = await xz.note.signers(file.batch.note, keys.map(function (known) { return known.key; }));
    } catch (error) {
      if (error.code === 'SIGNER_UNKNOWN') return 'OFFICE_UNKNOWN';
      return error.code === 'SIG_BAD' ? 'SIG_BAD' : xz.rethrow(error);
    }
    const signers = places.map(function (place) { return keys[place]; });
    // Where several signed, as in the overlap of a rotation, one that nobody else has is enough.
    const inForce = signers.filter(function (known) { return xz.trust.inForce(known, file.batch.time); });
    const good = inForce.find(function (known) { return !known.compromised; });
    return { batch: file.batch, office: office, known: good || inForce[0] || signers[0] };
  }

  // A QR code carries no name and no hash: the key is found by its id, the hash is what the path leads to.
  async function sealedQr(qr, bundle) {
    let answer = 'OFFICE_UNKNOWN';
    let found = null;
    for (const office of bundle.offices) {
      for (const known of xz.trust.keysFor(office, 'batch')) {
        if (known.key.id !== qr.keyId) continue;
        const entry = xz.merkle.coreEntry(office.origin, qr.core.bytes);
        const batch = { origin: office.origin, start: qr.start, end: qr.end, time: qr.time };
        try {
          batch.hash = xz.merkle.rootFromPath(xz.merkle.leafHash(entry), qr.index, qr, qr.path);
        } catch (error) {
          return error.code === 'PATH_BAD' ? 'PATH_BAD' : xz.rethrow(error);
        }
        const text = xz.bytes.fromText(xz.sealed.batchText(batch));
        answer = 'SIG_BAD';
        if (!await xz.ed25519.verify(known.key.public, text, qr.signature)) continue;
        const sealed = { batch: batch, office: office, known: known };
        if (xz.trust.inForce(known, qr.time)) return sealed;
        found = found || sealed;
      }
    }
    return found || answer;
  }

  // Check 12: {level, cosigned, witnesses, …}, or {fault: code}. Null where there is no proof.
  async function proof(presented, sealed, entry, bundle, at) {
    const given = presented.file ? presented.file.tlogProof : null;
    return given ? hold(given, presented.file.index, entry, sealed.office, bundle, sealed.batch.time, at) : null;
  }

  // A tlog-proof held against the entry at `index`, which was sealed at `sealedAt`.
  async function hold(given, index, entry, office, bundle, sealedAt, at) {
    const keys = xz.trust.keysFor(office, 'ledger');
    const checkpoint = given.checkpoint;
    if (given.index !== index || checkpoint.origin !== office.origin) return { fault: 'PROOF_BAD' };
    let held;
    let signed;
    try {
      signed = await xz.note.signers(checkpoint.note, keys.map(function (known) { return known.key; }));
      xz.sealed.proves(given, entry);
      held = await witnessed(checkpoint, office, bundle);
    } catch (error) {
      if (!(error instanceof xz.Refused)) throw error;
      return { fault: error.code === 'SIGNER_UNKNOWN' ? 'PROOF_UNUSABLE' : 'PROOF_BAD' };
    }
    const counts = signed.some(function (place) {
      const known = keys[place];
      const inTime = sealedAt <= known.signUntil && at <= known.verifyUntil;
      return inTime && (!known.compromised || predates(held, known.compromised));
    });
    return counts ? held : { fault: 'PROOF_UNUSABLE' };
  }

  // Who of the bundle's witnesses cosigned; the quorum is of those of other organisations. One of theirs that does not verify spoils the proof.
  async function witnessed(checkpoint, office, bundle) {
    const seen = [];
    const others = [];
    let anchored = null;
    for (const witness of bundle.witnesses) {
      for (const line of checkpoint.note.lines) {
        if (!xz.note.names(line, witness.key)) continue;
        const time = await xz.note.cosigned(witness.key, line, checkpoint.note.text);
        if (time === null) throw new xz.Refused('PROOF_BAD', 'a cosignature does not verify');
        const independent = witness.organisation.token !== office.organisation.token;
        const before = seen.find(function (one) { return one.name === witness.key.name; });
        if (before) before.time = Math.min(before.time, time);
        else seen.push({ name: witness.key.name, organisation: witness.organisation.name, independent: independent, time: time });
        if (!independent) continue;
        if (others.indexOf(witness.key.name) < 0) others.push(witness.key.name);
        if (anchored === null || time < anchored) anchored = time;
      }
    }
    const level = anchored === null ? 2 : xz.trust.quorumMet(bundle, others) ? 4 : 3;
    return { level: level, cosigned: seen.length, cosigners: seen, witnesses: bundle.witnesses.length, checkpoint: checkpoint, anchored: anchored };
  }

  // Whether a proof shows that the entry was there before the key was somebody else's.
  function predates(held, compromise) {
    const last = held.checkpoint.size === compromise.size && xz.bytes.equal(held.checkpoint.root, compromise.root);
    return last || (held.anchored !== null && held.anchored < compromise.from);
  }

  // The office's ledger keys that signed a checkpoint, or null where none did or a signature does not verify.
  async function ledgerSigners(note, office) {
    const keys = xz.trust.keysFor(office, 'ledger');
    try {
      const places = await xz.note.signers(note, keys.map(function (known) { return known.key; }));
      return places.map(function (place) { return keys[place]; });
    } catch (error) {
      return error instanceof xz.Refused ? null : xz.rethrow(error);
    }
  }

  // Whether an anchor is of the certificate's entry: the ledger signed its checkpoint, and its path leads there.
  async function belongs(anchor, index, entry, office) {
    const checkpoint = anchor.checkpoint;
    if (checkpoint.origin !== office.origin || anchor.path === null || !await ledgerSigners(checkpoint.note, office)) return false;
    try {
      xz.merkle.checkInclusion(xz.merkle.leafHash(entry), index, { start: 0n, end: checkpoint.size }, anchor.path, checkpoint.root);
      return true;
    } catch (error) {
      return error instanceof xz.Refused ? false : xz.rethrow(error);
    }
  }

  // Check 12a, without a look at tokens and chains: they give no level here.
  async function checkAnchors(file, entry, office, checks) {
    const known = file.anchors.filter(function (anchor) { return anchor.checkpoint; });
    if (known.length === 0) return;
    for (const anchor of known) {
      const code = anchor.type === 'rfc3161' ? 'TIMESTAMP_' : 'ANCHOR_';
      const end = await belongs(anchor, file.index, entry, office) ? 'UNCHECKED' : 'UNUSABLE';
      checks.add(code + end, { text: anchor.type + ' ' + anchor.label });
    }
    const proof = file.tlogProof ? [file.tlogProof] : [];
    const seen = new Map();
    for (const one of proof.concat(known)) {
      const checkpoint = one.checkpoint;
      if (checkpoint.origin !== office.origin) continue;
      const signers = await ledgerSigners(checkpoint.note, office);
      // A thief forks what he likes: a compromised key says nothing of the office.
      if (!signers || signers.every(function (key) { return key.compromised; })) continue;
      const other = seen.get(checkpoint.size);
      if (other && !xz.bytes.equal(other.root, checkpoint.root)) {
        return checks.add('LEDGER_FORKED', { text: 'size ' + checkpoint.size, fork: xz.misbehaviour.ofOneSize(other, checkpoint) });
      }
      seen.set(checkpoint.size, checkpoint);
    }
  }

  // Checks 6 and 7.
  function checkKey(sealed, held, at, checks) {
    const known = sealed.known;
    if (!xz.trust.inForce(known, sealed.batch.time)) {
      checks.add('KEY_NOT_VALID', { time: sealed.batch.time });
    } else if (at > known.verifyUntil) {
      checks.add('KEY_RETIRED', { time: known.verifyUntil });
    } else if (known.compromised && !(held && predates(held, known.compromised))) {
      checks.add('KEY_COMPROMISED', { time: known.compromised.from });
    } else {
      checks.add('KEY_OK');
    }
  }

  // Check 9.
  function checkDates(core, sealedAt, at, checks) {
    if (core.issuedAt > sealedAt) {
      checks.add('DATES_BAD', { time: core.issuedAt });
    } else if (sealedAt > at + TOLERANCE || core.issuedAt > at + TOLERANCE) {
      checks.add('NOT_YET_VALID', { time: core.issuedAt });
    } else {
      checks.add(at < core.expiresAt ? 'DATES_OK' : 'EXPIRED', { time: core.expiresAt });
    }
  }

  // Checks 10 and 11.
  function checkDocument(file, fields, terms, checks) {
    const document = terms.document;
    const purpose = terms.purpose ? xz.registry.numberOf('purposes', terms.purpose) : 0;
    if (!file || (file.digests.length === 0 && file.disclosures.length === 0)) {
      if (document) checks.add('DOCUMENT_NOT_SHOWN');
      return;
    }
    let found;
    try {
      found = xz.certificate.shown(file);
    } catch (error) {
      if (!(error instanceof xz.Refused)) throw error;
      checks.add(error.code, { text: error.message });
      return;
    }
    fields.shown = found.shown;
    // What hides nothing leaves nothing out: without disclosures the claims speak alone.
    if (found.list.length > 0 && purpose && xz.disclosure.lacks(purpose, found.shown).length > 0) {
      checks.add('DISCLOSURE_INCOMPLETE', { text: 'the purpose demands records that are not shown' });
      return;
    }
    checks.add('DISCLOSURE_OK', { count: [found.shown.records, found.shown.of] });
    if (document) checks.add(xz.disclosure.compare(file.core, file.digests.length, found.list, document));
  }

  // Check 14. The shelf may have `seen`, what is remembered of newer lists, and `proofs`, tlog-proofs of lists' notes.
  async function checkStatus(shelf, asked, fields, checks) {
    const at = asked.at;
    const ofShard = function (list) {
      return list.origin === asked.office.origin && list.shard === fields.index / xz.status.SHARD;
    };
    for (const list of shelf.unusable.filter(ofShard)) checks.add('STATUS_UNUSABLE', { text: 'sequence ' + list.sequence });
    const there = function (list) { return ofShard(list) && list.issued <= asked.latest; };
    const lists = shelf.lists.filter(there);
    const newest = lists.reduce(function (best, list) { return !best || list.sequence > best.sequence ? list : best; }, null);
    if (!newest) return byIssue(false, fields, at, asked.maxAge, checks);
    const seen = (shelf.seen || []).filter(there);
    const differs = function (list) { return list.sequence === newest.sequence && list.note.text !== newest.note.text; };
    if (lists.some(differs) || seen.some(function (one) { return xz.status.contradicts(one, newest); })) {
      return checks.add('STATUS_CONFLICT', { text: 'sequence ' + newest.sequence });
    }
    const newer = seen.reduce(function (best, one) { return one.sequence > best ? one.sequence : best; }, newest.sequence);
    const rollback = newer > newest.sequence ? { text: 'sequence ' + newest.sequence + ', seen before ' + newer } : null;
    if (!xz.status.covers(newest, fields.index)) {
      return rollback ? checks.add('STATUS_ROLLBACK', rollback) : byIssue(true, fields, at, asked.maxAge, checks);
    }
    byList(newest, rollback, fields, at, asked.maxAge, checks);
    return checkProven(newest, shelf, asked, checks);
  }

  // Of a list that is older than one seen before, only what is final counts.
  function byList(list, rollback, fields, at, maxAge, checks) {
    const value = xz.status.statusOf(list, fields.index);
    const age = Math.max(0, at - list.issued);
    const stale = at > list.expires || age > maxAge;
    const certain = { revoked: 'REVOKED', replaced: 'REPLACED', withdrawn: 'WITHDRAWN', 'not-issued': 'NOT_ISSUED' }[value];
    const fresh = { suspended: 'SUSPENDED', 'objection-noted': 'OBJECTION_NOTED', valid: 'STATUS_VALID' }[value];
    const open = rollback ? 'STATUS_ROLLBACK' : stale ? 'STATUS_STALE' : fresh;
    checks.add(certain || open, !certain && rollback ? rollback : { age: age });
    fields.status = { value: value, asOf: list.issued, sequence: list.sequence };
  }

  // Whether the ledger holds the note of the list that was used, and until when it was the newest.
  async function checkProven(list, shelf, asked, checks) {
    const entry = xz.status.entry(list);
    for (const given of shelf.proofs || []) {
      if (given.index < list.size) continue;
      const held = await hold(given, given.index, entry, asked.office, asked.bundle, list.issued, asked.at);
      if (held.fault) continue;
      const next = shelf.lists.find(function (one) { return xz.status.follows(one, list); });
      const until = next ? ', newest until ' + xz.text.showTime(next.issued, 'en') : '';
      checks.add('STATUS_PROVEN', { text: 'entry ' + given.index + until });
      return;
    }
  }

  // That it was sealed is the evidence, and as fresh as its issue.
  function byIssue(hadList, fields, at, maxAge, checks) {
    const age = Math.max(0, at - fields.core.issuedAt);
    checks.add(age <= maxAge ? 'STATUS_VALID' : hadList ? 'STATUS_STALE' : 'STATUS_MISSING', { age: age });
    fields.status = { value: null, asOf: fields.core.issuedAt, sequence: null };
  }

  // Checks 15 and 16.
  function warn(core, terms, checks) {
    const purpose = terms.purpose ? xz.registry.numberOf('purposes', terms.purpose) : 0;
    if (purpose && core.purpose !== null && core.purpose !== purpose) {
      checks.add('PURPOSE_OTHER', { text: xz.registry.name('purposes', core.purpose) });
    }
    if (terms.audience && core.audience !== null && core.audience.code !== terms.audience) {
      checks.add('AUDIENCE_OTHER', { text: core.audience.name });
    }
    if (!terms.rootPinned) checks.add('ROOT_NOT_PINNED');
  }

  // Check 5, and what may be shown from there on; null where the path does not hold.
  function open(presented, sealed, entry) {
    const from = presented.file || presented.qr;
    if (presented.file) {
      try {
        xz.merkle.checkInclusion(xz.merkle.leafHash(entry), from.index, sealed.batch, from.path, sealed.batch.hash);
      } catch (error) {
        return error.code === 'PATH_BAD' ? null : xz.rethrow(error);
      }
    }
    return {
      core: from.core, index: from.index, origin: sealed.batch.origin, office: sealed.office.organisation.name,
      start: sealed.batch.start, end: sealed.batch.end, sealedAt: sealed.batch.time, keyId: sealed.known.key.id,
      shown: null, cosigners: [], status: { value: null, asOf: null, sequence: null }
    };
  }

  async function verify(given, bundle, shelf, terms) {
    const at = terms.at === undefined || terms.at === null ? terms.now : terms.at;
    const checks = new xz.Checks();
    let presented;
    try {
      presented = given.text === undefined ? present(given.bytes) : present(xz.bytes.fromText(given.text));
    } catch (error) {
      if (!(error instanceof xz.Refused)) throw error;
      checks.add(error.code, { text: error.message });
      return checks.decide(0, null, terms.now);
    }
    checks.add('FORMAT_OK');
    checks.add(terms.now < bundle.expires ? 'TRUST_OK' : 'TRUST_EXPIRED', { time: bundle.expires });
    const sealed = presented.file ? await sealedFile(presented.file, bundle) : await sealedQr(presented.qr, bundle);
    if (typeof sealed === 'string') {
      if (sealed !== 'OFFICE_UNKNOWN') checks.add('OFFICE_OK');
      checks.add(sealed);
      return checks.decide(0, null, at);
    }
    checks.add('OFFICE_OK');
    checks.add('SIG_OK');
    const entry = xz.merkle.coreEntry(sealed.batch.origin, (presented.file || presented.qr).core.bytes);
    const fields = open(presented, sealed, entry);
    checks.add(fields ? 'PATH_OK' : 'PATH_BAD');
    if (!fields) return checks.decide(0, null, at);
    return judge(presented, sealed, entry, fields, bundle, shelf, terms, at, checks);
  }

  // Checks 6 to 16.
  async function judge(presented, sealed, entry, fields, bundle, shelf, terms, at, checks) {
    const evidence = await proof(presented, sealed, entry, bundle, at);
    const held = evidence && !evidence.fault ? evidence : null;
    checkKey(sealed, held, at, checks);
    checks.add(sealed.office.kinds.indexOf(fields.core.kind) >= 0 ? 'KIND_OK' : 'KIND_NOT_ALLOWED');
    checkDates(fields.core, sealed.batch.time, at, checks);
    checkDocument(presented.file, fields, terms, checks);
    if (held) checks.add('PROOF_OK', { count: [held.cosigned, held.witnesses] });
    if (held) fields.cosigners = held.cosigners;
    if (evidence && evidence.fault) checks.add(evidence.fault);
    if (presented.file) await checkAnchors(presented.file, entry, sealed.office, checks);
    if (presented.pdf) checks.add(await xz.pdf.judge(presented.pdf.note, presented.file, entry, sealed, at));
    if (terms.statusAsked === false) {
      checks.add('STATUS_NOT_ASKED');
    } else {
      // Nobody's memory of a past moment is behind, as a clock may be: what was issued after it was not known.
      const latest = terms.at === undefined || terms.at === null ? terms.now + TOLERANCE : at;
      const maxAge = terms.maxAge === undefined ? MAX_AGE : terms.maxAge;
      await checkStatus(shelf, { office: sealed.office, bundle: bundle, at: at, latest: latest, maxAge: maxAge }, fields, checks);
    }
    warn(fields.core, terms, checks);
    return checks.decide(held ? held.level : 1, fields, at);
  }

  xz.MAX_AGE = MAX_AGE;
  xz.witnessed = witnessed;
  xz.verify = verify;
}(self.Xinzheng = self.Xinzheng || {}));
