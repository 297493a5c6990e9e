/** What became of a message: where it is, what each group has made of it, what clients have written. */
import { h } from '../lib/vue.js';
import { ago, count, duration, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { to } from '../router.js';
import InfoBanner from './banner.js';
import DataTable from './table.js';
import EmptyState from './empty.js';
import { lineOf } from './problem.js';

const LEVELS = { dead: 'error', retrying: 'warning', retried: 'good', passed: 'good', filtered: '', waiting: '' };
const time = ms => h('time', { title: exactTime(ms) }, `${exactTime(ms).slice(11)} (${ago(ms)})`);

/** `trace`: the answer of /v1/topics/{topic}/messages/{id}/trace. */
export default {
  name: 'MessageTrace',
  props: { trace: { type: Object, required: true } },
  setup(props) {
    const groupColumns = () => [
      { key: 'group', label: t('trace.group'), cell: each => h('a', { href: to('group', { group: each.group }) }, each.group) },
      { key: 'state', label: t('trace.state'), title: each => t(`trace.about.${each.state}`), cell: each => h('span', { class: ['tag', LEVELS[each.state]] }, t(`trace.state.${each.state}`)) },
      { key: 'committed', label: t('trace.committed'), number: true, cell: each => count(each.committed) },
      { key: 'members', label: t('trace.members'), number: true, cell: each => count(each.members) },
      { key: 'subscription', label: t('trace.subscription'), cell: each => each.subscription ?? '–' },
      { key: 'history', label: t('trace.history'), cell: history },
    ];

    function history(group) {
      const steps = [
        ...group.retries.map(each => h('li', { key: each.offsetMessageId }, [
          t(each.waits ? 'trace.retryWaits' : each.passed ? 'trace.retryPassed' : 'trace.retryOpen', { attempt: each.attempt }), ' ', time(each.storedAt),
        ])),
        ...group.deadLetters.map(each => h('li', { key: each.offsetMessageId }, [
          h('a', { href: to('deadLetters', {}, { group: group.group }) }, t('trace.dead')), ' ', time(each.storedAt),
        ])),
      ];
      return group.problem ? lineOf(group.problem) : steps.length > 0 ? h('ol', { class: 'steps' }, steps) : '–';
    }

    function places() {
      const { stored, waiting } = props.trace;
      return h('ol', { class: 'steps' }, [
        ...waiting.map(each => h('li', { key: each.offsetMessageId }, [
          h('a', { href: to('message', { topic: each.topic, id: each.offsetMessageId }) }, t('trace.waits', { topic: each.topic })), ' ', time(each.storedAt),
          each.dueAt ? [', ', t('trace.due'), ' ', time(each.dueAt)] : each.level ? `, ${t('trace.level', { level: each.level })}` : '',
        ])),
        ...stored.flatMap(each => [
          h('li', { key: `${each.offsetMessageId}-born` }, [t('trace.born', { host: each.bornHost }), ' ', time(each.bornAt)]),
          h('li', { key: each.offsetMessageId }, [t('trace.stored', { broker: each.broker, queue: each.queueId, offset: each.offset }), ' ', time(each.storedAt)]),
        ]),
      ]);
    }

    function client(each, i) {
      return h('li', { key: i }, [
        t(`trace.client.${each.kind}`, { group: each.group, host: each.host || '?' }), ' ', each.at > 0 ? time(each.at) : '',
        each.costMs !== undefined ? ` · ${duration(each.costMs)}` : '', each.success === false ? h('span', { class: 'tag error' }, t('trace.failed')) : null,
        each.detail ? ` · ${each.detail}` : '',
      ]);
    }

    return () => [
      places(),
      props.trace.stored.length === 0 ? null : props.trace.groups.length > 0
        ? h(DataTable, { caption: t('trace.groups'), columns: groupColumns(), rows: props.trace.groups, rowKey: 'group' })
        : h(EmptyState, { title: t('trace.noGroups'), text: t('trace.noGroupsText') }),
      props.trace.groupsLeftOut > 0 ? h(InfoBanner, { title: t('trace.leftOut', { n: props.trace.groupsLeftOut }) }) : null,
      h('h3', t('trace.client')),
      props.trace.clientTrace ? h('ol', { class: 'steps' }, props.trace.clientTrace.map(client)) : h('p', { class: 'muted' }, t('trace.noClient')),
    ];
  },
};
