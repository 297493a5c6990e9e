/** What can be done to consumer groups: create, change, delete. Moving one is in seek.js. */
import { h } from '../lib/vue.js';
import { mqadmin, path } from '../api.js';
import { act } from '../components/action.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import { clusterName } from './cluster.js';

const where = group => path('/v1/groups/{group}', { group });
const NAME = { pattern: '[%\\|a-zA-Z0-9_\\-]{1,120}', autocomplete: 'off', spellcheck: false };

const settings = now => [
  { name: 'maxRetries', label: t('groups.maxRetries'), type: 'number', value: now.maxRetries ?? 16, min: 0, max: 1000, required: true, hint: t('groups.maxRetriesHint') },
  { name: 'consumeEnabled', label: t('groups.consumeEnabled'), type: 'check', value: now.consumeEnabled ?? true },
  { name: 'broadcastEnabled', label: t('groups.broadcastEnabled'), type: 'check', value: now.broadcastEnabled ?? true },
  { name: 'ordered', label: t('groups.ordered'), type: 'check', value: now.ordered ?? false, hint: t('groups.orderedHint') },
];

const put = (group, { maxRetries, consumeEnabled, broadcastEnabled, ordered }) => ({
  method: 'PUT', path: where(group), body: { maxRetries, consumeEnabled, broadcastEnabled, ordered },
});

const command = (group, values) => mqadmin('updateSubGroup', {
  c: clusterName(), g: group, r: values.maxRetries, s: String(values.consumeEnabled), d: String(values.broadcastEnabled),
  o: values.ordered ? 'true' : null,
});

/** Asks for a new group's name and settings and creates it. */
export function createGroup() {
  return act({
    title: t('groups.create'),
    what: values => t('groups.createWhat', { group: values.group || '…' }),
    fields: [{ name: 'group', label: t('groups.name'), required: true, attrs: NAME }, ...settings({})],
    request: values => put(values.group, values),
    mqadmin: values => command(values.group, values),
  });
}

/**
 * Changes a group's settings.
 *
 * @param detail the answer of `GET /v1/groups/{group}`
 */
export function changeGroup(detail) {
  return act({
    title: t('group.change', { group: detail.group }),
    what: values => t(values.consumeEnabled ? 'group.changeWhat' : 'group.changeStops', { group: detail.group }),
    fields: settings(detail),
    request: values => put(detail.group, values),
    mqadmin: values => command(detail.group, values),
  });
}

/** Deletes a group after showing who is in it and what it leaves, and wanting its name typed. */
export function deleteGroup(group) {
  return act({
    title: t('groups.deleteTitle', { group }),
    what: t('groups.deleteWhat', { group }),
    request: () => ({ method: 'DELETE', path: where(group) }),
    mqadmin: () => mqadmin('deleteSubGroup', { c: clusterName(), g: group, r: 'true' }),
    dryRun: () => ({ method: 'DELETE', path: where(group), query: { dryRun: true } }),
    preview: found => h('ul', [
      h('li', found.members ? t('groups.goes.members', { count: count(found.members) }) : t('groups.goes.noMembers')),
      ...Object.entries(found.topics).map(([topic, lag]) => h('li', { key: topic }, t('groups.goes.topic', { topic, lag: count(lag) }))),
      found.deadLetters ? h('li', t('groups.goes.deadLetters', { count: count(found.deadLetters) })) : null,
    ]),
    danger: true,
    confirm: group,
    button: t('groups.delete'),
  });
}
