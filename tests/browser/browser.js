// A real Chromium for the tests: Debian's, driven by playwright-core, without a network of its own but the loopback.
//
// Here: starting it, its kinds (ordinary, phone, old without crypto.subtle, without scripts, with a camera).
// Not here: what the tests do with it.
'use strict';

const { chromium } = require('playwright-core');

const PROGRAM = process.env.XINZHENG_CHROMIUM || '/usr/bin/chromium';
/** The slowest machine needs no longer; nothing waits for it to pass. */
const PATIENCE = 60000;

/** Starts the browser; `args` are more of Chromium's own switches. */
function start(args) {
  return chromium.launch({
    executablePath: PROGRAM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'].concat(args || []),
  });
}

/** A person of their own: cookies, storage and caches are nobody else's. */
async function person(browser, options) {
  const context = await browser.newContext(Object.assign({ locale: 'zh-CN', viewport: { width: 1366, height: 768 } }, options));
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** A page that keeps what went wrong on it: `page.faults`. */
async function page(context) {
  const opened = await context.newPage();
  opened.faults = [];
  opened.on('pageerror', (error) => opened.faults.push(String(error)));
  opened.on('console', (message) => {
    if (message.type() === 'error') opened.faults.push(message.text());
  });
  return opened;
}

/** A phone, as far as a page can tell. */
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** The browsers of old windows have no crypto.subtle on plain HTTP, and no Ed25519 in it. */
function withoutSubtle(context) {
  return context.addInitScript(() => {
    Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });
  });
}

module.exports = { start, person, page, withoutSubtle, PHONE, PATIENCE };
