/** Moving a group in a topic, and giving it another group's offsets. Both can be tried before, queue by queue. */
import { h } from '../lib/vue.js';
import { mqadmin, path } from '../api.js';
import { act } from '../components/action.js';
import DataTable from '../components/table.js';
import { count } from '../format.js';
import { t } from '../i18n.js';

const at = (group, topic, what) => path(`/v1/groups/{group}/topics/{topic}/${what}`, { group, topic });

/** What each queue was at, and would be. A positive change leaves messages out. */
export function movesTable(found) {
  const signed = change => (change > 0 ? `+${count(change)}` : count(change));
  const sum = found.queues.reduce((all, each) => all + (each.change ?? 0), 0);
  return [
    h('p', t(found.queues.every(each => each.change === 0) ? 'seek.nothing' : sum > 0 ? 'seek.leavesOut' : sum < 0 ? 'seek.repeats' : 'seek.same', { count: count(Math.abs(sum)) })),
    h(DataTable, {
      caption: t('seek.preview'), rows: found.queues, rowKey: each => `${each.broker} ${each.queueId}`,
      columns: [
        { key: 'queue', label: t('queue.name'), cell: each => `${each.broker} · ${each.queueId}` },
        { key: 'from', label: t('seek.from'), number: true, cell: each => count(each.from) },
        { key: 'to', label: t('seek.to'), number: true, cell: each => count(each.to) },
        { key: 'change', label: t('seek.change'), number: true, cell: each => (each.change == null ? count(null) : signed(each.change)) },
      ],
    }),
  ];
}

/** The body of the request that the reader's choice means. */
function target({ way, time, messageId, queue, offset }) {
  switch (way) {
    case 'time':
      return { timestamp: time === '' ? null : time };
    case 'message':
      return { messageId: messageId.trim() };
    case 'offset': {
      const [broker, queueId] = JSON.parse(queue);
      return { queues: [{ broker, queueId, offset: offset === '' ? null : offset }] };
    }
    default:
      return { to: way };
  }
}

const nameOf = ({ broker, queueId }) => JSON.stringify([broker, queueId]);

const commandTime = ({ way, time }) => ({ first: '0', last: '-1', time: String(time) })[way];

/**
 * Moves a group in one topic.
 *
 * @param queues of the topic: `{broker, queueId, committed}`
 */
export function seekGroup(group, topic, queues) {
  const body = values => ({ method: 'POST', path: at(group, topic, 'seek'), body: target(values) });
  return act({
    title: t('seek.title', { group }),
    what: t('seek.what', { group, topic }),
    fields: [
      {
        name: 'way', label: t('seek.way'), type: 'select', value: 'first',
        options: ['first', 'last', 'time', 'message', ...(queues.length ? ['offset'] : [])].map(value => ({ value, label: t(`seek.way.${value}`) })),
      },
      { name: 'time', label: t('seek.time'), type: 'datetime', value: Date.now() - 3_600_000, required: true, show: values => values.way === 'time' },
      { name: 'messageId', label: t('seek.messageId'), required: true, hint: t('seek.messageHint'), show: values => values.way === 'message' },
      {
        name: 'queue', label: t('queue.name'), type: 'select', show: values => values.way === 'offset',
        value: queues.length ? nameOf(queues[0]) : '',
        options: queues.map(each => ({ value: nameOf(each), label: `${each.broker} · ${each.queueId}` })),
      },
      { name: 'offset', label: t('seek.offset'), type: 'number', min: 0, value: queues[0]?.committed ?? 0, required: true, show: values => values.way === 'offset' },
    ],
    changed: (name, values) => {
      if (name === 'queue') {
        values.offset = queues.find(each => nameOf(each) === values.queue)?.committed ?? 0;
      }
    },
    request: body,
    dryRun: values => ({ ...body(values), query: { dryRun: true } }),
    preview: movesTable,
    mqadmin: values => (commandTime(values) ? mqadmin('resetOffsetByTime', { g: group, t: topic, s: commandTime(values) }) : ''),
    danger: true,
    confirm: group,
    button: t('seek.run'),
  });
}

/** Gives a group the offsets that another has in a topic. The command of mqadmin would do so in all topics of the other. */
export function cloneOffsets(group, topic, online) {
  const request = ({ from }) => ({ method: 'POST', path: at(group, topic, 'clone'), body: { from } });
  return act({
    title: t('clone.title', { group }),
    what: t(online ? 'clone.whatOnline' : 'clone.what', { group, topic }),
    fields: [{ name: 'from', label: t('clone.from'), required: true, attrs: { autocomplete: 'off', spellcheck: false } }],
    request,
    dryRun: values => ({ ...request(values), query: { dryRun: true } }),
    preview: movesTable,
    danger: true,
    confirm: group,
    button: t('clone.run'),
  });
}
