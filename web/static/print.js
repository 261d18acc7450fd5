/* Buttons that print the page: [data-print]. They are hidden where scripts do not run; printing is in the browser's menu, too. */
(function () {
  'use strict';
  var buttons = document.querySelectorAll('[data-print]');
  for (var i = 0; i < buttons.length; i += 1) {
    buttons[i].hidden = false;
    buttons[i].addEventListener('click', function () { window.print(); });
  }
}());
