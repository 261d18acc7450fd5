// Loads the verifier's scripts as a page would, into a context of its own. `crypto` may be left out.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const ROOT = path.join(__dirname, '..', '..', '..');
const STATIC = path.join(ROOT, 'web', 'static');

// In the order of the page.
const SCRIPTS = JSON.parse(fs.readFileSync(path.join(STATIC, 'verifier', 'order.json'), 'utf8'));

// What a page has as `crypto` under an address that is secure.
const { webcrypto } = require('crypto');

function load(crypto) {
  const context = { TextEncoder, TextDecoder, crypto };
  context.self = context;
  vm.createContext(context);
  for (const name of SCRIPTS) {
    vm.runInContext(fs.readFileSync(path.join(STATIC, name), 'utf8'), context, { filename: name });
  }
  return context.Xinzheng;
}

module.exports = { load, webcrypto, ROOT, STATIC, SCRIPTS };
