/** Looking through a topic: by time and filter, by key, by id, and live. */
import { computed, h, onUnmounted, ref, watch } from '../lib/vue.js';
import { get, mqadmin, path } from '../api.js';
import { useCommands } from '../commands.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import { useSearch } from '../messageSearch.js';
import { go, route, setQuery, to } from '../router.js';
import { RequestForms } from '../components/code.js';
import EmptyState from '../components/empty.js';
import FormField from '../components/field.js';
import MessageTable from '../components/messageTable.js';
import ProblemBanner from '../components/problem.js';
import LiveTail from '../components/tail.js';
import TopicField from '../components/topicField.js';

const MODES = ['browse', 'key', 'id', 'tail'];
const FILTERS = ['tags', 'key', 'property', 'text', 'sql'];
const PAGE = 50;
const START_OF_BODY = 300;
const TAIL_RATE = 20;

export default {
  name: 'MessagesPage',
  title: () => t('nav.messages'),
  setup() {
    const query = () => route.query;
    const mode = computed(() => (MODES.includes(query().mode) ? query().mode : 'browse'));
    const topic = ref(query().topic ?? '');
    const id = ref('');
    const problem = ref(null);
    let finding = null;
    const filters = () => Object.fromEntries(FILTERS.map(each => [each, query()[each]]));

    function request(position) {
      const where = { topic: query().topic };
      if (mode.value === 'key') {
        return { path: path('/v1/topics/{topic}/search', where), query: { key: query().key, bodyLimit: START_OF_BODY } };
      }
      return {
        path: path('/v1/topics/{topic}/messages', where),
        query: {
          max: PAGE, order: query().order === 'oldest' ? undefined : 'newest', from: query().from, until: query().until, queue: query().queue,
          ...filters(), bodyLimit: START_OF_BODY, position,
        },
      };
    }
    const tail = () => ({
      stream: true,
      path: path('/v1/topics/{topic}/tail', { topic: query().topic }),
      query: { ...filters(), rate: TAIL_RATE, bodyLimit: START_OF_BODY },
    });

    const search = useSearch(request);

    watch(() => query().topic, now => { topic.value = now ?? ''; });
    watch(() => JSON.stringify(query()), () => {
      search.clear();
      if (query().topic && (mode.value === 'browse' || (mode.value === 'key' && query().key))) {
        search.start();
      }
    }, { immediate: true });

    /** The topic that is typed goes along: whoever fills in a form from its beginning has not pressed its button yet. */
    const change = changes => setQuery({ topic: topic.value.trim(), ...changes });

    function submit(event) {
      event.preventDefault();
      if (mode.value === 'id') {
        find();
      } else if (topic.value.trim() === query().topic && mode.value !== 'tail') {
        search.start();
      } else {
        change({});
      }
    }

    /** The page of a message shows all of it; here only whether there is one. */
    async function find() {
      const where = { topic: topic.value.trim(), id: id.value.trim() };
      finding?.abort();
      finding = new AbortController();
      const { signal } = finding;
      problem.value = null;
      try {
        const found = await get(path('/v1/topics/{topic}/messages/{id}', where), { bodyLimit: 0 }, signal);
        go(to('message', { topic: where.topic, id: found.messages.length === 1 ? found.messages[0].offsetMessageId : where.id }));
      } catch (failure) {
        // One that waits for its time is in no topic yet; its trace tells where it is.
        const trace = await get(path('/v1/topics/{topic}/messages/{id}/trace', where), {}, signal).catch(() => null);
        if (trace) {
          go(to('message', where));
        } else if (!signal.aborted) {
          problem.value = failure;
        }
      }
    }

    onUnmounted(() => finding?.abort());

    useCommands(() => MODES.map(each => ({ title: t(`messages.mode.${each}`), run: () => change({ mode: each }) })));

    const field = (name, more = {}) => h(FormField, {
      key: name, class: more.class, label: t(`messages.${name}`), modelValue: query()[name] ?? more.usual ?? '', hint: more.hint ?? '', type: more.type ?? 'text', options: more.options ?? [],
      attrs: { autocomplete: 'off', spellcheck: false, ...more.attrs },
      // Not at each letter: a search is work for the brokers.
      ...(more.now ? { 'onUpdate:modelValue': value => change({ [name]: value === '' ? null : value }) } : {}),
      ...(more.now ? {} : { onChange: event => change({ [name]: event.target.value || null }) }),
    });
    const time = name => h(FormField, {
      key: name, label: t(`messages.${name}`), type: 'datetime', lazy: true, modelValue: /^\d+$/.test(query()[name] ?? '') ? Number(query()[name]) : '',
      'onUpdate:modelValue': value => change({ [name]: value || null }),
    });

    function fields() {
      switch (mode.value) {
        case 'key': return [field('key', { attrs: { 'data-search': '', required: true } })];
        case 'id': return [h(FormField, {
          key: 'id', label: t('messages.id'), required: true, modelValue: id.value,
          'onUpdate:modelValue': value => { id.value = value; }, attrs: { size: 36, autocomplete: 'off', spellcheck: false, 'data-search': '' },
        })];
        case 'tail': return filterFields();
        default: return [
          field('order', { type: 'select', now: true, usual: 'newest', options: ['newest', 'oldest'].map(value => ({ value, label: t(`messages.order.${value}`) })) }),
          time('from'), time('until'), field('queue', { attrs: { placeholder: 'broker-a:0', size: 12 } }), ...filterFields(),
        ];
      }
    }
    const filterFields = () => [
      field('tags', { attrs: { placeholder: 'a || b', size: 10 } }), field('key', { attrs: { size: 12 } }),
      field('property', { attrs: { placeholder: t('messages.propertyForm'), size: 14 } }), field('text', { attrs: { 'data-search': '', size: 16 } }),
      field('sql', { class: 'widest', attrs: { placeholder: t('messages.sqlForm') } }),
    ];

    function results() {
      if (!query().topic) {
        return h(EmptyState, { title: t('messages.noTopic'), text: t('messages.noTopicText') }, () => h('a', { href: to('topics') }, t('nav.topics')));
      }
      if (mode.value === 'tail') {
        return h(LiveTail, { key: query().topic, topic: query().topic, request: tail() });
      }
      if (mode.value === 'id') {
        return h('p', { class: 'muted' }, t('messages.idHint'));
      }
      return [
        search.problem.value ? h(ProblemBanner, { problem: search.problem.value, retry: search.goOn }) : null,
        h(MessageTable, { caption: t('nav.messages'), topic: query().topic, rows: search.rows.value, loading: search.searching.value }, {
          empty: () => search.problem.value || !search.started.value ? null : h(EmptyState, { title: t('messages.none'), text: t(search.complete.value ? 'messages.noneText' : 'messages.noneYet') },
            () => h('a', { href: to('produce', {}, { topic: query().topic }) }, t('messages.send'))),
        }),
        foot(),
      ];
    }

    function foot() {
      return h('div', { class: 'pager' }, [
        h('span', { class: 'muted', role: 'status' }, mode.value === 'browse'
          ? t('messages.scanned', { found: count(search.rows.value.length), scanned: count(search.scanned.value) }) : t('pager.shown', { n: count(search.rows.value.length) })),
        search.searching.value
          ? h('button', { type: 'button', onClick: search.stop }, t('messages.stop'))
          : !search.complete.value ? h('button', { type: 'button', onClick: search.goOn }, t('messages.goOn')) : null,
      ]);
    }

    const command = () => (mode.value === 'key' && query().key ? mqadmin('queryMsgByKey', { t: query().topic, k: query().key }) : '');

    return () => [
      h('div', { class: 'segments modes', role: 'group', 'aria-label': t('messages.modes') }, MODES.map(each => h('button', {
        key: each, type: 'button', 'aria-pressed': mode.value === each ? 'true' : 'false', onClick: () => change({ mode: each === 'browse' ? null : each }),
      }, t(`messages.mode.${each}`)))),
      h('form', { class: 'toolbar', onSubmit: submit }, [
        h(TopicField, { label: t('messages.topic'), modelValue: topic.value, required: true, 'onUpdate:modelValue': value => { topic.value = value; } }),
        ...fields(),
        h('button', { type: 'submit', class: 'primary' }, t(mode.value === 'tail' ? 'messages.follow' : 'messages.search')),
      ]),
      problem.value ? h(ProblemBanner, { problem: problem.value }) : null,
      results(),
      query().topic && mode.value !== 'id' ? h('details', [
        h('summary', t('messages.asCommand')),
        h(RequestForms, { request: mode.value === 'tail' ? tail() : request(), mqadmin: command() }),
      ]) : null,
    ];
  },
};
