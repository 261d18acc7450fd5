// Strict JSON (spec: json.md): I-JSON with every freedom taken out, so JSON.parse will not do.
//
//   xz.json.parse(bytes, limit)         any form; objects become Maps, in their order
//   xz.json.parseCompact(bytes, limit)  the one compact form only
//
// A refusal has the code and the pointer of json.md.
(function (xz) {
  'use strict';

  const DEPTH = 16;
  const VALUES = 262144;
  const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

  function fail(code, pointer) {
    throw new xz.Refused(code, code + ' at "' + pointer + '"', pointer);
  }

  function below(pointer, token) {
    return pointer + '/' + String(token).replace(/~/g, '~0').replace(/\//g, '~1');
  }

  class Reader {
    constructor(text) {
      this.text = text;
      this.at = 0;
      this.values = 0;
    }

    // The next character, which has to be there.
    next(pointer) {
      if (this.at >= this.text.length) fail('JSON_CUT_OFF', '');
      return this.text[this.at];
    }

    white() {
      while (this.at < this.text.length && ' \t\r\n'.indexOf(this.text[this.at]) >= 0) this.at++;
    }

    take(character, pointer) {
      if (this.next() !== character) fail('JSON_SYNTAX', pointer);
      this.at++;
    }

    value(pointer, depth) {
      this.white();
      const first = this.next();
      if (++this.values > VALUES) fail('JSON_LARGE', pointer);
      if (first === '{' || first === '[') {
        if (depth >= DEPTH) fail('JSON_DEEP', pointer);
        return first === '{' ? this.object(pointer, depth + 1) : this.array(pointer, depth + 1);
      }
      if (first === '"') return this.string(pointer, pointer);
      if (first === '-' || (first >= '0' && first <= '9')) return this.number(pointer);
      for (const [word, value] of [['null', null], ['true', true], ['false', false]]) {
        if (first === word[0]) return this.word(word, value, pointer);
      }
      return fail('JSON_SYNTAX', pointer);
    }

    word(word, value, pointer) {
      for (const letter of word) this.take(letter, pointer);
      return value;
    }

    array(pointer, depth) {
      const list = [];
      this.take('[', pointer);
      this.white();
      if (this.next() === ']') {
        this.at++;
        return list;
      }
      for (;;) {
        list.push(this.value(below(pointer, list.length), depth));
        this.white();
        if (this.next() === ']') break;
        this.take(',', pointer);
      }
      this.at++;
      return list;
    }

    object(pointer, depth) {
      const members = new Map();
      let twice = null;
      this.take('{', pointer);
      this.white();
      if (this.next() === '}') {
        this.at++;
        return members;
      }
      for (;;) {
        this.white();
        if (this.next() !== '"') fail('JSON_SYNTAX', pointer);
        const key = this.string(pointer);
        if (key === '') fail('JSON_TEXT', pointer);
        // Told at the end of the object: what ends too early is cut off, whatever else is wrong with it.
        if (members.has(key) && twice === null) twice = key;
        this.white();
        this.take(':', pointer);
        members.set(key, this.value(below(pointer, key), depth));
        this.white();
        if (this.next() === '}') break;
        this.take(',', pointer);
      }
      this.at++;
      if (twice !== null) fail('JSON_KEY_TWICE', below(pointer, twice));
      return members;
    }

    string(pointer) {
      let out = '';
      this.take('"', pointer);
      for (;;) {
        const character = this.next();
        this.at++;
        if (character === '"') break;
        if (character < ' ') fail('JSON_SYNTAX', pointer);
        out += character === '\\' ? this.escape(pointer) : character;
      }
      if (!xz.text.isClean(out)) fail('JSON_TEXT', pointer);
      return out;
    }

    // One escape. Halves of surrogate pairs must meet: an escaped one never pairs with a plain one.
    escape(pointer) {
      const kind = this.next();
      this.at++;
      if (kind !== 'u') return ESCAPES[kind] || fail('JSON_SYNTAX', pointer);
      const unit = this.unit(pointer);
      if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
      if (unit > 0xdbff || this.next() !== '\\' || this.text[this.at + 1] !== 'u') {
        if (this.at + 1 >= this.text.length) fail('JSON_CUT_OFF', '');
        fail('JSON_TEXT', pointer);
      }
      this.at += 2;
      const second = this.unit(pointer);
      if (second < 0xdc00 || second > 0xdfff) fail('JSON_TEXT', pointer);
      return String.fromCharCode(unit, second);
    }

    unit(pointer) {
      let value = 0;
      for (let i = 0; i < 4; i++) {
        const digit = '0123456789abcdef'.indexOf(this.next().toLowerCase());
        if (digit < 0) fail('JSON_SYNTAX', pointer);
        value = value * 16 + digit;
        this.at++;
      }
      return value;
    }

    number(pointer) {
      const start = this.at;
      while (this.at < this.text.length && '0123456789.eE+-'.indexOf(this.text[this.at]) >= 0) this.at++;
      const found = this.text.slice(start, this.at);
      // Within an array or object, a number that runs to the end may go on.
      if (this.at >= this.text.length && pointer !== '') fail('JSON_CUT_OFF', '');
      const value = Number(found);
      if (!/^(0|-?[1-9][0-9]{0,15})$/.test(found) || !Number.isSafeInteger(value)) fail('JSON_NUMBER', pointer);
      return value;
    }
  }

  function decode(bytes) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      // Whole characters and then a part of one: cut off.
      try {
        new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
      } catch (worse) {
        return fail('JSON_UTF8', '');
      }
      return fail('JSON_CUT_OFF', '');
    }
  }

  function parse(bytes, limit) {
    if (bytes.length > limit) fail('JSON_LARGE', '');
    const reader = new Reader(decode(bytes));
    const value = reader.value('', 0);
    reader.white();
    if (reader.at < reader.text.length) fail('JSON_SYNTAX', '');
    return value;
  }

  function quoted(text) {
    return '"' + text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t') + '"';
  }

  function compact(value) {
    if (typeof value === 'string') return quoted(value);
    if (Array.isArray(value)) return '[' + value.map(compact).join(',') + ']';
    if (!(value instanceof Map)) return String(value);
    const members = Array.from(value, function (member) { return quoted(member[0]) + ':' + compact(member[1]); });
    return '{' + members.join(',') + '}';
  }

  function parseCompact(bytes, limit) {
    const value = parse(bytes, limit);
    if (!xz.bytes.equal(xz.bytes.fromText(compact(value)), bytes)) fail('JSON_NOT_COMPACT', '');
    return value;
  }

  // Equal but for the order of members.
  function same(a, b) {
    if (Array.isArray(a) && Array.isArray(b)) {
      return a.length === b.length && a.every(function (one, i) { return same(one, b[i]); });
    }
    if (a instanceof Map && b instanceof Map) {
      return a.size === b.size && Array.from(a.keys()).every(function (key) { return b.has(key) && same(a.get(key), b.get(key)); });
    }
    return a === b;
  }

  // The member of an object, undefined where there is none or it is no object.
  function member(value, key) {
    return value instanceof Map ? value.get(key) : undefined;
  }

  xz.json = { parse: parse, parseCompact: parseCompact, compact: compact, same: same, member: member, below: below };
}(self.Xinzheng = self.Xinzheng || {}));
