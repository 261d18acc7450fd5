// What a page says of a certificate, read by the ids that all pages share.
'use strict';

/** The verdict on the page, once there is one: `{ outcome, code, sentence, holder, holderCode, size }`. */
async function verdict(page) {
  const said = page.locator('#verdict');
  await said.waitFor();
  const text = async (selector) => ((await page.locator(selector).count()) ? (await page.textContent(selector)).trim() : null);
  return {
    outcome: await said.getAttribute('data-outcome'),
    code: await said.getAttribute('data-code'),
    sentence: await text('#verdict-sentence'),
    holder: await text('#holder-name'),
    holderCode: await text('#holder-code'),
    // In CSS pixels: what is read at arm's length has at least 32.
    size: await page.$eval('#verdict-sentence', (element) => parseFloat(getComputedStyle(element).fontSize)),
  };
}

module.exports = { verdict };
