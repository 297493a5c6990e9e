/** How the cluster is: figures now, charts of the last minutes or the last day, and what is wrong. */
import { h, watch } from '../lib/vue.js';
import { get } from '../api.js';
import { bytes, bytesPerSecond, count, latency, percent, perSecond, short } from '../format.js';
import { t } from '../i18n.js';
import { usePolled } from '../live.js';
import { route, setQuery, href } from '../router.js';
import { RANGES, useFigures } from '../series.js';
import TimeChart from '../components/chart.js';
import FurthestBehind from '../components/furthest.js';
import ProblemBanner from '../components/problem.js';
import ClusterWarnings from '../components/warnings.js';

const WARNINGS_MS = 10_000;

export default {
  name: 'OverviewPage',
  title: () => t('nav.overview'),
  setup() {
    const range = () => (RANGES.includes(route.query.range) ? route.query.range : '15m');
    const { data, problem, reload, points } = useFigures(range);
    watch(range, reload);
    const wrong = usePolled(signal => get('/v1/warnings', {}, signal), WARNINGS_MS);
    const warnings = isInfo => (wrong.data.value?.warnings ?? []).filter(each => (each.level === 'info') === isInfo);

    const figure = (key, value, more = null) => h('div', { key }, [
      h('dt', t(`overview.${key}`)),
      h('dd', [value, more ? h('small', more) : null]),
    ]);

    function meter(ratio) {
      if (ratio === null) {
        return null;
      }
      const level = ratio >= 0.9 ? 'error' : ratio >= 0.75 ? 'warning' : '';
      return h('div', { class: ['meter', level] }, h('span', { style: { width: `${Math.min(100, ratio * 100)}%` } }));
    }

    function figures({ now, brokers, unreachable }) {
      return h('dl', { class: 'figures' }, [
        figure('in', perSecond(now.messagesInPerSecond), bytesPerSecond(now.bytesInPerSecond)),
        figure('out', perSecond(now.messagesOutPerSecond), bytesPerSecond(now.bytesOutPerSecond)),
        figure('storeLatency', latency(now.putP99Ms), t('overview.median', { time: latency(now.putP50Ms) })),
        figure('readLatency', latency(now.pullP99Ms), t('overview.median', { time: latency(now.pullP50Ms) })),
        figure('lag', count(now.lag)),
        figure('disk', percent(now.diskUsedRatio), meter(now.diskUsedRatio)),
        figure('memory', bytes(now.memoryBytes)),
        figure('connections', count(now.connections)),
        h('div', { key: 'brokers' }, [
          h('dt', t('overview.brokers')),
          h('dd', [h('a', { href: href('/cluster') }, count(brokers)),
            unreachable ? h('small', { class: 'tag error' }, t('overview.unreachable', { n: unreachable })) : null]),
        ]),
      ]);
    }

    const chart = (key, format, lines, binary = false) => h(TimeChart, {
      key, binary, title: t(`overview.${key}`), times: points.times, from: points.from, to: points.to, format,
      series: lines.map(([label, column]) => ({ label: t(`overview.${label}`), values: points.columns[column] ?? [] })),
    });

    const charts = () => h('div', { class: 'grid' }, [
      chart('rates', perSecond, [['in', 'messagesInPerSecond'], ['out', 'messagesOutPerSecond']]),
      chart('storeLatency', latency, [['p99', 'putP99Ms'], ['p50', 'putP50Ms']]),
      chart('readLatency', latency, [['p99', 'pullP99Ms'], ['p50', 'pullP50Ms']]),
      chart('lag', short, [['behind', 'lag']]),
      chart('traffic', bytesPerSecond, [['in', 'bytesInPerSecond'], ['out', 'bytesOutPerSecond']], true),
      chart('memory', bytes, [['used', 'memoryBytes']], true),
      chart('disk', percent, [['used', 'diskUsedRatio']]),
    ]);

    const choice = () => h('div', { class: 'segments end', role: 'group', 'aria-label': t('overview.range') }, RANGES.map(each =>
      h('button', { key: each, type: 'button', 'aria-pressed': range() === each ? 'true' : 'false', onClick: () => setQuery({ range: each }) },
        t(`overview.range.${each}`))));

    const behind = ({ now, furthestBehind }) => h('section', [
      h('h2', t('overview.furthest')),
      furthestBehind.length > 0 ? h(FurthestBehind, { groups: furthestBehind })
        : h('p', { class: 'muted' }, now.lag === null ? count(null) : t('overview.noneBehind')),
    ]);

    return () => [
      h(ClusterWarnings, { key: 'wrong', label: t('warning.list'), warnings: warnings(false) }),
      problem.value ? h(ProblemBanner, { problem: problem.value, retry: reload })
        : wrong.problem.value ? h(ProblemBanner, { problem: wrong.problem.value, retry: wrong.reload }) : null,
      data.value
        ? [figures(data.value), behind(data.value), h('div', { class: 'toolbar over-time' }, [h('h2', t('overview.overTime')), choice()]), charts()]
        : problem.value ? null : h('div', { class: 'skeleton block' }),
      h(ClusterWarnings, { key: 'info', label: t('warning.info'), warnings: warnings(true) }),
    ];
  },
};
