// An example office that serves, as the README's first command starts it, on a free port and in a folder of its own.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');

const PROGRAM = process.env.XINZHENG_PROGRAM || path.join(__dirname, '../../target/debug/xinzheng');

/**
 * Starts `xinzheng demo`. Resolves once it serves: `{ address, shown, dir, stop, start }`; `shown` is what it printed
 * with `--json`, the one-time passwords among it.
 */
async function serve() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'xinzheng-'));
  const office = { dir };
  office.start = () => run(office);
  office.stop = () => ended(office);
  office.away = async () => {
    await ended(office);
    fs.rmSync(dir, { recursive: true, force: true });
  };
  await run(office);
  return office;
}

function run(office) {
  const port = office.address ? new URL(office.address).port : '0';
  const child = spawn(PROGRAM, ['demo', '--json', '--port', port, '--dir', path.join(office.dir, 'demo')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  office.child = child;
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stderr.on('data', (data) => { err += data; });
    child.stdout.on('data', (data) => {
      out += data;
      try {
        office.shown = JSON.parse(out);
      } catch (_) {
        return; // more is to come
      }
      office.address = office.shown.listening;
      resolve(office);
    });
    child.on('exit', (code) => reject(new Error(`demo ended with ${code}\n${out}\n${err}`)));
  });
}

function ended(office) {
  const child = office.child;
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
}

module.exports = { serve };
