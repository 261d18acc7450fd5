// Certificate number, check code, window code (spec: number.md).
//
//   xz.number.isCertificate('2026112240170938612531') -> true
(function (xz) {
  'use strict';

  // 22 digits with two check digits, 02 to 98, by ISO 7064 MOD 97-10.
  function isCertificate(text) {
    if (!/^[0-9]{22}$/.test(text)) return false;
    const check = Number(text.slice(20));
    return check >= 2 && check <= 98 && BigInt(text) % 97n === 1n;
  }

  function isCheckCode(text) {
    return /^[0-9]{10}$/.test(text);
  }

  function isWindowCode(text) {
    return /^[0-9]{32}$/.test(text) && isCertificate(text.slice(0, 22));
  }

  // Digits in groups of four, for people.
  function grouped(text) {
    return text.replace(/(.{4})(?=.)/g, '$1 ');
  }

  xz.number = { isCertificate: isCertificate, isCheckCode: isCheckCode, isWindowCode: isWindowCode, grouped: grouped };
}(self.Xinzheng = self.Xinzheng || {}));
