/** Searching a topic page by page: what was found so far, how far it went, going on and stopping. */
import { onUnmounted, ref, shallowRef } from './lib/vue.js';
import { send } from './api.js';

/** Rows that are kept; going on beyond drops the first ones. */
const MAX_ROWS = 500;

/** How long one go looks on by itself while nothing is found. */
const PATIENCE_MS = 30_000;

/**
 * `request(position)` makes the request of the page behind a position (undefined: the first).
 *
 * @returns refs `rows`, `scanned`, `complete`, `searching`, `problem`, `started`; `start()`, `goOn()`, `stop()`
 */
export function useSearch(request) {
  const rows = shallowRef([]);
  const scanned = ref(0);
  const complete = ref(true);
  const searching = ref(false);
  const started = ref(false);
  const problem = ref(null);
  let position;
  let running = null;

  async function goOn() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    searching.value = true;
    problem.value = null;
    const until = Date.now() + PATIENCE_MS;
    try {
      for (let found = 0; found === 0;) {
        const page = await send(request(position), mine.signal);
        found = page.messages.length;
        rows.value = [...rows.value, ...page.messages].slice(-MAX_ROWS);
        scanned.value += page.scanned ?? 0;
        complete.value = page.complete ?? true;
        position = page.position;
        if (complete.value || Date.now() > until) {
          break;
        }
      }
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        problem.value = failure;
      }
    }
    if (running === mine) {
      searching.value = false;
    }
  }

  function start() {
    position = undefined;
    rows.value = [];
    scanned.value = 0;
    complete.value = true;
    started.value = true;
    return goOn();
  }

  function stop() {
    running?.abort();
    running = null;
    searching.value = false;
  }

  function clear() {
    stop();
    rows.value = [];
    started.value = false;
    problem.value = null;
  }

  onUnmounted(stop);
  return { rows, scanned, complete, searching, started, problem, start, goOn, stop, clear };
}
