/** Messages that are delivered later, soonest first. */
import { h } from '../lib/vue.js';
import { ago, bytes, count, duration, exactTime } from '../format.js';
import { t } from '../i18n.js';
import { useList } from '../list.js';
import { useEvery } from '../live.js';
import { to } from '../router.js';
import { act } from '../components/action.js';
import InfoBanner from '../components/banner.js';
import { brief } from '../components/messageTable.js';
import DataTable from '../components/table.js';
import EmptyState from '../components/empty.js';
import ListPager from '../components/pager.js';
import ProblemBanner, { lineOf } from '../components/problem.js';

const REFRESH_MS = 5_000;

export default {
  name: 'DelayedPage',
  title: () => t('nav.delayed'),
  setup() {
    const list = useList({ where: '/v1/delayed', rows: 'messages' });
    useEvery(list.refresh, REFRESH_MS);

    const brokers = () => list.answer.value?.brokers ?? [];

    async function cancel(message) {
      const { broker, topic, handle } = message;
      const done = await act({
        title: t('delayed.cancel'),
        what: t('delayed.cancelWhat', { topic, time: exactTime(message.dueAt), id: message.messageId }),
        request: () => ({ method: 'POST', path: '/v1/delayed/cancel', body: { broker, topic, handle } }),
        danger: true,
        button: t('delayed.cancel'),
      });
      if (done) {
        list.reload();
      }
    }

    const columns = () => [
      { key: 'dueAt', label: t('delayed.due'), title: each => exactTime(each.dueAt), cell: each => [h('time', { class: 'whole' }, exactTime(each.dueAt).slice(0, 19)), h('small', { class: 'muted' }, ago(each.dueAt))] },
      { key: 'by', label: t('delayed.by'), cell: each => h('span', { class: 'whole' }, each.level ? t('delayed.level', { level: each.level }) : t('delayed.timer')) },
      { key: 'topic', label: t('messages.topic'), cell: each => h('a', { class: 'brief', href: to('topic', { topic: each.topic }) }, each.topic) },
      { key: 'messageId', label: t('message.id'), cell: each => h('a', { class: 'mono whole', href: to('message', { topic: each.parkedIn, id: each.offsetMessageId }) }, each.messageId) },
      { key: 'tag', label: t('messages.tag'), cell: each => brief(each.tag ?? '') },
      { key: 'keys', label: t('messages.keys'), cell: each => brief((each.keys ?? []).join(' ')) },
      { key: 'bodyBytes', label: t('messages.size'), number: true, cell: each => bytes(each.bodyBytes) },
      { key: 'storedAt', label: t('messages.stored'), cell: each => h('span', { class: 'whole' }, ago(each.storedAt)), title: each => exactTime(each.storedAt) },
      {
        key: 'actions', label: t('table.actions'), number: true, bare: true, cell: each => each.handle
          ? h('button', { type: 'button', class: 'quiet', onClick: () => cancel(each) }, t('delayed.cancel'))
          : h('span', { class: 'muted whole', title: t('delayed.noCancelText') }, t('delayed.noCancel')),
      },
    ];

    const tallies = () => h('dl', { class: 'tallies' }, brokers().filter(each => each.told).flatMap(each => [
      h('dt', { key: each.broker }, each.broker),
      h('dd', { key: `${each.broker} timers` }, [h('b', count(each.timers)), ' ', t('delayed.timers')]),
      ...each.levels.map(level => h('dd', { key: `${each.broker} ${level.level}` },
        [h('b', count(level.waiting)), ' ', t('delayed.level', { level: level.level }), ', ', t('delayed.after', { time: duration(level.delayMs) })])),
    ]));

    return () => [
      ...untold(brokers()),
      list.problem.value ? h(ProblemBanner, { problem: list.problem.value, retry: list.reload }) : null,
      tallies(),
      h(DataTable, { caption: t('nav.delayed'), columns: columns(), rows: list.rows.value, rowKey: each => each.broker + each.offsetMessageId, loading: list.loading.value && list.rows.value.length === 0 }, {
        empty: () => list.problem.value || list.hasNext.value || noneTells(brokers()) ? null : h(EmptyState, { title: t('delayed.none'), text: t('delayed.noneText') }, () => h('a', { href: to('produce') }, t('messages.send'))),
      }),
      h(ListPager, { list }),
    ];
  },
};

/** Whether nobody knows what waits. */
export const noneTells = brokers => brokers.length > 0 && brokers.every(each => !each.told);

/** Says which brokers don't tell what waits at them. */
export function untold(brokers) {
  return brokers.filter(each => !each.told).map(each => h(InfoBanner, {
    key: each.broker, level: 'warning', title: t('delayed.untold', { broker: each.broker }),
    text: each.problem?.status === 501 ? t('delayed.untoldApache') : each.problem ? lineOf(each.problem) : '',
  }));
}
