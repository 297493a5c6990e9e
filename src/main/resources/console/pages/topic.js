/** One topic: its queues, settings and brokers, the groups that consume it, the producers that are connected. */
import { h } from '../lib/vue.js';
import { changeTopic, deleteTopic } from '../actions/topics.js';
import { get, path } from '../api.js';
import { useCommands } from '../commands.js';
import { ago, count, exactTime, perSecond } from '../format.js';
import { t } from '../i18n.js';
import { usePolled } from '../live.js';
import { go, href, route, to } from '../router.js';
import { clientColumns } from './clientColumns.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import FigureList from '../components/figures.js';
import InfoBanner from '../components/banner.js';
import PagedTable from '../components/paged.js';
import ProblemBanner from '../components/problem.js';

const REFRESH_MS = 5_000;
/** Groups and producers are many answers each. */
const SELDOM_MS = 15_000;
/** Pages of groups that are asked for, and how many groups each has. */
const MAX_PAGES = 5;
const PAGE = 200;

/** The groups of a topic, as many as are shown, and how many there are. */
async function groupsOf(where, signal) {
  const groups = [];
  let page;
  for (let n = 0; n < MAX_PAGES && (n === 0 || page.next); n++) {
    page = await get(`${where}/groups`, { limit: PAGE, after: page?.next }, signal);
    groups.push(...page.groups);
  }
  return { groups, total: page.total, isWhole: !page.next };
}

