/*
 * The page of an import while something is to come: puts the new counts in place every second, and loads the page once it is
 * at its end. Without it the page loads itself again.
 */
(function () {
  'use strict';

  var EVERY = 1000;

  function later() {
    setTimeout(look, EVERY);
  }

  function look() {
    fetch(location.href, { credentials: 'same-origin', redirect: 'error' })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
      .then(function (text) {
        var here = document.getElementById('import');
        var there = new DOMParser().parseFromString(text, 'text/html').getElementById('import');
        if (!here || !there) {
          return;
        }
        if (!there.dataset.moves) {
          location.reload();
          return;
        }
        here.parentNode.replaceChild(document.importNode(there, true), here);
        later();
      })
      .catch(later);
  }

  var shown = document.getElementById('import');
  if (shown && shown.dataset.moves) {
    later();
  }
})();
