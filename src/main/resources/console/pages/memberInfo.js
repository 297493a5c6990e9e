/** What one member of a group says it is doing: its settings, its queues, its rates, and where its threads are. */
import { h, ref } from '../lib/vue.js';
import { get, path } from '../api.js';
import { ago, count, duration, exactTime, perSecond } from '../format.js';
import { t } from '../i18n.js';
import { useLoaded } from '../live.js';
import { setQuery } from '../router.js';
import { CodeBlock, RequestForms } from '../components/code.js';
import DataTable from '../components/table.js';
import PagedTable from '../components/paged.js';
import ProblemBanner from '../components/problem.js';

export default {
  name: 'MemberInfo',
  props: { group: { type: String, required: true }, clientId: { type: String, required: true } },
  setup({ group, clientId }) {
    const threads = ref(false);
    const where = path('/v1/groups/{group}/members/{clientId}', { group, clientId });
    const request = () => ({ path: where, query: threads.value ? { threads: true } : {} });
    const info = useLoaded(signal => get(where, request().query, signal));

    function withThreads() {
      threads.value = true;
      info.reload();
    }

    const queues = found => h(PagedTable, {
      caption: t('group.hasQueues'), rows: found.queues, rowKey: each => `${each.topic} ${each.broker} ${each.queueId}`,
      columns: [
        { key: 'topic', label: t('topics.name'), cell: each => each.topic, order: each => each.topic },
        { key: 'queue', label: t('queue.name'), cell: each => `${each.broker} · ${each.queueId}` },
        { key: 'cached', label: t('group.cached'), number: true, cell: each => count(each.cachedMessages ?? each.unacknowledged), order: each => each.cachedMessages ?? each.unacknowledged },
        { key: 'pulled', label: t('member.lastPulled'), cell: each => ago(each.lastPulledAt), title: each => exactTime(each.lastPulledAt), order: each => each.lastPulledAt },
        { key: 'consumed', label: t('group.lastConsumed'), cell: each => ago(each.lastConsumedAt), title: each => exactTime(each.lastConsumedAt), order: each => each.lastConsumedAt },
      ],
    }, { empty: () => h('p', { class: 'muted' }, t('member.noQueues')) });

    const rates = found => {
      const rows = Object.entries(found.rates).map(([topic, each]) => ({ topic, ...each }));
      return rows.length === 0 ? null : h(DataTable, {
        caption: t('member.rates'), rows, rowKey: 'topic',
        columns: [
          { key: 'topic', label: t('topics.name') },
          { key: 'pulled', label: t('member.pulled'), number: true, cell: each => perSecond(each.pulledPerSecond) },
          { key: 'pullMs', label: t('member.pullTime'), number: true, cell: each => duration(each.pullMs) },
          { key: 'consumed', label: t('groups.rate'), number: true, cell: each => perSecond(each.consumedPerSecond) },
          { key: 'consumeMs', label: t('member.consumeTime'), number: true, cell: each => duration(each.consumeMs) },
          { key: 'failed', label: t('member.failed'), number: true, cell: each => perSecond(each.failedPerSecond) },
        ],
      });
    };

    const properties = found => h('details', [
      h('summary', t('member.properties', { n: Object.keys(found.properties).length })),
      h('dl', { class: 'pairs' }, Object.entries(found.properties).flatMap(([name, value]) => [h('dt', { key: name }, name), h('dd', { class: 'mono' }, value)])),
    ]);

    const stacks = found => (found.threads ? h(CodeBlock, { text: found.threads, label: t('member.threads') })
      : h('button', { type: 'button', onClick: withThreads }, t('member.askThreads')));

    return () => {
      const found = info.data.value;
      return h('section', { class: 'panel', 'aria-label': clientId }, [
        h('div', { class: 'toolbar' }, [
          h('h2', { class: 'mono' }, clientId),
          h('button', { type: 'button', class: 'end', onClick: () => info.reload() }, t('member.again')),
          h('button', { type: 'button', onClick: () => setQuery({ member: null }) }, t('dialog.close')),
        ]),
        info.problem.value ? h(ProblemBanner, { problem: info.problem.value, retry: info.reload }) : null,
        !found ? (info.loading.value ? h('div', { class: 'skeleton block' }) : null)
          : [rates(found), queues(found), properties(found), stacks(found)],
        h(RequestForms, { request: request() }),
      ]);
    };
  },
};
