// Keys and signed notes (spec: notes.md): reading, and which known keys signed.
//
//   const note = xz.note.parse(text);          {text, lines: [{name, id, blob}]}
//   await xz.note.signers(note, keys)          places of the keys that signed; SIG_BAD or SIGNER_UNKNOWN is thrown
(function (xz) {
  'use strict';

  const NAME_BYTES = 100;
  const LINE_BYTES = 4096;
  const LINES = 16;
  const TEXT_BYTES = 1 << 20;
  const NOTE = 1;
  const COSIGNATURE = 4;

  function name(text) {
    const white = Array.from(text).some(function (c) { return c < ' ' || c === '+' || xz.text.isWhite(c); });
    if (text === '' || white || xz.bytes.fromText(text).length > NAME_BYTES) xz.refuse('not a key name');
    return text;
  }

  // The office's own name of its ledger, or a publisher.
  function origin(text) {
    const form = /^[a-z0-9]([a-z0-9._/-]*[a-z0-9])?$/.test(text) && text.length <= 80 && text.indexOf('//') < 0;
    const last = text.slice(text.lastIndexOf('/') + 1);
    if (!form || ['batch', 'status', 'pdf', 'witness', 'root'].indexOf(last) >= 0) xz.refuse('not an origin');
    return text;
  }

  // A vkey: {name, type, id (hex), public, text}.
  function key(vkey) {
    const first = vkey.indexOf('+');
    const second = vkey.indexOf('+', first + 1);
    if (first < 0 || second < 0) return xz.refuse('not a key');
    const body = xz.bytes.fromBase64(vkey.slice(second + 1));
    const found = { name: name(vkey.slice(0, first)), type: body[0], public: body.subarray(1), id: '', text: vkey };
    if (found.type !== NOTE && found.type !== COSIGNATURE) xz.refuse('not a key of a known type');
    if (!xz.ed25519.isPublicKey(found.public)) xz.refuse('not a public key');
    const hashed = xz.sha256(xz.bytes.concat([xz.bytes.fromText(found.name), Uint8Array.of(10), body]));
    found.id = xz.bytes.toHex(hashed.subarray(0, 4));
    if (vkey.slice(first + 1, second) !== found.id) xz.refuse('not the id of the key');
    return found;
  }

  function line(text) {
    const space = text.indexOf(' ', 2);
    if (xz.bytes.fromText(text).length > LINE_BYTES || !text.startsWith('— ') || space < 0) xz.refuse('not a signature line');
    const bytes = xz.bytes.fromBase64(text.slice(space + 1));
    if (bytes.length < 5) xz.refuse('a signature line without a signature');
    return { name: name(text.slice(2, space)), id: xz.bytes.toHex(bytes.subarray(0, 4)), blob: bytes.subarray(4) };
  }

  function parse(text) {
    // The text ends in the first of the two LF.
    const end = text.lastIndexOf('\n\n') + 1;
    if (end === 0 || !text.endsWith('\n') || end + 1 === text.length) xz.refuse('no signed note');
    const said = text.slice(0, end);
    if (/[\u0000-\u0009\u000b-\u001f]/.test(said)) xz.refuse('a control character in a note');
    if (xz.bytes.fromText(said).length > TEXT_BYTES) xz.refuse('a note is too long');
    const lines = text.slice(end + 1, -1).split('\n');
    if (lines.length > LINES) xz.refuse('too many signatures');
    return { text: said, lines: lines.map(line) };
  }

  function names(signature, known) {
    return signature.id === known.id && signature.name === known.name;
  }

  // The time of a cosignature that verifies, else null.
  async function cosigned(known, signature, text) {
    if (signature.blob.length !== 72) return null;
    const time = xz.bytes.toBigInt(signature.blob.subarray(0, 8));
    if (time === 0n || time > 253402300799n) return null;
    const said = xz.bytes.fromText('cosignature/v1\ntime ' + time + '\n' + text);
    return await xz.ed25519.verify(known.public, said, signature.blob.subarray(8)) ? Number(time) : null;
  }

  async function verifies(known, signature, text) {
    if (known.type === COSIGNATURE) return await cosigned(known, signature, text) !== null;
    return xz.ed25519.verify(known.public, xz.bytes.fromText(text), signature.blob);
  }

  // Lines of keys that are not given are ignored; one of a given key that does not verify spoils the note.
  async function signers(note, keys) {
    const signed = new Set();
    for (const signature of note.lines) {
      let named = false;
      let good = false;
      for (let place = 0; place < keys.length && !good; place++) {
        if (!names(signature, keys[place])) continue;
        named = true;
        good = await verifies(keys[place], signature, note.text);
        if (good) signed.add(place);
      }
      if (named && !good) throw new xz.Refused('SIG_BAD', 'the signature of ' + signature.name + ' does not verify');
    }
    if (signed.size === 0) throw new xz.Refused('SIGNER_UNKNOWN', 'no signature of a known key');
    return Array.from(signed).sort(function (a, b) { return a - b; });
  }

  xz.note = {
    NOTE: NOTE,
    COSIGNATURE: COSIGNATURE,
    name: name,
    origin: origin,
    key: key,
    parse: parse,
    names: names,
    cosigned: cosigned,
    signers: signers
  };
}(self.Xinzheng = self.Xinzheng || {}));
