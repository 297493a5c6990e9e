/** The brokers, live, and the configuration of the one that is chosen. */
import { computed, h } from '../lib/vue.js';
import { get } from '../api.js';
import { ago, bytes, count, duration, exactTime, latency, percent, perSecond } from '../format.js';
import { t } from '../i18n.js';
import { usePolled } from '../live.js';
import { href, route } from '../router.js';
import BrokerConfiguration from '../components/configuration.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import ProblemBanner from '../components/problem.js';

const EVERY_MS = 2000;

export default {
  name: 'ClusterPage',
  title: () => t('nav.cluster'),
  setup() {
    const { data, problem, loading, reload } = usePolled(signal => get('/v1/brokers', {}, signal), EVERY_MS);
    const brokers = computed(() => data.value?.brokers ?? []);
    const isChosen = row => row.broker === route.query.broker && row.brokerId === Number(route.query.id ?? 0);
    const chosen = computed(() => brokers.value.find(isChosen) ?? (brokers.value.length === 1 ? brokers.value[0] : undefined));

    function state(row) {
      if (row.failure) {
        return h('span', { class: 'tag error', title: row.failure }, t('cluster.silent'));
      }
      return row.readOnlyBecause
        ? h('span', { class: 'tag error', title: row.readOnlyBecause }, t('cluster.readOnly'))
        : h('span', { class: 'tag good' }, t('cluster.serves'));
    }

    const durability = row => ({ SYNC_FLUSH: t('cluster.sync'), ASYNC_FLUSH: t('cluster.async') })[row.flushDiskType] ?? '–';
    const version = row => row.apogeeVersion ? `ApogeeMQ ${row.apogeeVersion}` : row.version ?? '–';

    const rate = (value, p99) => [perSecond(value), h('small', t('cluster.p99', { time: latency(p99) }))];

    const columns = () => [
      { key: 'broker', label: t('cluster.broker'), cell: row => [
        h('a', { href: href('/cluster', { broker: row.broker, id: row.brokerId || null }) }, row.broker),
        h('small', { class: 'muted' }, ` ${t(`cluster.${row.role}`)}${row.brokerId ? ` ${row.brokerId}` : ''}`)] },
      { key: 'state', label: t('cluster.state'), cell: state },
      { key: 'address', label: t('cluster.address'), cell: row => [row.address, h('small', row.cluster)] },
      { key: 'version', label: t('cluster.version'), cell: version, title: row => row.version ?? '' },
      { key: 'durability', label: t('cluster.durability'), cell: durability, title: row => row.flushDiskType ?? '' },
      { key: 'in', label: t('overview.in'), number: true, title: () => t('overview.storeLatency'), cell: row => rate(row.messagesInPerSecond, row.putP99Ms) },
      { key: 'out', label: t('overview.out'), number: true, title: () => t('overview.readLatency'), cell: row => rate(row.messagesOutPerSecond, row.pullP99Ms) },
      { key: 'disk', label: t('overview.disk'), number: true, cell: row => percent(row.diskUsedRatio), title: row => row.diskCapacity ?? '' },
      { key: 'topics', label: t('nav.topics'), number: true, cell: row => count(row.topics) },
    ];

    const more = row => h('section', { class: 'panel' }, [
      h('h2', `${row.broker} ${row.brokerId || ''}`),
      h('dl', { class: 'pairs double' }, [
        ['started', h('span', { title: exactTime(row.startedAt) }, row.startedAt ? duration(data.value.at - row.startedAt) : '–')],
        ['log', bytes(row.logBytes)],
        ['oldest', h('span', { title: exactTime(row.oldestMessageAt) }, ago(row.oldestMessageAt, data.value.at))],
        ['capacity', row.diskCapacity || '–'],
        ['memory', bytes(row.memoryBytes)],
        ['heap', row.heapUsedBytes === null ? '–' : t('cluster.of', { used: bytes(row.heapUsedBytes), max: bytes(row.heapMaxBytes) })],
        ['connections', count(row.connections)],
        ['groups', count(row.groups)],
        ['accounts', row.aclEnable === null ? '–' : t(row.aclEnable ? 'cluster.checked' : 'cluster.unchecked')],
      ].flatMap(([key, value]) => [h('dt', { key }, t(`cluster.${key}`)), h('dd', { key: `${key} value` }, [value])])),
    ]);

    return () => [
      problem.value ? h(ProblemBanner, { problem: problem.value, retry: reload }) : null,
      h('div', { class: 'brokers' }, h(DataTable, {
        caption: t('nav.cluster'), columns: columns(), rows: brokers.value, rowKey: row => `${row.broker} ${row.brokerId}`, loading: loading.value,
        rowClass: row => (row === chosen.value ? 'chosen' : undefined),
      }, {
        empty: () => problem.value ? null : h(EmptyState, { title: t('cluster.none'), text: t('cluster.noneText') }),
      })),
      chosen.value
        ? [h('p'), more(chosen.value), h(BrokerConfiguration, { broker: chosen.value.broker, brokerId: chosen.value.brokerId })]
        : brokers.value.length > 1 ? h('p', { class: 'muted' }, t('cluster.choose')) : null,
    ];
  },
};
