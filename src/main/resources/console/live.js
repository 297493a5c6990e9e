/** Asking again and again while somebody looks. */
import { onMounted, onUnmounted, ref } from './lib/vue.js';

/**
 * Calls `ask(signal)` now and every so often while its page is shown and the browser's tab is visible; never two at once.
 * The last good answer stays when a later one fails.
 *
 * @returns refs `data`, `problem`, `loading` (true until the first answer), and `reload()`
 */
export function usePolled(ask, everyMs) {
  const data = ref(null);
  const problem = ref(null);
  const loading = ref(true);
  let timer = 0;
  let running = null;

  async function reload() {
    clearTimeout(timer);
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const answer = await ask(mine.signal);
      if (running === mine) {
        data.value = answer;
        problem.value = null;
      }
    } catch (failure) {
      if (running === mine && failure.name !== 'AbortError') {
        problem.value = failure;
      }
    }
    if (running === mine) {
      loading.value = false;
      schedule();
    }
  }

  function schedule() {
    clearTimeout(timer);
    if (everyMs > 0 && !document.hidden) {
      timer = setTimeout(reload, everyMs);
    }
  }

  function looked() {
    if (document.hidden) {
      clearTimeout(timer);
    } else {
      reload();
    }
  }

  onMounted(() => {
    if (everyMs > 0) {
      document.addEventListener('visibilitychange', looked);
    }
    reload();
  });
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', looked);
    clearTimeout(timer);
    running?.abort();
    running = null;
  });
  return { data, problem, loading, reload };
}

/** Asks once when the page is shown; `reload()` asks again. */
export const useLoaded = ask => usePolled(ask, 0);

/**
 * Calls something every so often while its page is shown, the browser's tab is visible, and no dialog is open. The time
 * counts from when what it gives is settled: on a slow cluster nothing is asked twice at once.
 */
export function useEvery(call, everyMs) {
  let timer = 0;
  let shown = true;

  async function tick() {
    if (!document.hidden && !document.querySelector('dialog[open]')) {
      await call();
    }
    if (shown) {
      timer = setTimeout(tick, everyMs);
    }
  }

  onMounted(() => { timer = setTimeout(tick, everyMs); });
  onUnmounted(() => {
    shown = false;
    clearTimeout(timer);
  });
}
