/** The groups that are furthest behind: by how many messages, and for how long the oldest of them has waited. */
import { h, watch } from '../lib/vue.js';
import { get, path } from '../api.js';
import { count, duration, perSecond } from '../format.js';
import { t } from '../i18n.js';
import { usePolled } from '../live.js';
import { to } from '../router.js';
import DataTable from './table.js';

const SHOWN = 5;

/** Seldom: brokers look a message up for each queue. */
const EVERY_MS = 10_000;

/** `groups`: `{group, lag}`, the first most. */
export default {
  name: 'FurthestBehind',
  props: { groups: { type: Array, required: true } },
  setup(props) {
    const names = () => props.groups.slice(0, SHOWN).map(each => each.group);
    /** By the group's name; one that can't be asked for shows dashes. */
    const more = usePolled(async signal => new Map(await Promise.all(names().map(async group => [group, await lagOf(group, signal)]))), EVERY_MS);
    watch(() => JSON.stringify(names().sort()), more.reload);

    async function lagOf(group, signal) {
      try {
        return await get(path('/v1/groups/{group}/lag', { group }), { times: true }, signal);
      } catch (failure) {
        if (failure.name === 'AbortError') {
          throw failure;
        }
        return {};
      }
    }

    const known = ({ group }) => more.data.value?.get(group) ?? {};
    const dead = ({ group }, { deadLetters }) => (deadLetters ? h('a', { href: to('deadLetters', {}, { group }) }, count(deadLetters)) : count(deadLetters));

    const columns = () => [
      { key: 'group', label: t('groups.name'), cell: each => h('a', { href: to('group', { group: each.group }) }, each.group) },
      { key: 'lag', label: t('groups.lag'), number: true, cell: each => count(each.lag) },
      { key: 'waiting', label: t('group.waiting'), number: true, title: () => t('group.waitingNote'), cell: each => duration(known(each).waitingMs) },
      { key: 'rate', label: t('groups.rate'), number: true, cell: each => perSecond(known(each).consumedPerSecond) },
      { key: 'deadLetters', label: t('nav.deadLetters'), number: true, cell: each => dead(each, known(each)) },
    ];

    return () => h(DataTable, { caption: t('overview.furthest'), columns: columns(), rows: props.groups.slice(0, SHOWN), rowKey: 'group' });
  },
};
