/** A page whose address is known and whose content is not written yet; goes when the last one is. */
import { h } from '../lib/vue.js';
import { t } from '../i18n.js';
import EmptyState from './empty.js';

export const unbuilt = name => ({
  name,
  title: () => t(`nav.${name}`),
  setup: () => () => h(EmptyState, { title: t('unbuilt.title'), text: t('unbuilt.text') }, () => h('a', { href: '/docs' }, '/docs')),
});
