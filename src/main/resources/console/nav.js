/** The pages: their addresses, the module that shows each, and where they stand in the navigation. */

/**
 * A page. `key` follows `g` to go there; one without is reached from others, and `under` is what the navigation marks then.
 * Its title is the text `nav.NAME`.
 */
function page(name, path, load, key = null, under = name) {
  const keys = [...path.matchAll(/:(\w+)/g)].map(match => match[1]);
  const pattern = new RegExp('^' + path.replace(/:\w+/g, '([^/]+)') + '$');
  return { name, path, load, key, under, pattern, keys, title: `nav.${name}` };
}

const all = [
  page('overview', '/', () => import('./pages/overview.js'), 'o'),
  page('cluster', '/cluster', () => import('./pages/cluster.js'), 'b'),
  page('topics', '/topics', () => import('./pages/topics.js'), 't'),
  page('topic', '/topics/:topic', () => import('./pages/topic.js'), null, 'topics'),
  page('groups', '/groups', () => import('./pages/groups.js'), 'c'),
  page('group', '/groups/:group', () => import('./pages/group.js'), null, 'groups'),
  page('clients', '/clients', () => import('./pages/clients.js'), 'l'),
  page('messages', '/messages', () => import('./pages/messages.js'), 'm'),
  page('message', '/messages/:topic/:id', () => import('./pages/message.js'), null, 'messages'),
  page('deadLetters', '/dead-letters', () => import('./pages/dead-letters.js'), 'd'),
  page('delayed', '/delayed', () => import('./pages/delayed.js'), 'w'),
  page('transactions', '/transactions', () => import('./pages/transactions.js'), 'x'),
  page('produce', '/produce', () => import('./pages/produce.js'), 'p'),
];

/** All pages, in the order of the navigation. */
export const routes = all;

/** The navigation: groups of pages under a heading. */
export const sections = [
  { title: 'nav.service', pages: ['overview', 'cluster'] },
  { title: 'nav.resources', pages: ['topics', 'groups', 'clients'] },
  { title: 'nav.messageWork', pages: ['messages', 'produce', 'deadLetters', 'delayed', 'transactions'] },
];

/** A page by its name. */
export const pageOf = name => all.find(each => each.name === name);