export default {
  name: 'TopicPage',
  title: () => route.params.topic ?? t('nav.topic'),
  setup() {
    const { topic } = route.params;
    const where = path('/v1/topics/{topic}', { topic });
    const detail = usePolled(signal => get(where, {}, signal), REFRESH_MS);
    const groups = usePolled(signal => groupsOf(where, signal), SELDOM_MS);
    const producers = usePolled(signal => get('/v1/clients', { kind: 'producer', fields: 'all', limit: 20 }, signal), SELDOM_MS);

    const change = async () => (await changeTopic(detail.data.value)) && detail.reload();
    const remove = async () => (await deleteTopic(topic)) && go(href('/topics'));
    useCommands(() => [
      ...(detail.data.value ? [{ title: t('topic.change', { topic }), run: change }] : []),
      { title: t('topics.deleteTitle', { topic }), run: remove },
    ]);

    const toolbar = () => h('div', { class: 'toolbar' }, [
      h('a', { class: 'button', href: href('/messages', { topic }) }, t('topic.browse')),
      h('a', { class: 'button', href: href('/produce', { topic }) }, t('topic.send')),
      h('button', { type: 'button', class: 'end', onClick: change }, t('topic.edit')),
      h('button', { type: 'button', class: 'danger', onClick: remove }, t('topics.delete')),
    ]);

    const figures = found => h(FigureList, {
      figures: [
        { label: t('topics.messages'), value: count(found.messages), note: t('topics.storedNow') },
        { label: t('topics.in'), value: perSecond(found.inPerSecond), note: t('time.lastMinute') },
        { label: t('topics.out'), value: perSecond(found.outPerSecond), note: t('time.lastMinute') },
        { label: t('topics.queuesShort'), value: count(found.queues.length), note: t('topics.onBrokers', { n: found.brokers.filter(each => each.hasTopic).length }) },
        { label: t('topics.messageType'), value: found.type ? t(`topics.type.${found.type}`) : t('topics.typeNone'), note: found.ordered ? t('topic.ordered') : '' },
      ],
    });

    const missing = found => {
      const without = found.brokers.filter(each => !each.hasTopic).map(each => each.broker);
      return without.length === 0 ? null : h(InfoBanner, {
        level: 'warning', title: t('topic.notEverywhere'), text: t('topic.notEverywhereText', { brokers: without.join(', ') }), cure: t('topic.notEverywhereCure'),
      });
    };

    const brokers = found => h(DataTable, {
      caption: t('topic.brokers'), rows: found.brokers, rowKey: 'broker',
      columns: [
        { key: 'broker', label: t('queue.broker') },
        { key: 'address', label: t('topic.address'), cell: each => each.address ?? count(null) },
        { key: 'hasTopic', label: t('topic.here'), cell: each => h('span', { class: ['tag', each.hasTopic ? 'good' : 'warning'] }, t(each.hasTopic ? 'topic.hereYes' : 'topic.hereNo')) },
        { key: 'permission', label: t('topics.permission'), cell: each => (each.permission ? t(`topics.may.${each.permission}`) : count(null)) },
        { key: 'write', label: t('topic.writeQueues'), number: true, cell: each => count(each.writeQueues) },
        { key: 'read', label: t('topic.readQueues'), number: true, cell: each => count(each.readQueues) },
      ],
    });

    const queues = found => h(PagedTable, {
      caption: t('topic.queues'), rows: found.queues, rowKey: each => `${each.broker} ${each.queueId}`,
      columns: [
        { key: 'queue', label: t('queue.name'), cell: each => `${each.broker} · ${each.queueId}` },
        { key: 'min', label: t('queue.min'), number: true, cell: each => count(each.minOffset), order: each => each.minOffset },
        { key: 'max', label: t('queue.max'), number: true, cell: each => count(each.maxOffset), order: each => each.maxOffset },
        { key: 'stored', label: t('topics.messages'), number: true, cell: each => count(each.maxOffset - each.minOffset), order: each => each.maxOffset - each.minOffset },
        { key: 'last', label: t('queue.lastWritten'), cell: each => ago(each.lastWrittenAt), title: each => exactTime(each.lastWrittenAt), order: each => each.lastWrittenAt },
      ],
    });

    const consuming = () => [groupTable(), groups.data.value?.isWhole === false
      ? h('p', { class: 'muted' }, t('topic.someGroups', { shown: count(groups.data.value.groups.length), total: count(groups.data.value.total) })) : null];

    const groupTable = () => h(PagedTable, {
      caption: t('topic.groups'), rows: groups.data.value?.groups ?? [], rowKey: 'group', loading: groups.loading.value,
      columns: [
        { key: 'group', label: t('groups.name'), cell: each => h('a', { href: to('group', { group: each.group }) }, each.group), order: each => each.group },
        { key: 'members', label: t('groups.members'), number: true, cell: each => count(each.members), order: each => each.members },
        { key: 'lag', label: t('groups.lag'), number: true, cell: each => count(each.lag), order: each => each.lag },
        { key: 'rate', label: t('groups.rate'), number: true, cell: each => perSecond(each.consumedPerSecond), order: each => each.consumedPerSecond },
      ],
    }, { empty: () => h(EmptyState, { title: t('topic.noGroups'), text: t('topic.noGroupsText') }) });

    const producing = () => (producers.problem.value ? h(ProblemBanner, { problem: producers.problem.value, retry: producers.reload }) : [
      h('p', { class: 'muted' }, t('topic.producersText')),
      h(DataTable, {
        caption: t('topic.producers'), rows: producers.data.value?.clients ?? [], rowKey: 'clientId', loading: producers.loading.value, columns: clientColumns('producer'),
      }, { empty: () => h(EmptyState, { title: t('topic.noProducers'), text: t('topic.noProducersText') }) }),
      (producers.data.value?.total ?? 0) > 20 ? h('p', h('a', { href: href('/clients', { kind: 'producer' }) }, t('topic.allProducers', { count: count(producers.data.value.total) }))) : null,
    ]);

    const section = (title, content) => h('section', [h('h2', title), content]);

    return () => {
      const found = detail.data.value;
      if (!found) {
        return detail.problem.value ? h(ProblemBanner, { problem: detail.problem.value, retry: detail.reload }) : h('div', { class: 'skeleton block' });
      }
      return [
        toolbar(),
        detail.problem.value ? h(ProblemBanner, { problem: detail.problem.value, retry: detail.reload }) : null,
        missing(found),
        found.complete === false ? h(InfoBanner, { level: 'warning', title: t('topic.incomplete'), text: t('topic.incompleteText') }) : null,
        figures(found),
        section(t('topic.groups'), groups.problem.value ? h(ProblemBanner, { problem: groups.problem.value, retry: groups.reload }) : consuming()),
        section(t('topic.queues'), queues(found)),
        section(t('topic.brokers'), brokers(found)),
        section(t('topic.producers'), producing()),
      ];
    };
  },
};
