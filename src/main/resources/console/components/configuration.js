/** One broker's configuration: a table to search, and the keys that can be changed while it runs. */
import { computed, h, ref, watch } from '../lib/vue.js';
import { get, mqadmin, path } from '../api.js';
import { t } from '../i18n.js';
import { useLoaded } from '../live.js';
import { route, setQuery } from '../router.js';
import { act } from './action.js';
import PagedTable from './paged.js';
import EmptyState from './empty.js';
import FormField from './field.js';
import ProblemBanner from './problem.js';

/** What these rule is deleted, or refused. */
const GRAVE = new Set(['fileReservedTime', 'deleteWhen', 'diskMaxUsedSpaceRatio', 'diskSpaceCleanForciblyRatio',
  'diskSpaceWarningLevelRatio', 'deleteUnreadForRoom', 'cleanFileForciblyEnable']);

/** A number of things needs no unit. */
const unit = row => (row.unit === 'count' ? null : row.unit);

/** A description in which names stand between backticks. */
const withCode = text => text.split('`').map((part, i) => (i % 2 === 1 ? h('code', part) : part));

export default {
  name: 'BrokerConfiguration',
  props: { broker: { type: String, required: true }, brokerId: { type: Number, required: true } },
  setup(props) {
    const where = () => path('/v1/brokers/{broker}/config', { broker: props.broker });
    const { data, problem, loading, reload } = useLoaded(signal => get(where(), { brokerId: props.brokerId }, signal));
    const onlyChangeable = ref(false);
    watch(() => [props.broker, props.brokerId], reload);

    const rows = computed(() => {
      const wanted = (route.query.key ?? '').toLowerCase();
      return (data.value?.keys ?? []).filter(each =>
        (!onlyChangeable.value || each.changeable)
        && [each.key, each.value, each.about ?? ''].some(text => text.toLowerCase().includes(wanted)));
    });

    async function edit(row) {
      const request = (values, dryRun) => ({
        method: 'PATCH', path: where(), query: { brokerId: props.brokerId || null, dryRun: dryRun ? 'true' : null },
        body: { changes: { [row.key]: values.value } },
      });
      const done = await act({
        title: t('config.change', { key: row.key }),
        what: values => t('config.what', { key: row.key, broker: props.broker, from: row.value || '–', to: values.value || '–' }),
        fields: [{ name: 'value', label: unit(row) ? `${row.key} (${unit(row)})` : row.key, value: row.value, hint: row.about ?? '', attrs: { spellcheck: false } }],
        request: values => request(values, false),
        dryRun: values => request(values, true),
        preview: answer => answer.changes.map(each => h('p', { key: each.key }, `${each.key}: ${each.from ?? '–'} → ${each.to}`)),
        mqadmin: values => mqadmin('updateBrokerConfig', { b: data.value.address, k: row.key, v: values.value }),
        danger: GRAVE.has(row.key),
        confirm: GRAVE.has(row.key) ? row.key : undefined,
        button: t('config.set'),
        done: answer => t(answer.untilRestart ? 'config.doneUntilRestart' : 'config.done', { key: row.key }),
      });
      if (done) {
        reload();
      }
    }

    const columns = () => [
      { key: 'key', label: t('config.key'), cell: row => h('code', { class: 'whole' }, row.key) },
      { key: 'value', label: t('config.value'), cell: row => h('code', row.value === '' ? '–' : unit(row) ? `${row.value} ${unit(row)}` : row.value) },
      // Apache's brokers have no descriptions.
      ...(data.value?.keys.some(each => each.about) === false ? [] : [{ key: 'about', label: t('config.about'), cell: row => withCode(row.about ?? '') }]),
      {
        key: 'edit', label: t('table.actions'), number: true, bare: true,
        cell: row => row.changeable
          ? h('button', { type: 'button', class: 'quiet', 'aria-label': t('config.change', { key: row.key }), onClick: () => edit(row) }, t('config.edit'))
          : '',
      },
    ];

    return () => h('section', [
      h('h2', t('config.title', { broker: props.broker })),
      problem.value ? h(ProblemBanner, { problem: problem.value, retry: reload }) : null,
      h('div', { class: 'toolbar' }, [
        h(FormField, {
          label: t('list.filter'), type: 'search', modelValue: route.query.key ?? '', 'onUpdate:modelValue': key => setQuery({ key }),
          attrs: { 'data-search': '', placeholder: t('config.filter'), autocomplete: 'off' },
        }),
        h(FormField, { label: t('config.onlyChangeable'), type: 'check', modelValue: onlyChangeable.value, 'onUpdate:modelValue': on => { onlyChangeable.value = on; } }),
      ]),
      h(PagedTable, { caption: t('config.title', { broker: props.broker }), columns: columns(), rows: rows.value, rowKey: 'key', loading: loading.value }, {
        empty: () => problem.value ? null : h(EmptyState, { title: t('config.none'), text: t('config.noneText') }),
      }),
    ]);
  },
};
