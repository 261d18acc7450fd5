// Disclosures: what is shown of a document, and whether it is the document's (spec: disclosure.md).
//
//   const shown = xz.disclosure.parse('WyJfMjZi…')          {salt, pointer, place, value, digest}
//   xz.disclosure.check(core, digests, list)                {records, of, counters}; DISCLOSURE_BAD or _INCOMPLETE is thrown
//   xz.disclosure.compare(core, digests.length, list, bytes) DOCUMENT_OK, DOCUMENT_DIFFERS or DOCUMENT_NOT_SHOWN
(function (xz) {
  'use strict';

  const LIMIT = 4096;
  const DOCUMENT_BYTES = 4 << 20;
  const WITH_PERSON = ['subject', 'committer'];

  function bad(what) {
    throw new xz.Refused('DISCLOSURE_BAD', what);
  }

  // What stands at a pointer of a record: {member}, {section}, or {person: true}; null for any other pointer.
  function place(pointer) {
    if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
    const tokens = pointer.slice(1).split('/').map(function (token) { return token.replace(/~1/g, '/').replace(/~0/g, '~'); });
    if (tokens.length === 1 && tokens[0] !== '' && tokens[0] !== 'sections') return { member: tokens[0] };
    if (tokens.length === 2 && WITH_PERSON.indexOf(tokens[0]) >= 0 && tokens[1] === 'person_id') return { person: true };
    const isRecord = tokens.length === 3 && tokens[0] === 'sections' && tokens[1] !== '' && /^(0|[1-9][0-9]{0,3})$/.test(tokens[2]);
    return isRecord && Number(tokens[2]) < LIMIT ? { section: tokens[1] } : null;
  }

  function read(text) {
    const bytes = xz.bytes.fromBase64Url(text);
    const value = xz.json.parseCompact(bytes, DOCUMENT_BYTES);
    const right = Array.isArray(value) && value.length === 3 && typeof value[0] === 'string' && typeof value[1] === 'string';
    if (!right) return bad('not salt, pointer and value');
    xz.bytes.fromBase64Url(value[0], 16);
    const where = place(value[1]);
    if (!where) return bad('not the pointer of a record');
    const holds = WITH_PERSON.indexOf(where.member) >= 0 && xz.json.member(value[2], 'person_id') !== undefined;
    if (holds) bad('holds a person_id, which is a record of its own');
    return { salt: value[0], pointer: value[1], place: where, value: value[2], digest: xz.sha256(xz.bytes.fromText(text)) };
  }

  function parse(text) {
    try {
      return read(text);
    } catch (error) {
      return error instanceof xz.Refused ? bad(error.message) : xz.rethrow(error);
    }
  }

  // From the digests, ascending.
  function documentRoot(digests) {
    if (digests.length === 0 || digests.length > LIMIT) bad('no digests, or too many');
    for (let i = 1; i < digests.length; i++) {
      if (xz.bytes.compare(digests[i - 1], digests[i]) >= 0) bad('digests out of order');
    }
    return xz.merkle.tagged('xinzheng/document-root/v1', [xz.bytes.bigEndian(digests.length, 4)].concat(digests));
  }

  // Each is one of the digests; none, and no pointer and no salt, stands twice.
  function checkBelonging(digests, list) {
    const known = new Set(digests.map(xz.bytes.toHex));
    const pointers = new Set();
    const salts = new Set();
    for (const one of list) {
      if (!known.has(xz.bytes.toHex(one.digest))) bad('unreferenced: ' + one.pointer);
      if (pointers.has(one.pointer) || salts.has(one.salt)) bad('twice: ' + one.pointer);
      pointers.add(one.pointer);
      salts.add(one.salt);
    }
  }

  function saysParty(value, name, code) {
    return xz.json.member(value, 'name') === name && xz.json.member(value, 'uscc') === code;
  }

  function saysPeriod(value, period) {
    const [from, to] = [xz.json.member(value, 'from'), xz.json.member(value, 'to')];
    return from === xz.text.dateText(period[0]) && to === xz.text.dateText(period[1]);
  }

  function saysTime(value, time) {
    try {
      return typeof value === 'string' && xz.text.chinaTime(value) === time;
    } catch (error) {
      return false;
    }
  }

  function saysHolder(value, holder) {
    const name = xz.json.member(value, 'name');
    if (typeof name !== 'string' || xz.json.member(value, 'kind') !== xz.registry.name('holders', holder.kind)) return false;
    if (holder.kind === xz.registry.PERSON) return xz.core.mask(name) === holder.name;
    return saysParty(value, holder.name, holder.code);
  }

  // What the core says, too, is the same in the record.
  function agrees(core, one) {
    const where = one.place;
    if (where.section !== undefined) return true;
    if (where.person) {
      const reference = xz.bytes.toBase64Url(one.digest.subarray(0, 16));
      return core.holder !== null && core.holder.kind === xz.registry.PERSON && core.holder.code === reference;
    }
    switch (where.member) {
      case 'schema': return one.value === xz.registry.name('kinds', core.kind) + '/v1';
      case 'purpose': return !xz.registry.isKnown('purposes', core.purpose) || one.value === xz.registry.name('purposes', core.purpose);
      case 'audience': return core.audience === null || saysParty(one.value, core.audience.name, core.audience.code);
      case 'period': return core.period === null || saysPeriod(one.value, core.period);
      case 'data_as_of': return core.dataAsOf === null || saysTime(one.value, core.dataAsOf);
      case 'subject':
      case 'committer': return core.holder === null || saysHolder(one.value, core.holder);
      default: return true;
    }
  }

  // Each counter of the core, and how many of its records are shown. Refuses a record beyond what is counted (unless a
  // counter is not known, which may count it), and more hidden records than hidden digests.
  function count(core, digests, list) {
    const counters = core.counters.map(function (one) { return { counter: one.counter, counted: one.count, shown: 0 }; });
    const sure = counters.every(function (one) { return xz.registry.isKnown('counters', one.counter); });
    const records = list.filter(function (one) { return one.place.section !== undefined; });
    for (const one of records) {
      const counter = xz.registry.counterOf(one.place.section, one.value);
      const found = counters.find(function (known) { return known.counter === counter && known.shown < known.counted; });
      if (found) found.shown += 1; else if (sure) bad('more records than the core counts: ' + one.pointer);
    }
    const counted = counters.reduce(function (sum, one) { return sum + BigInt(one.counted); }, 0n);
    const hidden = counted - BigInt(records.length);
    if (digests.length > 0 && hidden > BigInt(digests.length - list.length)) bad('fewer records than the core counts');
    return { records: list.length, of: digests.length, counters: counters };
  }

  // What the profile of this purpose (its number) demands and is hidden.
  function lacks(purpose, shown) {
    const demanded = purpose === null ? [] : xz.registry.demands(purpose);
    return shown.counters.filter(function (one) {
      return demanded.indexOf(one.counter) >= 0 && BigInt(one.counted) > BigInt(one.shown);
    });
  }

  function check(core, digests, list) {
    if (digests.length > 0 || list.length > 0) {
      if (!xz.bytes.equal(documentRoot(digests), core.documentRoot)) bad('the digests do not give the document root');
      checkBelonging(digests, list);
      for (const one of list) {
        if (!agrees(core, one)) bad('says something else than the core: ' + one.pointer);
      }
    }
    const shown = count(core, digests, list);
    const hidden = lacks(core.purpose, shown);
    if (list.length > 0 && hidden.length > 0) {
      const refused = new xz.Refused('DISCLOSURE_INCOMPLETE', 'the purpose demands records that are not shown');
      refused.missing = hidden;
      throw refused;
    }
    return shown;
  }

  // The records of a document: [pointer, value]; null where it can't be one.
  function split(document) {
    if (!(document instanceof Map)) return null;
    const records = [];
    for (const [key, value] of document) {
      const here = xz.json.below('', key);
      const person = WITH_PERSON.indexOf(key) >= 0 ? xz.json.member(value, 'person_id') : undefined;
      if (key === 'sections') {
        if (!(value instanceof Map) || !Array.from(value.values()).every(Array.isArray)) return null;
        value.forEach(function (list, section) {
          list.forEach(function (record, i) { records.push([xz.json.below(xz.json.below(here, section), i), record]); });
        });
      } else if (person !== undefined) {
        const rest = new Map(value);
        rest.delete('person_id');
        records.push([here, rest], [xz.json.below(here, 'person_id'), person]);
      } else {
        records.push([here, value]);
      }
    }
    return records.length > 0 && records.length <= LIMIT ? records : null;
  }

  function compareDocument(digests, list, bytes) {
    let records;
    try {
      records = split(xz.json.parse(bytes, DOCUMENT_BYTES));
    } catch (error) {
      if (!(error instanceof xz.Refused)) throw error;
      records = null;
    }
    if (records === null) return 'DOCUMENT_DIFFERS';
    const known = new Map(records);
    const same = list.every(function (one) { return known.has(one.pointer) && xz.json.same(known.get(one.pointer), one.value); });
    if (!same || (digests > 0 && digests !== records.length)) return 'DOCUMENT_DIFFERS';
    return list.length === records.length ? 'DOCUMENT_OK' : 'DOCUMENT_NOT_SHOWN';
  }

  function compareFile(list, bytes) {
    const shown = new Map(list.map(function (one) { return [one.pointer, one.value]; }));
    const differs = function (pointer, value) { return shown.has(pointer) && shown.get(pointer) !== value; };
    if (differs('/sha256', xz.bytes.toHex(xz.sha256(bytes))) || differs('/size', bytes.length)) return 'DOCUMENT_DIFFERS';
    return shown.has('/sha256') ? 'DOCUMENT_OK' : 'DOCUMENT_NOT_SHOWN';
  }

  xz.disclosure = {
    parse: parse,
    documentRoot: documentRoot,
    check: check,
    lacks: lacks,
    split: split,
    compare: function (core, digests, list, bytes) {
      return core.kind === 3 ? compareFile(list, bytes) : compareDocument(digests, list, bytes);
    }
  };
}(self.Xinzheng = self.Xinzheng || {}));
