// Anchors: timestamps, chains, other gateways (spec: anchor.md).
//
//   xz.anchor.read(map) -> {type, label, checkpoint, path}; of an unknown type {type}
//
// Here is their form only. What they show is not checked by these scripts.
(function (xz) {
  'use strict';

  const BYTES = 512 << 10;
  const PATH = 64;
  const CHAIN = 8;
  const CERTIFICATE = 8 << 10;
  const FIRST = ['type', 'checkpoint', 'label', 'path'];
  const REST = {
    rfc3161: ['token', 'chain'],
    evm: ['at', 'transaction', 'header', 'receipt'],
    http: ['address', 'at', 'content_type', 'answer']
  };
  const OPTIONAL = ['path', 'chain', 'header'];
  const BASE64 = { token: 64 << 10, transaction: 4 << 10, header: 32 << 10, receipt: 64 << 10, answer: 64 << 10 };

  function base64(text, limit) {
    if (typeof text !== 'string' || Math.ceil(text.length / 4) > Math.ceil(limit / 3)) return xz.refuse('not base64 within its limit');
    const bytes = xz.bytes.fromBase64(text);
    return bytes.length >= 1 && bytes.length <= limit ? bytes : xz.refuse('not base64 within its limit');
  }

  function list(value, least, most, read) {
    if (!Array.isArray(value) || value.length < least || value.length > most) return xz.refuse('not a list within its limit');
    return value.map(read);
  }

  function pattern(value, form, what) {
    return typeof value === 'string' && form.test(value) ? value : xz.refuse(what);
  }

  function checkRest(anchor) {
    for (const key of Object.keys(BASE64)) {
      if (anchor.has(key)) base64(anchor.get(key), BASE64[key]);
    }
    if (anchor.has('chain')) list(anchor.get('chain'), 1, CHAIN, function (one) { return base64(one, CERTIFICATE); });
    if (anchor.has('address')) pattern(anchor.get('address'), /^(?=.{1,300}$)https?:\/\/[!-~]+$/, 'not an address');
    if (anchor.has('content_type')) pattern(anchor.get('content_type'), /^[ -~]{0,200}$/, 'not a media type');
    if (anchor.has('at')) {
      if (typeof anchor.get('at') !== 'number') xz.refuse('not a time');
      xz.text.time(String(anchor.get('at')));
    }
  }

  function read(anchor) {
    const keys = anchor instanceof Map ? Array.from(anchor.keys()) : [];
    const begins = keys[0] === 'type' && keys[1] === 'checkpoint' && typeof anchor.get('type') === 'string' &&
      typeof anchor.get('checkpoint') === 'string';
    if (!begins || xz.bytes.fromText(xz.json.compact(anchor)).length > BYTES) return xz.refuse('not an anchor');
    const type = anchor.get('type');
    if (!Object.prototype.hasOwnProperty.call(REST, type)) return { type: type };
    const wanted = FIRST.concat(REST[type]).filter(function (key) { return anchor.has(key) || !OPTIONAL.includes(key); });
    if (wanted.join() !== keys.join()) xz.refuse('members missing, unknown or out of order');
    const label = pattern(anchor.get('label'), /^(?!none$)[a-z][a-z0-9-]{0,63}$/, 'not a label');
    checkRest(anchor);
    return {
      type: type,
      label: label,
      checkpoint: xz.sealed.checkpoint(anchor.get('checkpoint')),
      path: anchor.has('path') ? list(anchor.get('path'), 0, PATH, hash) : null
    };
  }

  function hash(text) {
    return typeof text === 'string' ? xz.sealed.hash(text) : xz.refuse('not text');
  }

  xz.anchor = { read: read };
}(self.Xinzheng = self.Xinzheng || {}));
