/** Messages of a topic as they come. Pausing closes the stream; going on begins where it was. */
import { h, ref, shallowRef, watch } from '../lib/vue.js';
import { useEvents } from '../follow.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import EmptyState from './empty.js';
import MessageTable from './messageTable.js';
import ProblemBanner from './problem.js';

const MAX_ROWS = 200;

/** `request`: of the tail, without a position. A new one begins anew. */
export default {
  name: 'LiveTail',
  props: { topic: { type: String, required: true }, request: { type: Object, required: true } },
  setup(props) {
    const rows = shallowRef([]);
    const seen = ref(0);
    const skipped = ref(0);
    const events = useEvents(() => props.request, (kind, data) => {
      if (kind === 'message') {
        seen.value++;
        rows.value = [data, ...rows.value].slice(0, MAX_ROWS);
      } else if (kind === 'skipped') {
        skipped.value += data.skipped;
      }
    });

    watch(() => JSON.stringify(props.request), () => {
      rows.value = [];
      seen.value = 0;
      skipped.value = 0;
      events.start();
    }, { immediate: true });

    const state = () => (events.paused.value ? 'tail.paused' : events.open.value ? 'tail.live' : events.refused.value ? 'tail.ended' : 'tail.connecting');

    const pausing = () => h('button', {
      type: 'button', 'aria-pressed': events.paused.value ? 'true' : 'false', onClick: events.paused.value ? events.goOn : events.pause,
    }, t(events.paused.value ? 'tail.resume' : 'tail.pause'));

    return () => [
      h('div', { class: 'toolbar centered' }, [
        pausing(),
        h('button', { type: 'button', onClick: () => { rows.value = []; } }, t('tail.clear')),
        h('span', { class: 'tag', role: 'status' }, t(state())),
        h('span', { class: 'muted' }, t('tail.seen', { n: count(seen.value) })),
        skipped.value > 0 ? h('span', { class: 'tag warning' }, t('tail.skipped', { n: count(skipped.value) })) : null,
      ]),
      events.problem.value ? h(ProblemBanner, { problem: events.problem.value, retry: events.goOn }) : null,
      h(MessageTable, { caption: t('tail.title'), topic: props.topic, rows: rows.value }, {
        empty: () => h(EmptyState, { title: t('tail.none'), text: t('tail.noneText') }),
      }),
    ];
  },
};
