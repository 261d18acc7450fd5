// Holds the scripts to what Chromium 78 understands: syntax (by acorn, where it is installed in tests/browser) and the
// methods that came later. And no script writes markup.
'use strict';

const fs = require('fs');
const path = require('path');
const { STATIC, ROOT } = require('./load');

const LATER = [
  [/\?\.(?![0-9])/, 'optional chaining'], [/\?\?/, 'nullish coalescing'], [/(\|\||&&)=/, 'logical assignment'],
  [/\.(replaceAll|at|findLast|hasOwn|replaceChildren|toSorted|toReversed|randomUUID|arrayBuffer|any)\(/, 'a method of later browsers'],
  [/(^|[^\w.])#[a-z]\w*\s*[=(;]/m, 'a private field'], [/\(\?<[=!]/, 'lookbehind'], [/\bstatic\s*\{/, 'a static block'],
  [/[0-9]_[0-9]/, 'a numeric separator'], [/\bimport\b\s*[({*'"]|^\s*export\b/m, 'a module'],
  [/\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(/, 'markup or code from text']
];

function scripts(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).reduce((found, one) => {
    const name = path.join(folder, one.name);
    return found.concat(one.isDirectory() ? scripts(name) : name.endsWith('.js') ? [name] : []);
  }, []);
}

// Without comments and texts, which may say anything.
function code(text) {
  return text.replace(/\/\/[^\n]*/g, '').replace(/'(?:[^'\\\n]|\\.)*'/g, '\'\'');
}

function acorn() {
  try {
    return require(path.join(ROOT, 'tests', 'browser', 'node_modules', 'acorn'));
  } catch (error) {
    return null;
  }
}

const parser = acorn();
const wrong = [];
for (const name of scripts(STATIC)) {
  const text = fs.readFileSync(name, 'utf8');
  const where = path.relative(STATIC, name);
  for (const [pattern, what] of LATER) {
    const found = pattern.exec(code(text));
    if (found) wrong.push(`${where}: ${what}: ${found[0]}`);
  }
  if (!text.includes('\'use strict\';')) wrong.push(`${where}: not strict`);
  if (text.includes('</script')) wrong.push(`${where}: would end the element that it stands in`);
  // 2020 is needed for BigInt, which Chromium has had since 67; what else came with it is refused above.
  try {
    if (parser) parser.parse(text, { ecmaVersion: 2020, sourceType: 'script' }); else new Function(text);
  } catch (error) {
    wrong.push(`${where}: ${error.message}`);
  }
}
console.log(JSON.stringify({ parser: parser ? 'acorn ' + parser.version : 'none: syntax by this node', wrong }, null, 1));
process.exitCode = wrong.length ? 1 : 0;
