// A verdict on a page: one big sentence, whom to compare, what is claimed, what was checked. The elements, classes and ids
// are those of templates/verdict.html. Everything is set as text, so nothing in a certificate can become markup.
//
//   xz.show.verdict(place, verdict, {lang, trust: {fingerprint, sequence, …}, warnings: [text]})
//   xz.show.fork(place, found, {lang, trust, at})                 what a proof that a ledger was forked shows
//   xz.show.trouble(place, 'ROOT_OTHER', options)                 nothing was judged
(function (xz) {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const SIGNS = {
    valid: [['circle', { cx: 24, cy: 24, r: 22 }, 4], ['path', { d: 'M13 25l8 8 15-17' }, 5]],
    invalid: [['path', { d: 'M15 2h18l13 13v18L33 46H15L2 33V15z' }, 4], ['path', { d: 'M15 15l18 18M33 15L15 33' }, 5]],
    undetermined: [['path', { d: 'M24 3l22 40H2z' }, 4], ['path', { d: 'M24 17v13M24 34v5' }, 5]]
  };
  const CLAIMS = [['claim-yes', '✓'], ['claim-no', '✕'], ['claim-not-covered', '—'], ['claim-under-objection', '？'], ['claim-partial', '◐']];
  const NEXT = {
    VALID: ['请将名称和代码与营业执照或身份证件核对。', 'Compare name and code with the licence or ID.'],
    EXPIRED: ['请让申请人提供新的证书。', 'Ask the applicant for a newer certificate.'],
    REVOKED: ['请勿据此办理；如有疑问，请联系签发机构。', 'Do not rely on it; ask the issuing office.'],
    SIG_BAD: ['请勿据此办理，保留原件并联系签发机构。', 'Do not rely on it. Keep the original and tell the issuing office.'],
    NEEDS_LOOKUP: ['联网时可在核验页查询。', 'Look it up on the verification page when there is a network.'],
    SUSPENDED: ['异议核实期间请暂缓使用，核实结束后可再次核验。', 'Do not use it while the objection is verified; verify again later.']
  };
  const SAME_NEXT = {
    OBJECTION_NOTED: 'VALID', REPLACED: 'EXPIRED', WITHDRAWN: 'EXPIRED', NOT_ISSUED: 'REVOKED', PATH_BAD: 'SIG_BAD',
    DISCLOSURE_BAD: 'SIG_BAD', FORMAT_BAD: 'SIG_BAD', PROOF_BAD: 'SIG_BAD', PDF_ALTERED: 'SIG_BAD'
  };
  const LEVELS = [
    ['', ''],
    ['L1：签发机构的批次签名', 'L1: the office\'s signature over the batch'],
    ['L2：已封存入公开账本，账本签名有效', 'L2: included in the signed public ledger'],
    ['L3：另有一家独立机构见证或出具时间戳', 'L3: one independent organisation bears witness or gives a timestamp, too'],
    ['L4：独立的见证与时间戳兼有，或见证达到规定家数', 'L4: an independent witness and a timestamp, or the quorum of witnesses']
  ];

  // An element with attributes and children; texts become text.
  function make(tag, attributes, children) {
    const element = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    element.append.apply(element, (children || []).filter(function (child) { return child !== null && child !== ''; }));
    return element;
  }

  function sign(outcome) {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('class', 'verdict-sign');
    svg.setAttribute('viewBox', '0 0 48 48');
    svg.setAttribute('aria-hidden', 'true');
    SIGNS[outcome].forEach(function (one) {
      const shape = document.createElementNS(SVG, one[0]);
      Object.keys(one[1]).forEach(function (name) { shape.setAttribute(name, one[1][name]); });
      shape.setAttribute('fill', 'none');
      shape.setAttribute('stroke', 'currentColor');
      shape.setAttribute('stroke-width', one[2]);
      svg.appendChild(shape);
    });
    return svg;
  }

  // How long: 3 分钟, 3 minutes.
  function span(seconds, lang) {
    const units = [[86400, '天', 'day'], [3600, '小时', 'hour'], [60, '分钟', 'minute'], [0, '秒', 'second']];
    const unit = units.find(function (one) { return seconds >= one[0]; });
    const count = unit[0] ? Math.floor(seconds / unit[0]) : seconds;
    return lang === 'en' ? count + ' ' + unit[2] + (count === 1 ? '' : 's') : count + ' ' + unit[1];
  }

  function head(outcome, code, sentence, lang) {
    const words = make('div', {}, [
      make('span', { class: 'verdict-word' }, [xz.word(outcome, lang)]), ' ',
      make('strong', { class: 'verdict-sentence', id: 'verdict-sentence' }, [sentence])
    ]);
    const row = make('div', { class: 'verdict-head' }, [sign(outcome), words]);
    const attributes = { class: 'verdict verdict-' + outcome, id: 'verdict', 'data-outcome': outcome, 'data-code': code };
    return make('section', Object.assign(attributes, { 'aria-labelledby': 'verdict-sentence' }), [row]);
  }

  function notice(text, lang) {
    return make('p', { class: 'notice notice-warn' }, [make('b', {}, [xz.pick(lang, '注意：', 'Note: ')]), text]);
  }

  // What a person should know and decide.
  function warnings(verdict, lang) {
    const core = verdict.fields.core;
    const has = function (code) { return verdict.checks.some(function (check) { return check.code === code; }); };
    const list = [];
    if (has('PURPOSE_OTHER')) {
      const purpose = xz.registry.show('purposes', core.purpose, lang);
      list.push(xz.pick(lang, '用途不符：仅限用于' + purpose, 'Purpose mismatch: for ' + purpose + ' only'));
    }
    if (has('AUDIENCE_OTHER')) {
      list.push(xz.pick(lang, '接收单位不符：本证书开具给', 'Recipient mismatch: made for ') + core.audience.name);
    }
    const bad = notHeld(core, lang);
    if (bad) list.push(bad);
    if (has('OBJECTION_NOTED')) {
      list.push(xz.pick(lang, '主体对其中记录提出过异议，请结合说明判断。', 'The holder has objected to a record in it: judge with that in mind.'));
    }
    // Without any disclosure nothing is picked out, and the claims speak alone.
    const shown = verdict.fields.shown;
    if (shown && shown.records > 0 && shown.records < shown.of) {
      const hidden = shown.of - shown.records;
      const adverse = hiddenAdverse(shown);
      list.push(xz.pick(lang, '本副本隐去 ' + hidden + ' 项，其中不利记录 ' + adverse + ' 条，如需查看请索取完整证书。',
        'This copy hides ' + hidden + ' records, ' + adverse + ' of them adverse: ask for the full certificate to see them.'));
    }
    return list;
  }

  // A genuine certificate may well certify bad news: that must not be lost under a green sign.
  function notHeld(core, lang) {
    const said = [2, 3, 4, 5].map(function (value) {
      const count = core.claims.filter(function (one) { return one.value === value; }).length;
      return count ? count + xz.pick(lang, ' 项', ' ') + xz.registry.show('values', value, lang) : '';
    }).filter(Boolean);
    return said.length ? xz.pick(lang, '证书所载事项中有 ' + said.join('、') + '，请逐项查看。', 'Of what it says, ' + said.join(', ') + ': look at each.') : '';
  }

  function hiddenAdverse(shown) {
    const adverse = (shown ? shown.counters : []).filter(function (one) { return xz.registry.isAdverse(one.counter); });
    return adverse.reduce(function (sum, one) { return sum + Number(one.counted) - one.shown; }, 0);
  }

  function holder(core, lang) {
    if (!core.holder) return null;
    const isPerson = core.holder.kind === xz.registry.PERSON;
    const label = isPerson ? xz.pick(lang, '身份信息索引', 'Reference to the ID number') : xz.pick(lang, '统一社会信用代码', 'Unified social credit code');
    return make('p', { class: 'holder' }, [
      make('span', { class: 'holder-name', id: 'holder-name' }, [core.holder.name]), ' ',
      make('span', { class: 'small quiet' }, [label]), ' ',
      make('span', { class: 'holder-code', id: 'holder-code' }, [core.holder.code])
    ]);
  }

  function claim(one, lang) {
    const look = CLAIMS[one.value - 1];
    const counts = one.whole === null ? '' : xz.pick(lang, '（' + one.whole + ' 项中 ' + one.part + ' 项）', ' (' + one.part + ' of ' + one.whole + ')');
    return make('li', { class: look[0] }, [
      make('span', { class: 'claim-rule' }, [xz.registry.show('rules', one.rule, lang)]), ' ',
      make('span', { class: 'claim-value' }, [make('span', { 'aria-hidden': 'true' }, [look[1] + ' ']), xz.registry.show('values', one.value, lang) + counts])
    ]);
  }

  function facts(fields, lang) {
    const core = fields.core;
    const time = function (value) { return value === null ? '' : xz.text.showTime(value, lang); };
    const period = core.period === null ? '' : core.period.map(function (day) { return xz.text.showDate(day, lang); }).join(xz.pick(lang, ' 至 ', ' to '));
    const rows = [
      ['证书名称', 'Title', core.title], ['证书编号', 'Number', xz.number.grouped(core.number)],
      ['数据截至', 'Data as of', time(core.dataAsOf)], ['查询期', 'Period', period], ['有效期至', 'Valid until', time(core.expiresAt)],
      ['签发机构', 'Issuer', fields.office], ['签发时间', 'Issued', time(core.issuedAt)], ['封存时间', 'Sealed', time(fields.sealedAt)]
    ];
    const list = make('dl', { class: 'facts' });
    rows.filter(function (row) { return row[2] !== ''; }).forEach(function (row) {
      list.append(make('dt', {}, [xz.pick(lang, row[0], row[1])]), make('dd', {}, [row[2]]));
    });
    return list;
  }

  function says(fields, lang) {
    const core = fields.core;
    const box = make('section', { class: 'box', 'aria-labelledby': 'says' }, [make('h2', { id: 'says' }, [xz.pick(lang, '证书内容', 'What it certifies')])]);
    if (core.purpose !== null) {
      const audience = core.audience ? xz.pick(lang, '，接收单位：', '; recipient: ') + core.audience.name : '';
      const purpose = xz.pick(lang, '仅限用于：', 'For this purpose only: ') + xz.registry.show('purposes', core.purpose, lang);
      box.append(make('p', { class: 'usage' }, [purpose + audience]));
    }
    if (core.claims.length) {
      box.append(make('ul', { class: 'claims', id: 'claims' }, core.claims.map(function (one) { return claim(one, lang); })));
    }
    box.append(facts(fields, lang));
    return box;
  }

  function statusAge(verdict, lang) {
    const asked = !verdict.checks.some(function (check) { return check.code === 'STATUS_NOT_ASKED'; });
    const status = verdict.fields.status;
    if (!asked) return xz.pick(lang, '未核验状态', 'The status was not asked for');
    if (status.asOf === null) return xz.pick(lang, '状态未知', 'The status is not known');
    const when = xz.text.showTime(status.asOf, lang);
    const age = span(Math.max(0, verdict.at - status.asOf), lang);
    const byIssue = status.value === null;
    return xz.pick(lang, '状态截至 ' + when + '（' + age + '前' + (byIssue ? '，依据签发与封存时间' : '') + '）',
      'Status as of ' + when + ' (' + age + ' ago' + (byIssue ? ', by its issue and sealing' : '') + ')');
  }

  // A gateway's kept answer is on no chain that anybody here knows of.
  function isGateway(check) {
    return check.code === 'ANCHOR_UNCHECKED' && check.detail.text.indexOf('http ') === 0;
  }

  // What explains a check, where it says something to people.
  function detail(check, lang) {
    const known = check.detail || {};
    if (check.code === 'DATES_OK') return xz.pick(lang, '至 ', 'until ') + xz.text.showTime(known.time, lang);
    if (known.time !== undefined) return xz.text.showTime(known.time, lang);
    if (known.age !== undefined) return xz.pick(lang, '依据形成于 ' + span(known.age, lang) + '前', 'evidence ' + span(known.age, lang) + ' old');
    if (check.code === 'ANCHOR_UNCHECKED' || check.code === 'TIMESTAMP_UNCHECKED') return anchorWords(check, lang);
    if (known.count === undefined) return check.code === 'AUDIENCE_OTHER' ? known.text : '';
    const [part, whole] = known.count;
    return check.code === 'PROOF_OK' ? xz.pick(lang, '见证机构签名 ' + part + '/' + whole, part + ' of ' + whole + ' witnesses signed')
      : xz.pick(lang, '出示 ' + part + ' 条，共 ' + whole + ' 条', part + ' of ' + whole + ' records shown');
  }

  const RESULTS = {
    holds: ['check-ok', '通过', 'holds'], warns: ['check-warn', '注意', 'note'],
    open: ['check-open', '无法判定', 'can\'t be told'], fails: ['check-bad', '未通过', 'fails']
  };

  function checkLine(check, lang) {
    const result = RESULTS[xz.CODES[check.code][0]];
    const more = detail(check, lang);
    return make('li', { class: result[0], 'data-code': check.code }, [
      make('span', { class: 'screen-reader' }, [xz.pick(lang, result[1] + '：', result[2] + ': ')]),
      isGateway(check) ? xz.pick(lang, '网关存证：已附答复，未离线验证', 'Kept by a gateway: its answer is attached, and was not verified offline') : xz.message(check.code, lang),
      more && make('span', { class: 'quiet' }, [xz.pick(lang, '（' + more + '）', ' (' + more + ')')])
    ]);
  }

  // Which root, bundle and scripts this rests on.
  function basis(trust, at, lang) {
    const lines = make('p', { class: 'small quiet' }, [xz.pick(lang, '核验时间：', 'Verified: ') + xz.text.showTime(at, lang)]);
    if (trust) {
      const which = xz.pick(lang, '信任名单第 ' + trust.sequence + ' 期（' + span(trust.age, lang) + '前签发），根密钥指纹 ',
        'Trust bundle no. ' + trust.sequence + ' (' + span(trust.age, lang) + ' old), root fingerprint ');
      lines.append(make('br'), which, make('span', { class: 'code', id: 'root-fingerprint' }, [trust.fingerprint]));
    }
    return lines;
  }

  // The detail of an anchor that is not checked is its type and label.
  const KINDS = { evm: ['链 ', 'chain '], http: ['存证网关 ', 'gateway '], rfc3161: ['时间戳机构 ', 'timestamp authority '] };

  function label(check) {
    return check.detail.text.split(' ').slice(1).join(' ');
  }

  function anchorWords(check, lang) {
    const kind = KINDS[check.detail.text.split(' ')[0]];
    return kind ? xz.pick(lang, kind[0], kind[1]) + label(check) : check.detail.text;
  }

  // Who vouches from outside and when, and what is attached and not verified here.
  function vouchers(verdict, lang) {
    const rows = verdict.fields.cosigners.map(function (one) {
      const own = one.independent ? '' : xz.pick(lang, '（与签发机构同一单位，不提高等级）', ' (the office\'s own organisation: no level)');
      return [xz.pick(lang, '见证', 'Witness'), (one.organisation + ' ' + one.name).trim(), xz.text.showTime(one.time, lang) + own];
    });
    verdict.checks.forEach(function (check) {
      if (check.code === 'TIMESTAMP_UNCHECKED') {
        rows.push([xz.pick(lang, '可信时间戳', 'Timestamp'), label(check), xz.pick(lang, '已附，本页不验证', 'attached, not checked on this page')]);
      } else if (check.code === 'ANCHOR_UNCHECKED') {
        rows.push(isGateway(check)
          ? [xz.pick(lang, '网关存证', 'Gateway'), label(check), xz.pick(lang, '已附答复，未离线验证', 'answer attached, not verified offline')]
          : [xz.pick(lang, '链上锚定', 'Chain'), label(check), xz.pick(lang, '已附回执，未离线验证', 'receipt attached, not verified offline')]);
      }
    });
    if (!rows.length) return null;
    const caption = make('caption', { class: 'screen-reader' }, [xz.pick(lang, '签发机构以外的存证', 'Who else vouches')]);
    return make('table', { class: 'vouchers', id: 'vouchers' }, [caption].concat(rows.map(function (row) {
      return make('tr', {}, [make('th', { scope: 'row' }, [row[0]]), make('td', {}, [row[1]]), make('td', {}, [row[2]])]);
    })));
  }

  function checked(verdict, options) {
    const lang = options.lang;
    const box = make('section', { class: 'box', 'aria-labelledby': 'checked' }, [make('h2', { id: 'checked' }, [xz.pick(lang, '核验了什么', 'What was checked')])]);
    if (verdict.fields) {
      box.append(make('p', { id: 'status-age' }, [make('b', {}, [statusAge(verdict, lang)])]));
      const level = xz.pick(lang, LEVELS[verdict.level][0] + '。等级越高，越不依赖签发机构自身。',
        LEVELS[verdict.level][1] + '. The higher, the less it rests on the office itself.');
      box.append(make('p', { id: 'level' }, [xz.pick(lang, '可信等级 ', 'Assurance level ') + level]));
      const others = vouchers(verdict, lang);
      if (others) box.append(others);
    }
    box.append(make('ul', { class: 'checks', id: 'checks' }, verdict.checks.map(function (check) { return checkLine(check, lang); })));
    box.append(basis(options.trust, verdict.at, lang));
    return box;
  }

  // The proof of two histories, to be kept: with it anybody can show what the office did, without the certificate.
  function forkProof(verdict, lang) {
    const forked = verdict.checks.find(function (check) { return check.detail && check.detail.fork; });
    if (!forked) return null;
    const href = 'data:application/json;base64,' + xz.bytes.toBase64(xz.bytes.fromText(forked.detail.fork));
    const link = make('a', { class: 'button', id: 'fork-proof', download: 'ledger-fork.xzf', href: href }, [xz.pick(lang, '保存分叉证明', 'Save the proof')]);
    return make('p', { class: 'buttons' }, [link]);
  }

  // Shows nothing but the verdict itself where nothing is verified.
  function verdict(place, found, options) {
    const lang = options.lang;
    const section = head(found.outcome, found.code, xz.message(found.code, lang), lang);
    const notices = (options.warnings || []).concat(found.fields ? warnings(found, lang) : []);
    notices.forEach(function (text) { section.append(notice(text, lang)); });
    const whose = found.fields ? holder(found.fields.core, lang) : null;
    if (whose) section.append(whose);
    const next = NEXT[SAME_NEXT[found.code] || found.code];
    if (next) section.append(make('p', {}, [xz.pick(lang, next[0], next[1])]));
    const proof = forkProof(found, lang);
    if (proof) section.append(proof);
    const boxes = found.fields ? [says(found.fields, lang)] : [];
    const columns = make('div', { class: 'columns' }, boxes.concat(checked(found, options)));
    fill(place, [section, columns]);
    announceVerdict(place);
  }

  // A head of a ledger and whose names are under it.
  function forkHead(one, place, lang) {
    const which = xz.pick(lang, ['第一份检查点：', '第二份检查点：'][place], ['First checkpoint: ', 'Second checkpoint: '][place]);
    const root = xz.bytes.toBase64(one.root);
    const names = xz.pick(lang, '签署：' + one.signed.join('、'), 'signed by ' + one.signed.join(', ')) +
      (one.cosigned.length ? xz.pick(lang, '；见证：' + one.cosigned.join('、'), '; cosigned by ' + one.cosigned.join(', ')) : '');
    return make('li', { class: 'check-ok', 'data-code': 'SIG_OK' }, [
      which + xz.pick(lang, one.size + ' 条，根 ' + root, one.size + ' entries, root ' + root),
      make('span', { class: 'quiet' }, [xz.pick(lang, '（' + names + '）', ' (' + names + ')')])
    ]);
  }

  // What a proof that a ledger was forked shows: no certificate, so no word of valid or invalid.
  function fork(place, found, options) {
    const lang = options.lang;
    const proven = found.code === 'LEDGER_FORKED';
    const words = xz.misbehaviour.MESSAGES[found.code];
    const section = head(proven ? 'invalid' : 'undetermined', found.code, xz.pick(lang, words[0], words[1]), lang);
    section.querySelector('.verdict-word').textContent = proven ? xz.pick(lang, '账本分叉', 'LEDGER FORKED') : xz.pick(lang, '未能证明', 'NOTHING PROVEN');
    if (proven) {
      section.append(make('p', {}, [xz.pick(lang,
        '这是证明，不是证书。一个账本在同一处只能有一种内容；这两份检查点说的是两种，且都有该账本的签名，因此签署方向不同的人出示过不同的账本。任何人凭信任名单都能独立核验本文件。',
        'This is a proof, not a certificate. A ledger has one content; these two checkpoints state two, and both bear the ledger\'s signature. So whoever signs has shown different ledgers to different people. Anybody can check this file with the trust bundle alone.')]));
    }
    const box = make('section', { class: 'box', 'aria-labelledby': 'checked' }, [make('h2', { id: 'checked' }, [xz.pick(lang, '核验了什么', 'What was checked')])]);
    const lines = found.heads.map(function (one, i) { return forkHead(one, i, lang); });
    if (found.origin !== null) {
      const known = found.code === 'OFFICE_UNKNOWN' ? 'check-open' : 'check-ok';
      lines.unshift(make('li', { class: known, 'data-code': 'LEDGER' }, [xz.pick(lang, '账本：', 'Ledger: ') + found.origin]));
    }
    box.append(make('ul', { class: 'checks', id: 'checks' }, lines), basis(options.trust, options.at, lang));
    fill(place, [section, box]);
    announceVerdict(place);
  }

  // Nothing was judged, and why.
  function trouble(place, code, options) {
    const section = head('undetermined', code, xz.message(code, options.lang), options.lang);
    (options.warnings || []).forEach(function (text) { section.append(notice(text, options.lang)); });
    fill(place, [section]);
    announceVerdict(place);
  }

  // Says a sentence to who can't see the page. The place for it has to be there before its first words.
  function announce(text) {
    let region = document.querySelector('#announce');
    if (!region) {
      region = make('div', { id: 'announce', class: 'screen-reader', role: 'status', 'aria-live': 'assertive' });
      document.body.append(region);
    }
    region.textContent = text;
  }

  // The sentence that is on the page, and whose certificate it is.
  function announceVerdict(place) {
    const parts = ['#verdict-sentence', '#holder-name', '#holder-code'].map(function (id) { return place.querySelector(id); });
    announce(parts.filter(Boolean).map(function (part) { return part.textContent; }).join(' '));
  }

  function fill(place, children) {
    while (place.firstChild) place.removeChild(place.firstChild);
    place.append.apply(place, children);
  }

  xz.show = { make: make, fill: fill, verdict: verdict, fork: fork, trouble: trouble, announce: announce, announceVerdict: announceVerdict, span: span };
}(self.Xinzheng = self.Xinzheng || {}));
