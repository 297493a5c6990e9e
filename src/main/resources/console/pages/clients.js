/** The producers and consumers that are connected, by client id. */
import { h } from '../lib/vue.js';
import { t } from '../i18n.js';
import { useList } from '../list.js';
import { useEvery } from '../live.js';
import { route } from '../router.js';
import { clientColumns } from './clientColumns.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import FormField from '../components/field.js';
import InfoBanner from '../components/banner.js';
import ListPager from '../components/pager.js';
import ProblemBanner from '../components/problem.js';

const REFRESH_MS = 5_000;
const KINDS = ['producer', 'consumer'];

export default {
  name: 'ClientsPage',
  title: () => t('nav.clients'),
  setup() {
    const list = useList({
      where: '/v1/clients', rows: 'clients', extra: ['kind', 'group', 'duplicates'], fixed: { fields: 'all', limit: 50 }, sortedBy: 'name',
    });
    useEvery(list.refresh, REFRESH_MS);

    const filtered = () => ['q', 'kind', 'group', 'duplicates'].some(each => route.query[each]);

    const toolbar = () => h('div', { class: 'toolbar' }, [
      h(FormField, {
        label: t('list.filter'), type: 'search', modelValue: route.query.q ?? '', 'onUpdate:modelValue': list.filter,
        attrs: { 'data-search': '', placeholder: t('clients.filter'), autocomplete: 'off' },
      }),
      h(FormField, {
        label: t('clients.kind'), type: 'select', modelValue: route.query.kind ?? '',
        options: [{ value: '', label: t('clients.any') }, ...KINDS.map(value => ({ value, label: t(`clients.kind.${value}`) }))],
        'onUpdate:modelValue': kind => list.change({ kind }),
      }),
      h(FormField, {
        label: t('clients.onlyDuplicates'), type: 'check', modelValue: route.query.duplicates === 'true',
        'onUpdate:modelValue': on => list.change({ duplicates: on ? 'true' : null }),
      }),
      route.query.group ? h('button', { type: 'button', onClick: () => list.change({ group: null }) }, t('clients.ofGroup', { group: route.query.group })) : null,
    ]);

    return () => [
      toolbar(),
      list.problem.value ? h(ProblemBanner, { problem: list.problem.value, retry: list.reload }) : null,
      list.answer.value?.complete === false ? h(InfoBanner, { title: t('clients.incomplete'), text: t('clients.incompleteText') }) : null,
      h(DataTable, {
        caption: t('nav.clients'), columns: clientColumns(), rows: list.rows.value, rowKey: 'clientId',
        loading: list.loading.value && list.rows.value.length === 0, sort: list.sort.value, onSort: list.sortBy,
      }, {
        empty: () => list.problem.value ? null : h(EmptyState, {
          title: t(filtered() ? 'clients.noneFound' : 'clients.none'), text: t(filtered() ? 'clients.noneFoundText' : 'clients.noneText'),
        }),
      }),
      h(ListPager, { list }),
    ];
  },
};
