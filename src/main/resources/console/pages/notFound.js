/** No page has this address. */
import { h } from '../lib/vue.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import EmptyState from '../components/empty.js';

export default {
  name: 'NotFound',
  title: () => t('notFound.title'),
  setup: () => () => h(EmptyState, { title: t('notFound.title'), text: t('notFound.text') },
    () => h('a', { href: href('/') }, t('notFound.home'))),
};
