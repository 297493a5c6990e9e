/** Transactions that nobody has decided, oldest first. */
import { h } from '../lib/vue.js';
import { ago, count, duration, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { useList } from '../list.js';
import { useEvery } from '../live.js';
import { to } from '../router.js';
import { act } from '../components/action.js';
import { brief } from '../components/messageTable.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import ListPager from '../components/pager.js';
import ProblemBanner from '../components/problem.js';
import { noneTells, untold } from './delayed.js';

/** The topic of those that a broker has asked about too often. */
export const GIVEN_UP = 'TRANS_CHECK_MAX_TIME_TOPIC';

const REFRESH_MS = 5_000;

export default {
  name: 'TransactionsPage',
  title: () => t('nav.transactions'),
  setup() {
    const list = useList({ where: '/v1/transactions', rows: 'transactions' });
    useEvery(list.refresh, REFRESH_MS);

    const brokers = () => list.answer.value?.brokers ?? [];
    const checkMax = broker => brokers().find(each => each.broker === broker)?.checkMax;

    async function check(open) {
      const { broker, offsetMessageId, group } = open;
      const done = await act({
        title: t('transactions.check'),
        what: t(open.producers > 0 ? 'transactions.checkWhat' : 'transactions.checkNobody', { group, n: open.producers }),
        request: () => ({ method: 'POST', path: '/v1/transactions/check', body: { broker, offsetMessageId } }),
        button: t('transactions.check'),
      });
      if (done) {
        list.reload();
      }
    }

    const columns = () => [
      { key: 'storedAt', label: t('transactions.age'), cell: each => h('span', { class: 'whole' }, duration(Date.now() - each.storedAt)), title: each => exactTime(each.storedAt) },
      { key: 'group', label: t('transactions.group'), title: each => each.bornHost, cell: each => brief(each.group) },
      {
        key: 'producers', label: t('transactions.producers'), number: true,
        cell: each => (each.producers > 0 ? count(each.producers) : h('span', { class: 'tag warning' }, t('transactions.nobody'))),
      },
      { key: 'checks', label: t('transactions.checks'), number: true, cell: each => t('transactions.checksOf', { n: count(each.checks), max: count(checkMax(each.broker)) }) },
      { key: 'next', label: t('transactions.next'), cell: each => h('span', { class: 'whole' }, each.ending ? t('transactions.ending') : ago(Date.now() + each.nextCheckMs)) },
      { key: 'topic', label: t('messages.topic'), cell: each => h('a', { class: 'brief', href: to('topic', { topic: each.topic }) }, each.topic) },
      { key: 'messageId', label: t('message.id'), cell: each => h('a', { class: 'mono whole', href: to('message', { topic: 'RMQ_SYS_TRANS_HALF_TOPIC', id: each.offsetMessageId }) }, each.messageId) },
      { key: 'keys', label: t('messages.keys'), cell: each => brief((each.keys ?? []).join(' ')) },
      { key: 'actions', label: t('table.actions'), number: true, bare: true, cell: each => h('button', { type: 'button', class: 'quiet', disabled: each.ending, onClick: () => check(each) }, t('transactions.check')) },
    ];

    return () => [
      ...untold(brokers()),
      list.problem.value ? h(ProblemBanner, { problem: list.problem.value, retry: list.reload }) : null,
      h('dl', { class: 'tallies' }, brokers().filter(each => each.told).flatMap(each => [
        h('dt', { key: each.broker }, each.broker), h('dd', { key: `${each.broker} open` }, [h('b', count(each.open)), ' ', t('transactions.open')]),
      ])),
      h(DataTable, { caption: t('nav.transactions'), columns: columns(), rows: list.rows.value, rowKey: each => each.broker + each.offsetMessageId, loading: list.loading.value && list.rows.value.length === 0 }, {
        empty: () => list.problem.value || noneTells(brokers()) ? null : h(EmptyState, { title: t('transactions.none'), text: t('transactions.noneText') }),
      }),
      h(ListPager, { list }),
      h('p', h('a', { href: to('messages', {}, { topic: GIVEN_UP }) }, t('transactions.givenUp'))),
    ];
  },
};
