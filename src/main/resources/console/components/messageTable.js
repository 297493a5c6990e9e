/** Messages in a table: when and where they were stored, how they are marked, and how their bodies begin. */
import { h } from '../lib/vue.js';
import { ago, bytes, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { previewOf } from '../message.js';
import { to } from '../router.js';
import DataTable from './table.js';

/** Names a message's place: broker, queue and offset. */
export const placeOf = message => `${message.broker}:${message.queueId}:${message.offset}`;

/** A text in one line, as much of it as there is room for; all of it in the title. */
export const brief = text => (text ? h('span', { class: 'brief', title: text }, text) : '');

/**
 * `topic`: where they lie (of dead letters, the group's topic). `chosen`: a Set of places, with boxes to tick; null has none.
 */
export default {
  name: 'MessageTable',
  props: {
    caption: { type: String, required: true },
    topic: { type: String, required: true },
    rows: { type: Array, required: true },
    loading: Boolean,
    chosen: { type: Object, default: null },
    /** Columns that stand behind the place. */
    more: { type: Array, default: () => [] },
  },
  emits: ['choose'],
  setup(props, { slots, emit }) {
    const columns = () => [
      {
        key: 'storedAt', label: t('messages.stored'), title: message => ago(message.storedAt),
        cell: message => h('span', { class: 'whole' }, [
          props.chosen ? h('input', {
            type: 'checkbox', checked: props.chosen.has(placeOf(message)), 'aria-label': t('messages.choose', { id: message.messageId }),
            onChange: event => emit('choose', message, event.target.checked),
          }) : null,
          h('a', { href: to('message', { topic: props.topic, id: message.offsetMessageId }) }, exactTime(message.storedAt)),
        ]),
      },
      { key: 'place', label: t('messages.place'), cell: message => h('span', { class: 'whole' }, `${message.broker} · ${message.queueId} · ${message.offset}`) },
      ...props.more,
      { key: 'tag', label: t('messages.tag'), cell: message => brief(message.tag ?? '') },
      { key: 'keys', label: t('messages.keys'), cell: message => brief((message.keys ?? []).join(' ')) },
      { key: 'body', label: t('messages.body'), wide: true, cell: preview },
      { key: 'storedBytes', label: t('messages.size'), number: true, cell: message => bytes(message.storedBytes) },
    ];

    function preview(message) {
      const text = previewOf(message);
      return h('span', { class: ['body-start', 'mono'] }, text ?? h('em', { class: 'muted' }, t('messages.binary')));
    }

    return () => h(DataTable, {
      caption: props.caption, columns: columns(), rows: props.rows, rowKey: placeOf, loading: props.loading,
    }, slots);
  },
};
