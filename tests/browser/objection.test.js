// An objection from the holder's form to the clerk's window: suspended in under a minute, also where the network went down
// since; valid again once it is rejected; superseded once it is upheld.
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');

const { serious } = require('./axe');
const { start, PATIENCE } = require('./browser');
const { serve } = require('./office');
const { signedIn, submitted } = require('./people');
const { printed } = require('./symbols');
const { verdict } = require('./verdicts');

const PROGRAM = process.env.XINZHENG_PROGRAM || path.join(__dirname, '../../target/debug/xinzheng');
const SAMPLES = path.join(__dirname, '../samples');
/** A change is seen at the window within this time, in milliseconds. */
const MINUTE = 60000;
const WIDTHS = [[1366, 768], [390, 844]];

let office;
let browser;

before(async () => {
  office = await serve();
  browser = await start();
  // Working days, by which deadlines are counted.
  const year = Number(office.shown.year || new Date().getFullYear());
  for (const one of [2026, 2027, year, year + 1]) {
    const file = path.join(office.dir, `calendar-${one}.json`);
    const off = [{ name: '元旦', from: `${one}-01-01`, to: `${one}-01-01` }];
    fs.writeFileSync(file, JSON.stringify({ format: 'xinzheng/calendar/v1', year: one, source: '测试', off, working: [] }));
    execFileSync(PROGRAM, ['calendar', path.join(office.dir, 'demo'), 'import', file]);
  }
});

after(async () => {
  await browser.close();
  await office.away();
});

/** A report for the enterprise that the holder speaks for. */
async function report(holder, sample, number) {
  await holder.goto(office.address + '/holder');
  const code = (await holder.textContent('.lead .code')).trim();
  const reports = fs.readdirSync(SAMPLES).filter((name) => name.startsWith('report-'))
    .map((name) => JSON.parse(fs.readFileSync(path.join(SAMPLES, name), 'utf8')));
  const own = reports.find((one) => one.subject && one.subject.uscc === code);
  const made = JSON.parse(fs.readFileSync(path.join(SAMPLES, sample), 'utf8'));
  return Object.assign(made, { subject: own.subject, report_no: number });
}

