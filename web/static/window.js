// The clerk's page: one box that always has the cursor, scans that wait in a line, and verdicts without a network.
// The markup and what the server answers are described at the top of templates/window.html.
//
// Each line that a scanner gun types becomes a scan of its own at once, whatever the one before is doing; none is lost.
// form#window has data-taken and data-done, how many were taken and how many have their answer.
(function (xz) {
  'use strict';

  const PATIENCE = 8000;
  const PROBE = 10000;
  // Between two looks for a newer status list, to be kept for when the network goes.
  const KEEP = 60000;
  // A scanner gun leaves less time than this between two keys, in milliseconds.
  const GUN = 50;
  const form = document.querySelector('form#window');
  if (!form) return;

  const lang = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
  const box = document.querySelector('#code');
  const result = document.querySelector('#result');
  const waiting = document.querySelector('#queue');
  const network = document.querySelector('#network');
  const state = { queue: [], busy: false, held: false, typed: 0, enter: false };

  function pick(zh, en) { return xz.pick(lang, zh, en); }

  function field(name) { return form.elements.namedItem(name); }

  function count(name) {
    form.dataset[name] = Number(form.dataset[name] || 0) + 1;
  }

  // What the form says now, besides the scan.
  function terms() {
    const own = {};
    ['case', 'matter', 'purpose', 'audience'].forEach(function (name) { own[name] = field(name).value; });
    if (field('keep').checked) own.keep = '1';
    return own;
  }

  // Case and matter of the last holder are not taken for the next.
  function clearOld() {
    if (field('keep').checked) return;
    ['case', 'matter'].forEach(function (name) {
      const last = field('last_' + name).value;
      if (last !== '' && field(name).value === last) field(name).value = '';
    });
  }

  function take(scan) {
    clearOld();
    state.queue.push(Object.assign(terms(), scan));
    count('taken');
    pump();
  }

  // The box, emptied before the next key arrives; and the check code that was asked for.
  function takeBox() {
    const text = box.value;
    const check = document.querySelector('#check_code');
    state.enter = false;
    box.value = '';
    if (text.trim() !== '') {
      take({ code: text });
    } else if (check && check.value.trim() !== '') {
      take({ number: field('number').value, check_code: check.value });
      check.value = '';
    }
    box.focus();
  }

  function showQueue() {
    const left = state.queue.length;
    waiting.hidden = left === 0;
    waiting.textContent = left === 0 ? '' : pick('还有 ' + left + ' 份等待核验', left + ' more waiting');
  }

  async function pump() {
    showQueue();
    if (state.busy || state.held) return;
    state.busy = true;
    while (state.queue.length && !state.held) {
      const scan = state.queue[0];
      const answered = await judge(scan);
      if (answered) {
        state.queue.shift();
        count('done');
      }
      showQueue();
    }
    state.busy = false;
  }

  function urlencoded(values) {
    const body = new URLSearchParams();
    Object.keys(values).forEach(function (name) { body.append(name, values[name]); });
    return body;
  }

  // An answer, or null where there is no network.
  async function post(address, values) {
    const stop = new AbortController();
    const timer = setTimeout(function () { stop.abort(); }, PATIENCE);
    const headers = { Accept: 'application/json', 'X-CSRF-Token': field('csrf').value };
    try {
      return await fetch(address, { method: 'POST', body: urlencoded(values), headers: headers, credentials: 'same-origin', signal: stop.signal });
    } catch (error) {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  function pause(milliseconds) {
    return new Promise(function (resolve) { setTimeout(resolve, milliseconds); });
  }

  // True once the scan has its answer; false where it has to wait.
  async function judge(scan) {
    if (!network.hidden) return locally(scan);
    // A connection that was closed meanwhile fails once; it is tried again before the network is called down.
    const answer = await post('/window', scan) || await post('/window', scan);
    if (answer === null) {
      goOffline();
      return locally(scan);
    }
    if (answer.status === 429 || answer.status === 503) {
      await pause(1000 * Math.min(30, Number(answer.headers.get('Retry-After')) || 1));
      return false;
    }
    if (!answer.ok) return refused(answer);
    return show(scan, await answer.json());
  }

  function show(scan, told) {
    place(told.html);
    field('last').value = told.last;
    field('last_case').value = scan.case;
    field('last_matter').value = scan.matter;
    askForCode(told.kind === 'needs-code' ? told.number : null);
    return true;
  }

  // The server's own escaped page part. Parsed into a document of its own: nothing in it can run.
  function place(html) {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    // It is announced by a region that stays, not by regions that come with it.
    parsed.querySelectorAll('[aria-live]').forEach(function (element) {
      element.removeAttribute('aria-live');
      element.removeAttribute('role');
    });
    xz.show.fill(result, Array.from(parsed.body.childNodes, function (node) { return document.importNode(node, true); }));
    xz.show.announceVerdict(result);
  }

  // After a typed number: a box for the digits of its check code.
  function askForCode(number) {
    const before = document.querySelector('#needs-code');
    if (before) before.remove();
    if (number === null) return;
    const make = xz.show.make;
    const words = pick('这是证书编号，请再输入10位查验码，或扫描窗口码', 'A certificate number: type the 10 digits of its check code, or scan the window code');
    const check = make('input', { class: 'digits', type: 'text', id: 'check_code', name: 'check_code', inputmode: 'numeric', maxlength: '64', autocomplete: 'off' });
    const asked = make('div', { class: 'notice notice-warn', id: 'needs-code', role: 'status' }, [
      make('input', { type: 'hidden', name: 'number', value: number }),
      make('div', { class: 'field' }, [make('label', { for: 'check_code' }, [words + pick('：', ': ') + xz.number.grouped(number)]), check])
    ]);
    box.closest('.field').after(asked);
    if (state.queue.length <= 1) check.focus();
  }

  // The server refused: say why. Where nobody is signed in any more, the scans wait.
  async function refused(answer) {
    const problem = await answer.json().catch(function () { return {}; });
    const words = [xz.show.make('b', {}, [problem.title || String(answer.status)]), ' ', problem.detail || ''];
    const notice = xz.show.make('p', { class: 'notice notice-error', role: 'alert', 'data-code': problem.code || '' }, words);
    if (answer.status === 401 || answer.status === 403) {
      state.held = true;
      notice.append(' ', xz.show.make('a', { href: '/window' }, [pick('重新登录或刷新本页', 'Sign in again or reload this page')]));
    }
    xz.show.fill(result, [notice]);
    return !state.held;
  }

  function goOffline() {
    network.hidden = false;
    setTimeout(probe, PROBE);
  }

  async function probe() {
    try {
      const answer = await fetch('/health', { cache: 'no-store' });
      network.hidden = answer.ok;
    } catch (error) {
      network.hidden = false;
    }
    if (!network.hidden) setTimeout(probe, PROBE);
  }

  // Without a network: a whole QR text is verified here; a window code can't be looked up, and is said to be so.
  async function locally(scan) {
    const options = { lang: lang, warnings: [xz.message('NETWORK', lang)], trust: null };
    const text = scan.code || scan.number || '';
    try {
      const kept = await xz.keeper.load('', shardOf(text));
      const now = xz.keeper.now();
      options.trust = xz.keeper.basis(kept.bundle, now);
      options.warnings = kept.warnings.concat(['NETWORK']).map(function (code) { return xz.message(code, lang); });
      const fork = xz.misbehaviour.pasted(text);
      const own = { now: now, purpose: scan.purpose, audience: scan.audience.trim(), rootPinned: !kept.first };
      if (fork) xz.show.fork(result, await xz.misbehaviour.judge(fork, kept.bundle), Object.assign(options, { at: now }));
      else xz.show.verdict(result, await xz.verify({ text: text }, kept.bundle, kept.shelf, own), options);
    } catch (error) {
      xz.show.trouble(result, error instanceof xz.Refused ? error.code : 'FAILED', options);
    }
    field('last').value = '';
    return true;
  }

  function shardOf(text) {
    try {
      return [xz.qr.read(text).index / xz.status.SHARD];
    } catch (error) {
      return [];
    }
  }

  // The receipt opens in a tab of its own, so that the next scan needs no click here.
  async function giveReceipt() {
    const tab = open('about:blank');
    const values = Object.assign(terms(), { last: field('last').value });
    const answer = await post('/window/receipt', values);
    if (!answer || !answer.ok) {
      if (tab) tab.close();
      if (answer) await refused(answer); else goOffline();
      return;
    }
    const given = await answer.json();
    if (tab) tab.location = given.address; else location.assign(given.address);
  }

  // Another field of the form that somebody works in keeps the cursor.
  function refocus() {
    const active = document.activeElement;
    if (!active || active === document.body || active === document.documentElement) box.focus();
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    takeBox();
  });
  box.addEventListener('input', function () { state.typed = Date.now(); });
  box.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) {
      // An input method is at work: this Enter ends its word. The scan is taken with the word in it.
      state.enter = true;
    } else if (event.key === 'Tab' && !event.shiftKey && box.value !== '' && Date.now() - state.typed < GUN) {
      event.preventDefault();
      takeBox();
    } else if (event.ctrlKey && (event.key === 'j' || event.key === 'm')) {
      // LF and CR as some scanner guns send them.
      event.preventDefault();
      takeBox();
    }
  });
  box.addEventListener('compositionend', function () {
    if (state.enter) setTimeout(takeBox, 0);
  });
  // Several codes pasted at once are several scans.
  box.addEventListener('paste', function (event) {
    const lines = event.clipboardData.getData('text').split(/[\r\n]+/).filter(function (line) { return line.trim() !== ''; });
    if (lines.length < 2) return;
    event.preventDefault();
    lines.forEach(function (line) { take({ code: line }); });
  });
  // A key pressed anywhere outside a field goes into the box.
  document.addEventListener('keydown', function (event) {
    if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) refocus();
  });
  document.addEventListener('click', function (event) {
    if (event.target.closest('[data-receipt]')) {
      event.preventDefault();
      giveReceipt();
    }
    setTimeout(refocus, 0);
  });
  addEventListener('focus', refocus);
  xz.show.announce('');
  form.dataset.taken = '0';
  form.dataset.done = '0';
  if (!document.querySelector('#check_code')) box.focus();
  // The trust bundle and the newest list, to be at hand when the network goes: also those published since the page was opened.
  function keep() {
    xz.keeper.load('', [0n]).catch(function () { /* Then there is nothing to judge by without a network. */ });
  }
  keep();
  setInterval(keep, KEEP);
}(self.Xinzheng));
