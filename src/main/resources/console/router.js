/**
 * Hash routes. An address is a path and a query, `#/topics?q=order&sort=name`, and everything that a reader might want
 * to send to somebody else (filters, sorting, a range) stands in the query.
 */
import { reactive, shallowRef } from './lib/vue.js';
import { routes } from './nav.js';

/**
 * Where the reader is. `page` is the route's row of nav.js, null where there is none; `params` are the parts of its path.
 * It is that of the page which is shown, and stays so while the next one is on its way: no page is told another's query.
 */
export const route = reactive({ path: '', page: null, params: {}, query: {} });

/** Where the address leads, in the form of `route`. */
export const wanted = shallowRef({ ...route });

/** The page that the address leads to is shown from now on. */
export function arrive() {
  Object.assign(route, wanted.value);
}

/** The address of a path with a query, for `href`; empty values are left out. */
export function href(path, query = {}) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '' && value != null)).toString();
  return '#' + path + (text ? '?' + text : '');
}

/** The address of a page by its name: `to('topic', {topic: 'a%b'})`. */
export function to(name, params = {}, query = {}) {
  const page = routes.find(each => each.name === name);
  return href(page.path.replace(/:(\w+)/g, (_, key) => encodeURIComponent(params[key])), query);
}

/** Goes to an address that `href` or `to` made. */
export function go(address) {
  window.location.hash = address;
}

/**
 * Changes the query of where the reader is, without a step of the browser's history; null removes a value. A page that is
 * being left changes nothing any more.
 */
export function setQuery(changes) {
  if (wanted.value.path !== route.path) {
    return;
  }
  const query = { ...route.query, ...changes };
  window.history.replaceState(null, '', href(route.path, query));
  read();
}

/** Follows the address from now on. */
export function startRouter() {
  window.addEventListener('hashchange', read);
  read();
}

function read() {
  const hash = window.location.hash.slice(1) || '/';
  const mark = hash.indexOf('?');
  const path = mark < 0 ? hash : hash.slice(0, mark);
  const query = Object.fromEntries(new URLSearchParams(mark < 0 ? '' : hash.slice(mark + 1)));
  const found = find(path);
  wanted.value = { path, query, page: found?.page ?? null, params: found?.params ?? {} };
  if (path === route.path) {
    arrive();
  }
}

function find(path) {
  for (const page of routes) {
    const match = path.match(page.pattern);
    if (match) {
      try {
        const values = match.slice(1).map(decodeURIComponent);
        return { page, params: Object.fromEntries(page.keys.map((key, i) => [key, values[i]])) };
      } catch {
        return null; // a broken %-sequence: no page has that address
      }
    }
  }
  return null;
}
