// Certificate files (spec: certificate.md).
//
//   xz.certificate.parse(bytes) -> {core, index, path, batch, digests, disclosures, tlogProof, anchors}
//
// Refused with NOT_RECOGNISED, FILE_INCOMPLETE, VERSION_UNKNOWN or FORMAT_BAD.
(function (xz) {
  'use strict';

  const BYTES = 16 << 20;
  const PATH = 64;
  const DISCLOSURES = 4096;
  const ANCHORS = 16;
  const NAME = 'xinzheng/certificate/v1';
  const BEGINNING = '{"format":"xinzheng/certificate/';
  const MEMBERS = ['format', 'core', 'index', 'path', 'batch_note', 'digests', 'disclosures', 'tlog_proof', 'anchors'];

  function fail(code, what) {
    throw new xz.Refused(code, what);
  }

  // What a file is that is no JSON, by how it begins.
  function notJson(bytes, error) {
    const start = Array.from(bytes.subarray(0, 60), function (byte) { return String.fromCharCode(byte); }).join('');
    if (!start.startsWith(BEGINNING)) {
      const cut = start !== '' && BEGINNING.startsWith(start);
      return cut ? fail('FILE_INCOMPLETE', 'cut off') : fail('NOT_RECOGNISED', 'no certificate file');
    }
    const version = start.slice(BEGINNING.length);
    if (!version.startsWith('v1",') && !'v1",'.startsWith(version)) return fail('VERSION_UNKNOWN', 'a later version');
    return error.code === 'JSON_CUT_OFF' ? fail('FILE_INCOMPLETE', 'cut off') : fail('FORMAT_BAD', error.message);
  }

  function json(bytes) {
    try {
      return xz.json.parse(bytes, BYTES);
    } catch (error) {
      return error instanceof xz.Refused ? notJson(bytes, error) : xz.rethrow(error);
    }
  }

  // An array of texts, each read by `read`.
  function texts(value, limit, read) {
    if (!Array.isArray(value) || value.length > limit) return xz.refuse('not a list within its limit');
    return value.map(function (one) { return typeof one === 'string' ? read(one) : xz.refuse('not text'); });
  }

  function checkAnchors(anchors) {
    if (!Array.isArray(anchors) || anchors.length < 1 || anchors.length > ANCHORS) xz.refuse('not anchors');
    return anchors.map(xz.anchor.read);
  }

  function members(file) {
    const wanted = MEMBERS.filter(function (key) { return file.has(key); });
    const needed = MEMBERS.slice(0, 7).every(function (key) { return file.has(key); });
    if (!needed || wanted.join() !== Array.from(file.keys()).join()) xz.refuse('members missing, unknown or out of order');
    for (const key of ['core', 'batch_note', 'tlog_proof']) {
      if (file.has(key) && typeof file.get(key) !== 'string') xz.refuse(key + ' is no text');
    }
    if (typeof file.get('index') !== 'number' || file.get('index') < 0) xz.refuse('not an index');
    return {
      core: xz.core.parse(xz.bytes.fromBase64(file.get('core'))),
      index: BigInt(file.get('index')),
      path: texts(file.get('path'), PATH, xz.sealed.hash),
      batch: xz.sealed.batchNote(file.get('batch_note')),
      digests: texts(file.get('digests'), DISCLOSURES, function (text) { return xz.bytes.fromBase64Url(text, 32); }),
      disclosures: texts(file.get('disclosures'), DISCLOSURES, String),
      tlogProof: file.has('tlog_proof') ? xz.sealed.tlogProof(file.get('tlog_proof')) : null,
      anchors: file.has('anchors') ? checkAnchors(file.get('anchors')) : []
    };
  }

  function parse(bytes) {
    const file = json(bytes);
    const format = xz.json.member(file, 'format');
    if (format !== NAME) {
      const later = typeof format === 'string' && format.startsWith('xinzheng/certificate/');
      fail(later ? 'VERSION_UNKNOWN' : 'NOT_RECOGNISED', 'no certificate file of this version');
    }
    const written = xz.bytes.fromText(xz.json.compact(file) + '\n');
    if (xz.bytes.equal(written.subarray(0, -1), bytes)) fail('FILE_INCOMPLETE', 'no LF at the end');
    if (!xz.bytes.equal(written, bytes)) fail('FORMAT_BAD', 'not compact');
    return members(file);
  }

  // What is shown of the document; throws what disclosure.md refuses.
  function shown(certificate) {
    const list = certificate.disclosures.map(xz.disclosure.parse);
    return { list: list, shown: xz.disclosure.check(certificate.core, certificate.digests, list) };
  }

  xz.certificate = { parse: parse, shown: shown };
}(self.Xinzheng = self.Xinzheng || {}));
