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
    const isWhole = !list.hasPrevious.value && !list.hasNext.value;
    return h(isWhole ? 'div' : 'nav', { class: 'pager', 'aria-label': isWhole ? undefined : t('pager.label') }, [
      h('span', { class: 'muted' }, total === undefined
        ? t('pager.shown', { n: count(list.rows.value.length) })
        : isWhole ? t('pager.all', { n: count(total) }) : t('pager.of', { shown: count(list.rows.value.length), n: count(total) })),
      isWhole ? null : h('button', { type: 'button', disabled: !list.hasPrevious.value, onClick: () => list.previous() }, t('pager.previous')),
      isWhole ? null : h('button', { type: 'button', disabled: !list.hasNext.value, onClick: () => list.next() }, t('pager.next')),
    ]);
  },
};
