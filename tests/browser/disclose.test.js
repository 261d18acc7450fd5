// The holder picks what a recipient sees; the recipient verifies the copy alone, and a tender is told what is missing.
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');

const { start, person, page, PHONE } = require('./browser');
const { serve } = require('./office');
const { signedIn, submitted } = require('./people');
const { verdict } = require('./verdicts');

const SAMPLES = path.join(__dirname, '../samples');
const VERIFIER = process.env.XINZHENG_VERIFIER || path.join(__dirname, '../../target/debug/xinzheng-verify');

let office;
let browser;

before(async () => {
  office = await serve();
  browser = await start();
});

after(async () => {
  await browser.close();
  await office.away();
});

/** A certificate for a loan with one penalty, of the enterprise that the example office's holder speaks for. */
async function issued() {
  const holder = await signedIn(browser, office, 'holder');
  const code = (await holder.textContent('.lead .code')).trim();
  const report = JSON.parse(fs.readFileSync(path.join(SAMPLES, 'report-general-penalty.json'), 'utf8'));
  report.subject.uscc = code;
  report.report_no = '20261122091532C0000001';
  const own = fs.readdirSync(SAMPLES).filter((name) => name.startsWith('report-'))
    .map((name) => JSON.parse(fs.readFileSync(path.join(SAMPLES, name), 'utf8')))
    .find((one) => one.subject && one.subject.uscc === code);
  report.subject.name = own.subject.name;
  const operator = await signedIn(browser, office, 'operator');
  await operator.goto(office.address + '/operator/submit');
  await operator.fill('#text', JSON.stringify(report));
  await submitted(operator, 'main form button.button-large');
  await operator.waitForURL(/\/operator\/drafts\//);
  const id = /drafts\/(\w+)/.exec(operator.url())[1];
  const reviewer = await signedIn(browser, office, 'reviewer');
  await reviewer.goto(`${office.address}/review/drafts/${id}`);
  await submitted(reviewer, 'form[action$="/approve"] button');
  const number = (await reviewer.textContent('#number')).replace(/\D/g, '');
  return { holder, number };
}

test('a copy without the penalty verifies offline, says what it hides, and does not suffice for a tender', async () => {
  const { holder, number } = await issued();
  await holder.goto(`${office.address}/holder/certificates/${number}`);
  await holder.click('a[href$="/copy"]');
  const penalty = holder.locator('label', { hasText: '不利记录' }).locator('input');
  assert.strictEqual(await penalty.count(), 1);
  await penalty.uncheck();
  await holder.selectOption('#to', 'BIDDING');
  await submitted(holder, 'button[value=look]');
  assert.ok((await holder.textContent('[role=alert]')).includes('未出示此用途必须出示的记录'));
  assert.strictEqual((await holder.textContent('#count-adverse')).trim(), '1');
  const files = {};
  for (const form of ['xzc', 'pdf']) {
    const [download] = await Promise.all([holder.waitForEvent('download'), holder.click(`button[value=${form}]`)]);
    files[form] = path.join(office.dir, `copy.${form}`);
    await download.saveAs(files[form]);
  }
  const text = execFileSync('pdftotext', [files.pdf, '-'], { encoding: 'utf8' });
  assert.ok(text.includes('部分出示的副本') && text.includes('本副本未出示：行政处罚1条'), text);

  // The recipient's phone: one file, no network.
  const folder = path.join(office.dir, 'demo');
  const program = await (await fetch(office.address + '/verify.html')).text();
  const alone = path.join(office.dir, 'verify.html');
  fs.writeFileSync(alone, program);
  const context = await person(browser, Object.assign({ offline: true }, PHONE));
  const phone = await page(context);
  await phone.goto('file://' + alone);
  await phone.setInputFiles('#file', [path.join(folder, 'trust.xzt')]);
  await phone.click('#pin');
  for (const form of ['xzc', 'pdf']) {
    await phone.setInputFiles('#file', [files[form]]);
    const said = await verdict(phone);
    assert.strictEqual(said.outcome, 'valid', said.sentence);
    assert.ok((await phone.textContent('main')).includes('本副本隐去 1 项，其中不利记录 1 条'));
  }

  // The recipient whose purpose demands it.
  const judged = (args) => {
    const all = ['--json', '--trust', path.join(folder, 'trust.xzt'), '--root', office.shown.root, '--no-status'].concat(args);
    try {
      return JSON.parse(execFileSync(VERIFIER, all, { encoding: 'utf8' })).results[0];
    } catch (failed) {
      return JSON.parse(failed.stdout).results[0];
    }
  };
  assert.strictEqual(judged([files.xzc]).verdict, 'valid');
  assert.deepStrictEqual(judged([files.xzc]).hidden, { records: 1, adverse: 1 });
  assert.strictEqual(judged(['--purpose', 'AWARD', files.xzc]).verdict, 'valid');
  assert.strictEqual(judged(['--purpose', 'BIDDING', files.xzc]).code, 'DISCLOSURE_INCOMPLETE');
  assert.strictEqual(judged(['--purpose', 'BIDDING', files.pdf]).code, 'DISCLOSURE_INCOMPLETE');
  await context.close();
});
