/** The keys that work everywhere. */
import { h } from '../lib/vue.js';
import { overlay } from '../keys.js';
import { t } from '../i18n.js';
import { routes } from '../nav.js';
import AppDialog from './dialog.js';

const key = text => h('kbd', text);

export default {
  name: 'ShortcutHelp',
  setup: () => () => h(AppDialog, { title: t('keys.title'), onClose: () => { overlay.value = null; } }, () =>
    h('dl', { class: 'shortcuts' }, [
      row([key('Ctrl'), ' ', key('K')], t('keys.palette')),
      row([key('/')], t('keys.search')),
      row([key('?')], t('keys.help')),
      row([key('Esc')], t('keys.close')),
      ...routes.filter(page => page.key).map(page => row([key('g'), ' ', key(page.key)], t(page.title))),
    ])),
};

function row(keys, text) {
  return h('div', { key: text }, [h('dt', keys), h('dd', text)]);
}
