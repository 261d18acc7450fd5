// What axe finds on a page that would keep somebody out.
'use strict';

const fs = require('fs');

const SERIOUS = ['serious', 'critical'];
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** `rule: elements`, one a fault. The page's own policy forbids inline scripts, so it is evaluated. */
async function serious(opened) {
  await opened.evaluate(axe);
  const { violations } = await opened.evaluate(() => window.axe.run(document));
  return violations.filter((found) => SERIOUS.includes(found.impact)).map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' ')}`);
}

module.exports = { serious };
