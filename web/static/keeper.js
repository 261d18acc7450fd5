// What a browser remembers: the root that it trusts, the newest trust bundle and status lists. Network first, memory else.
//
//   const kept = await xz.keeper.load('', [0n]);      {bundle, shelf, offline, first, warnings: [code]}
//
// The root is remembered at the first use; from then on another root (ROOT_OTHER) or an older bundle (TRUST_ROLLBACK) is
// refused, and an older status list is left out in favour of the newer one that is remembered. Of lists that came as files only
// their sequences are remembered (`seen`, `saw`). Where nothing can be
// remembered (no localStorage), every use is a first one.
(function (xz) {
  'use strict';

  const ROOT = 'xinzheng.root';
  const BUNDLE = 'xinzheng.trust';
  const STATUS = 'xinzheng.status.';
  const SEEN = 'xinzheng.seen';
  // Shards whose newest list is remembered, and how far a clock may be behind, in seconds.
  const SEEN_MAX = 256;
  const TOLERANCE = 300;
  const PATIENCE = 4000;

  function get(name) {
    try {
      return localStorage.getItem(name);
    } catch (error) {
      return null;
    }
  }

  function set(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch (error) {
      // Full or forbidden: then it is asked for again.
    }
  }

  function forget() {
    try {
      Object.keys(localStorage).filter(function (name) { return name.startsWith('xinzheng.'); })
        .forEach(function (name) { localStorage.removeItem(name); });
    } catch (error) {
      // Nothing was remembered.
    }
  }

  // Text of an address of this service; null without a network, '' where there is no such file.
  async function fetchText(address) {
    const stop = typeof AbortController === 'function' ? new AbortController() : null;
    const timer = stop && setTimeout(function () { stop.abort(); }, PATIENCE);
    try {
      const answer = await fetch(address, { cache: 'no-cache', credentials: 'same-origin', signal: stop ? stop.signal : undefined });
      if (answer.ok) return await answer.text();
      return answer.status === 404 ? '' : null;
    } catch (error) {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  // Opens a bundle under the root that is remembered. Throws TRUST_BAD, ROOT_OTHER, TRUST_ROLLBACK.
  async function open(text) {
    const bundle = await xz.trust.open(text, get(ROOT));
    const before = get(BUNDLE);
    const seen = before === null ? null : await xz.trust.open(before, get(ROOT)).catch(function () { return null; });
    if (seen && seen.sequence > bundle.sequence) throw new xz.Refused('TRUST_ROLLBACK', 'an older bundle');
    return bundle;
  }

  function pin(bundle, text) {
    set(ROOT, bundle.root.text);
    set(BUNDLE, text);
  }

  // The lists of one shard: the one that the service has now and the one remembered.
  async function lists(base, shard, found) {
    const name = STATUS + shard;
    const text = await fetchText(base + '/ledger/status/' + shard + '.xzs');
    if (text === null) found.offline = true;
    const read = [text, get(name)].filter(Boolean).map(function (one) {
      try {
        return { text: one, list: xz.status.parse(xz.bytes.fromText(one)) };
      } catch (error) {
        return null;
      }
    }).filter(Boolean);
    if (text && read.length && read[0].text !== text) found.warnings.push('STATUS_UNUSABLE');
    const sorted = await xz.status.shelf(read.map(function (one) { return one.list; }), found.bundle);
    remember(name, read, sorted, found);
    return sorted;
  }

  // Only what verifies is remembered, and only the highest sequence.
  function remember(name, read, sorted, found) {
    const good = read.filter(function (one) { return sorted.lists.indexOf(one.list) >= 0; });
    if (!good.length) return;
    const newest = good.reduce(function (best, one) { return one.list.sequence > best.list.sequence ? one : best; });
    if (good.length === 2 && good[0].list.sequence < good[1].list.sequence) found.warnings.push('STATUS_OLDER');
    set(name, newest.text);
  }

  // What was seen of the newest list of each shard, for `shelf.seen` of a verification. What can't be read is as if never seen.
  function seen() {
    try {
      return JSON.parse(get(SEEN) || '[]').map(function (one) {
        return {
          origin: one.origin, shard: BigInt(one.shard), sequence: BigInt(one.sequence), issued: one.issued,
          text: xz.bytes.fromBase64(one.text)
        };
      });
    } catch (error) {
      return [];
    }
  }

  // Remembers lists whose signatures were verified under a root that is remembered. Those from the future are not there yet.
  function saw(lists, now) {
    const known = seen();
    const news = lists.map(xz.status.seen).filter(function (one) {
      const old = known.find(function (other) { return other.origin === one.origin && other.shard === one.shard; });
      return one.issued <= now + TOLERANCE && (!old || old.sequence < one.sequence);
    });
    if (!news.length) return;
    const isNew = function (one) { return news.some(function (other) { return other.origin === one.origin && other.shard === one.shard; }); };
    const kept = known.filter(function (one) { return !isNew(one); }).concat(news).slice(-SEEN_MAX);
    set(SEEN, JSON.stringify(kept.map(function (one) {
      return {
        origin: one.origin, shard: String(one.shard), sequence: String(one.sequence), issued: one.issued,
        text: xz.bytes.toBase64(one.text)
      };
    })));
  }

  // `base` is '' for this service. Throws TRUST_MISSING where there is no bundle at all.
  async function load(base, shards) {
    const found = { bundle: null, shelf: { lists: [], unusable: [] }, offline: false, first: get(ROOT) === null, warnings: [] };
    const text = await fetchText(base + '/trust.xzt');
    const kept = get(BUNDLE);
    found.offline = text === null;
    if (!text && kept === null) throw new xz.Refused('TRUST_MISSING', 'no bundle');
    found.bundle = await open(text || kept);
    pin(found.bundle, text || kept);
    for (const shard of shards) {
      const sorted = await lists(base, shard, found);
      found.shelf.lists = found.shelf.lists.concat(sorted.lists);
      found.shelf.unusable = found.shelf.unusable.concat(sorted.unusable);
    }
    return found;
  }

  // For people: the root's fingerprint, the bundle's number and age.
  function basis(bundle, now) {
    return { fingerprint: xz.trust.fingerprint(bundle.root.text), sequence: bundle.sequence, age: Math.max(0, now - bundle.issued) };
  }

  xz.keeper = {
    load: load,
    open: open,
    pin: pin,
    forget: forget,
    seen: seen,
    saw: saw,
    remembered: function () { return get(BUNDLE); },
    hasRoot: function () { return get(ROOT) !== null; },
    basis: basis,
    now: function () { return Math.floor(Date.now() / 1000); }
  };
}(self.Xinzheng = self.Xinzheng || {}));
