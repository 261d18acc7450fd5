// Every page, as everybody who may see it sees it: no serious fault of accessibility, nothing wider than the screen, no
// fault of a script, at the three widths that people have.
//
// XINZHENG_SCREENSHOTS=FOLDER keeps a picture of each, to be looked at.
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const path = require('path');

const { serious } = require('./axe');
const { start, person, page } = require('./browser');
const { serve } = require('./office');
const { signedIn } = require('./people');

const WIDTHS = [[1366, 768], [768, 1024], [390, 844]];
const PAGES = {
  null: ['/', '/verify', '/v', '/certificate', '/receipt', '/commitments', '/batches', '/batches/0', '/how-to-check', '/api', '/sign-in', '/nothing-here'],
  window: ['/window'],
  holder: ['/holder'],
  operator: ['/operator', '/operator/imports', '/operator/commitments', '/operator/due', '/operator/matters', '/operator/objections', '/operator/repairs', '/operator/erasures'],
  reviewer: ['/review', '/review/imports', '/review/repairs', '/review/erasures', '/history'],
  auditor: ['/admin/log', '/history'],
  'system-administrator': ['/admin', '/admin/accounts'],
  'security-administrator': ['/admin'],
};

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

for (const role of Object.keys(PAGES)) {
  test(`pages of ${role === 'null' ? 'everybody' : role}`, async () => {
    const opened = role === 'null' ? await page(await person(browser)) : await signedIn(browser, office, role);
    for (const address of PAGES[role]) {
      for (const [width, height] of WIDTHS) {
        await opened.setViewportSize({ width, height });
        opened.faults.length = 0;
        await opened.goto(office.address + address);
        if (address !== '/nothing-here') assert.deepStrictEqual(opened.faults, [], address);
        const wider = await opened.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wider <= 0, `${address} is ${wider} px wider than ${width}`);
        await keep(opened, role, address, width);
      }
      assert.deepStrictEqual(await serious(opened), [], address);
      // The links of a page are real: none leads to nothing.
      for (const href of await opened.$$eval('main a[href^="/"], nav a[href^="/"]', (links) => links.map((link) => link.getAttribute('href')))) {
        const answer = await opened.request.get(office.address + href);
        assert.ok(answer.status() < 400 || answer.status() === 404 && address === '/nothing-here', `${address} links to ${href}: ${answer.status()}`);
      }
    }
    await opened.context().close();
  });
}

async function keep(opened, role, address, width) {
  const folder = process.env.XINZHENG_SCREENSHOTS;
  if (!folder) return;
  const name = `${role}${address.replace(/\//g, '-')}-${width}.png`;
  await opened.screenshot({ path: path.join(folder, name), fullPage: true });
}
