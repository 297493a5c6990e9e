/** Dark, light, or as the system is. CSS does the rest by `color-scheme` and `light-dark()`. */
import { ref } from './lib/vue.js';

const KEY = 'apogee.theme';

/** The choices, in the order in which the button goes through them. */
export const THEMES = ['auto', 'light', 'dark'];

/** The choice now. */
export const theme = ref(document.documentElement.dataset.theme ?? 'auto');

/** Counts how often the colours changed, by a choice or by the system: who paints by itself, paints anew. */
export const colours = ref(0);

window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => colours.value++);

/** Changes the theme and remembers it in this browser. */
export function setTheme(choice) {
  theme.value = choice;
  if (choice === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = choice;
  }
  colours.value++;
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // a browser without storage forgets it
  }
}

/** The next choice. */
export const nextTheme = () => setTheme(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]);

/** A colour of the style sheet as a canvas takes it: `colour('--series-1')`. */
export function colour(name) {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
