// Keeps the page that QR codes open, and its scripts, so that they work without a network. The server writes the list of
// files before this script: KEPT = {version, files}. Nothing that anybody presents ever passes through here.
'use strict';

const NAME = 'xinzheng-' + KEPT.version;
const PATIENCE = 3000;

self.addEventListener('install', function (event) {
  event.waitUntil(caches.open(NAME).then(function (cache) { return cache.addAll(KEPT.files); }).then(function () { return self.skipWaiting(); }));
});

// Earlier versions go.
self.addEventListener('activate', function (event) {
  const others = caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== NAME; }).map(function (name) { return caches.delete(name); }));
  });
  event.waitUntil(others.then(function () { return self.clients.claim(); }));
});

self.addEventListener('fetch', function (event) {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname === '/v') event.respondWith(newest(event.request));
  else if (url.pathname.startsWith('/static/')) event.respondWith(kept(event.request, false));
});

// The kept copy, else the network; at last a copy of another version.
async function kept(request, anyVersion) {
  const found = await caches.match(request, { ignoreVary: true, ignoreSearch: anyVersion });
  return found || fetch(request).catch(function (error) {
    if (anyVersion) throw error;
    return kept(request, true);
  });
}

// The network if it answers in time, else the kept copy.
function newest(request) {
  const answer = fetch(request).then(function (response) { return response.ok ? response : Promise.reject(new Error(response.status)); });
  const late = new Promise(function (_, reject) { setTimeout(function () { reject(new Error('late')); }, PATIENCE); });
  return Promise.race([answer, late]).catch(function () { return kept(request, true); });
}
