/** One page back or forth. What `useList` gives fits: `h(ListPager, {list})`. */
import { h } from '../lib/vue.js';
import { t } from '../i18n.js';
import { count } from '../format.js';

/** Of the list, `answer.total` is shown if the operation tells it. */
export default {
  name: 'ListPager',
  props: { list: { type: Object, required: true } },
  setup: ({ list }) => () => {
    const total = list.answer.value?.total;
    if (!list.hasNext.value && !list.hasPrevious.value && total === undefined) {
      return null;
    }
    return h('nav', { class: 'pager', 'aria-label': t('pager.label') }, [
      h('span', { class: 'muted' }, total === undefined
        ? t('pager.shown', { n: count(list.rows.value.length) })
        : t('pager.of', { shown: count(list.rows.value.length), n: count(total) })),
      h('button', { type: 'button', disabled: !list.hasPrevious.value, onClick: () => list.previous() }, t('pager.previous')),
      h('button', { type: 'button', disabled: !list.hasNext.value, onClick: () => list.next() }, t('pager.next')),
    ]);
  },
};
