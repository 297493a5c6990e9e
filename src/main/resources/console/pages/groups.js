/** The consumer groups of the cluster. */
import { h } from '../lib/vue.js';
import { createGroup, deleteGroup } from '../actions/groups.js';
import { useCommands } from '../commands.js';
import { count, perSecond } from '../format.js';
import { t } from '../i18n.js';
import { useList } from '../list.js';
import { useEvery } from '../live.js';
import { href, route, to } from '../router.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import FormField from '../components/field.js';
import ListPager from '../components/pager.js';
import ProblemBanner from '../components/problem.js';

const REFRESH_MS = 5_000;

/** How a group consumes, in a word or two; a dash where the broker does not say. */
export const howOf = each => (each.consumeType
  ? `${t(`groups.type.${each.consumeType}`)}${each.messageModel === 'broadcasting' ? ` · ${t('groups.broadcasting')}` : ''}` : count(null));

export default {
  name: 'GroupsPage',
  title: () => t('nav.groups'),
  setup() {
    const list = useList({
      where: '/v1/groups', rows: 'groups', extra: ['internal', 'online'], fixed: { fields: 'all', limit: 50 }, sortedBy: 'name',
    });
    useEvery(list.refresh, REFRESH_MS);

    const create = async () => (await createGroup()) && list.reload();
    const remove = async group => (await deleteGroup(group)) && list.reload();
    useCommands(() => [{ title: t('groups.create'), run: create }]);

    const warnings = each => (each.warnings.length === 0 ? '' : h('span', each.warnings.map(kind => h('span', { key: kind, class: 'tag warning' }, t(`groups.warning.${kind}`)))));
    const state = each => h('span', [
      each.consumeEnabled ? null : [h('span', { class: 'tag error' }, t('groups.stopped')), ' '],
      each.members === 0 ? h('span', { class: 'muted' }, t('groups.offline')) : each.members == null ? count(null) : h('span', { class: 'tag good' }, t('groups.online', { n: each.members })),
    ]);
    const dead = each => (each.deadLetters ? h('a', { href: href('/dead-letters', { group: each.group }) }, count(each.deadLetters)) : count(each.deadLetters));

    const columns = () => [
      { key: 'name', label: t('groups.name'), sortable: true, cell: each => h('a', { href: to('group', { group: each.group }) }, each.group) },
      { key: 'members', label: t('groups.members'), sortable: true, cell: state },
      { key: 'how', label: t('groups.how'), cell: howOf },
      { key: 'lag', label: t('groups.lag'), number: true, sortable: true, cell: each => count(each.lag) },
      { key: 'rate', label: t('groups.rate'), number: true, sortable: true, cell: each => perSecond(each.consumedPerSecond) },
      { key: 'retries', label: t('groups.retries'), number: true, cell: each => count(each.retries) },
      { key: 'deadLetters', label: t('nav.deadLetters'), number: true, sortable: true, cell: dead },
      { key: 'warnings', label: t('groups.warnings'), sortable: true, cell: warnings },
      {
        key: 'actions', label: t('table.actions'), number: true, bare: true,
        cell: each => h('button', { type: 'button', class: 'quiet', onClick: () => remove(each.group) }, t('groups.delete')),
      },
    ];

    const filtered = () => Boolean(route.query.q || route.query.online);

    return () => [
      h('div', { class: 'toolbar' }, [
        h(FormField, {
          label: t('list.filter'), type: 'search', modelValue: route.query.q ?? '', 'onUpdate:modelValue': list.filter,
          attrs: { 'data-search': '', placeholder: t('groups.filter'), autocomplete: 'off' },
        }),
        ...['online', 'internal'].map(name => h(FormField, {
          key: name, label: t(`groups.only.${name}`), type: 'check', modelValue: route.query[name] === 'true',
          'onUpdate:modelValue': on => list.change({ [name]: on ? 'true' : null }),
        })),
        h('button', { type: 'button', class: 'primary', onClick: create }, t('groups.create')),
      ]),
      list.problem.value ? h(ProblemBanner, { problem: list.problem.value, retry: list.reload }) : null,
      h(DataTable, {
        caption: t('nav.groups'), columns: columns(), rows: list.rows.value, rowKey: 'group', loading: list.loading.value && list.rows.value.length === 0,
        sort: { ...list.sort.value, key: list.answer.value?.sortedBy ?? list.sort.value.key }, onSort: list.sortBy,
      }, {
        empty: () => list.problem.value ? null : h(EmptyState, {
          title: t(filtered() ? 'groups.noneFound' : 'groups.none'), text: t(filtered() ? 'groups.noneFoundText' : 'groups.noneText'),
        }, () => h('button', { type: 'button', onClick: create }, t('groups.create'))),
      }),
      h(ListPager, { list }),
    ];
  },
};
