/** The members of a group: who they are, what each subscribes to, and which queues it has. */
import { h } from '../lib/vue.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import { route, setQuery, to } from '../router.js';
import EmptyState from '../components/empty.js';
import PagedTable from '../components/paged.js';

const SHOWN = 3;

export default {
  name: 'GroupMembers',
  props: {
    group: { type: String, required: true },
    members: { type: Array, required: true },
    loading: Boolean,
  },
  setup(props) {
    const look = clientId => setQuery({ member: route.query.member === clientId ? null : clientId });

    const id = each => h('span', [
      h('button', { type: 'button', class: 'link', 'aria-expanded': route.query.member === each.clientId ? 'true' : 'false', onClick: () => look(each.clientId) }, each.clientId),
      each.duplicate ? [' ', h('span', { class: 'tag warning' }, t('clients.duplicate'))] : null,
    ]);

    /** The retry topic is every member's; nobody asked for it. */
    const own = each => (each.subscriptions ?? []).filter(one => !one.topic.startsWith('%RETRY%'));

    const wish = one => [
      h('a', { href: to('topic', { topic: one.topic }) }, one.topic), ' ',
      h('span', { class: 'mono' }, one.expression ?? '*'),
      one.type === 'TAG' ? null : h('span', { class: 'tag' }, one.type),
    ];

    function subscriptions(each) {
      if (each.subscriptions === null) {
        return count(null);
      }
      const all = own(each);
      return h('div', [
        ...all.slice(0, SHOWN).map(one => h('div', { key: one.topic }, wish(one))),
        all.length > SHOWN ? h('div', { class: 'muted' }, t('group.more', { n: all.length - SHOWN })) : null,
      ]);
    }

    const columns = () => [
      { key: 'id', label: t('clients.id'), cell: id, order: each => each.clientId },
      { key: 'address', label: t('clients.address'), cell: each => [...new Set(each.connections.map(one => one.address))].slice(0, 2).join(', '), title: each => each.connections.map(one => `${one.address} → ${one.broker}`).join('\n') },
      { key: 'language', label: t('clients.language'), cell: each => `${each.language ?? count(null)} ${each.version}` },
      { key: 'subscriptions', label: t('group.subscribes'), cell: subscriptions },
      { key: 'queues', label: t('group.hasQueues'), number: true, cell: each => count(each.queues?.length), title: each => (each.queues === null ? t('group.notSaid') : undefined), order: each => each.queues?.length },
      { key: 'cached', label: t('group.cached'), number: true, cell: each => count(each.queues?.reduce((all, one) => all + (one.cachedMessages ?? one.unacknowledged ?? 0), 0)) },
    ];

    return () => h(PagedTable, { caption: t('group.members'), columns: columns(), rows: props.members, rowKey: 'clientId', loading: props.loading }, {
      empty: () => h(EmptyState, { title: t('group.noMembers'), text: t('group.noMembersText') }),
    });
  },
};
