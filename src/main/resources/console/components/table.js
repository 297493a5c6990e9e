/** A table whose rows come from the gateway, page by page. */
import { h } from '../lib/vue.js';
import { t } from '../i18n.js';

const SKELETON_ROWS = 6;

/**
 * `columns`: `{key, label, number, wide, bare, sortable, cell(row), title(row)}`. `cell` gives a text or a node, else `row[key]` is
 * shown; `number` sets figures right; `wide` takes the room that others leave; `bare` has a head only for who hears it;
 * `sortable` makes the head a button that emits `sort` with the key.
 * The slot `empty` is shown when there are no rows.
 */
export default {
  name: 'DataTable',
  props: {
    caption: { type: String, required: true },
    columns: { type: Array, required: true },
    rows: { type: Array, required: true },
    rowKey: { type: [String, Function], required: true },
    loading: Boolean,
    sort: { type: Object, default: () => ({ key: '', desc: false }) },
    /** Class of a row, from the row. */
    rowClass: { type: Function, default: () => undefined },
  },
  emits: ['sort'],
  setup(props, { slots, emit }) {
    const keyOf = row => (typeof props.rowKey === 'function' ? props.rowKey(row) : row[props.rowKey]);

    function head(column) {
      const sorted = props.sort.key === column.key;
      return h('th', {
        scope: 'col',
        class: { number: column.number, wide: column.wide },
        'aria-sort': sorted ? (props.sort.desc ? 'descending' : 'ascending') : undefined,
      }, column.sortable
        ? h('button', { type: 'button', class: 'sort', onClick: () => emit('sort', column.key) },
          [column.label, h('span', { 'aria-hidden': 'true' }, sorted ? (props.sort.desc ? ' ↓' : ' ↑') : '')])
        : column.bare ? h('span', { class: 'hidden' }, column.label) : column.label);
    }

    function body() {
      if (props.rows.length === 0 && props.loading) {
        return Array.from({ length: SKELETON_ROWS }, (_, i) => h('tr', { key: `skeleton-${i}`, 'aria-hidden': 'true' },
          props.columns.map(column => h('td', { key: column.key }, h('span', { class: 'skeleton' })))));
      }
      return props.rows.map(row => h('tr', { key: keyOf(row), class: props.rowClass(row) }, props.columns.map((column, i) => {
        const content = column.cell ? column.cell(row) : row[column.key];
        const cell = { class: { number: column.number, wide: column.wide }, title: column.title?.(row), 'data-label': column.bare ? '' : column.label };
        return i === 0 ? h('th', { scope: 'row', ...cell }, content) : h('td', cell, content);
      })));
    }

    return () => {
      if (props.rows.length === 0 && !props.loading && slots.empty) {
        return slots.empty();
      }
      return h('div', { class: 'table-frame', 'aria-busy': props.loading ? 'true' : undefined },
        h('table', { class: { loading: props.loading } }, [
          h('caption', { class: 'hidden' }, props.caption),
          h('thead', h('tr', props.columns.map(head))),
          h('tbody', body()),
        ]),
        props.loading ? h('span', { class: 'hidden', role: 'status' }, t('table.loading')) : null);
    };
  },
};
