// As much of PDF's syntax as finding an attachment takes (spec: pdf.md): one dictionary with its keys.
//
//   xz.pdfWords.dictionary(bytes, at) -> {members: Map of key to words, or null, end: how far was read}
//
// Of arrays and dictionaries inside only the brackets are matched: each is one word.
(function (xz) {
  'use strict';

  const DICTIONARY_BYTES = 4096;
  const DICTIONARY_WORDS = 256;
  const DEPTH = 8;
  const WHITE = '\0\t\n\f\r ';
  const DELIMITERS = '()<>[]{}/%';

  // One character for each byte, the ASCII ones as they are.
  function latin(bytes) {
    return new TextDecoder('windows-1252').decode(bytes);
  }

  function white(byte) { return byte !== undefined && WHITE.indexOf(String.fromCharCode(byte)) >= 0; }

  function isWord(character) {
    return character !== undefined && (WHITE + DELIMITERS).indexOf(character) < 0;
  }

  // Cuts one dictionary into words, at most 4,096 bytes from where it begins.
  class Words {
    constructor(bytes, at) {
      this.text = latin(bytes.subarray(at, at + DICTIONARY_BYTES));
      this.at = 0;
    }

    // White space and comments.
    skip() {
      let comment = false;
      for (; this.at < this.text.length; this.at++) {
        const character = this.text[this.at];
        if (character === '\n' || character === '\r') comment = false;
        else if (character === '%') comment = true;
        else if (!comment && WHITE.indexOf(character) < 0) return;
      }
    }

    next() {
      this.skip();
      const from = this.at;
      this.at = this.end(this.text[from], this.text.substr(from, 2));
      // What has no end was looked at to the end: nobody looks there again.
      if (this.at === 0) {
        this.at = this.text.length;
        xz.refuse('a string without an end');
      }
      return this.text.slice(from, this.at);
    }

    // Where the word that begins here ends; 0 where it has no end.
    end(first, two) {
      if (two === '<<' || two === '>>') return this.at + 2;
      if ('[]{}'.indexOf(first) >= 0) return this.at + 1;
      if (first === '(') return this.stringEnd();
      if (first === '<') return this.text.indexOf('>', this.at) + 1;
      if (first === undefined || first === ')' || first === '>') xz.refuse('a bracket that closes nothing, or no end');
      let at = first === '/' ? this.at + 1 : this.at;
      while (isWord(this.text[at])) at++;
      return at;
    }

    stringEnd() {
      let open = 0;
      for (let at = this.at; at < this.text.length; at++) {
        const character = this.text[at];
        if (character === '\\') at++;
        if (character === '(') open++;
        if (character === ')' && --open === 0) return at + 1;
      }
      return 0;
    }
  }

  // The words of a dictionary, an array or dictionary in it as one word.
  function topWords(words) {
    if (words.next() !== '<<') xz.refuse('no dictionary');
    const list = [];
    const open = ['>>'];
    let opened = 0;
    while (list.length <= DICTIONARY_WORDS) {
      const word = words.next();
      if (word === '<<' || word === '[') {
        if (open.length === 1) opened = words.at - word.length;
        open.push(word === '[' ? ']' : '>>');
        if (open.length > DEPTH) xz.refuse('nested too deep');
      } else if (word === '>>' || word === ']') {
        if (open.pop() !== word) xz.refuse('brackets that do not match');
        if (open.length === 0) return list;
        if (open.length === 1) list.push(words.text.slice(opened, words.at));
      } else if (open.length === 1) {
        list.push(word);
      }
    }
    return xz.refuse('too many keys and values');
  }

  function isNumber(word) { return word !== undefined && /^[0-9]+$/.test(word); }

  // Keys and their values; a value is a list of words: `7 0 R` is three.
  function members(list) {
    const found = new Map();
    for (let at = 0; at < list.length;) {
      const isReference = isNumber(list[at + 1]) && isNumber(list[at + 2]) && list[at + 3] === 'R';
      const value = list.slice(at + 1, at + (isReference ? 4 : 2));
      if (!list[at].startsWith('/') || found.has(list[at]) || value.length === 0) xz.refuse('not keys and values');
      found.set(list[at], value);
      at += 1 + value.length;
    }
    return found;
  }

  // The dictionary that begins at `at`, null where it is none; and how far was read.
  function dictionary(bytes, at) {
    const words = new Words(bytes, at);
    try {
      return { members: members(topWords(words)), end: at + words.at };
    } catch (error) {
      return error instanceof xz.Refused ? { members: null, end: at + words.at } : xz.rethrow(error);
    }
  }

  xz.pdfWords = { latin: latin, white: white, isNumber: isNumber, dictionary: dictionary };
}(self.Xinzheng = self.Xinzheng || {}));
