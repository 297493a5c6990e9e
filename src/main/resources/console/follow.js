/** Following a stream of server-sent events, which is opened again where it was. */
import { computed, onUnmounted, ref } from './lib/vue.js';
import { ApiProblem, lines } from './api.js';

const AGAIN_MS = 2000;

/** The gateway says something every 15 s: a connection that has said nothing for so long is dead, whatever the browser knows. */
const SILENT_MS = 40_000;

/**
 * Follows the stream of `request()` until its page is left, while the browser's tab is visible: a browser has six
 * connections to a server over all its tabs, and one that nobody sees gives its own back.
 *
 * @param request gives the request of the stream, without a position
 * @param take called with the kind of each event and its data; `problem` is taken here
 * @returns refs `open`, `paused`, `problem`, and computed `refused`: the gateway says that there is no more; `start()`: anew,
 *     from where the request says; `goOn()`: from where it was; `pause()`
 */
export function useEvents(request, take) {
  const open = ref(false);
  const paused = ref(false);
  const problem = ref(null);
  const refused = computed(() => problem.value instanceof ApiProblem && problem.value.status >= 400 && problem.value.status < 500);
  let position = null;
  let running = null;
  let timer = 0;

  async function goOn() {
    stop();
    paused.value = false;
    problem.value = null;
    if (document.hidden) {
      return;
    }
    const mine = new AbortController();
    running = mine;
    goOnAfter(SILENT_MS);
    const asked = request();
    let event = {};
    try {
      await lines({ ...asked, query: { ...asked.query, position } }, mine.signal, line => {
        if (running !== mine) {
          return;
        }
        goOnAfter(SILENT_MS);
        // What is cut off before its blank line has not come: its id must not be taken for seen.
        if (line === '') {
          happened(event);
          event = {};
        } else {
          const colon = line.indexOf(': ');
          event[line.slice(0, colon)] = line.slice(colon + 2);
        }
      });
      again(mine);
    } catch (failure) {
      if (running === mine) {
        problem.value = failure;
        again(mine);
      }
    }
  }

  /** One without data only tells where the stream is. */
  function happened({ id, event, data }) {
    position = id ?? position;
    open.value = true;
    if (data === undefined) {
      return;
    }
    if (event === 'problem') {
      problem.value = new ApiProblem(JSON.parse(data));
    } else {
      take(event, JSON.parse(data));
    }
  }

  /** A stream that broke is opened again where it was, unless the gateway said that there is no more. */
  function again(mine) {
    if (running !== mine) {
      return;
    }
    open.value = false;
    if (refused.value) {
      clearTimeout(timer);
    } else {
      goOnAfter(AGAIN_MS);
    }
  }

  function goOnAfter(ms) {
    clearTimeout(timer);
    timer = setTimeout(goOn, ms);
  }

  function stop() {
    clearTimeout(timer);
    running?.abort();
    running = null;
    open.value = false;
  }

  function looked() {
    if (document.hidden) {
      stop();
    } else if (!running && !paused.value && !refused.value) {
      goOn();
    }
  }

  function start() {
    position = null;
    goOn();
  }

  function pause() {
    stop();
    paused.value = true;
  }

  document.addEventListener('visibilitychange', looked);
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', looked);
    stop();
  });
  return { open, paused, problem, refused, start, goOn, pause };
}
