/** Groups with dead letters; the dead letters of one; sending them again. */
import { computed, h, ref, shallowReactive, watch } from '../lib/vue.js';
import { path } from '../api.js';
import { useCommands } from '../commands.js';
import { ago, count, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { useList } from '../list.js';
import { useEvery } from '../live.js';
import { useSearch } from '../messageSearch.js';
import { route, setQuery, to } from '../router.js';
import { act } from '../components/action.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import FormField from '../components/field.js';
import ListPager from '../components/pager.js';
import MessageTable, { placeOf } from '../components/messageTable.js';
import ProblemBanner, { lineOf } from '../components/problem.js';
import ReplayDialog, { destination, toField } from '../components/replay.js';

const PAGE = 50;
const MAX_CHOSEN = 100;
const FILTERS = ['tags', 'key', 'property', 'text', 'sql'];
const REFRESH_MS = 5_000;

export default {
  name: 'DeadLettersPage',
  title: () => (route.query.group ? t('deadLetters.of', { group: route.query.group }) : t('nav.deadLetters')),
  setup: () => () => (route.query.group ? h(OfGroup, { key: route.query.group, group: route.query.group }) : h(Groups)),
};

const Groups = {
  name: 'DeadLetterGroups',
  setup() {
    const list = useList({ where: '/v1/dead-letters', rows: 'groups' });
    useEvery(list.refresh, REFRESH_MS);

    const columns = () => [
      { key: 'group', label: t('deadLetters.group'), cell: each => h('a', { href: to('deadLetters', {}, { group: each.group }) }, each.group) },
      { key: 'messages', label: t('deadLetters.messages'), number: true, cell: each => (each.problem ? lineOf(each.problem) : count(each.messages)) },
      { key: 'lastWrittenAt', label: t('deadLetters.last'), cell: each => ago(each.lastWrittenAt), title: each => exactTime(each.lastWrittenAt) },
    ];
    return () => [
      h('div', { class: 'toolbar' }, h(FormField, {
        label: t('list.filter'), type: 'search', modelValue: route.query.q ?? '', 'onUpdate:modelValue': list.filter,
        attrs: { 'data-search': '', placeholder: t('groups.filter'), autocomplete: 'off' },
      })),
      list.problem.value ? h(ProblemBanner, { problem: list.problem.value, retry: list.reload }) : null,
      h(DataTable, { caption: t('nav.deadLetters'), columns: columns(), rows: list.rows.value, rowKey: 'group', loading: list.loading.value && list.rows.value.length === 0 }, {
        empty: () => list.problem.value ? null : h(EmptyState, { title: t('deadLetters.none'), text: t('deadLetters.noneText') }),
      }),
      h(ListPager, { list }),
    ];
  },
};

const OfGroup = {
  name: 'DeadLettersOfGroup',
  props: { group: { type: String, required: true } },
  setup({ group }) {
    const filters = () => Object.fromEntries(FILTERS.map(each => [each, route.query[each]]));
    const search = useSearch(position => ({
      path: path('/v1/groups/{group}/dead-letters', { group }), query: { max: PAGE, order: 'newest', ...filters(), bodyLimit: 300, position },
    }));
    const chosen = shallowReactive(new Map());
    const places = computed(() => new Set(chosen.keys()));
    const replaying = ref(false);

    watch(() => JSON.stringify(filters()), () => {
      chosen.clear();
      search.start();
    }, { immediate: true });

    function choose(message, on) {
      if (on) {
        chosen.set(placeOf(message), message);
      } else {
        chosen.delete(placeOf(message));
      }
    }

    async function replay() {
      const picked = [...chosen.values()].slice(0, MAX_CHOSEN);
      const messages = picked.map(({ broker, queueId, offset }) => ({ broker, queueId, offset }));
      const done = await act({
        title: t('deadLetters.replay', { n: messages.length }),
        what: t('deadLetters.replayWhat', { n: messages.length }),
        fields: [
          { name: 'to', value: 'group', ...toField() },
          { name: 'topic', label: t('replay.topic'), hint: t('replay.topicHint'), show: values => values.to === 'topic' },
        ],
        request: values => ({
          method: 'POST', path: path('/v1/groups/{group}/dead-letters/replay', { group }), body: { messages, ...destination(values) },
        }),
        button: t('replay.run'),
        done: () => t('deadLetters.replayed', { n: messages.length }),
      });
      if (done) {
        // What failed stays chosen: once its cause is mended, nothing else is sent twice. Results are in the order of the request.
        picked.filter((_, i) => !done.results?.[i]?.problem).forEach(each => choose(each, false));
      }
    }

    useCommands(() => [{ title: t('deadLetters.replayAll'), run: () => { replaying.value = true; } }]);

    /** Where one came from, which the broker that buried it wrote down. */
    const origin = ({ properties }) => properties.DLQ_ORIGIN_TOPIC ?? properties.RETRY_TOPIC;
    const more = () => [
      { key: 'origin', label: t('deadLetters.origin'), cell: each => (origin(each) ? h('a', { class: 'brief', href: to('topic', { topic: origin(each) }) }, origin(each)) : count(null)) },
      { key: 'attempt', label: t('deadLetters.attempts'), number: true, cell: each => count(each.attempt - 1) },
    ];

    const field = (name, attrs = {}, classes = undefined) => h(FormField, {
      key: name, class: classes, label: t(`messages.${name}`), modelValue: route.query[name] ?? '', attrs: { autocomplete: 'off', ...attrs },
      onChange: event => setQuery({ [name]: event.target.value || null }),
    });

    return () => [
      h('div', { class: 'toolbar' }, [
        h('a', { class: 'button', href: to('deadLetters') }, `← ${t('nav.deadLetters')}`),
        h('a', { class: 'button', href: to('group', { group }) }, t('deadLetters.toGroup')),
        h('button', { type: 'button', class: 'end', disabled: chosen.size === 0 || chosen.size > MAX_CHOSEN, onClick: replay }, t(chosen.size === 0 ? 'deadLetters.replayChosen' : 'deadLetters.replay', { n: chosen.size })),
        h('button', { type: 'button', class: 'primary', onClick: () => { replaying.value = true; } }, t('deadLetters.replayAll')),
      ]),
      h('div', { class: 'toolbar' }, [
        field('tags', { size: 10 }), field('key', { size: 12 }), field('property', { size: 14, placeholder: t('messages.propertyForm') }), field('text', { size: 16, 'data-search': '' }),
        field('sql', { placeholder: t('messages.sqlForm') }, 'widest'),
      ]),
      chosen.size > MAX_CHOSEN ? h('p', { class: 'muted' }, t('deadLetters.tooMany', { n: MAX_CHOSEN })) : null,
      search.problem.value ? h(ProblemBanner, { problem: search.problem.value, retry: search.goOn }) : null,
      h(MessageTable, {
        caption: t('nav.deadLetters'), topic: `%DLQ%${group}`, rows: search.rows.value, loading: search.searching.value, chosen: places.value, more: more(), onChoose: choose,
      }, { empty: () => search.problem.value ? null : h(EmptyState, { title: t('deadLetters.noneOfGroup'), text: t('deadLetters.noneOfGroupText') }) }),
      h('div', { class: 'pager' }, [
        h('span', { class: 'muted' }, t('messages.scanned', { found: count(search.rows.value.length), scanned: count(search.scanned.value) })),
        search.rows.value.length > 0 ? h('button', { type: 'button', onClick: () => search.rows.value.slice(0, MAX_CHOSEN).forEach(each => choose(each, true)) }, t('deadLetters.chooseShown')) : null,
        search.searching.value ? h('button', { type: 'button', onClick: search.stop }, t('messages.stop'))
          : !search.complete.value ? h('button', { type: 'button', onClick: search.goOn }, t('messages.goOn')) : null,
      ]),
      replaying.value ? h(ReplayDialog, { group, query: filters(), onClose: () => { replaying.value = false; } }) : null,
    ];
  },
};
