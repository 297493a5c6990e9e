/** One message: where it is, its properties and body, and what became of it. */
import { h } from '../lib/vue.js';
import { get, mqadmin, path } from '../api.js';
import { useCommands } from '../commands.js';
import { ago, bytes, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { useLoaded } from '../live.js';
import { go, route, to } from '../router.js';
import { act } from '../components/action.js';
import BodyView from '../components/body.js';
import { RequestForms } from '../components/code.js';
import InfoBanner from '../components/banner.js';
import ProblemBanner from '../components/problem.js';
import MessageTrace from '../components/trace.js';
import { GIVEN_UP } from './transactions.js';

const DLQ = '%DLQ%';

export default {
  name: 'MessagePage',
  title: () => t('nav.message'),
  setup() {
    const { topic, id } = route.params;
    const request = { path: path('/v1/topics/{topic}/messages/{id}', { topic, id }), query: { as: 'base64' } };
    const found = useLoaded(signal => get(request.path, request.query, signal));
    const trace = useLoaded(signal => get(path('/v1/topics/{topic}/messages/{id}/trace', { topic, id }), {}, signal));
    /** The group that gave it up. */
    const dead = topic.startsWith(DLQ) ? topic.slice(DLQ.length) : null;
    const again = to('produce', {}, { topic, from: id });

    const reopen = ({ broker, offsetMessageId }) => act({
      title: t('transactions.reopen'),
      what: t('transactions.reopenWhat'),
      request: () => ({ method: 'POST', path: '/v1/transactions/check', body: { broker, offsetMessageId } }),
    });

    useCommands(() => [{ title: t('message.resend'), run: () => go(again) }]);

    function facts(message) {
      const pairs = [
        [t('messages.topic'), h('a', { href: to('messages', {}, { topic }) }, topic)],
        [t('message.id'), h('code', message.messageId)],
        [t('message.offsetId'), h('code', message.offsetMessageId)],
        [t('messages.place'), h('a', { href: to('messages', {}, { topic, queue: `${message.broker}:${message.queueId}`, from: `offset:${message.offset}`, order: 'oldest' }) },
          `${message.broker} · ${message.queueId} · ${message.offset}`)],
        [t('messages.tag'), message.tag],
        [t('messages.keys'), (message.keys ?? []).map((key, i) => [i > 0 ? ' ' : '', h('a', { href: to('messages', {}, { topic, mode: 'key', key }) }, key)])],
        [t('message.orderKey'), message.orderKey],
        dead === null ? [t('message.attempt'), message.attempt] : [t('deadLetters.attempts'), message.attempt - 1],
        [t('message.born'), time(message.bornAt)],
        [t('message.bornHost'), message.bornHost],
        [t('messages.stored'), time(message.storedAt)],
        [t('message.storedBytes'), bytes(message.storedBytes)],
      ];
      return h('dl', { class: 'pairs' }, pairs.filter(([, value]) => value !== undefined && value !== null && String(value) !== '')
        .flatMap(([name, value]) => [h('dt', { key: name }, name), h('dd', value)]));
    }

    /** An id of a client looks like one of a broker, in which an address stands: what was found says which it is. */
    function command() {
      return found.data.value?.messages[0]?.offsetMessageId === id
        ? mqadmin('queryMsgById', { i: id }) : mqadmin('queryMsgByUniqueKey', { t: topic, i: id });
    }

    const time = ms => h('time', { title: ago(ms) }, exactTime(ms));

    function properties(message) {
      const all = Object.entries(message.properties).sort(([a], [b]) => a.localeCompare(b));
      return all.length === 0 ? h('p', { class: 'muted' }, t('message.noProperties'))
        : h('dl', { class: 'pairs' }, all.flatMap(([name, value]) => [h('dt', { key: name, class: 'mono' }, name), h('dd', { class: 'mono' }, value)]));
    }

    const panels = (message, i) => h('div', { key: i, class: 'split' }, [
      h('section', { class: 'panel' }, [h('h2', t('message.facts')), facts(message), h('h2', t('message.properties')), properties(message)]),
      h('section', { class: 'panel' }, [h('h2', t('messages.body')), h(BodyView, { message })]),
    ]);

    function traced() {
      return h('section', { class: 'panel' }, [
        h('h2', t('message.trace')),
        trace.problem.value ? h(ProblemBanner, { problem: trace.problem.value, retry: trace.reload })
          : trace.data.value ? h(MessageTrace, { trace: trace.data.value }) : h('div', { class: 'skeleton block' }),
      ]);
    }

    function content() {
      const messages = found.data.value?.messages ?? [];
      // A delayed message is in no topic yet: its trace says where it waits.
      const waits = trace.data.value?.stored.length === 0;
      return [
        found.problem.value && !waits ? h(ProblemBanner, { problem: found.problem.value, retry: found.reload }) : null,
        waits ? h(InfoBanner, { title: t('message.waits'), text: t('message.waitsText') }) : null,
        messages.length > 1 ? h(InfoBanner, { level: 'warning', title: t('message.several', { n: messages.length }), text: t('message.severalText') }) : null,
        found.loading.value ? h('div', { class: 'skeleton block' }) : messages.map(panels),
      ];
    }

    return () => [
      h('div', { class: 'toolbar' }, [
        dead === null ? h('a', { class: 'button', href: to('messages', {}, { topic }) }, t('message.others', { topic }))
          : h('a', { class: 'button', href: to('deadLetters', {}, { group: dead }) }, `← ${t('deadLetters.of', { group: dead })}`),
        h('button', { type: 'button', class: 'end', onClick: () => { found.reload(); trace.reload(); } }, t('message.reload')),
        topic === GIVEN_UP && found.data.value ? h('button', { type: 'button', onClick: () => reopen(found.data.value.messages[0]) }, t('transactions.reopen')) : null,
        found.data.value ? h('a', { class: 'button primary', href: again }, t('message.resend')) : null,
      ]),
      ...content(),
      traced(),
      h('details', [
        h('summary', t('messages.asCommand')),
        h(RequestForms, { request, mqadmin: command() }),
      ]),
    ];
  },
};
