/** What the palette offers: the pages, the settings, and what the page that is shown adds. */
import { onUnmounted, shallowReactive } from './lib/vue.js';
import { get } from './api.js';
import { LANGUAGES, setLanguage, t } from './i18n.js';
import { routes } from './nav.js';
import { go, href, to } from './router.js';
import { setTheme, THEMES } from './theme.js';

const ofPages = shallowReactive(new Set());

/** Commands `{title, run}` that the palette offers while the page that calls this is shown; give a function that makes them. */
export function useCommands(make) {
  ofPages.add(make);
  onUnmounted(() => ofPages.delete(make));
}

/** All commands, those of the page first. */
export function commands() {
  return [
    ...[...ofPages].flatMap(make => make()),
    ...routes.filter(page => page.key).map(page => ({
      title: t('palette.goTo', { page: t(page.title) }),
      keys: `g ${page.key}`,
      run: () => go(href(page.path)),
    })),
    ...THEMES.map(choice => ({ title: t('palette.theme', { theme: t(`theme.${choice}`) }), run: () => setTheme(choice) })),
    ...Object.entries(LANGUAGES).map(([code, name]) => ({ title: t('palette.language', { name }), run: () => setLanguage(code) })),
  ];
}

/** How many names of each kind the palette finds. */
const FOUND = 6;

/** Topics and groups whose name holds the text, as commands. */
export async function find(text, signal) {
  const [topics, groups] = await Promise.all([
    get('/v1/topics', { q: text, limit: FOUND }, signal),
    get('/v1/groups', { q: text, limit: FOUND }, signal),
  ]);
  const nameOf = (each, key) => (typeof each === 'string' ? each : each[key]);
  return [
    ...topics.topics.map(each => nameOf(each, 'topic')).map(topic => ({
      title: topic, kind: t('palette.topic'), run: () => go(to('topic', { topic })),
    })),
    ...groups.groups.map(each => nameOf(each, 'group')).map(group => ({
      title: group, kind: t('palette.group'), run: () => go(to('group', { group })),
    })),
  ];
}
