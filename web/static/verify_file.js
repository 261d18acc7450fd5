// The logic of verify.html: one file, no network. What is chosen is told apart by its content.
//
//   .xzf  what a proof that a ledger was forked shows
//   .xzt  asks to compare and remember the root     .xzs  kept for this session     .xzc, PDF, picture, text  verified
//   status-0-17.tlog-proof  kept with the list that it is of
(function (xz) {
  'use strict';

  const own = document.currentScript;
  const query = function (selector) { return document.querySelector(selector); };
  const place = query('[data-place]');
  const make = xz.show.make;
  const state = { lang: /^en/.test(navigator.language || '') ? 'en' : 'zh', bundle: null, text: '', lists: [], proofs: [], pinned: false };

  function pick(zh, en) { return xz.pick(state.lang, zh, en); }

  function translate() {
    document.documentElement.lang = state.lang === 'en' ? 'en' : 'zh-CN';
    document.querySelectorAll('[data-zh]').forEach(function (element) { element.textContent = element.dataset[state.lang]; });
    query('[data-language]').textContent = pick('English', '中文');
    showBuild();
    showTrust();
  }

  function showBuild() {
    const build = query('#build');
    build.dataset.hash = xz.bytes.toHex(xz.sha256(xz.bytes.fromText(own.textContent))).slice(0, 16);
    build.textContent = pick('核验程序 ', 'Verifier ') + build.dataset.version + pick(' · 构建 ', ' · build ') + build.dataset.hash;
  }

  function button(words, act) {
    const element = make('button', { type: 'button' }, [words]);
    element.addEventListener('click', act);
    return element;
  }

  // The root that counts here, or the question whether it is the right one.
  function showTrust() {
    const parts = [];
    if (!state.bundle) {
      parts.push(make('p', { class: 'notice notice-warn' }, [pick('还没有信任名单，请先选入签发机构提供的 .xzt 文件。', 'No trust bundle yet: choose the .xzt file that the office gives out.')]));
    } else {
      const basis = xz.keeper.basis(state.bundle, xz.keeper.now());
      parts.push(make('p', {}, [
        pick('信任名单第 ' + basis.sequence + ' 期，' + xz.show.span(basis.age, 'zh') + '前签发，根密钥指纹：', 'Trust bundle no. ' + basis.sequence + ', ' + xz.show.span(basis.age, 'en') + ' old, root fingerprint: '),
        make('strong', { class: 'code', id: 'root-fingerprint' }, [basis.fingerprint])
      ]));
      parts.push(state.pinned ? make('p', { class: 'quiet' }, [pick('✓ 此根密钥已由本机确认。', '✓ This root was confirmed on this computer.')]) : question());
    }
    xz.show.fill(query('[data-trust]'), parts);
    query('[data-lists]').textContent = state.lists.length === 0 ? pick('没有状态清单：签发超过 24 小时的证书将无法判定状态。', 'No status list: the status of certificates older than 24 hours can\'t be told.')
      : pick('状态清单 ' + state.lists.length + ' 份', state.lists.length + ' status list(s)') + state.lists.map(function (list) {
        return pick('；分片 ' + list.shard + ' 第 ' + list.sequence + ' 号，', '; shard ' + list.shard + ' no. ' + list.sequence + ', ') + xz.text.showTime(list.issued, state.lang);
      }).join('');
  }

  function question() {
    const words = pick('请与签发机构另行公布的指纹逐组核对。', 'Compare it, group by group, with the fingerprint that the office publishes elsewhere.');
    const yes = button(pick('核对一致，记住此根', 'It is the same: remember this root'), function () {
      xz.keeper.pin(state.bundle, state.text);
      state.pinned = true;
      showTrust();
    });
    yes.id = 'pin';
    return make('div', {}, [make('p', {}, [words]), make('p', { class: 'buttons' }, [yes])]);
  }

  async function takeTrust(text) {
    const bundle = await xz.keeper.open(text);
    state.bundle = bundle;
    state.text = text;
    state.pinned = bundle.pinned;
    if (state.pinned) xz.keeper.pin(bundle, text);
    showTrust();
  }

  // Nothing of another office's bundle is kept with it.
  function takeList(bytes) {
    state.lists.push(xz.status.parse(bytes));
    showTrust();
  }

  // Of a certificate it carries its own; here only proofs of lists are of use, and which list it is of shows by itself.
  function takeProof(bytes) {
    state.proofs.push(xz.sealed.tlogProof(xz.bytes.toText(bytes)));
  }

  async function judge(given) {
    const now = xz.keeper.now();
    if (!state.bundle) throw new xz.Refused('TRUST_MISSING', 'no bundle');
    const shelf = await xz.status.shelf(state.lists, state.bundle);
    shelf.proofs = state.proofs;
    // Whoever wrote a bundle that nobody confirmed could plant a sequence that no honest list ever reaches.
    if (state.pinned) {
      shelf.seen = xz.keeper.seen();
      xz.keeper.saw(shelf.lists, now);
    }
    const verdict = await xz.verify(given, state.bundle, shelf, { now: now, rootPinned: state.pinned });
    xz.show.verdict(place, verdict, { lang: state.lang, trust: xz.keeper.basis(state.bundle, now) });
  }

  async function judgeFork(bytes) {
    if (!state.bundle) throw new xz.Refused('TRUST_MISSING', 'no bundle');
    const now = xz.keeper.now();
    const found = await xz.misbehaviour.judge(bytes, state.bundle);
    xz.show.fork(place, found, { lang: state.lang, at: now, trust: xz.keeper.basis(state.bundle, now) });
  }

  // A picture: the first QR code in it, by the browser's own reader.
  async function takePicture(file) {
    if (typeof BarcodeDetector !== 'function') throw new xz.Refused('PICTURE_UNREAD', 'no reader');
    const found = await new BarcodeDetector({ formats: ['qr_code'] }).detect(await createImageBitmap(file));
    if (!found.length) throw new xz.Refused('PICTURE_UNREAD', 'no code');
    return judge({ text: found[0].rawValue });
  }

  function startsWith(bytes, text) {
    return xz.bytes.equal(bytes.subarray(0, text.length), xz.bytes.fromText(text));
  }

  function kindOf(bytes) {
    if (startsWith(bytes, '{"format":"xinzheng/status-list/')) return 'list';
    const start = Array.from(bytes.subarray(0, 200), function (byte) { return String.fromCharCode(byte); }).join('');
    if (/^[^\n]*\/root\ntrust v/.test(start)) return 'trust';
    if (start.startsWith('c2sp.org/tlog-proof@v1\n')) return 'proof';
    if (xz.misbehaviour.isOne(bytes)) return 'fork';
    if (startsWith(bytes, '\u0000')) return 'other';
    return /^(\xff\xd8|\x89PNG|GIF8|RIFF|BM)/.test(start) ? 'picture' : 'certificate';
  }

  async function takeFile(file) {
    const bytes = new Uint8Array(await read(file));
    const kind = kindOf(bytes);
    if (kind === 'trust') return takeTrust(xz.bytes.toText(bytes));
    if (kind === 'list') return takeList(bytes);
    if (kind === 'proof') return takeProof(bytes);
    if (kind === 'fork') return judgeFork(bytes);
    return kind === 'picture' ? takePicture(file) : judge({ bytes: bytes });
  }

  function read(file) {
    return new Promise(function (resolve, reject) {
      const reader = new FileReader();
      reader.onload = function () { resolve(reader.result); };
      reader.onerror = function () { reject(reader.error); };
      reader.readAsArrayBuffer(file);
    });
  }

  function order(file) {
    return /\.xzt$/i.test(file.name) ? 0 : /\.(xzs|tlog-proof)$/i.test(file.name) ? 1 : 2;
  }

  // Trust first, then lists, then what rests on both.
  async function takeFiles(files) {
    const sorted = Array.from(files).sort(function (a, b) { return order(a) - order(b); });
    for (const file of sorted) await guard(function () { return takeFile(file); });
  }

  async function guard(act) {
    try {
      await act();
    } catch (error) {
      xz.show.trouble(place, error instanceof xz.Refused ? error.code : 'FAILED', { lang: state.lang });
    }
    place.scrollIntoView();
  }

  function verifyText() {
    const box = query('#text');
    const text = box.value;
    box.value = '';
    box.focus();
    if (text.trim() === '') return;
    const fork = xz.misbehaviour.pasted(text);
    guard(function () { return fork ? judgeFork(fork) : judge({ text: text }); });
  }

  query('#file').addEventListener('change', function (event) {
    takeFiles(event.target.files).then(function () { event.target.value = ''; });
  });
  query('[data-form]').addEventListener('submit', function (event) {
    event.preventDefault();
    verifyText();
  });
  // A scanner gun ends with CR: that verifies, as long as no input method is composing.
  query('#text').addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    verifyText();
  });
  query('[data-language]').addEventListener('click', function () {
    state.lang = pick('en', 'zh');
    translate();
  });
  addEventListener('dragover', function (event) { event.preventDefault(); });
  addEventListener('drop', function (event) {
    event.preventDefault();
    takeFiles(event.dataTransfer.files);
  });
  xz.show.announce('');
  translate();
  const remembered = xz.keeper.remembered();
  if (remembered !== null) guard(function () { return takeTrust(remembered); });
}(self.Xinzheng = self.Xinzheng || {}));
