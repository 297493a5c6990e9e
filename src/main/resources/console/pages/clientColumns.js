/** The columns of tables of clients. */
import { h } from '../lib/vue.js';
import { ago, count, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { to } from '../router.js';

const GROUPS_SHOWN = 3;

/** Names of groups, the first few; consumer groups lead to their page. */
function groups(names, page) {
  const shown = names.slice(0, GROUPS_SHOWN).flatMap((each, i) => [
    i === 0 ? null : ', ',
    page ? h('a', { href: to('group', { group: each }) }, each) : each,
  ]);
  return h('span', names.length > GROUPS_SHOWN ? [...shown, ` +${names.length - GROUPS_SHOWN}`] : shown);
}

/** The addresses of a client, without the port: it has one connection to each broker. */
const hosts = each => [...new Set(each.connections.map(one => one.address.replace(/:\d+$/, '')))].join(', ');

const lastSeen = each => Math.max(0, ...each.connections.map(one => one.lastSeenAt ?? 0)) || null;

/** What a client is and where it is; `kind` producer or consumer leaves the other kind's groups out. */
export function clientColumns(kind = 'any') {
  return [
    {
      key: 'name', label: t('clients.id'), sortable: kind === 'any', cell: each => h('span', [
        each.clientId, each.duplicate ? [' ', h('span', { class: 'tag warning', title: t('clients.duplicateText') }, t('clients.duplicate'))] : null,
      ]),
    },
    { key: 'address', label: t('clients.address'), cell: hosts, title: each => each.connections.map(one => `${one.address} → ${one.broker}`).join('\n') },
    { key: 'language', label: t('clients.language'), cell: each => each.language ?? count(null) },
    { key: 'version', label: t('clients.version'), sortable: kind === 'any', cell: each => each.version },
    kind === 'consumer' ? null : { key: 'producerGroups', label: t('clients.producesIn'), cell: each => groups(each.producerGroups, false), title: each => each.producerGroups.join('\n') },
    kind === 'producer' ? null : { key: 'consumerGroups', label: t('clients.consumesIn'), cell: each => groups(each.consumerGroups, true), title: each => each.consumerGroups.join('\n') },
    { key: 'lastSeen', label: t('clients.lastSeen'), cell: each => ago(lastSeen(each)), title: each => exactTime(lastSeen(each)) },
  ].filter(Boolean);
}
