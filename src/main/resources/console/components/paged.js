/** A table of rows that are all here, shown a page at a time so that thousands of them cost no more than a page. */
import { h, ref } from '../lib/vue.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import DataTable from './table.js';

const PAGE = 50;

/**
 * As DataTable, with all rows. A column may have `order(row)`, a number or text to sort by when its head is pressed.
 */
export default {
  name: 'PagedTable',
  props: {
    caption: { type: String, required: true },
    columns: { type: Array, required: true },
    rows: { type: Array, required: true },
    rowKey: { type: [String, Function], required: true },
    loading: Boolean,
    rowClass: { type: Function, default: () => undefined },
  },
  setup(props, { slots }) {
    const page = ref(0);
    const sort = ref({ key: '', desc: false });

    function sortBy(key) {
      // Most first, then least first, then as they came.
      const { key: now, desc } = sort.value;
      sort.value = now !== key ? { key, desc: true } : desc ? { key, desc: false } : { key: '', desc: false };
      page.value = 0;
    }

    function sorted() {
      const column = props.columns.find(each => each.key === sort.value.key);
      if (!column?.order) {
        return props.rows;
      }
      const sign = sort.value.desc ? -1 : 1;
      return [...props.rows].sort((one, other) => {
        const [a, b] = [column.order(one), column.order(other)];
        return sign * (typeof a === 'string' ? a.localeCompare(String(b)) : (a ?? -1) - (b ?? -1));
      });
    }

    return () => {
      const last = Math.max(0, Math.ceil(props.rows.length / PAGE) - 1);
      const shown = Math.min(page.value, last);
      const rows = sorted().slice(shown * PAGE, (shown + 1) * PAGE);
      const columns = props.columns.map(each => ({ ...each, sortable: Boolean(each.order) }));
      return [
        h(DataTable, { ...props, columns, rows, sort: sort.value, onSort: sortBy }, slots),
        last === 0 ? null : h('nav', { class: 'pager', 'aria-label': t('pager.label') }, [
          h('span', { class: 'muted' }, t('pager.of', { shown: `${count(shown * PAGE + 1)}–${count(shown * PAGE + rows.length)}`, n: count(props.rows.length) })),
          h('button', { type: 'button', disabled: shown === 0, onClick: () => { page.value = shown - 1; } }, t('pager.previous')),
          h('button', { type: 'button', disabled: shown === last, onClick: () => { page.value = shown + 1; } }, t('pager.next')),
        ]),
      ];
    };
  },
};
