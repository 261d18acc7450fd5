// Registries: claim rules, claim values, purposes, counters, kinds (spec: claims.md), with their words.
//
//   xz.registry.show('purposes', 9, 'zh') -> '融资授信'        xz.registry.show('purposes', 99, 'en') -> 'unknown (99)'
(function (xz) {
  'use strict';

  // [name, zh, en], numbered from 1.
  const LISTS = {
    rules: [
      ['NO_PENALTY/1', '无行政处罚', 'no administrative penalty'],
      ['NO_COERCION/1', '无行政强制', 'no administrative coercion'],
      ['NOT_SERIOUS_DISHONEST/1', '未列入严重失信主体名单', 'not on a list of seriously dishonest subjects'],
      ['NO_CRIMINAL_JUDGMENT/1', '无犯罪记录（刑事裁判）', 'no criminal judgment'],
      ['NO_VIOLATION_IN_PERIOD/1', '查询期内无违法违规记录', 'no violation on record in the period'],
      ['NOT_ABNORMAL/1', '未列入经营异常名录', 'not on the list of abnormal operations'],
      ['MODEL_SUBJECT/1', '守信激励对象', 'model subject'],
      ['COMMITMENTS_KEPT/1', '信用承诺履行情况', 'credit commitments kept']
    ],
    values: [
      ['YES', '成立', 'holds'],
      ['NO', '不成立', 'does NOT hold'],
      ['NOT_COVERED', '未纳入本报告', 'not covered by this report'],
      ['UNDER_OBJECTION', '异议核实中', 'under objection'],
      ['PARTIAL', '部分', 'in part']
    ],
    purposes: [
      ['GOV_PROCUREMENT', '政府采购', 'government procurement'],
      ['BIDDING', '招标投标', 'bidding'],
      ['ADMIN_APPROVAL', '行政审批', 'administrative approval'],
      ['MARKET_ACCESS', '市场准入', 'market access'],
      ['QUALIFICATION', '资质审核', 'review of qualifications'],
      ['FISCAL_FUND', '财政资金补助', 'subsidy from public funds'],
      ['GOV_SERVICE_PURCHASE', '政府购买服务', 'purchase of services by government'],
      ['GOV_INVEST_PROJECT', '政府投资工程', 'project of government investment'],
      ['FINANCING', '融资授信', 'financing and credit'],
      ['AWARD', '评优评先', 'awards'],
      ['LISTING', '上市/再融资', 'listing and refinancing'],
      ['OTHER', '其他', 'other']
    ],
    counters: [
      ['REPAIRED', '已修复的记录', 'repaired records'],
      ['PERMITS', '行政许可', 'administrative permits'],
      ['PENALTIES', '行政处罚', 'administrative penalties'],
      ['COERCIONS', '行政强制', 'administrative coercion'],
      ['OTHER_ACTS', '其他行政行为', 'other administrative acts'],
      ['HONEST', '诚实守信', 'honest conduct'],
      ['SERIOUS_DISHONEST', '严重失信主体名单', 'lists of seriously dishonest subjects'],
      ['ABNORMAL', '经营异常名录', 'list of abnormal operations'],
      ['ABNORMAL_REMOVED', '已移出经营异常名录', 'removed from the list of abnormal operations'],
      ['COMMITMENTS_BROKEN', '未全部履行的信用承诺', 'credit commitments not fully kept'],
      ['COMMITMENTS', '信用承诺', 'credit commitments'],
      ['RATINGS', '信用评价', 'ratings'],
      ['CRIMINAL_JUDGMENTS', '刑事裁判', 'criminal judgments'],
      ['JUDGMENTS', '司法判决', 'judgments'],
      ['OTHER', '其他信息', 'other information'],
      ['LOCAL', '地方补充内容', 'local supplements'],
      ['ADVICE', '信用状况提升建议', 'advice']
    ],
    kinds: [
      ['credit-report', '信用报告', 'credit report'],
      ['credit-commitment', '信用承诺', 'credit commitment'],
      ['file', '文件', 'file']
    ],
    holders: [
      ['ORG', '法人及非法人组织', 'organisation'],
      ['SOLE', '个体工商户', 'sole trader'],
      ['PERSON', '自然人', 'natural person'],
      ['GOV_ORG', '机关单位', 'government organ']
    ]
  };
  const SECTIONS = ['admin', 'honest', 'serious', 'abnormal', 'commitments', 'ratings', 'judgments', 'other', 'advice', 'local'];
  const PERSON = 3;
  // Counters that are bad news for the holder, and the purposes whose profile demands to see all of them.
  const ADVERSE = [3, 4, 7, 8, 10, 13];
  const DEMANDING = [1, 2, 8, 11];
  const ACTS = { PERMIT: 2, PENALTY: 3, COERCION: 4 };
  const BROKEN = ['PARTLY_FULFILLED', 'NOT_FULFILLED', 'FOUND_FALSE'];

  // The row of a number; undefined where it is not known.
  function row(list, number) {
    return LISTS[list][Number(number) - 1];
  }

  function name(list, number) {
    const found = row(list, number);
    return found ? found[0] : 'UNKNOWN_' + number;
  }

  function show(list, number, lang) {
    const found = row(list, number);
    if (!found) return lang === 'en' ? 'unknown (' + number + ')' : '未知(' + number + ')';
    return found[lang === 'en' ? 2 : 1];
  }

  // The number of this name; 0 where there is none.
  function numberOf(list, wanted) {
    return LISTS[list].findIndex(function (one) { return one[0] === wanted; }) + 1;
  }

  function text(record, key) {
    const value = xz.json.member(record, key);
    return typeof value === 'string' ? value : null;
  }

  // The counter of a record of that section: the first row of the table that fits; null where none does.
  function counterOf(section, record) {
    if (SECTIONS.indexOf(section) < 0) return null;
    const flags = xz.json.member(record, 'flags');
    if (Array.isArray(flags) && flags.indexOf('REPAIRED') >= 0) return 1;
    const act = text(record, 'act');
    const removed = xz.json.member(record, 'removed_on');
    const fulfilment = text(record, 'fulfilment');
    const kind = text(record, 'kind');
    switch (section) {
      case 'admin': return act === null ? null : (Object.prototype.hasOwnProperty.call(ACTS, act) ? ACTS[act] : 5);
      case 'honest': return 6;
      case 'serious': return 7;
      case 'abnormal': return removed === undefined ? null : removed === null ? 8 : 9;
      case 'commitments': return fulfilment === null ? null : BROKEN.indexOf(fulfilment) >= 0 ? 10 : 11;
      case 'ratings': return 12;
      case 'judgments': return kind === null ? null : kind === '刑事' ? 13 : 14;
      case 'other': return 15;
      case 'local': return 16;
      default: return 17;
    }
  }

  xz.registry = {
    PERSON: PERSON,
    isKnown: function (list, number) { return row(list, number) !== undefined; },
    isAdverse: function (counter) { return ADVERSE.indexOf(counter) >= 0; },
    demands: function (purpose) { return DEMANDING.indexOf(purpose) >= 0 ? ADVERSE : []; },
    name: name,
    show: show,
    numberOf: numberOf,
    counterOf: counterOf
  };
}(self.Xinzheng = self.Xinzheng || {}));
