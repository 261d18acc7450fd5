// The whole story: an operator issues, the enterprise downloads its PDF, prints it, and somebody verifies the paper.
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');

const { start, person, page, PHONE } = require('./browser');
const { serve } = require('./office');
const { signedIn, submitted } = require('./people');
const { printed } = require('./symbols');
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

/** A report for the enterprise that the example office's holder speaks for, under a number of its own. */
async function reportFor(holder, sample, number) {
  const code = (await holder.textContent('.lead .code')).trim();
  const report = JSON.parse(fs.readFileSync(path.join(SAMPLES, sample), 'utf8'));
  const own = fs.readdirSync(SAMPLES).filter((name) => name.startsWith('report-'))
    .map((name) => JSON.parse(fs.readFileSync(path.join(SAMPLES, name), 'utf8')))
    .find((one) => one.subject && one.subject.uscc === code);
  assert.ok(own, `a sample of ${code}`);
  return { report: Object.assign(report, { subject: own.subject, report_no: number }), code };
}

async function submit(operator, report) {
  await operator.goto(office.address + '/operator/submit');
  await operator.fill('#text', JSON.stringify(report));
  await submitted(operator, 'main form button.button-large');
  await operator.waitForURL(/\/operator\/drafts\//);
}

test('operator, holder, paper, phone', async () => {
  const holder = await signedIn(browser, office, 'holder');
  const { report } = await reportFor(holder, 'report-special-clean.json', '20261122091532B0000001');
  const operator = await signedIn(browser, office, 'operator');
  await submit(operator, report);
  await submitted(operator, 'form[action$="/approve"] button');
  const number = (await operator.textContent('#number')).replace(/\D/g, '');

  await holder.goto(office.address + '/holder');
  const link = await holder.getAttribute(`a[href="/holder/certificates/${number}.pdf"]`, 'href');
  const answer = await holder.request.get(office.address + link);
  assert.strictEqual(answer.headers()['content-type'], 'application/pdf', await answer.text());
  const pdf = path.join(office.dir, 'certificate.pdf');
  fs.writeFileSync(pdf, await answer.body());
  execFileSync('qpdf', ['--check', pdf]);
  const text = execFileSync('pdftotext', [pdf, '-'], { encoding: 'utf8' });
  for (const part of ['社会信用区块链证书', report.subject.name, '仅限用于']) assert.ok(text.includes(part), part);

  const code = await printed(pdf);
  assert.strictEqual(code.window.length, 32);
  assert.strictEqual(code.window.slice(0, 22), number);
  assert.strictEqual(code.bar, code.window);

  const context = await person(browser, PHONE);
  const phone = await page(context);
  await phone.goto(office.address + '/v');
  await phone.evaluate(() => navigator.serviceWorker.ready);
  await phone.goto(office.address + '/v#' + code.qr.split('#')[1]);
  await phone.reload();
  await phone.goto('about:blank');
  await phone.goto(office.address + '/v#' + code.qr.split('#')[1]);
  const online = await verdict(phone);
  assert.strictEqual(online.outcome, 'valid', online.sentence);
  await office.stop();
  try {
    const alone = await page(context);
    await alone.goto(office.address + '/v#' + code.qr.split('#')[1]);
    const said = await verdict(alone);
    assert.strictEqual(said.outcome, 'valid', said.sentence);
    assert.strictEqual(said.holder, report.subject.name);
    const at = code.qr.length - 40;
    const touched = code.qr.slice(0, at) + ((Number(code.qr[at]) + 1) % 10) + code.qr.slice(at + 1);
    const other = await page(context);
    await other.goto(office.address + '/v#' + touched.split('#')[1]);
    assert.notStrictEqual((await verdict(other)).outcome, 'valid');

    const judged = (file) => {
      const args = ['--json', '--trust', path.join(office.dir, 'demo/trust.xzt'), '--root', office.shown.root, '--no-status', file];
      try {
        return JSON.parse(execFileSync(VERIFIER, args, { encoding: 'utf8' })).results[0];
      } catch (failed) {
        return JSON.parse(failed.stdout).results[0];
      }
    };
    assert.strictEqual(judged(pdf).verdict, 'valid');
    const bytes = fs.readFileSync(pdf);
    const appended = path.join(office.dir, 'appended.pdf');
    fs.writeFileSync(appended, Buffer.concat([bytes, Buffer.from('%\n')]));
    assert.strictEqual(judged(appended).code, 'PDF_ALTERED');
  } finally {
    await office.start();
  }
});

test('a report with a claim that does not hold needs a second person', async () => {
  const holder = await signedIn(browser, office, 'holder');
  const { report } = await reportFor(holder, 'report-general-penalty.json', '20261122091532B0000002');
  const operator = await signedIn(browser, office, 'operator');
  await submit(operator, report);
  assert.strictEqual(await operator.locator('form[action$="/approve"]').count(), 0, 'the operator alone can not issue it');
  const id = /drafts\/(\w+)/.exec(operator.url())[1];
  const reviewer = await signedIn(browser, office, 'reviewer');
  await reviewer.goto(`${office.address}/review/drafts/${id}`);
  await submitted(reviewer, 'form[action$="/approve"] button');
  await holder.goto(office.address + '/holder');
  assert.ok((await holder.textContent('main')).includes('含不成立结论'));
});
