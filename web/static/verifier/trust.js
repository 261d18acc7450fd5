// Trust bundles (spec: trust.md): which offices may issue what, with which keys, and who witnesses.
//
//   const bundle = await xz.trust.open(text, pinnedVkey or null);   TRUST_BAD or ROOT_OTHER is thrown
//   xz.trust.fingerprint(vkey) -> '4be8 a0c1 …'                     for people to compare
(function (xz) {
  'use strict';

  const LIMITS = { roots: 4, offices: 1024, keys: 64, witnesses: 256, groups: 64, authorities: 64, chains: 64 };
  const USES = ['ledger', 'batch', 'status', 'pdf'];
  const KINDS = ['credit-report', 'credit-commitment', 'file'];
  const NAME_BYTES = 200;
  const DER_BYTES = 8192;

  // Reads the lines of a note, in their order.
  class Lines {
    constructor(text) {
      this.lines = text.slice(0, -1).split('\n');
      this.at = 0;
    }

    // What follows `word ` in the next line; null where the line is another one.
    maybe(word) {
      const line = this.lines[this.at];
      if (line === undefined || !line.startsWith(word + ' ')) return null;
      this.at++;
      return line.slice(word.length + 1);
    }

    must(word) {
      const found = this.maybe(word);
      return found === null ? xz.refuse('a bundle without ' + word) : found;
    }

    // All lines of this word that follow, at most `limit`.
    all(word, limit) {
      const found = [];
      for (let rest = this.maybe(word); rest !== null; rest = this.maybe(word)) {
        if (found.length >= limit) xz.refuse('too many lines of ' + word);
        found.push(rest);
      }
      return found;
    }
  }

  // Exactly `count` words; the last may hold spaces where `loose` is set.
  function words(text, count, loose) {
    const parts = text.split(' ');
    const found = loose && parts.length > count ? parts.slice(0, count - 1).concat(parts.slice(count - 1).join(' ')) : parts;
    return found.length === count ? found : xz.refuse('not so many words');
  }

  // Each is greater than the one before, by the bytes of what `of` gives.
  function ascending(list, of) {
    for (let i = 1; i < list.length; i++) {
      if (xz.bytes.compareTexts(of(list[i - 1]), of(list[i])) >= 0) xz.refuse('out of order');
    }
  }

  function organisation(token, name) {
    const isCode = /^[0-9A-HJ-NP-RTUWXY]{18}$/.test(token);
    const isHost = /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(token) && token.length <= 64 && token.indexOf('.') > 0;
    if (!isCode && !isHost) xz.refuse('not a token of an organisation');
    return { token: token, name: name === null ? '' : xz.text.line(name, NAME_BYTES) };
  }

  function label(text) {
    return /^[a-z][a-z0-9-]{0,63}$/.test(text) && text !== 'none' ? text : xz.refuse('not a label');
  }

  function officeKey(text, origin) {
    const [use, vkey, from, until, verify] = words(text, 5);
    const found = {
      use: use, key: xz.note.key(vkey), signFrom: xz.text.time(from), signUntil: xz.text.time(until),
      verifyUntil: xz.text.time(verify), compromised: null
    };
    const name = use === 'ledger' ? origin : origin + '/' + use;
    if (USES.indexOf(use) < 0 || found.key.name !== name || found.key.type !== xz.note.NOTE) xz.refuse('not a key of the office');
    if (found.signFrom >= found.signUntil || found.signUntil > found.verifyUntil) xz.refuse('the dates of a key');
    return found;
  }

  function checkKeys(keys) {
    if (keys.length === 0) xz.refuse('an office without keys');
    for (let i = 1; i < keys.length; i++) {
      const [a, b] = [keys[i - 1], keys[i]];
      const order = USES.indexOf(a.use) - USES.indexOf(b.use) || a.signFrom - b.signFrom || xz.bytes.compareTexts(a.key.text, b.key.text);
      const twice = keys.slice(0, i).some(function (key) { return key.use === b.use && key.key.id === b.key.id; });
      if (order >= 0 || twice) xz.refuse('keys out of order, or twice');
    }
  }

  // Marks keys as compromised: in the order of the keys, none twice.
  function compromise(texts, keys) {
    let last = -1;
    for (const text of texts) {
      const [name, id, time, size, root] = words(text, 5);
      const place = keys.findIndex(function (known) { return known.key.name === name && known.key.id === id; });
      if (place <= last) xz.refuse('a compromised key that is no key above, or out of order');
      const mark = { from: xz.text.time(time), size: xz.text.decimal(size), root: xz.sealed.hash(root) };
      if (mark.size === 0n && !xz.bytes.equal(mark.root, xz.sha256(new Uint8Array(0)))) xz.refuse('size 0 has one root');
      keys[place].compromised = mark;
      last = place;
    }
  }

  function statusUrl(url) {
    if (url === null) return null;
    return /^https?:\/\/[\x21-\x7e]+$/.test(url) && url.length <= 300 ? url : xz.refuse('not an address of status lists');
  }

  function office(lines, text) {
    const origin = xz.note.origin(text);
    const [token, name] = words(lines.must('organisation'), 2, true);
    const kinds = lines.must('kinds').split(' ').map(function (kind) { return KINDS.indexOf(kind) + 1; });
    if (kinds.some(function (kind, i) { return kind === 0 || kind <= (kinds[i - 1] || 0); })) xz.refuse('the kinds of an office');
    const status = statusUrl(lines.maybe('status'));
    const keys = lines.all('key', LIMITS.keys).map(function (key) { return officeKey(key, origin); });
    checkKeys(keys);
    compromise(lines.all('compromised', LIMITS.keys), keys);
    return { origin: origin, organisation: organisation(token, name), kinds: kinds, status: status, keys: keys };
  }

  function witness(text) {
    const [vkey, token, name] = words(text, 3, true);
    const key = xz.note.key(vkey);
    if (key.type !== xz.note.COSIGNATURE || key.name === 'none') xz.refuse('not a key of a witness');
    return { key: key, organisation: organisation(token, name) };
  }

  function authority(text) {
    const [name, token, der] = words(text, 3);
    const bytes = xz.bytes.fromBase64(der);
    if (bytes.length === 0 || bytes.length > DER_BYTES) xz.refuse('not a certificate of an authority');
    return { label: label(name), organisation: organisation(token, null) };
  }

  function chain(text) {
    const [name, id, sender, token] = words(text, 4);
    if (!/^[0-9a-f]{40}$/.test(sender)) xz.refuse('not an address of a sender');
    return { label: label(name), id: xz.text.decimal(id), organisation: organisation(token, null) };
  }

  // Members are witnesses, or groups above.
  function group(text, known) {
    const parts = text.split(' ');
    const members = parts.slice(2);
    if (members.length === 0 || members.some(function (member) { return !known.has(member); })) xz.refuse('the members of a group');
    ascending(members, String);
    const needed = { any: 1n, all: BigInt(members.length) }[parts[1]] || xz.text.decimal(parts[1]);
    if (needed < 1n || needed > BigInt(members.length)) xz.refuse('how many of a group');
    known.add(label(parts[0]));
    return { label: parts[0], needed: Number(needed), members: members };
  }

  function byLabel(one) { return one.label; }

  function others(lines, bundle) {
    bundle.witnesses = lines.all('witness', LIMITS.witnesses).map(witness);
    ascending(bundle.witnesses, function (one) { return one.key.name; });
    const keys = bundle.witnesses.map(function (one) { return xz.bytes.toHex(one.key.public); });
    bundle.authorities = lines.all('authority', LIMITS.authorities).map(authority);
    bundle.chains = lines.all('chain', LIMITS.chains).map(chain);
    ascending(bundle.authorities, byLabel);
    ascending(bundle.chains, byLabel);
    const names = bundle.witnesses.map(function (one) { return one.key.name; });
    const known = new Set(names);
    bundle.groups = lines.all('group', LIMITS.groups).map(function (text) { return group(text, known); });
    const labels = [].concat(bundle.authorities, bundle.chains, bundle.groups).map(byLabel).concat(names);
    if (new Set(keys).size < keys.length || new Set(labels).size < labels.length) xz.refuse('a key or a label twice');
    const quorum = lines.must('quorum');
    if (quorum !== 'none' && !known.has(quorum)) xz.refuse('the quorum is nobody');
    bundle.quorum = quorum === 'none' ? null : quorum;
  }

  function parse(text) {
    const note = xz.note.parse(text);
    const lines = new Lines(note.text);
    const publisher = lines.lines[lines.at++];
    xz.sealed.originOf(publisher, 'root');
    if (lines.must('trust') !== 'v1') xz.refuse('another version of bundle');
    const roots = lines.all('root', LIMITS.roots).map(xz.note.key);
    const isRoot = function (key) { return key.name === publisher && key.type === xz.note.NOTE; };
    if (roots.length === 0 || !roots.every(isRoot)) xz.refuse('the roots of a bundle');
    ascending(roots, function (key) { return key.text; });
    const bundle = { publisher: publisher, roots: roots, note: note, pinned: false };
    bundle.sequence = xz.text.decimal(lines.must('sequence'));
    bundle.issued = xz.text.time(lines.must('issued'));
    bundle.expires = xz.text.time(lines.must('expires'));
    if (bundle.sequence < 1n || bundle.issued >= bundle.expires) xz.refuse('the times of a bundle');
    bundle.offices = [];
    for (let rest = lines.maybe('office'); rest !== null; rest = lines.maybe('office')) {
      if (bundle.offices.length >= LIMITS.offices) xz.refuse('too many offices');
      bundle.offices.push(office(lines, rest));
    }
    ascending(bundle.offices, function (one) { return one.origin; });
    others(lines, bundle);
    if (lines.at !== lines.lines.length) xz.refuse('lines after the quorum');
    return bundle;
  }

  // Without a pin, the first root has to have signed: that shows that the file is whole, and nothing more.
  async function open(text, pinned) {
    let bundle;
    let signed;
    try {
      bundle = parse(text);
      signed = await xz.note.signers(bundle.note, bundle.roots);
    } catch (error) {
      if (!(error instanceof xz.Refused)) throw error;
      throw new xz.Refused('TRUST_BAD', error.message);
    }
    const place = pinned === null ? 0 : bundle.roots.findIndex(function (key) { return key.text === pinned; });
    if (place < 0 || signed.indexOf(place) < 0) {
      throw new xz.Refused(pinned === null ? 'TRUST_BAD' : 'ROOT_OTHER', 'not signed by the root');
    }
    bundle.root = bundle.roots[place];
    bundle.pinned = pinned !== null;
    return bundle;
  }

  function fingerprint(vkey) {
    const hash = xz.merkle.tagged('xinzheng/root-fingerprint/v1', [xz.bytes.fromText(vkey)]);
    return xz.bytes.toHex(hash.subarray(0, 16)).replace(/(.{4})(?=.)/g, '$1 ');
  }

  // Whether these witnesses (key names) meet the quorum; null where the bundle asks for none.
  function quorumMet(bundle, names) {
    if (bundle.quorum === null) return null;
    const met = new Set(names);
    for (const one of bundle.groups) {
      if (one.members.filter(function (member) { return met.has(member); }).length >= one.needed) met.add(one.label);
    }
    return met.has(bundle.quorum);
  }

  xz.trust = {
    KINDS: KINDS,
    open: open,
    fingerprint: fingerprint,
    quorumMet: quorumMet,
    office: function (bundle, origin) {
      return bundle.offices.find(function (one) { return one.origin === origin; });
    },
    keysFor: function (one, use) {
      return one.keys.filter(function (known) { return known.use === use; });
    },
    inForce: function (known, time) {
      return known.signFrom <= time && time <= known.signUntil;
    }
  };
}(self.Xinzheng = self.Xinzheng || {}));
