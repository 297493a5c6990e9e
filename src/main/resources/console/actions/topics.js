/** What can be done to topics: create, change, delete. */
import { h } from '../lib/vue.js';
import { mqadmin, path } from '../api.js';
import { act } from '../components/action.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import { clusterName } from './cluster.js';

/** The types of messages that a topic can be for (5.x). */
export const TYPES = ['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION', 'MIXED'];

const BITS = { rw: 6, r: 4, w: 2, none: 0 };
const permissions = () => Object.keys(BITS).map(value => ({ value, label: t(`topics.may.${value}`) }));
const types = () => [{ value: '', label: t('topics.typeNone') }, ...TYPES.map(value => ({ value, label: t(`topics.type.${value}`) }))];
const where = topic => path('/v1/topics/{topic}', { topic });
const attribute = type => (type ? `+message.type=${type}` : null);

/** What a topic's name may be, for the field's own check. */
export const NAME = { pattern: '[%\\|a-zA-Z0-9_\\-]{1,127}', autocomplete: 'off', spellcheck: false };

/** Asks for a new topic's name and settings and creates it; undefined if the reader left. */
export function createTopic() {
  return act({
    title: t('topics.create'),
    what: values => t('topics.createWhat', { topic: values.topic || '…', queues: values.queues }),
    fields: [
      { name: 'topic', label: t('topics.name'), required: true, attrs: NAME },
      { name: 'queues', label: t('topics.queues'), type: 'number', value: 8, min: 1, max: 1024, required: true, hint: t('topics.queuesHint') },
      { name: 'permission', label: t('topics.permission'), type: 'select', value: 'rw', options: permissions() },
      { name: 'type', label: t('topics.messageType'), type: 'select', value: '', options: types(), hint: t('topics.typeHint') },
    ],
    request: ({ topic, queues, permission, type }) => ({
      method: 'PUT', path: where(topic), body: { queues, permission, ...(type ? { type } : {}) },
    }),
    mqadmin: ({ topic, queues, permission, type }) => mqadmin('updateTopic', {
      c: clusterName(), t: topic, r: queues, w: queues, p: BITS[permission], a: attribute(type),
    }),
  });
}

/**
 * Changes a topic's queues, permissions and type.
 *
 * @param detail the answer of `GET /v1/topics/{topic}`
 */
export function changeTopic(detail) {
  const having = detail.brokers.filter(each => each.hasTopic);
  const first = having[0] ?? {};
  const body = ({ readQueues, writeQueues, permission, type, broker }) => ({
    readQueues, writeQueues, permission, ...(type ? { type } : {}), ...(broker ? { broker } : {}),
  });
  return act({
    title: t('topic.change', { topic: detail.topic }),
    what: values => (fewer(values, first) ? t('topic.fewerQueues', { topic: detail.topic })
      : t(values.broker ? 'topic.changeWhatAt' : 'topic.changeWhat', { topic: detail.topic, broker: values.broker })),
    fields: [
      {
        name: 'broker', label: t('topic.where'), type: 'select', value: '',
        options: [{ value: '', label: t('topic.everywhere') }, ...detail.brokers.map(each => each.broker)],
      },
      { name: 'writeQueues', label: t('topic.writeQueues'), type: 'number', value: first.writeQueues ?? 8, min: 1, max: 1024, required: true },
      { name: 'readQueues', label: t('topic.readQueues'), type: 'number', value: first.readQueues ?? 8, min: 1, max: 1024, required: true, hint: t('topic.readHint') },
      { name: 'permission', label: t('topics.permission'), type: 'select', value: first.permission ?? 'rw', options: permissions() },
      { name: 'type', label: t('topics.messageType'), type: 'select', value: detail.type ?? '', options: types() },
    ],
    request: values => ({ method: 'PUT', path: where(detail.topic), body: body(values) }),
    mqadmin: ({ readQueues, writeQueues, permission, type, broker }) => mqadmin('updateTopic', {
      ...(broker ? { b: detail.brokers.find(each => each.broker === broker)?.address } : { c: first.cluster ?? clusterName() }),
      t: detail.topic, r: readQueues, w: writeQueues, p: BITS[permission], a: attribute(type),
    }),
  });
}

/** Whether consumers would lose sight of queues that hold messages. */
const fewer = (values, now) => values.readQueues < (now.readQueues ?? 0) || values.readQueues < values.writeQueues;

/** Deletes a topic after showing what it holds and wanting its name typed. */
export function deleteTopic(topic) {
  return act({
    title: t('topics.deleteTitle', { topic }),
    what: t('topics.deleteWhat', { topic }),
    request: () => ({ method: 'DELETE', path: where(topic) }),
    mqadmin: () => mqadmin('deleteTopic', { c: clusterName(), t: topic }),
    dryRun: () => ({ method: 'DELETE', path: where(topic), query: { dryRun: true } }),
    preview: found => h('ul', [
      h('li', t('topics.goes.messages', { count: count(found.messages) })),
      h('li', t('topics.goes.brokers', { brokers: found.brokers.join(', ') })),
      h('li', found.groups.length
        ? t('topics.goes.groups', { count: count(found.groups.length), groups: found.groups.slice(0, 5).join(', ') })
        : t('topics.goes.noGroups')),
    ]),
    danger: true,
    confirm: topic,
    button: t('topics.delete'),
  });
}
