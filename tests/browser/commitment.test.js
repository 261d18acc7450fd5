// Commitments: a table with bad rows is imported, corrected and sent again; one of them is made public, found by everybody,
// and found false: that shows once its objection window is over. The import's page is used with scripts and without.
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');

const { start, person, page } = require('./browser');
const { serve } = require('./office');
const { signedIn, submitted } = require('./people');

const SAMPLES = path.join(__dirname, '../samples');
const DIGEST = 'sha256:' + 'ab'.repeat(32);

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

async function keep(opened, name) {
  const folder = process.env.XINZHENG_SCREENSHOTS;
  if (!folder) return;
  for (const [width, height] of [[1366, 768], [390, 844]]) {
    await opened.setViewportSize({ width, height });
    await opened.screenshot({ path: path.join(folder, `${name}-${width}.png`), fullPage: true });
  }
}

async function text(opened, selector) {
  return (await opened.textContent(selector)).trim();
}

/** Sends a table, waits until it was looked through, and has the reviewer confirm it. */
async function imported(operator, reviewer, file) {
  await operator.goto(office.address + '/operator/imports');
  await operator.setInputFiles('#files', file);
  await submitted(operator, 'main form button.button-large');
  await operator.waitForFunction(() => document.querySelector('#state').textContent === '待复核员确认');
  const id = operator.url().split('/').pop();
  await keep(operator, 'import-checked');
  await reviewer.goto(office.address + '/review/imports/' + id);
  await keep(reviewer, 'import-review');
  await reviewer.check('input[name=sure]');
  await submitted(reviewer, 'form[action$="/confirm"] button');
  // The operator's page follows by itself once it is loaded again.
  await operator.reload();
  await operator.waitForFunction(() => document.querySelector('#state').textContent === '已完成');
}

test('import, correct the refused rows, send them again', async () => {
  const operator = await signedIn(browser, office, 'operator');
  const reviewer = await signedIn(browser, office, 'reviewer');
  await imported(operator, reviewer, path.join(SAMPLES, 'commitments-with-7-bad-rows.csv'));
  assert.strictEqual(await text(operator, '#refused'), '7');
  await keep(operator, 'import-done');
  const [download] = await Promise.all([operator.waitForEvent('download'), operator.click('#refused-file')]);
  const refused = fs.readFileSync(await download.path(), 'utf8');
  assert.ok(refused.includes('错误原因'));
  const corrected = path.join(office.dir, 'corrected.csv');
  fs.writeFileSync(corrected, refused.replace('口头型', '审批替代型').replace('2026/02/30', '2026/02/28'));
  await imported(operator, reviewer, corrected);
  assert.strictEqual(await text(operator, '#accepted'), '3');
  assert.strictEqual(await text(operator, '#refused'), '4');
  assert.deepStrictEqual(operator.faults, []);
});

test('made public, found by everybody, found false', async () => {
  const operator = await signedIn(browser, office, 'operator');
  await operator.goto(office.address + '/operator/commitments?stage=SUPPLEMENT_DUE');
  await keep(operator, 'commitments');
  const code = '61990020261122000006';
  await operator.goto(office.address + '/operator/commitments/' + code);
  const name = (await operator.textContent('h1')).trim().split(' ')[0];
  await operator.click('#event-PUBLICISED > summary');
  await operator.fill('#publicised-channels-site_0', '信用中国');
  await operator.fill('#publicised-channels-url_0', 'https://credit.example.gov.cn/c/6');
  await submitted(operator, '#event-PUBLICISED button[type=submit]');

  const visitor = await page(await person(browser, { javaScriptEnabled: false }));
  await visitor.goto(office.address + '/commitments');
  await visitor.fill('#word', name.slice(0, 3));
  await submitted(visitor, 'main form button');
  assert.ok(!visitor.url().includes('word') && !visitor.url().includes(encodeURIComponent(name.slice(0, 1))));
  await keep(visitor, 'public-search');
  await Promise.all([visitor.waitForNavigation(), visitor.click(`#found a[href="/commitments/${code}"]`)]);
  assert.ok((await text(visitor, 'h1')).startsWith(name));
  await keep(visitor, 'public-one');

  await operator.click('#event-CHECK_STARTED > summary');
  await submitted(operator, '#event-CHECK_STARTED button[type=submit]');
  await operator.click('#event-FOUND_FALSE > summary');
  await operator.fill('#found_false-unperformed', '提交的证明系伪造');
  await operator.fill('#found_false-liability', '撤销许可');
  await operator.fill('#found_false-evidence', DIGEST);
  await operator.fill('#found_false-unit', '示例县市场监督管理局');
  await operator.fill('#found_false-unit_code', '11619900990000121X');
  await submitted(operator, '#event-FOUND_FALSE button[type=submit]');
  // A wrong code is told at its field, and nothing is lost.
  assert.ok(await operator.isVisible('#found_false-unit_code-error'));
  assert.strictEqual(await operator.inputValue('#found_false-unperformed'), '提交的证明系伪造');
  await keep(operator, 'event-refused');
  await operator.fill('#found_false-unit_code', '11619900990000121R');
  await submitted(operator, '#event-FOUND_FALSE button[type=submit]');
  assert.strictEqual(await text(operator, '#stage'), '承诺不实');
  await keep(operator, 'commitment-false');
  // Everybody is told that a result is pending while it can be objected to.
  await visitor.reload();
  assert.ok(!(await visitor.textContent('main')).includes('承诺不实'));
  assert.ok((await text(visitor, '#fulfilment')).includes('待定'));
  await operator.goto(office.address + '/operator/due');
  await keep(operator, 'due');
  assert.ok((await operator.textContent('#due')).includes(name));
});
