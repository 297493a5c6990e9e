/** A list that the gateway filters, sorts and cuts into pages. What it shows stands in the address. */
import { computed, onUnmounted, ref, watch } from './lib/vue.js';
import { send } from './api.js';
import { route, setQuery } from './router.js';

/** How long a reader has stopped typing before the list is asked for. */
const QUIET_MS = 200;

/**
 * Follows the query of the address (`q`, `sort`, `desc`, `after`, and what `extra` names) and asks for the page it names.
 *
 * @param where path of the operation, or a function that gives it
 * @param rows name of the array in the answer
 * @param extra further names of the address's query that are parameters of the operation
 * @param fixed parameters that don't stand in the address
 * @returns refs `rows`, `answer`, `problem`, `loading`; `filter(text)`, `sortBy(key)`, `next()`, `previous()`, `reload()`, `refresh()`, and
 *     computed `hasNext`, `hasPrevious`, `sort` (`{key, desc}`)
 */
export function useList({ where, rows: name, extra = [], fixed = {}, sortedBy = '' }) {
  const rows = ref([]);
  const answer = ref(null);
  const problem = ref(null);
  const loading = ref(true);
  const before = ref([]);
  let running = null;
  let typing = 0;

  const asked = computed(() => {
    const query = { ...fixed };
    for (const each of ['q', 'sort', 'desc', 'after', ...extra]) {
      query[each] = route.query[each];
    }
    return { path: typeof where === 'function' ? where() : where, query };
  });

  async function reload() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    loading.value = true;
    try {
      const found = await send(asked.value, mine.signal);
      answer.value = found;
      rows.value = found[name];
      problem.value = null;
    } catch (failure) {
      if (failure.name === 'AbortError') {
        return;
      }
      problem.value = failure;
    }
    loading.value = false;
  }

  watch(() => JSON.stringify(asked.value), reload, { immediate: true });
  onUnmounted(() => {
    clearTimeout(typing);
    running?.abort();
  });

  /** Starts again at the first page with other values of the query. */
  function change(query) {
    before.value = [];
    setQuery({ ...query, after: null });
  }

  return {
    rows,
    answer,
    problem,
    loading,
    reload,
    /** For what asks by itself: leaves an answer that is on its way its time. */
    refresh: () => (loading.value ? undefined : reload()),
    change,
    sort: computed(() => ({ key: route.query.sort ?? sortedBy, desc: route.query.desc === 'true' })),
    hasNext: computed(() => Boolean(answer.value?.next)),
    hasPrevious: computed(() => Boolean(route.query.after)),
    filter(text) {
      clearTimeout(typing);
      typing = setTimeout(() => change({ q: text }), QUIET_MS);
    },
    sortBy(key) {
      const same = (route.query.sort ?? sortedBy) === key;
      change({ sort: key, desc: same && route.query.desc !== 'true' ? 'true' : null });
    },
    next() {
      before.value = [...before.value, route.query.after ?? ''];
      setQuery({ after: answer.value.next });
    },
    previous() {
      // After a deep link nobody knows what came before: go to the start.
      setQuery({ after: before.value.at(-1) || null });
      before.value = before.value.slice(0, -1);
    },
  };
}
