// Before the first paint, so that the page does not flash in the other theme. What this sets, theme.js and i18n.js own.
(function () {
  var theme = null;
  try {
    theme = localStorage.getItem('apogee.theme');
  } catch (e) {
    // a browser without storage has the automatic theme
  }
  if (theme === 'dark' || theme === 'light') {
    document.documentElement.dataset.theme = theme;
  }
})();
