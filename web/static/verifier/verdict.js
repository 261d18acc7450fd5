// The frozen codes, what each does to the verdict, and which leads (spec: verdict.md).
//
//   const checks = new xz.Checks();
//   checks.add('SIG_OK');
//   checks.decide(1, fields, at) -> {outcome: 'valid', code: 'VALID', level: 1, fields, checks, at}
(function (xz) {
  'use strict';

  // Holds, warns, leaves the verdict open, or fails it; and the rank: of two that fail, the lower leads.
  const CODES = {
    VALID: ['holds', 0],
    FORMAT_OK: ['holds', 10], NOT_RECOGNISED: ['open', 10], NEEDS_LOOKUP: ['open', 10], SCAN_INCOMPLETE: ['open', 10],
    FILE_INCOMPLETE: ['open', 10], VERSION_UNKNOWN: ['open', 10], FORMAT_BAD: ['fails', 10],
    TRUST_OK: ['holds', 20], TRUST_EXPIRED: ['open', 20],
    OFFICE_OK: ['holds', 30], OFFICE_UNKNOWN: ['open', 30],
    SIG_OK: ['holds', 40], SIG_BAD: ['fails', 40],
    PATH_OK: ['holds', 50], PATH_BAD: ['fails', 50],
    KEY_OK: ['holds', 60], KEY_NOT_VALID: ['fails', 60], KEY_RETIRED: ['open', 60], KEY_COMPROMISED: ['open', 70],
    KIND_OK: ['holds', 80], KIND_NOT_ALLOWED: ['fails', 80],
    DATES_OK: ['holds', 90], DATES_BAD: ['fails', 90], NOT_YET_VALID: ['fails', 90], EXPIRED: ['fails', 145],
    DISCLOSURE_OK: ['holds', 100], DISCLOSURE_BAD: ['fails', 100], DISCLOSURE_INCOMPLETE: ['fails', 100],
    DOCUMENT_OK: ['holds', 110], DOCUMENT_DIFFERS: ['fails', 110], DOCUMENT_NOT_SHOWN: ['open', 110],
    PROOF_OK: ['holds', 120], PROOF_BAD: ['fails', 120], PROOF_UNUSABLE: ['open', 120],
    PROOF_LEFT_OUT: ['warns', 120], TIMESTAMP_OK: ['holds', 120], TIMESTAMP_UNUSABLE: ['warns', 120],
    TIMESTAMP_UNCHECKED: ['warns', 120], ANCHOR_UNCHECKED: ['warns', 120], ANCHOR_UNUSABLE: ['warns', 120], LEDGER_FORKED: ['open', 119],
    PDF_OK: ['holds', 130], PDF_ALTERED: ['fails', 130], PDF_UNSIGNED: ['open', 130],
    STATUS_VALID: ['holds', 140], STATUS_NOT_ASKED: ['holds', 140], OBJECTION_NOTED: ['warns', 140], REVOKED: ['fails', 140],
    REPLACED: ['fails', 140], WITHDRAWN: ['fails', 140], NOT_ISSUED: ['fails', 140], SUSPENDED: ['open', 140],
    STATUS_STALE: ['open', 140], STATUS_MISSING: ['open', 140], STATUS_CONFLICT: ['open', 140], STATUS_UNUSABLE: ['warns', 140],
    STATUS_ROLLBACK: ['open', 140], STATUS_PROVEN: ['holds', 140],
    PURPOSE_OTHER: ['warns', 150], AUDIENCE_OTHER: ['warns', 150],
    ROOT_NOT_PINNED: ['warns', 160]
  };

  class Checks {
    constructor() {
      this.list = [];
    }

    // `detail` is nothing, or one of {time}, {age}, {count: [part, whole]}, {text}.
    add(code, detail) {
      const effect = CODES[code][0];
      this.list.push({ code: code, ok: effect === 'holds' || effect === 'warns', detail: detail || null });
    }

    first(effect) {
      const found = this.list.filter(function (check) { return CODES[check.code][0] === effect; });
      found.sort(function (a, b) { return CODES[a.code][1] - CODES[b.code][1]; });
      return found.length ? found[0].code : null;
    }

    decide(level, fields, at) {
      const failed = this.first('fails');
      const open = this.first('open');
      const objection = this.list.some(function (check) { return check.code === 'OBJECTION_NOTED'; });
      const outcome = failed ? 'invalid' : open ? 'undetermined' : 'valid';
      const code = failed || open || (objection ? 'OBJECTION_NOTED' : 'VALID');
      return { outcome: outcome, code: code, level: level, fields: fields, checks: this.list, at: at };
    }
  }

  xz.CODES = CODES;
  xz.Checks = Checks;
}(self.Xinzheng = self.Xinzheng || {}));
