// Sentences for people, one for every code, in Chinese and English. The same as the Rust verifier's; a test holds them together.
//
//   xz.message('SIG_BAD', 'zh') -> '签名无效'
(function (xz) {
  'use strict';

  const MESSAGES = {
    VALID: ['核验通过，证书真实有效', 'Verified: genuine and valid'],
    FORMAT_OK: ['证书完整，版本可识别', 'A whole certificate of a known version'],
    NOT_RECOGNISED: ['不是可识别的证书文件或二维码', 'Not a certificate file or code that is recognised'],
    NEEDS_LOOKUP: ['这是证书编号或窗口码，需联网查询；离线请扫描证书二维码',
      'A certificate number or window code: look it up online, or scan the certificate\'s QR code'],
    SCAN_INCOMPLETE: ['扫码内容不完整，请重新扫描', 'The scan is incomplete: scan again'],
    FILE_INCOMPLETE: ['文件不完整，请重新获取原始电子文件', 'The file ends too early: ask for the original file again'],
    VERSION_UNKNOWN: ['证书版本较新，请更新核验程序', 'A later version than this verifier knows: update the verifier'],
    FORMAT_BAD: ['证书内容不符合格式，不能采信', 'Not as the format says: do not rely on it'],
    TRUST_OK: ['信任名单有效', 'The trust bundle is in force'],
    TRUST_EXPIRED: ['信任名单已过期，请更新后再核验', 'The trust bundle has expired: update it and verify again'],
    OFFICE_OK: ['签发机构在信任名单内', 'The issuing office is in the trust bundle'],
    OFFICE_UNKNOWN: ['签发机构不在信任名单', 'Issuer not in the trust bundle'],
    SIG_OK: ['签发签名有效', 'The office\'s signature verifies'],
    SIG_BAD: ['签名无效', 'Invalid signature'],
    PATH_OK: ['批次包含证明成立', 'The certificate is in the signed batch'],
    PATH_BAD: ['内容与存证不一致，可能被篡改', 'Content altered: it is not what was sealed'],
    KEY_OK: ['签名密钥在有效期内', 'The signing key was in force'],
    KEY_NOT_VALID: ['签名时密钥不在有效期内', 'The signing key was not in force when it signed'],
    KEY_RETIRED: ['签名密钥已超过可核验期限，请向签发机构更新证书',
      'The signing key is past its verification time: ask the office to refresh the certificate'],
    KEY_COMPROMISED: ['签名密钥已失密，须有失密之前的外部存证才能确认；请向签发机构索取最新的证书文件',
      'The signing key was compromised: only outside evidence from before shows the certificate good; ask the office for its newest file'],
    KIND_OK: ['签发机构有权签发此类证书', 'The office may issue this kind'],
    KIND_NOT_ALLOWED: ['签发机构无权签发此类证书', 'The office may not issue this kind'],
    DATES_OK: ['在有效期内', 'In force at the time judged'],
    DATES_BAD: ['签发时间晚于封存时间，日期矛盾', 'Issued later than it was sealed: the dates contradict each other'],
    NOT_YET_VALID: ['证书尚未生效；请核对本机时间', 'Not yet valid; check this computer\'s clock'],
    EXPIRED: ['证书已过有效期', 'Expired'],
    DISCLOSURE_OK: ['所示内容与存证一致', 'What is shown is what was certified'],
    DISCLOSURE_BAD: ['所示内容与存证不一致，可能被篡改', 'What is shown is not what was certified'],
    DISCLOSURE_INCOMPLETE: ['未出示此用途必须出示的记录，请索取完整证书',
      'Records that this purpose demands are hidden: ask for the full certificate'],
    DOCUMENT_OK: ['所附文件与证书一致', 'The document is the one certified'],
    DOCUMENT_DIFFERS: ['所附文件与证书不一致', 'The document is not the one certified'],
    DOCUMENT_NOT_SHOWN: ['证书副本隐去了内容，无法与文件比对', 'The certificate hides too much to compare the document'],
    PROOF_OK: ['已封存入账本，账本签名有效', 'Included in the signed ledger'],
    PROOF_BAD: ['账本证明不成立，文件可能被改动', 'The ledger proof does not hold: the file may have been altered'],
    PROOF_UNUSABLE: ['账本证明所用密钥未知、已停用或曾失密，请更新信任名单或证书文件',
      'The ledger proof\'s key is unknown, retired or compromised: update the trust bundle or the file'],
    PROOF_LEFT_OUT: ['账本证明所用密钥不可采信，未采用；可信时间戳已证明同一事实',
      'The ledger proof\'s key can\'t be relied on, so it was left out: a timestamp shows the same'],
    TIMESTAMP_OK: ['可信时间戳有效', 'A trusted timestamp verifies'],
    TIMESTAMP_UNUSABLE: ['有时间戳不可采信，未采用', 'A timestamp could not be relied on and was left out'],
    TIMESTAMP_UNCHECKED: ['可信时间戳已附，此处不验证', 'A timestamp is attached and is not checked here'],
    ANCHOR_UNCHECKED: ['链上锚定：已附回执，未离线验证', 'Anchored on a chain: the receipt is attached, and was not verified offline'],
    ANCHOR_UNUSABLE: ['有锚定回执与本证书不符，未采用', 'An anchor\'s receipt does not belong to this certificate and was left out'],
    LEDGER_FORKED: ['账本出现两份互相矛盾的检查点，均有签发机构签名；请保留文件并向监管机构核实',
      'The office signed two ledger heads that contradict each other: keep this file and ask its supervisor'],
    PDF_OK: ['PDF文件与签发机构制作时一致', 'The PDF is as the office made it'],
    PDF_ALTERED: ['PDF文件在签发后被改动，版面内容不可采信，请索取原始电子文件',
      'The PDF was altered after the office made it: do not rely on its pages, ask for the original file'],
    PDF_UNSIGNED: ['PDF文件没有可采信的签发机构文件签名，版面内容未经核实，请以核验结果所列内容为准',
      'No signature of the office that counts is on the PDF: rely on what is shown here, not on its pages'],
    STATUS_VALID: ['状态有效', 'Status: valid'],
    STATUS_NOT_ASKED: ['未要求核验状态', 'Status was not asked for'],
    OBJECTION_NOTED: ['核验通过，有异议标注', 'Valid, with an objection noted'],
    REVOKED: ['证书已撤销，不得使用', 'Revoked: not to be used'],
    REPLACED: ['本证书已有更新版本，请以新证书为准', 'Superseded: ask for the newer certificate'],
    WITHDRAWN: ['证书已由主体撤回', 'Withdrawn by the holder'],
    NOT_ISSUED: ['状态清单中没有此证书', 'The status list knows no such certificate'],
    SUSPENDED: ['异议核实中，暂缓使用', 'Suspended while an objection is verified'],
    STATUS_STALE: ['状态清单已超过时限，请更新状态清单', 'The evidence of status is too old: fetch a newer status list'],
    STATUS_MISSING: ['没有状态清单，请获取状态清单后再核验', 'No status list: fetch one and verify again'],
    STATUS_CONFLICT: ['状态清单相互矛盾，请向签发机构核实', 'Two status lists contradict each other: ask the office'],
    STATUS_ROLLBACK: ['状态清单比本机见过的旧，请获取最新状态清单', 'The status list is older than one seen here before: fetch the newest'],
    STATUS_PROVEN: ['所用状态清单已存入账本，有账本证明', 'The status list used is in the ledger, with proof'],
    STATUS_UNUSABLE: ['有状态清单不可用，未采用', 'A status list could not be used and was left out'],
    PURPOSE_OTHER: ['用途不符，请核对证书用途', 'Certified for another purpose'],
    AUDIENCE_OTHER: ['接收单位不符，请核对', 'Certified for another recipient'],
    ROOT_NOT_PINNED: ['信任名单的根密钥未经本机确认', 'The root of the trust bundle is not pinned on this computer']
  };

  // What callers say around a verdict.
  const USAGE = {
    TRUST_BAD: ['信任名单无法读取或签名无效，无法核验', 'The trust bundle can\'t be read or is not signed by its root'],
    TRUST_MISSING: ['没有信任名单，无法核验', 'No trust bundle at hand: nothing can be verified'],
    TRUST_ROLLBACK: ['信任名单比本机用过的旧，已停止核验；请向签发机构核实',
      'The trust bundle is older than one used here before: stopped; ask the issuing office'],
    ROOT_OTHER: ['信任名单的根密钥与本机记住的不同，已停止核验；请向签发机构核实',
      'The root of the trust bundle is not the one remembered here: stopped; ask the issuing office'],
    STATUS_OLDER: ['服务器给出的状态清单比本机见过的旧，已改用较新的一份；请向签发机构核实',
      'The server gave an older status list than one seen here: the newer one is used; ask the issuing office'],
    PICTURE_UNREAD: ['本浏览器未能从图片读出二维码；请改用 .xzc 或 PDF 文件，或扫描二维码',
      'No QR code could be read from the picture in this browser: use the .xzc or PDF file, or scan the code'],
    NETWORK: ['网络不可用，已转离线核验', 'No network: verified offline'],
    FAILED: ['核验程序出错，无法判定；请改用窗口码或电子文件核验', 'The verifier failed: nothing can be told; use the window code or the file']
  };
  const WORDS = { valid: ['有效', 'VALID'], invalid: ['无效', 'INVALID'], undetermined: ['无法判定', 'UNDETERMINED'] };

  function pick(pair, lang) {
    return pair[lang === 'en' ? 1 : 0];
  }

  xz.pick = function (lang, zh, en) { return lang === 'en' ? en : zh; };
  xz.message = function (code, lang) { return pick(MESSAGES[code] || USAGE[code] || USAGE.FAILED, lang); };
  xz.word = function (outcome, lang) { return pick(WORDS[outcome], lang); };
  xz.MESSAGES = MESSAGES;
}(self.Xinzheng = self.Xinzheng || {}));
