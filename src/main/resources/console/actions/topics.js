/** What can be done to topics: create, change, delete. */
import { h } from '../lib/vue.js';
import { mqadmin, path, variable } from '../api.js';
import { act } from '../components/action.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import { clusterName, clusterOf } from './cluster.js';

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

const SETTINGS = ['writeQueues', 'readQueues', 'permission'];
const NEW = { writeQueues: 8, readQueues: 8, permission: 'rw' };

/**
 * Changes a topic's queues, permissions and type. What the reader leaves as it is isn't sent, so that brokers that
 * differ keep it.
 *
 * @param detail the answer of `GET /v1/topics/{topic}`
 */
export function changeTopic(detail) {
  const having = detail.brokers.filter(each => each.hasTopic);
  const at = broker => (broker ? detail.brokers.filter(each => each.broker === broker) : detail.brokers);
  const lacking = broker => at(broker).some(each => !each.hasTopic);
  const differ = SETTINGS.filter(name => new Set(having.map(each => each[name])).size > 1);

  /** What the fields show: the settings there; where brokers differ, nothing. */
  function now(broker) {
    const there = at(broker).find(each => each.hasTopic) ?? having[0] ?? NEW;
    return Object.fromEntries(SETTINGS.map(name => [name, !broker && differ.includes(name) ? '' : there[name]]));
  }

  function body(values) {
    const { type, broker } = values;
    // A broker that gets the topic anew has nothing to keep.
    const set = SETTINGS.filter(name => values[name] !== '' && (lacking(broker) || values[name] !== now(broker)[name]));
    return {
      ...Object.fromEntries(set.map(name => [name, values[name]])),
      ...(type && (lacking(broker) || type !== detail.type) ? { type } : {}),
      ...(broker ? { broker } : {}),
    };
  }

  function what(values) {
    const names = { topic: detail.topic, broker: values.broker };
    if (at(values.broker).some(each => fewer(values, each))) {
      return t('topic.fewerQueues', names);
    }
    return values.broker ? t('topic.changeWhatAt', names) : t(differ.length > 0 ? 'topic.changeDiffers' : 'topic.changeWhat', names);
  }

  const number = (name, hint) => ({
    name, label: t(`topic.${name}`), type: 'number', value: now('')[name], min: 1, max: 1024,
    required: !differ.includes(name), hint: differ.includes(name) ? t('topic.keepsEmpty') : hint,
  });
  const typed = detail.type ? types().filter(each => each.value) : types();
  return act({
    title: t('topic.change', { topic: detail.topic }),
    what,
    fields: [
      {
        name: 'broker', label: t('topic.where'), type: 'select', value: '',
        options: [{ value: '', label: t('topic.everywhere') }, ...detail.brokers.map(each => each.broker)],
      },
      number('writeQueues', ''),
      number('readQueues', t('topic.readHint')),
      {
        name: 'permission', label: t('topics.permission'), type: 'select', value: now('').permission,
        options: [...(differ.includes('permission') ? [{ value: '', label: t('topic.asItIs') }] : []), ...permissions()],
      },
      {
        name: 'type', label: t('topics.messageType'), type: 'select', value: detail.type ?? '',
        options: !detail.type || TYPES.includes(detail.type) ? typed : [{ value: detail.type, label: t(`topics.type.${detail.type}`) }, ...typed],
      },
    ],
    changed: (name, values) => {
      if (name === 'broker') {
        Object.assign(values, now(values.broker));
      }
    },
    request: values => ({ method: 'PUT', path: where(detail.topic), body: body(values) }),
    // It sets all of them: there is no form that leaves something as it is on each broker.
    mqadmin: values => (SETTINGS.some(name => values[name] === '') ? '' : mqadmin('updateTopic', {
      ...(values.broker ? { b: at(values.broker)[0]?.address ?? variable('BROKER_ADDR') } : { c: clusterOf(detail.brokers) }),
      t: detail.topic, r: values.readQueues, w: values.writeQueues, p: BITS[values.permission], o: detail.ordered ? 'true' : null, a: attribute(values.type),
    })),
  });
}

/** Whether consumers would lose sight of queues that hold messages. */
function fewer(values, broker) {
  const after = name => (values[name] === '' ? broker[name] ?? 0 : values[name]);
  return after('readQueues') < (broker.readQueues ?? 0) || after('readQueues') < after('writeQueues');
}

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
