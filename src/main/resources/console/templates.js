/** Messages that a reader keeps in this browser to send them again. */
const KEY = 'apogee.templates';
const MAX_TEMPLATES = 50;

/** `{name, form}` each, sorted by name; none where the browser keeps nothing. */
export function templates() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(each => typeof each?.name === 'string' && typeof each.form === 'object') : [];
  } catch {
    return [];
  }
}

/** Keeps a form under a name; false if the browser can't. */
export function keep(name, form) {
  const all = [...templates().filter(each => each.name !== name), { name, form }].sort((a, b) => a.name.localeCompare(b.name));
  return write(all.slice(-MAX_TEMPLATES));
}

/** Forgets a template. */
export const forget = name => write(templates().filter(each => each.name !== name));

function write(all) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
    return true;
  } catch {
    return false; // storage is full or switched off
  }
}
