/** The topics of the cluster. */
import { h } from '../lib/vue.js';
import { mqadmin, path } from '../api.js';
import { useCommands } from '../commands.js';
import { t } from '../i18n.js';
import { useList } from '../list.js';
import { route, to } from '../router.js';
import { act } from '../components/action.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import FormField from '../components/field.js';
import ListPager from '../components/pager.js';
import ProblemBanner from '../components/problem.js';

export default {
  name: 'TopicsPage',
  title: () => t('nav.topics'),
  setup() {
    const list = useList({ where: '/v1/topics', rows: 'topics', extra: ['internal'] });

    async function create() {
      const done = await act({
        title: t('topics.create'),
        what: values => t('topics.createWhat', { topic: values.topic || '…', queues: values.queues }),
        fields: [
          { name: 'topic', label: t('topics.name'), required: true, attrs: { pattern: '[%\\|a-zA-Z0-9_\\-]{1,127}' } },
          { name: 'queues', label: t('topics.queues'), type: 'number', value: 8, min: 1, max: 1024, hint: t('topics.queuesHint') },
          { name: 'permission', label: t('topics.permission'), type: 'select', value: 'rw', options: ['rw', 'r', 'w'] },
        ],
        request: ({ topic, queues, permission }) => ({
          method: 'PUT', path: path('/v1/topics/{topic}', { topic }), body: { queues, permission },
        }),
        mqadmin: ({ topic, queues, permission }) => mqadmin('updateTopic', {
          c: 'DefaultCluster', t: topic, r: queues, w: queues, p: { rw: 6, r: 4, w: 2 }[permission],
        }),
      });
      if (done) {
        list.reload();
      }
    }

    async function remove(topic) {
      const done = await act({
        title: t('topics.delete'),
        what: t('topics.deleteWhat', { topic }),
        request: () => ({ method: 'DELETE', path: path('/v1/topics/{topic}', { topic }) }),
        mqadmin: () => mqadmin('deleteTopic', { c: 'DefaultCluster', t: topic }),
        danger: true,
        confirm: topic,
        button: t('topics.delete'),
      });
      if (done) {
        list.reload();
      }
    }

    useCommands(() => [{ title: t('topics.create'), run: create }]);

    const columns = () => [
      { key: 'topic', label: t('topics.name'), cell: topic => h('a', { href: to('topic', { topic }) }, topic) },
      { key: 'actions', label: t('table.actions'), number: true, cell: topic => h('button', { type: 'button', class: 'quiet', onClick: () => remove(topic) }, t('topics.delete')) },
    ];

    return () => [
      h('div', { class: 'toolbar' }, [
        h(FormField, {
          label: t('list.filter'), type: 'search', modelValue: route.query.q ?? '', 'onUpdate:modelValue': list.filter,
          attrs: { 'data-search': '', placeholder: t('topics.filter'), autocomplete: 'off' },
        }),
        h(FormField, {
          label: t('topics.internal'), type: 'check', modelValue: route.query.internal === 'true',
          'onUpdate:modelValue': on => list.change({ internal: on ? 'true' : null }),
        }),
        h('button', { type: 'button', class: 'primary', onClick: create }, t('topics.create')),
      ]),
      list.problem.value ? h(ProblemBanner, { problem: list.problem.value, retry: list.reload }) : null,
      h(DataTable, { caption: t('nav.topics'), columns: columns(), rows: list.rows.value, rowKey: topic => topic, loading: list.loading.value }, {
        empty: () => list.problem.value ? null : h(EmptyState, {
          title: t(route.query.q ? 'topics.noneFound' : 'topics.none'), text: t(route.query.q ? 'topics.noneFoundText' : 'topics.noneText'),
        }, () => h('button', { type: 'button', onClick: create }, t('topics.create'))),
      }),
      h(ListPager, { list }),
    ];
  },
};