/** Issues what is submitted at this address; its number. */
async function issue(operator, address, document) {
  await operator.goto(office.address + address);
  await operator.fill('#text', JSON.stringify(document));
  await submitted(operator, 'main form button.button-large');
  await operator.waitForURL(/\/operator\/drafts\//);
  const id = /drafts\/(\d+)/.exec(operator.url())[1];
  if (await operator.locator('form[action$="/approve"]').count()) {
    await submitted(operator, 'form[action$="/approve"] button');
  } else {
    const reviewer = await signedIn(browser, office, 'reviewer');
    await reviewer.goto(`${office.address}/review/drafts/${id}`);
    await submitted(reviewer, 'form[action$="/approve"] button');
    await reviewer.context().close();
    await operator.reload();
  }
  return (await operator.textContent('#number')).replace(/\D/g, '');
}

/** The holder objects to a record of the certificate; the number of the case. */
async function object(holder, number, ground) {
  await holder.goto(`${office.address}/holder/certificates/${number}`);
  await holder.click(`a[href="/holder/certificates/${number}/objection"]`);
  await looked(holder, 'objection-new');
  await holder.check('input[name=target][value=item]');
  await holder.selectOption('#item', { index: 1 });
  await holder.fill('#ground', ground);
  await holder.setInputFiles('#files', { name: '更正函.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
  await submitted(holder, 'main form button.button-large');
  await holder.waitForURL(/\/holder\/objections\/Y\d+/);
  assert.strictEqual((await holder.textContent('#state')).trim(), '异议已提交');
  await looked(holder, 'objection-own');
  return /Y\d+/.exec(holder.url())[0];
}

/** Scans until the window says so, at most a minute; what it says then. */
async function told(window, code, outcome) {
  const until = Date.now() + MINUTE;
  for (;;) {
    const done = Number(await window.getAttribute('#window', 'data-done'));
    await window.fill('#code', code);
    await window.keyboard.press('Enter');
    await window.waitForFunction((before) => Number(document.querySelector('#window').dataset.done) > before, done);
    const said = await verdict(window);
    if (said.outcome === outcome) return said;
    assert.ok(Date.now() < until, `still ${said.outcome}: ${said.sentence}`);
    await window.waitForTimeout(500);
  }
}

/** A page as people see it: no serious fault, nothing wider than the screen; a picture of it where one is asked for. */
async function looked(opened, name) {
  for (const [width, height] of WIDTHS) {
    await opened.setViewportSize({ width, height });
    const wider = await opened.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${name} is ${wider} px wider than ${width}`);
    const folder = process.env.XINZHENG_SCREENSHOTS;
    if (folder) await opened.screenshot({ path: path.join(folder, `${name}-${width}.png`), fullPage: true });
  }
  await opened.setViewportSize({ width: 1366, height: 768 });
  assert.deepStrictEqual(await serious(opened), [], name);
}

test('holder, operator, window: suspended, valid again, superseded', async () => {
  const holder = await signedIn(browser, office, 'holder');
  const operator = await signedIn(browser, office, 'operator');
  const document = await report(holder, 'report-general-penalty.json', '20261122091532B0000011');
  const number = await issue(operator, '/operator/submit', document);
  const pdf = path.join(office.dir, 'certificate.pdf');
  fs.writeFileSync(pdf, await (await holder.request.get(`${office.address}/holder/certificates/${number}.pdf`)).body());
  const paper = await printed(pdf);

  const window = await signedIn(browser, office, 'window');
  await window.goto(office.address + '/window');
  assert.strictEqual((await told(window, paper.window, 'valid')).outcome, 'valid');
  // Another window, opened before anything happened; its network goes down later.
  const other = await signedIn(browser, office, 'window');
  await other.goto(office.address + '/window');
  await told(other, paper.qr, 'valid');
  const before = await other.evaluate(() => localStorage.getItem('xinzheng.status.0'));

  const first = await object(holder, number, '该处罚决定已被撤销，见所附更正函');
  await operator.goto(office.address + '/operator/objections');
  await looked(operator, 'objections');
  await operator.click(`a[href="/operator/objections/${first}"]`);
  await looked(operator, 'objection-filed');
  await submitted(operator, 'form[action$="/suspend"] button.button-large');
  const suspended = await told(window, paper.window, 'undetermined');
  assert.ok(suspended.sentence.includes('异议核实中') && suspended.sentence.includes('暂缓使用'), suspended.sentence);
  await looked(operator, 'objection-verifying');
  await holder.goto(office.address + '/holder');
  assert.ok((await holder.textContent('main')).includes('异议核实中，暂缓使用'), 'told without asking');

  // The list that says so is kept by itself, and is what counts once there is no network.
  await other.waitForFunction((old) => localStorage.getItem('xinzheng.status.0') !== old, before, { timeout: 3 * PATIENCE });
  await other.context().setOffline(true);
  const offline = await told(other, paper.qr, 'undetermined');
  assert.ok(offline.sentence.includes('异议核实中'), offline.sentence);
  await other.context().close();

  await operator.fill('#reject-note', '经核实，处罚决定仍然有效');
  await submitted(operator, 'form[action$="/reject"] button:not([formaction])');
  assert.strictEqual((await operator.textContent('#state')).trim(), '异议不成立');
  assert.strictEqual((await told(window, paper.window, 'valid')).outcome, 'valid');

  const second = await object(holder, number, '该处罚决定已于今日撤销');
  await operator.goto(`${office.address}/operator/objections/${second}`);
  await submitted(operator, 'form[action$="/suspend"] button.button-large');
  const corrected = Object.assign({}, document, { sections: Object.assign({}, document.sections) });
  corrected.sections.admin = document.sections.admin.filter((act) => act.act !== 'PENALTY');
  corrected.summary = Object.assign({}, document.summary, { penalties: 0 });
  const successor = await issue(operator, `/operator/submit?corrects=${number}`, corrected);
  await operator.goto(`${office.address}/operator/objections/${second}`);
  await operator.fill('#replacement', successor);
  await submitted(operator, 'form[action$="/uphold"] button');
  assert.strictEqual((await operator.textContent('#state')).trim(), '异议成立，已更正');
  const replaced = await told(window, paper.window, 'invalid');
  assert.ok(replaced.sentence.includes('本证书已有更新版本，请以新证书为准'), replaced.sentence);
  await looked(operator, 'objection-upheld');

  await holder.goto(`${office.address}/holder/certificates/${number}`);
  assert.ok(await holder.locator(`a[href="/holder/certificates/${successor}"]`).count(), 'where the new one is');
  await looked(holder, 'certificate-replaced');
  await operator.goto(`${office.address}/history/${number}`);
  await looked(operator, 'history');
  await operator.goto(`${office.address}/operator/certificates/${successor}`);
  await looked(operator, 'operator-certificate');
  for (const page of [holder, operator, window]) assert.deepStrictEqual(page.faults, []);
});

test('a repair is seen before it is entered, and two people carry it out', async () => {
  const [holder, operator] = [await signedIn(browser, office, 'holder'), await signedIn(browser, office, 'operator')];
  const document = await report(holder, 'report-general-penalty.json', '20261122091532B0000012');
  for (const act of document.sections.admin) act.item_id = `${act.item_id}-R`;
  const number = await issue(operator, '/operator/submit', document);
  await operator.goto(office.address + '/operator/repairs');
  await operator.fill('#item', 'CF-0011-R');
  await submitted(operator, 'form[action$="/preview"] button');
  assert.strictEqual((await operator.textContent('#count')).trim(), '1');
  assert.ok(!operator.url().includes('CF-0011'), 'no record in an address');
  await operator.check('input[name=way_rectification]');
  await operator.fill('#basis', '信修决〔2026〕3号');
  await operator.fill('#reason', '已整改');
  await looked(operator, 'repair-new');
  await submitted(operator, 'form[action="/operator/repairs"] button');
  await submitted(operator, 'form[action$="/accept"] button:not([formaction])');
  const reviewer = await signedIn(browser, office, 'reviewer');
  await reviewer.goto(office.address + '/review/repairs');
  await reviewer.click('a[href^="/review/repairs/R"]');
  await looked(reviewer, 'repair-accepted');
  await submitted(reviewer, 'form[action$="/approve"] button.button-large');
  assert.strictEqual((await reviewer.textContent('#state')).trim(), '已修复');
  await looked(reviewer, 'repair-done');
  await holder.goto(`${office.address}/holder/certificates/${number}`);
  assert.ok((await holder.textContent('main')).includes('本证书已有更新版本，请以新证书为准'));

  await operator.goto(`${office.address}/operator/certificates/${number}/erase`);
  await operator.fill('#reason', '本人申请');
  await operator.fill('#basis', '个人信息保护法第四十七条');
  await looked(operator, 'erase');
  await submitted(operator, 'main form button');
  await reviewer.goto(office.address + '/review/erasures');
  await reviewer.click('a[href^="/review/erasures/E"]');
  await looked(reviewer, 'erasure');
  await reviewer.check('input[name=sure]');
  await submitted(reviewer, 'form[action$="/approve"] button');
  assert.strictEqual((await reviewer.textContent('#state')).trim(), '已删除');
  for (const page of [holder, operator, reviewer]) assert.deepStrictEqual(page.faults, []);
});
