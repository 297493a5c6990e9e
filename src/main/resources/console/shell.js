/** What stands around every page: the navigation, the head, and what lies over it. */
import { h, markRaw, nextTick, onErrorCaptured, ref, shallowRef, watch } from './lib/vue.js';
import { ActionHost, tell } from './components/action.js';
import AppDialog from './components/dialog.js';
import LoginForm from './components/login.js';
import CommandPalette from './components/palette.js';
import ProblemBanner, { lineOf } from './components/problem.js';
import ShortcutHelp from './components/shortcuts.js';
import { language, LANGUAGES, setLanguage, t } from './i18n.js';
import { overlay } from './keys.js';
import { pageOf, sections } from './nav.js';
import notFound from './pages/notFound.js';
import { arrive, href, route, wanted } from './router.js';
import { mustSignIn, session, signOut } from './session.js';
import { nextTheme, theme } from './theme.js';

const LOGO = new URL('icon.svg', import.meta.url).href;

export default {
  name: 'AppShell',
  setup() {
    const shown = shallowRef(null);
    const shownAt = ref('');
    const failure = ref(null);
    const menu = ref(false);

    watch(() => wanted.value.path, async () => {
      const { page, path } = wanted.value;
      menu.value = false;
      failure.value = null;
      try {
        const module = page ? (await page.load()).default : notFound;
        if (wanted.value.path === path) {
          arrive();
          shown.value = markRaw(module);
          const first = shownAt.value === '';
          shownAt.value = path;
          if (!first) {
            await nextTick();
            announce();
          }
        }
      } catch (cause) {
        failure.value = { title: t('shell.noPage'), message: cause.message, cure: t('shell.noPageCure') };
      }
    }, { immediate: true });

    watch([shown, language, () => route.path], () => {
      document.title = `${shown.value?.title() ?? ''} · ApogeeMQ`;
    });

    onErrorCaptured(cause => {
      console.error(cause);
      failure.value = { title: t('shell.broken'), message: cause.message, cure: t('shell.brokenCure') };
      return false;
    });

    /** Readers who hear the page are told that it is another one; who uses the keyboard starts at its beginning. */
    function announce() {
      if (!document.querySelector('dialog[open]')) {
        document.querySelector('main h1').focus();
      }
    }

    async function leave() {
      try {
        await signOut();
      } catch (failure) {
        tell(lineOf(failure));
      }
    }

    function link(name) {
      const page = pageOf(name);
      const here = route.page?.under === name;
      return h('li', { key: name }, h('a', { href: href(page.path), class: { here }, 'aria-current': here ? 'page' : undefined }, t(page.title)));
    }

    const navigation = () => h('nav', { id: 'navigation', class: ['navigation', { open: menu.value }], 'aria-label': t('shell.navigation') },
      sections.map(section => h('section', { key: section.title }, [h('h2', t(section.title)), h('ul', section.pages.map(link))])));

    const head = () => h('header', { class: 'top' }, [
      h('button', {
        type: 'button', class: 'quiet menu', 'aria-expanded': menu.value ? 'true' : 'false', 'aria-controls': 'navigation',
        'aria-label': t('shell.navigation'), onClick: () => { menu.value = !menu.value; },
      }, '☰'),
      h('a', { href: '#/', class: 'brand' }, [h('img', { src: LOGO, alt: '', width: 20, height: 20 }), h('span', 'ApogeeMQ')]),
      h('button', { type: 'button', class: 'search-all', onClick: () => { overlay.value = 'palette'; } },
        [h('span', t('palette.open')), h('kbd', 'Ctrl K')]),
      h('select', {
        'aria-label': t('shell.language'), value: language.value, onChange: event => setLanguage(event.target.value),
      }, Object.entries(LANGUAGES).map(([code, name]) => h('option', { key: code, value: code, selected: code === language.value }, name))),
      session.account ? h('button', { type: 'button', class: 'quiet', title: session.account, onClick: leave }, t('login.out')) : null,
      h('button', { type: 'button', class: 'quiet', onClick: nextTheme, title: t('shell.theme') }, [h('span', { 'aria-hidden': 'true' }, '◐ '), t(`theme.${theme.value}`)]),
      h('button', { type: 'button', class: 'quiet', onClick: () => { overlay.value = 'shortcuts'; }, 'aria-label': t('keys.title') }, '?'),
    ]);

    /** Nobody has signed in yet. Where a session ended, its page stays, and the form lies over it. */
    const closed = () => mustSignIn.value && !session.refused;

    const page = () => {
      if (closed()) {
        return h(LoginForm);
      }
      if (failure.value) {
        return h(ProblemBanner, { problem: failure.value, retry: () => window.location.reload() });
      }
      return shown.value ? h(shown.value, { key: `${session.reader} ${shownAt.value}` }) : h('div', { class: 'skeleton block' });
    };

    return () => [
      h('a', { class: 'skip', href: '#main', onClick: event => { event.preventDefault(); document.getElementById('main').focus(); } }, t('shell.skip')),
      head(),
      h('div', { class: 'columns' }, [
        navigation(),
        h('main', { id: 'main', tabindex: -1 }, [h('h1', { tabindex: -1 }, closed() ? t('login.title') : shown.value?.title() ?? ''), page()]),
      ]),
      h(ActionHost),
      overlay.value === 'palette' ? h(CommandPalette) : null,
      overlay.value === 'shortcuts' ? h(ShortcutHelp) : null,
      session.refused ? h(AppDialog, { title: t('login.title'), held: true }, () => h(LoginForm)) : null,
    ];
  },
};
