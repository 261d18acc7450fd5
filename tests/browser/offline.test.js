// The browser verifies by itself: from the printed code, without the server, without crypto.subtle, as one file on disk.
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');

const { start, person, page, withoutSubtle, PHONE } = require('./browser');
const { serve } = require('./office');
const { printed, film, DPI } = require('./symbols');
const { verdict } = require('./verdicts');

let office;
let browser;
let pdf;
let code;

before(async () => {
  office = await serve();
  browser = await start();
  const folder = path.join(office.dir, 'demo/certificates');
  pdf = path.join(folder, fs.readdirSync(folder).filter((name) => name.endsWith('.pdf')).sort()[0]);
  code = await printed(pdf);
});

after(async () => {
  await browser.close();
  await office.away();
});

/** The address that a phone opens, at this office: its QR codes name the host of the real one. */
function landing(text) {
  return office.address + '/v#' + text.split('#')[1];
}

/** The same code with one digit changed, far behind its head. */
function changed(text) {
  const at = text.length - 40;
  const digit = (Number(text[at]) + 1) % 10;
  return text.slice(0, at) + digit + text.slice(at + 1);
}

/** Opened anew, as a camera opens an address: a new fragment alone would load nothing. */
async function opened(context, address) {
  const fresh = await page(context);
  await fresh.goto(address);
  return fresh;
}

test('once visited, a phone verifies a printed code with the server stopped', async () => {
  const context = await person(browser, PHONE);
  const first = await opened(context, landing(code.qr));
  const online = await verdict(first);
  assert.strictEqual(online.outcome, 'valid', online.sentence);
  assert.ok(!first.url().includes('#'), 'the code has left the address bar');
  await first.evaluate(() => navigator.serviceWorker.ready.then(() => new Promise((resolve) => setTimeout(resolve, 500))));
  await first.reload();
  await office.stop();
  try {
    const alone = await opened(context, landing(code.qr));
    const said = await verdict(alone);
    assert.strictEqual(said.outcome, 'valid', said.sentence);
    assert.strictEqual(said.holder, online.holder);
    assert.ok(said.size >= 32, `${said.size} px`);
    const touched = await verdict(await opened(context, landing(changed(code.qr))));
    assert.notStrictEqual(touched.outcome, 'valid', touched.sentence);
    assert.strictEqual(touched.holder, null, 'nothing of a touched code is shown');
  } finally {
    await office.start();
  }
  await context.close();
});

test('the browsers of old windows, without crypto.subtle, say the same', async () => {
  const context = await person(browser, { serviceWorkers: 'block' });
  await withoutSubtle(context);
  const said = await verdict(await opened(context, landing(code.qr)));
  assert.strictEqual(said.outcome, 'valid', said.sentence);
  const touched = await verdict(await opened(context, landing(changed(code.qr))));
  assert.notStrictEqual(touched.outcome, 'valid');
  await context.close();
});

test('one file from disk verifies with imported trust bundle and status list', async () => {
  const context = await person(browser, { offline: true });
  const program = await (await fetch(office.address + '/verify.html')).text();
  const file = path.join(office.dir, 'verify.html');
  fs.writeFileSync(file, program);
  const alone = await opened(context, 'file://' + file);
  const folder = path.join(office.dir, 'demo/certificates');
  const lists = fs.readdirSync(folder).filter((name) => name.endsWith('.xzs')).map((name) => path.join(folder, name));
  const choose = (files) => alone.setInputFiles('#file', files);
  await choose([path.join(office.dir, 'demo/trust.xzt')].concat(lists));
  await alone.click('#pin');
  await choose([pdf]);
  const said = await verdict(alone);
  assert.strictEqual(said.outcome, 'valid', said.sentence);
  await context.close();
});

test('two histories in a certificate can be carried away as a proof', async () => {
  const vectors = path.join(__dirname, '../../verifier/vectors/verdict');
  const vector = JSON.parse(fs.readFileSync(path.join(vectors, 'anchor-forked.json'), 'utf8'));
  const certificate = path.join(office.dir, 'two-histories.xzc');
  fs.writeFileSync(certificate, Buffer.from(vector.certificate, 'base64'));
  const file = path.join(office.dir, 'verify.html');
  fs.writeFileSync(file, await (await fetch(office.address + '/verify.html')).text());
  const context = await person(browser, { offline: true });
  await context.clock.setFixedTime(vector.terms.now * 1000);
  const alone = await opened(context, 'file://' + file);
  const choose = (files) => alone.setInputFiles('#file', files);
  await choose([path.join(vectors, vector.trust)]);
  await alone.click('#pin');
  await choose([certificate]);
  assert.strictEqual((await verdict(alone)).code, 'LEDGER_FORKED');
  const [saved] = await Promise.all([alone.waitForEvent('download'), alone.click('#fork-proof')]);
  const proof = path.join(office.dir, saved.suggestedFilename());
  await saved.saveAs(proof);
  assert.strictEqual(fs.readFileSync(proof, 'utf8'), vector.fork);
  // It stands for itself.
  await choose([proof]);
  await alone.waitForSelector('#verdict[data-outcome="invalid"]');
  assert.strictEqual((await verdict(alone)).code, 'LEDGER_FORKED');
  await context.close();
});

test('a camera that sees the printed code', async () => {
  const clip = path.join(office.dir, 'camera.y4m');
  film(pdf, code.symbol, DPI, clip);
  const seeing = await start(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${clip}`]);
  try {
    const context = await person(seeing, { permissions: ['camera'] });
    const scan = await opened(context, office.address + '/verify');
    await scan.click('#scan-start');
    const said = await verdict(scan);
    assert.strictEqual(said.outcome, 'valid', said.sentence);
  } finally {
    await seeing.close();
  }
});
