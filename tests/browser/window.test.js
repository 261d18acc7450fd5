// The clerk's window: a scanner gun that types faster than anybody, without losing a code and without a click.
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');

const { start, PATIENCE } = require('./browser');
const { serve } = require('./office');
const { signedIn, submitted } = require('./people');
const { printed } = require('./symbols');
const { verdict } = require('./verdicts');

const SCANS = 200;
/** Between two keys: 100 characters a second. */
const KEY = 10;
/** A judged scan may be one of so many that wait. */
const LONG = 4 * PATIENCE;

let office;
let browser;
let codes;

before(async () => {
  office = await serve();
  browser = await start();
  const folder = path.join(office.dir, 'demo/certificates');
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.pdf')).slice(0, 4);
  codes = [];
  for (const file of files) codes.push(await printed(path.join(folder, file)));
});

after(async () => {
  await browser.close();
  await office.away();
});

test('200 codes at 100 characters a second, none lost, no click', async () => {
  const page = await signedIn(browser, office, 'window');
  await page.goto(office.address + '/window');
  for (let scan = 0; scan < SCANS; scan += 1) {
    await page.keyboard.type(codes[scan % codes.length].window, { delay: KEY });
    await page.keyboard.press('Enter');
  }
  await page.waitForFunction((all) => document.querySelector('#window').dataset.done === all, String(SCANS), { timeout: LONG });
  assert.strictEqual(await page.getAttribute('#window', 'data-taken'), String(SCANS));
  const said = await verdict(page);
  assert.strictEqual(said.outcome, 'valid');
  assert.ok(said.size >= 32, `${said.size} px`);
  assert.ok(said.holder, 'the name to compare');
  assert.strictEqual(await page.evaluate(() => document.activeElement.id), 'code', 'the next scan needs no click');
  assert.deepStrictEqual(page.faults, []);
  await page.context().close();
});

test('full-width digits and what a scanner adds are forgiven; another digit is not', async () => {
  const page = await signedIn(browser, office, 'window');
  await page.goto(office.address + '/window');
  const wide = codes[0].window.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
  await page.fill('#code', `\t${wide} `);
  await page.keyboard.press('Enter');
  assert.strictEqual((await verdict(page)).outcome, 'valid');
  const last = codes[0].window.slice(-1);
  await page.fill('#code', codes[0].window.slice(0, -1) + (last === '9' ? '0' : String(Number(last) + 1)));
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /未查到该证书或查验码不符/.test(document.querySelector('#result').textContent));
  await page.context().close();
});

test('a receipt is printed with one click and can be checked again', async () => {
  const page = await signedIn(browser, office, 'window');
  await page.goto(office.address + '/window');
  await page.fill('#case', '2026-窗-0017');
  await page.fill('#matter', '食品经营许可');
  await page.focus('#code');
  await page.keyboard.type(codes[0].window);
  await page.keyboard.press('Enter');
  await verdict(page);
  const [receipt] = await Promise.all([page.context().waitForEvent('page'), page.click('[data-receipt]')]);
  await receipt.waitForURL(/\/receipt/);
  const text = await receipt.textContent('main');
  for (const part of ['核验回执', '2026-窗-0017', '食品经营许可']) assert.ok(text.includes(part), part);
  await page.context().close();
});

test('without scripts the window works by plain forms', async () => {
  const page = await signedIn(browser, office, 'window', { javaScriptEnabled: false });
  await page.goto(office.address + '/window');
  await page.fill('#code', codes[1].window);
  await submitted(page, '#window button[type=submit]');
  const sentence = await page.textContent('#verdict-sentence');
  assert.ok(sentence.includes('核验通过'), sentence);
  await page.context().close();
});

test('without a network the page says so and checks QR texts by itself', async () => {
  const page = await signedIn(browser, office, 'window');
  await page.goto(office.address + '/window');
  await page.keyboard.type(codes[0].window);
  await page.keyboard.press('Enter');
  await verdict(page);
  await page.context().setOffline(true);
  await page.keyboard.insertText(codes[1].qr);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#network:not([hidden])');
  await page.waitForFunction(() => document.querySelector('#window').dataset.done === '2');
  const said = await verdict(page);
  assert.strictEqual(said.outcome, 'valid', said.sentence);
  assert.ok((await page.textContent('#result')).includes('网络不可用，已转离线核验'));
  await page.context().close();
});
