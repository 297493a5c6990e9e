/** The topics of the cluster. */
import { h } from '../lib/vue.js';
import { createTopic, deleteTopic, TYPES } from '../actions/topics.js';
import { useCommands } from '../commands.js';
import { count, perSecond } from '../format.js';
import { t } from '../i18n.js';
import { useList } from '../list.js';
import { useEvery } from '../live.js';
import { route, to } from '../router.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import FormField from '../components/field.js';
import ListPager from '../components/pager.js';
import ProblemBanner from '../components/problem.js';

const REFRESH_MS = 5_000;

export default {
  name: 'TopicsPage',
  title: () => t('nav.topics'),
  setup() {
    const list = useList({
      where: '/v1/topics', rows: 'topics', extra: ['internal', 'type'], fixed: { fields: 'all', limit: 50 }, sortedBy: 'name',
    });
    useEvery(list.refresh, REFRESH_MS);

    const create = async () => (await createTopic()) && list.reload();
    const remove = async topic => (await deleteTopic(topic)) && list.reload();
    useCommands(() => [{ title: t('topics.create'), run: create }]);

    const usual = text => h('span', { class: 'muted' }, text);
    const permission = may => (may === 'rw' ? usual(t('topics.may.rw')) : h('span', { class: 'tag warning' }, t(`topics.may.${may}`)));

    const columns = () => [
      { key: 'name', label: t('topics.name'), sortable: true, cell: each => h('a', { href: to('topic', { topic: each.topic }) }, each.topic) },
      { key: 'type', label: t('topics.messageType'), cell: each => (each.type ? h('span', { class: 'tag' }, t(`topics.type.${each.type}`)) : usual(t('topics.typeNone'))) },
      { key: 'permission', label: t('topics.permission'), cell: each => (each.permission ? permission(each.permission) : count(null)) },
      { key: 'queues', label: t('topics.queuesShort'), number: true, sortable: true, cell: each => queues(each), title: each => t('topics.onBrokers', { n: each.brokers }) },
      { key: 'messages', label: t('topics.messages'), number: true, sortable: true, cell: each => count(each.messages) },
      { key: 'in', label: t('topics.in'), number: true, sortable: true, cell: each => perSecond(each.inPerSecond) },
      { key: 'out', label: t('topics.out'), number: true, sortable: true, cell: each => perSecond(each.outPerSecond) },
      { key: 'groups', label: t('nav.groups'), number: true, sortable: true, cell: each => count(each.groups) },
      {
        key: 'actions', label: t('table.actions'), number: true, bare: true,
        cell: each => h('button', { type: 'button', class: 'quiet', onClick: () => remove(each.topic) }, t('topics.delete')),
      },
    ];

    /** One number if consumers read as many as producers write. */
    const queues = each => (each.readQueues === each.writeQueues ? count(each.readQueues)
      : t('topics.readWrite', { read: count(each.readQueues), write: count(each.writeQueues) }));

    const filtered = () => Boolean(route.query.q || route.query.type);

    return () => [
      h('div', { class: 'toolbar' }, [
        h(FormField, {
          label: t('list.filter'), type: 'search', modelValue: route.query.q ?? '', 'onUpdate:modelValue': list.filter,
          attrs: { 'data-search': '', placeholder: t('topics.filter'), autocomplete: 'off' },
        }),
        h(FormField, {
          label: t('topics.messageType'), type: 'select', modelValue: route.query.type ?? '',
          options: [{ value: '', label: t('topics.anyType') }, ...TYPES.map(value => ({ value, label: t(`topics.type.${value}`) }))],
          'onUpdate:modelValue': type => list.change({ type }),
        }),
        h(FormField, {
          label: t('topics.internal'), type: 'check', modelValue: route.query.internal === 'true',
          'onUpdate:modelValue': on => list.change({ internal: on ? 'true' : null }),
        }),
        h('button', { type: 'button', class: 'primary', onClick: create }, t('topics.create')),
      ]),
      list.problem.value ? h(ProblemBanner, { problem: list.problem.value, retry: list.reload }) : null,
      h(DataTable, {
        caption: t('nav.topics'), columns: columns(), rows: list.rows.value, rowKey: 'topic', loading: list.loading.value && list.rows.value.length === 0,
        sort: { ...list.sort.value, key: list.answer.value?.sortedBy ?? list.sort.value.key }, onSort: list.sortBy,
      }, {
        empty: () => list.problem.value ? null : h(EmptyState, {
          title: t(filtered() ? 'topics.noneFound' : 'topics.none'), text: t(filtered() ? 'topics.noneFoundText' : 'topics.noneText'),
        }, () => h('button', { type: 'button', onClick: create }, t('topics.create'))),
      }),
      h(ListPager, { list }),
    ];
  },
};
