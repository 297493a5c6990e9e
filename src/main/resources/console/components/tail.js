/** Messages of a topic as they come. Pausing closes the stream; going on begins where it was. */
import { h, onUnmounted, ref, shallowRef, watch } from '../lib/vue.js';
import { ApiProblem, lines } from '../api.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import EmptyState from './empty.js';
import MessageTable from './messageTable.js';
import ProblemBanner from './problem.js';

const MAX_ROWS = 200;
const AGAIN_MS = 2000;

/** `request`: of the tail, without a position. A new one begins anew. */
export default {
  name: 'LiveTail',
  props: { topic: { type: String, required: true }, request: { type: Object, required: true } },
  setup(props) {
    const rows = shallowRef([]);
    const seen = ref(0);
    const skipped = ref(0);
    const paused = ref(false);
    const open = ref(false);
    const problem = ref(null);
    let position = null;
    let running = null;
    let timer = 0;

    async function follow() {
      clearTimeout(timer);
      running?.abort();
      const mine = new AbortController();
      running = mine;
      open.value = false;
      problem.value = null;
      let kind = 'message';
      const request = { ...props.request, query: { ...props.request.query, position } };
      try {
        await lines(request, mine.signal, line => {
          if (running !== mine) {
            return;
          }
          open.value = true;
          if (line.startsWith('id: ')) {
            position = line.slice(4);
          } else if (line.startsWith('event: ')) {
            kind = line.slice(7);
          } else if (line.startsWith('data: ')) {
            take(kind, JSON.parse(line.slice(6)));
          }
        });
        again(mine);
      } catch (failure) {
        if (running === mine && failure.name !== 'AbortError') {
          problem.value = failure;
          again(mine);
        }
      }
    }

    const refused = () => problem.value instanceof ApiProblem && problem.value.status >= 400 && problem.value.status < 500;

    /** A stream that broke is opened again where it was, unless the gateway said that there is no more. */
    function again(mine) {
      open.value = false;
      if (running === mine && !paused.value && !refused()) {
        timer = setTimeout(follow, AGAIN_MS);
      }
    }

    function take(kind, data) {
      if (kind === 'message') {
        seen.value++;
        rows.value = [data, ...rows.value].slice(0, MAX_ROWS);
      } else if (kind === 'skipped') {
        skipped.value += data.skipped;
      } else {
        problem.value = new ApiProblem(data);
      }
    }

    function stop() {
      clearTimeout(timer);
      running?.abort();
      running = null;
    }

    function toggle() {
      paused.value = !paused.value;
      if (paused.value) {
        stop();
      } else {
        follow();
      }
    }

    watch(() => JSON.stringify(props.request), () => {
      rows.value = [];
      seen.value = 0;
      skipped.value = 0;
      position = null;
      paused.value = false;
      follow();
    }, { immediate: true });
    onUnmounted(stop);

    return () => [
      h('div', { class: 'toolbar centered' }, [
        h('button', { type: 'button', 'aria-pressed': paused.value ? 'true' : 'false', onClick: toggle }, t(paused.value ? 'tail.resume' : 'tail.pause')),
        h('button', { type: 'button', onClick: () => { rows.value = []; } }, t('tail.clear')),
        h('span', { class: 'tag', role: 'status' }, t(paused.value ? 'tail.paused' : open.value ? 'tail.live' : refused() ? 'tail.ended' : 'tail.connecting')),
        h('span', { class: 'muted' }, t('tail.seen', { n: count(seen.value) })),
        skipped.value > 0 ? h('span', { class: 'tag warning' }, t('tail.skipped', { n: count(skipped.value) })) : null,
      ]),
      problem.value ? h(ProblemBanner, { problem: problem.value, retry: follow }) : null,
      h(MessageTable, { caption: t('tail.title'), topic: props.topic, rows: rows.value }, {
        empty: () => h(EmptyState, { title: t('tail.none'), text: t('tail.noneText') }),
      }),
    ];
  },
};
