// The people of the example office: signing in as each, the first time with the one-time password that `demo` printed.
'use strict';

const { person, page } = require('./browser');

const CHOSEN = 'correct horse battery staple';

/**
 * A page of someone who has signed in. `role` is a role's name as `demo --json` gives it. The first sign-in replaces the
 * one-time password.
 */
async function signedIn(browser, office, role, options) {
  const context = await person(browser, options);
  const opened = await page(context);
  const account = office.shown.accounts.find((one) => one.role === role);
  office.chosen = office.chosen || {};
  await opened.goto(office.address + '/sign-in');
  await opened.fill('#name', account.name);
  await opened.fill('#password', office.chosen[role] || account.one_time_password);
  await submitted(opened);
  if (!office.chosen[role]) {
    await opened.waitForSelector('#again');
    await opened.fill('input#password', CHOSEN);
    await opened.fill('#again', CHOSEN);
    await submitted(opened);
    office.chosen[role] = CHOSEN;
  }
  return opened;
}

/** Presses the main form's button and waits for the page that answers. */
async function submitted(opened, selector) {
  await Promise.all([opened.waitForNavigation(), opened.click(selector || 'main form button[type=submit]')]);
}

module.exports = { signedIn, submitted };
