// What a browser remembers, with a service and a memory made up: the first use, another root, older evidence, no network.
'use strict';

const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const vm = require('vm');
const { SCRIPTS, STATIC, ROOT } = require('./load');

const COMMON = path.join(ROOT, 'verifier', 'vectors', 'verdict', 'common');
const file = (name) => fs.readFileSync(path.join(COMMON, name), 'utf8');

// A browser: its memory is a Map, `serve` is what the service has at each address; no `serve` is no network.
function browser(memory) {
  const context = { TextEncoder, TextDecoder, setTimeout, clearTimeout, AbortController, serve: {} };
  const storage = { getItem: (key) => (memory.has(key) ? memory.get(key) : null), setItem: (key, value) => memory.set(key, value), removeItem: (key) => memory.delete(key) };
  context.localStorage = new Proxy(storage, { ownKeys: () => Array.from(memory.keys()), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
  context.fetch = async (address) => {
    if (!context.serve) throw new TypeError('no network');
    const text = context.serve[address];
    return { ok: text !== undefined, status: text === undefined ? 404 : 200, text: async () => text };
  };
  context.self = context;
  vm.createContext(context);
  for (const name of SCRIPTS.concat('keeper.js')) {
    vm.runInContext(fs.readFileSync(path.join(STATIC, name), 'utf8'), context, { filename: name });
  }
  return context;
}

// Bundles and lists of the vectors, by what they are.
async function inventory() {
  const { Xinzheng: xz } = browser(new Map());
  const bundles = [];
  const lists = [];
  for (const name of fs.readdirSync(COMMON)) {
    try {
      if (name.endsWith('.xzt')) bundles.push({ name, text: file(name), bundle: await xz.trust.open(file(name), null) });
      if (name.endsWith('.xzs')) lists.push({ name, text: file(name), list: xz.status.parse(xz.bytes.fromText(file(name))) });
    } catch (error) {
      // Some are bad on purpose.
    }
  }
  return { xz, bundles, lists };
}

// The bundle of the vectors under a root of this seed and with this sequence.
function made(main, seed, sequence) {
  const name = main.split('\n', 1)[0];
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const secret = crypto.createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' });
  const key = Buffer.concat([Buffer.from([1]), crypto.createPublicKey(secret).export({ format: 'der', type: 'spki' }).slice(-32)]);
  const id = crypto.createHash('sha256').update(name + '\n').update(key).digest().slice(0, 4);
  const vkey = `${name}+${id.toString('hex')}+${key.toString('base64')}`;
  const lines = main.slice(0, main.lastIndexOf('\n\n') + 1).replace(/^root .*\n(root .*\n)*/m, `root ${vkey}\n`);
  const text = lines.replace(/^sequence .*$/m, `sequence ${sequence}`);
  const signature = Buffer.concat([id, crypto.sign(null, Buffer.from(text), secret)]).toString('base64');
  return `${text}\n\u2014 ${name} ${signature}\n`;
}

async function refused(promise, code) {
  await assert.rejects(promise, (error) => error.code === code, code);
}

async function main() {
  const { xz, bundles, lists } = await inventory();
  const main = bundles.find((one) => one.name === 'main.xzt');
  const trusted = await xz.status.shelf(lists.map((one) => one.list), main.bundle);
  const good = lists.filter((one) => trusted.lists.includes(one.list) && one.list.shard === 0n);
  good.sort((a, b) => Number(a.list.sequence - b.list.sequence));
  const [older, newer] = [good[0], good[good.length - 1]];
  assert(older.list.sequence < newer.list.sequence, 'two lists, one after the other');
  const memory = new Map();

  // The first use: nothing is there, then the root is remembered.
  const context = browser(memory);
  const keeper = context.Xinzheng.keeper;
  await refused(keeper.load('', [0n]), 'TRUST_MISSING');
  context.serve = { '/trust.xzt': main.text, '/ledger/status/0.xzs': newer.text };
  const first = await keeper.load('', [0n]);
  assert.deepStrictEqual([first.first, first.offline, first.warnings.length, first.shelf.lists.length], [true, false, 0, 1]);
  assert.strictEqual(memory.get('xinzheng.root'), main.bundle.root.text);
  assert.strictEqual((await keeper.load('', [0n])).first, false);

  // An older list is told and not used alone: the newer one that is remembered leads.
  context.serve['/ledger/status/0.xzs'] = older.text;
  const rolled = await keeper.load('', [0n]);
  assert.deepStrictEqual(Array.from(rolled.warnings), ['STATUS_OLDER']);
  assert(rolled.shelf.lists.some((list) => list.sequence === newer.list.sequence));
  assert.strictEqual(memory.get('xinzheng.status.0'), newer.text);

  // One that is no list is told; without a network, what is remembered serves.
  context.serve['/ledger/status/0.xzs'] = '<html>';
  assert.deepStrictEqual(Array.from((await keeper.load('', [0n])).warnings), ['STATUS_UNUSABLE']);
  context.serve = null;
  const offline = await keeper.load('', [0n]);
  assert.deepStrictEqual([offline.offline, offline.shelf.lists.length, offline.bundle.sequence], [true, 1, main.bundle.sequence]);

  // Lists that came as files: only what was seen is remembered, the highest sequence, and none from the future.
  const told = () => keeper.seen().map((one) => one.sequence);
  keeper.saw([newer.list], newer.list.issued);
  keeper.saw([older.list], newer.list.issued);
  assert.deepStrictEqual(Array.from(told()), [newer.list.sequence]);
  assert(keeper.seen().every((one) => context.Xinzheng.status.contradicts(Object.assign({}, one, { text: new Uint8Array(32) }), newer.list)));
  assert(!context.Xinzheng.status.contradicts(keeper.seen()[0], newer.list));
  memory.delete('xinzheng.seen');
  keeper.saw([newer.list], newer.list.issued - 301);
  assert.strictEqual(told().length, 0);
  memory.set('xinzheng.seen', 'damaged');
  assert.strictEqual(told().length, 0);

  // Another root, a changed bundle, an older bundle: refused, and nothing is forgotten.
  context.serve = { '/trust.xzt': made(main.text, 1, 9) };
  await refused(keeper.load('', []), 'ROOT_OTHER');
  context.serve = { '/trust.xzt': main.text.replace('sequence', 'sequense') };
  await refused(keeper.load('', []), 'TRUST_BAD');
  assert.strictEqual(memory.get('xinzheng.trust'), main.text);
  keeper.forget();
  context.serve = { '/trust.xzt': made(main.text, 1, 9) };
  await keeper.load('', []);
  context.serve = { '/trust.xzt': made(main.text, 1, 8) };
  await refused(keeper.load('', []), 'TRUST_ROLLBACK');
  assert.strictEqual(memory.get('xinzheng.trust'), made(main.text, 1, 9));
  context.serve = { '/trust.xzt': made(main.text, 1, 10) };
  assert.strictEqual((await keeper.load('', [])).bundle.sequence, 10n);
  keeper.forget();
  assert.strictEqual(memory.size, 0);
  console.log('ok');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
