/** The keyboard: `/` searches, `g` and a letter goes to a page, `?` tells the keys, Ctrl-K opens the palette. */
import { ref } from './lib/vue.js';
import { routes } from './nav.js';
import { go, href } from './router.js';

/** What lies over the page: 'palette', 'shortcuts' or null. */
export const overlay = ref(null);

/** How long a `g` waits for its letter. */
const SECOND_KEY_MS = 1200;
let goneAt = -Infinity; // a page that is just loaded is young itself

/** Listens from now on. */
export function startKeys() {
  window.addEventListener('keydown', pressed);
}

function pressed(event) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    overlay.value = overlay.value === 'palette' ? null : 'palette';
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || document.querySelector('dialog[open]')) {
    return;
  }
  if (event.timeStamp - goneAt < SECOND_KEY_MS) {
    goneAt = -Infinity;
    const page = routes.find(each => each.key === event.key);
    if (page) {
      event.preventDefault();
      go(href(page.path));
    }
    return;
  }
  switch (event.key) {
    case 'g':
      goneAt = event.timeStamp;
      break;
    case '?':
      event.preventDefault();
      overlay.value = 'shortcuts';
      break;
    case '/': {
      const search = document.querySelector('main [data-search]');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      break;
    }
    default:
  }
}

/** Whether keys are text where they arrive, or choose from a list. */
function writes(target) {
  return target.closest?.('input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]') !== null;
}
