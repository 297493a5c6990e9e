/** Texts in the reader's language. Every key is in each language; a test compares them. */
import { ref } from './lib/vue.js';
import en from './texts/en.js';
import zh from './texts/zh.js';

const KEY = 'apogee.language';
const TEXTS = { en, zh };

/** The languages by their codes, each named in itself. */
export const LANGUAGES = { en: 'English', zh: '中文' };

/** The code of the language now; texts follow it. */
export const language = ref(first());
mark();

function first() {
  const kept = stored();
  return kept in TEXTS ? kept : navigator.language.startsWith('zh') ? 'zh' : 'en';
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser without storage forgets the choice
  }
}

/** Changes the language and remembers it in this browser. */
export function setLanguage(code) {
  language.value = code;
  mark();
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // it holds until the page is closed
  }
}

function mark() {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
}

/**
 * A text with `{name}` replaced by values. A text with `|` has a form for one and a form for other numbers: `n` chooses.
 * A key that is lacking shows itself.
 */
export function t(key, values = {}) {
  const text = TEXTS[language.value][key] ?? TEXTS.en[key] ?? key;
  const forms = text.split('|');
  const form = forms.length === 2 && values.n !== 1 && values.n !== '1' ? forms[1] : forms[0];
  return form.replace(/\{(\w+)}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The text of a key in English, the language of the API; undefined if there is none. */
export const english = key => TEXTS.en[key];

/** Whether there is a text of this key. */
export const hasText = key => key in TEXTS.en;
