// Characters that no text may hold, white space, decimal numbers, times and dates (spec: json.md, README.md).
//
//   xz.text.time('1795312800') -> 1795312800        xz.text.showTime(1795312800, 'zh') -> '2026年11月22日 10:00'
(function (xz) {
  'use strict';

  const TIME_MAX = 253402300799;
  const DAY = 86400;
  const CHINA = 8 * 3600;

  // Controls, separators, blank letters, and the general category Cf as Unicode 16.0 has it.
  const REFUSED = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f' +
    '\\u0890\\u0891\\u08e2\\u115f\\u1160\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\u3164' +
    '\\ufdd0-\\ufdef\\ufeff\\uffa0\\ufff9-\\ufffb\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}\\u{1bca0}-\\u{1bca3}' +
    '\\u{1d173}-\\u{1d17a}\\u{e0001}\\u{e0020}-\\u{e007f}]', 'u');
  const WHITE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

  // Whether the text keeps json.md, rule 5: NFC, no refused character, no half of a surrogate pair.
  function isClean(text) {
    if (REFUSED.test(text) || text.normalize('NFC') !== text) return false;
    for (const character of text) {
      const code = character.codePointAt(0);
      if ((code & 0xfffe) === 0xfffe || (code >= 0xd800 && code <= 0xdfff)) return false;
    }
    return true;
  }

  // One line as core.md wants it: clean, not empty, at most `limit` bytes.
  function line(text, limit) {
    if (text === '' || /[\n\t]/.test(text) || !isClean(text)) xz.refuse('not a line of text');
    if (xz.bytes.fromText(text).length > limit) xz.refuse('a text is too long');
    return text;
  }

  // A decimal number below 2^64, as BigInt.
  function decimal(text) {
    if (!/^(0|[1-9][0-9]{0,19})$/.test(text) || BigInt(text) >= 1n << 64n) xz.refuse('not a decimal number');
    return BigInt(text);
  }

  // Seconds since 1970 of a Number or BigInt.
  function seconds(value) {
    if (value < 0 || value > TIME_MAX) xz.refuse('not a time');
    return Number(value);
  }

  function isLeap(year) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  }

  // Days since 1970-01-01 of `YYYY-MM-DD`.
  function date(text) {
    const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
    if (!found) return xz.refuse('not a date');
    const [year, month, day] = found.slice(1).map(Number);
    const lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) xz.refuse('not a date');
    return Date.UTC(year, month - 1, day) / 1000 / DAY;
  }

  // Seconds of `YYYY-MM-DDThh:mm:ss+08:00`.
  function chinaTime(text) {
    const found = /^(....-..-..)T([0-9]{2}):([0-9]{2}):([0-9]{2})\+08:00$/.exec(text);
    if (!found) return xz.refuse('not a time');
    const [hour, minute, second] = found.slice(2).map(Number);
    if (hour > 23 || minute > 59 || second > 59) xz.refuse('not a time');
    return seconds(date(found[1]) * DAY + hour * 3600 + minute * 60 + second - CHINA);
  }

  // `YYYY-MM-DD` of days since 1970-01-01.
  function dateText(days) {
    return new Date(days * DAY * 1000).toISOString().slice(0, 10);
  }

  // For people: 2026年11月22日, or 2026-11-22.
  function showDate(days, lang) {
    const parts = dateText(days).split('-').map(Number);
    return lang === 'en' ? dateText(days) : parts[0] + '年' + parts[1] + '月' + parts[2] + '日';
  }

  // For people: the office's calendar and clock, to the minute.
  function showTime(time, lang) {
    const there = time + CHINA;
    const clock = new Date(there * 1000).toISOString().slice(11, 16);
    return showDate(Math.floor(there / DAY), lang) + ' ' + clock;
  }

  xz.text = {
    isClean: isClean,
    isWhite: function (character) { return WHITE.test(character); },
    line: line,
    decimal: decimal,
    seconds: seconds,
    time: function (text) { return seconds(decimal(text)); },
    date: date,
    chinaTime: chinaTime,
    dateText: dateText,
    showDate: showDate,
    showTime: showTime
  };
}(self.Xinzheng = self.Xinzheng || {}));
