// The page that a certificate's QR code opens: takes the code out of the address bar and verifies it here, in the browser.
//
//   /v#00472101311264307140024…        the fragment never reaches the server
//
// Works without a network once visited: sw.js keeps the page, keeper.js the trust bundle and the status lists.
(function (xz) {
  'use strict';

  const lang = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
  const place = document.querySelector('[data-landing-verdict]');
  const form = document.querySelector('[data-landing-form]');
  const build = document.querySelector('#build');

  // The fragment, gone from the address bar and from the history before anything else happens.
  function takeFragment() {
    const fragment = location.hash;
    if (fragment.length > 1) history.replaceState(null, '', location.pathname + location.search);
    return fragment;
  }

  function shardOf(text) {
    try {
      return [xz.qr.read(text).index / xz.status.SHARD];
    } catch (error) {
      return [];
    }
  }

  function busy() {
    xz.show.fill(place, [xz.show.make('p', { class: 'notice', role: 'status' }, [xz.pick(lang, '正在本机核验…', 'Verifying on this device…')])]);
    place.hidden = false;
  }

  async function verify(text) {
    const options = { lang: lang, warnings: [], trust: null };
    busy();
    try {
      const kept = await xz.keeper.load('', shardOf(text));
      const now = xz.keeper.now();
      const fork = xz.misbehaviour.pasted(text);
      options.trust = xz.keeper.basis(kept.bundle, now);
      options.warnings = kept.warnings.concat(kept.offline ? ['NETWORK'] : []).map(function (code) { return xz.message(code, lang); });
      if (kept.first) options.warnings.push(firstUse());
      if (fork) xz.show.fork(place, await xz.misbehaviour.judge(fork, kept.bundle), Object.assign(options, { at: now }));
      else xz.show.verdict(place, await xz.verify({ text: text }, kept.bundle, kept.shelf, { now: now, rootPinned: !kept.first }), options);
    } catch (error) {
      xz.show.trouble(place, error instanceof xz.Refused ? error.code : 'FAILED', options);
      if (error.code === 'ROOT_OTHER' || error.code === 'TRUST_ROLLBACK') place.append(forgetting(text));
    }
    place.scrollIntoView();
  }

  function firstUse() {
    return xz.pick(lang, '本机首次使用，已记住下列根密钥指纹；请与签发机构公布的指纹核对。',
      'First use on this device: the root below is remembered. Compare its fingerprint with the one that the office publishes.');
  }

  // The way out of a changed root, for somebody who has asked the office.
  function forgetting(text) {
    const button = xz.show.make('button', { type: 'button', class: 'button-danger' }, [xz.pick(lang, '已向机构核实，忘记旧的根密钥', 'The office confirmed it: forget the old root')]);
    button.addEventListener('click', function () {
      xz.keeper.forget();
      verify(text);
    });
    const summary = xz.show.make('summary', {}, [xz.pick(lang, '根密钥确已更换？', 'Was the root really replaced?')]);
    return xz.show.make('details', { class: 'box' }, [summary, xz.show.make('p', { class: 'buttons' }, [button])]);
  }

  // A scanner gun or a paste: a whole code is verified here, a number goes to the server by the form itself.
  function onSubmit(event) {
    const text = form.elements.namedItem('text').value;
    try {
      xz.qr.read(text);
    } catch (error) {
      if (error.code === 'NOT_RECOGNISED' && xz.misbehaviour.pasted(text)) {
        event.preventDefault();
        verify(text);
        return;
      }
      if (error.code === 'NEEDS_LOOKUP' || error.code === 'NOT_RECOGNISED') return;
    }
    event.preventDefault();
    verify(text);
  }

  // The build is the SHA-256 of the verifier's script as it was loaded.
  async function showBuild() {
    const script = document.querySelector('script[src*="/static/verifier.js"]');
    const text = await (await fetch(script.src)).text();
    const hash = xz.bytes.toHex(xz.sha256(xz.bytes.fromText(text))).slice(0, 16);
    build.textContent = xz.pick(lang, '核验程序 ', 'Verifier ') + build.dataset.version + xz.pick(lang, ' · 构建 ', ' · build ') + hash;
    build.dataset.hash = hash;
  }

  function begin() {
    const fragment = takeFragment();
    if (fragment.length > 1) verify(fragment);
  }

  xz.show.announce('');
  addEventListener('hashchange', begin);
  if (form) form.addEventListener('submit', onSubmit);
  begin();
  showBuild().catch(function () { build.textContent = build.dataset.version; });
  if (navigator.serviceWorker) navigator.serviceWorker.register('/sw.js').catch(function () { /* Then only online. */ });
}(self.Xinzheng = self.Xinzheng || {}));
