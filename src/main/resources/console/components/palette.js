/** The palette: type a few letters of a page, a setting, a topic or a group, and Enter goes there. */
import { computed, h, onMounted, onUnmounted, ref, shallowRef, useId, watch } from '../lib/vue.js';
import { commands, find } from '../commands.js';
import { overlay } from '../keys.js';
import { t } from '../i18n.js';
import AppDialog from './dialog.js';

const QUIET_MS = 150;
const SHOWN = 12;

export default {
  name: 'CommandPalette',
  setup() {
    const input = ref(null);
    const text = ref('');
    const chosen = ref(0);
    const found = shallowRef([]);
    const listId = useId();
    let timer = 0;
    let asking = null;

    const matches = computed(() => {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const own = commands().filter(each => words.every(word => each.title.toLowerCase().includes(word)));
      return [...own, ...found.value].slice(0, SHOWN);
    });

    watch(text, wanted => {
      chosen.value = 0;
      clearTimeout(timer);
      asking?.abort();
      found.value = [];
      if (wanted.trim()) {
        timer = setTimeout(() => search(wanted.trim()), QUIET_MS);
      }
    });

    async function search(wanted) {
      const mine = new AbortController();
      asking = mine;
      try {
        found.value = await find(wanted, mine.signal);
      } catch {
        found.value = []; // the page behind shows what is wrong with the gateway
      }
    }

    function run(command) {
      overlay.value = null;
      command?.run();
    }

    function pressed(event) {
      if (event.isComposing) {
        return; // the key is the input method's
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        chosen.value = (chosen.value + step + matches.value.length) % Math.max(1, matches.value.length);
      } else if (event.key === 'Enter') {
        event.preventDefault();
        run(matches.value[chosen.value]);
      }
    }

    onMounted(() => input.value.focus());
    onUnmounted(() => {
      clearTimeout(timer);
      asking?.abort();
    });

    return () => h(AppDialog, { title: t('palette.title'), bare: true, onClose: () => { overlay.value = null; } }, () => [
      h('input', {
        ref: input, class: 'palette-input', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': listId,
        'aria-activedescendant': matches.value.length ? `${listId}-${chosen.value}` : undefined,
        'aria-label': t('palette.title'), placeholder: t('palette.placeholder'), value: text.value,
        onInput: event => { text.value = event.target.value; }, onKeydown: pressed,
      }),
      h('ul', { id: listId, class: 'palette-list', role: 'listbox', 'aria-label': t('palette.title') }, matches.value.map((each, i) =>
        h('li', {
          id: `${listId}-${i}`, key: `${each.kind ?? ''}${each.title}`, role: 'option', 'aria-selected': i === chosen.value ? 'true' : 'false',
          onClick: () => run(each), onMousemove: () => { chosen.value = i; },
        }, [each.title, h('span', { class: 'muted' }, each.kind ?? each.keys ?? '')]))),
      matches.value.length === 0 ? h('p', { class: 'muted palette-none' }, t('palette.none')) : null,
    ]);
  },
};
