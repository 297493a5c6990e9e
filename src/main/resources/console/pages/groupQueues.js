/** The queues of a group: how far it is in each, and who has it. Filters and the topic stand in the address. */
import { h } from '../lib/vue.js';
import { cloneOffsets, seekGroup } from '../actions/seek.js';
import { ago, count, duration, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { route, setQuery, to } from '../router.js';
import FormField from '../components/field.js';
import PagedTable from '../components/paged.js';

const keyOf = each => `${each.topic} ${each.broker} ${each.queueId}`;

export default {
  name: 'GroupQueues',
  props: {
    group: { type: String, required: true },
    queues: { type: Array, required: true },
    members: { type: Array, required: true },
  },
  emits: ['moved'],
  setup(props, { emit }) {
    const topics = () => [...new Set(props.queues.map(each => each.topic))];
    const chosen = () => route.query.topic ?? '';
    /** What is moved: the chosen topic, or the only one that is not for retries. */
    const target = () => chosen() || topics().filter(each => !each.startsWith('%RETRY%'))[0] || '';

    const shown = () => props.queues
      .filter(each => !chosen() || each.topic === chosen())
      .filter(each => route.query.behind !== 'true' || each.lag > 0);

    function owners() {
      const all = new Map();
      for (const member of props.members) {
        for (const queue of member.queues ?? []) {
          all.set(keyOf(queue), [...(all.get(keyOf(queue)) ?? []), { id: member.clientId, locked: queue.locked }]);
        }
      }
      return all;
    }

    async function seek() {
      const topic = target();
      if (await seekGroup(props.group, topic, props.queues.filter(each => each.topic === topic))) {
        emit('moved');
      }
    }

    async function clone() {
      if (await cloneOffsets(props.group, target(), props.members.length > 0)) {
        emit('moved');
      }
    }

    const toolbar = () => h('div', { class: 'toolbar' }, [
      h(FormField, {
        label: t('topics.name'), type: 'select', modelValue: chosen(), options: [{ value: '', label: t('group.allTopics') }, ...topics()],
        'onUpdate:modelValue': topic => setQuery({ topic }),
      }),
      h(FormField, {
        label: t('group.onlyBehind'), type: 'check', modelValue: route.query.behind === 'true',
        'onUpdate:modelValue': on => setQuery({ behind: on ? 'true' : null }),
      }),
      h('button', { type: 'button', class: 'end', disabled: !target(), onClick: seek }, t('seek.open', { topic: target() })),
      h('button', { type: 'button', disabled: !target(), onClick: clone }, t('clone.open')),
    ]);

    function columns() {
      const owned = owners();
      const owner = each => (owned.get(keyOf(each)) ?? []).map((one, i) => [
        i ? ', ' : null, h('span', { class: 'mono' }, one.id), one.locked ? [' ', h('span', { class: 'tag' }, t('group.locked'))] : null,
      ]);
      return [
        { key: 'topic', label: t('topics.name'), cell: each => h('a', { href: to('topic', { topic: each.topic }) }, each.topic), order: each => each.topic },
        { key: 'queue', label: t('queue.name'), cell: each => `${each.broker} · ${each.queueId}`, order: each => `${each.broker} ${String(each.queueId).padStart(6, '0')}` },
        { key: 'owner', label: t('group.owner'), cell: each => (owned.has(keyOf(each)) ? h('span', owner(each)) : h('span', { class: 'muted' }, t('group.noOwner'))) },
        { key: 'committed', label: t('group.committed'), number: true, cell: each => count(each.committed), order: each => each.committed },
        { key: 'end', label: t('queue.max'), number: true, cell: each => count(each.end), order: each => each.end },
        { key: 'lag', label: t('groups.lag'), number: true, cell: each => count(each.lag), order: each => each.lag },
        { key: 'waiting', label: t('group.waiting'), number: true, cell: each => (each.lag === 0 ? '' : duration(each.waitingMs)), order: each => each.waitingMs },
        { key: 'last', label: t('group.lastConsumed'), cell: each => ago(each.lastConsumedAt), title: each => exactTime(each.lastConsumedAt), order: each => each.lastConsumedAt },
      ];
    }

    return () => [
      toolbar(),
      h(PagedTable, { caption: t('group.queues'), columns: columns(), rows: shown(), rowKey: keyOf }, {
        empty: () => h('p', { class: 'muted' }, t('group.allRead')),
      }),
    ];
  },
};
