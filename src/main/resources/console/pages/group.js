/** One consumer group: who is in it, how far it is behind in messages and in time, and moving it. */
import { h } from '../lib/vue.js';
import { changeGroup, deleteGroup } from '../actions/groups.js';
import { get, path } from '../api.js';
import { useCommands } from '../commands.js';
import { count, duration, perSecond } from '../format.js';
import { t } from '../i18n.js';
import { usePolled } from '../live.js';
import { go, href, route } from '../router.js';
import { howOf } from './groups.js';
import GroupMembers from './groupMembers.js';
import GroupQueues from './groupQueues.js';
import MemberInfo from './memberInfo.js';
import EmptyState from '../components/empty.js';
import FigureList from '../components/figures.js';
import InfoBanner from '../components/banner.js';
import ProblemBanner from '../components/problem.js';

const LAG_MS = 5_000;
const MEMBERS_MS = 10_000;
const SETTINGS_MS = 30_000;

export default {
  name: 'GroupPage',
  title: () => route.params.group ?? t('nav.group'),
  setup() {
    const { group } = route.params;
    const where = path('/v1/groups/{group}', { group });
    const settings = usePolled(signal => get(where, {}, signal), SETTINGS_MS);
    const lag = usePolled(signal => get(`${where}/lag`, { times: true }, signal), LAG_MS);
    const members = usePolled(signal => get(`${where}/members`, { details: true }, signal), MEMBERS_MS);

    const change = async () => (await changeGroup(settings.data.value)) && settings.reload();
    const remove = async () => (await deleteGroup(group)) && go(href('/groups'));
    useCommands(() => [
      ...(settings.data.value ? [{ title: t('group.change', { group }), run: change }] : []),
      { title: t('groups.deleteTitle', { group }), run: remove },
    ]);

    const toolbar = () => h('div', { class: 'toolbar' }, [
      h('a', { class: 'button', href: href('/dead-letters', { group }) }, t('nav.deadLetters')),
      h('a', { class: 'button', href: href('/clients', { group }) }, t('group.clients')),
      h('button', { type: 'button', class: 'end', disabled: !settings.data.value, onClick: change }, t('group.edit')),
      h('button', { type: 'button', class: 'danger', onClick: remove }, t('groups.delete')),
    ]);

    function figures() {
      const behind = lag.data.value ?? {};
      const online = members.data.value;
      return h(FigureList, {
        figures: [
          { label: t('groups.members'), value: count(online?.members.length), note: online?.members.length ? howOf(online) : online ? t('groups.offline') : '' },
          { label: t('groups.lag'), value: count(behind.lag), note: t('group.lagNote'), level: behind.lag > 0 && online?.members.length === 0 ? 'warning' : undefined },
          { label: t('group.waiting'), value: duration(behind.waitingMs), note: t('group.waitingNote') },
          { label: t('groups.rate'), value: perSecond(behind.consumedPerSecond), note: t('time.lastMinute') },
          { label: t('groups.retries'), value: count(behind.retries), note: t('group.retriesNote') },
          { label: t('nav.deadLetters'), value: count(behind.deadLetters), note: settings.data.value ? t('group.maxRetriesNote', { n: settings.data.value.maxRetries }) : '', level: behind.deadLetters > 0 ? 'warning' : undefined },
        ],
      });
    }

    const warning = each => h(InfoBanner, {
      key: each.kind + each.clientIds.join(), level: 'warning', title: t(`group.warning.${each.kind}`),
      text: each.kind === 'subscription-mismatch'
        ? each.clientIds.map((id, i) => t('group.wants', { id, topic: each.topic, wish: each.wishes[i] === 'null' ? t('group.wantsNothing') : each.wishes[i] })).join('; ')
        : each.clientIds.join(', '),
      cure: t(`group.cure.${each.kind}`),
    });

    /** Queues that nobody reads though all members answered. */
    function unowned() {
      const online = members.data.value;
      const all = online?.members ?? [];
      if (!lag.data.value || all.length === 0 || online.messageModel === 'broadcasting' || all.some(each => each.queues === null)) {
        return null;
      }
      const owned = new Set(all.flatMap(each => each.queues.map(one => `${one.topic} ${one.broker} ${one.queueId}`)));
      const wanted = new Set(all.flatMap(each => (each.subscriptions ?? []).map(one => one.topic)));
      const lost = lag.data.value.queues.filter(each => wanted.has(each.topic) && each.lag > 0 && !owned.has(`${each.topic} ${each.broker} ${each.queueId}`));
      // A member that pops has queues, but says so in another way than one that pulls.
      return lost.length === 0 || online.consumeType !== 'push' ? null : h(InfoBanner, {
        level: 'warning', title: t('group.warning.unowned', { n: lost.length }),
        text: lost.slice(0, 5).map(each => `${each.topic} · ${each.broker} · ${each.queueId}`).join(', '), cure: t('group.cure.unowned'),
      });
    }

    const stopped = () => (settings.data.value?.consumeEnabled === false
      ? h(InfoBanner, { level: 'error', title: t('group.stopped'), cure: t('group.stoppedCure') }) : null);

    const problem = part => (part.problem.value ? h(ProblemBanner, { problem: part.problem.value, retry: part.reload }) : null);
    /** A group that has never consumed has no lag to tell. */
    const neverConsumed = () => lag.data.value?.queues.length === 0;

    return () => {
      if (settings.problem.value && !settings.data.value) {
        return problem(settings);
      }
      return [
        toolbar(),
        stopped(),
        ...(members.data.value?.warnings ?? []).map(warning),
        unowned(),
        figures(),
        h('section', [h('h2', t('group.members')), problem(members), members.problem.value && !members.data.value ? null : h(GroupMembers, { group, members: members.data.value?.members ?? [], loading: members.loading.value })]),
        route.query.member ? h(MemberInfo, { key: route.query.member, group, clientId: route.query.member }) : null,
        h('section', [
          h('h2', t('group.queues')),
          problem(lag),
          lag.data.value?.complete === false ? h(InfoBanner, { level: 'warning', title: t('group.incomplete'), text: t('topic.incompleteText') }) : null,
          neverConsumed() ? h(EmptyState, { title: t('group.neverConsumed'), text: t('group.neverConsumedText') }) : null,
          lag.data.value && !neverConsumed() ? h(GroupQueues, {
            group, queues: lag.data.value.queues, members: members.data.value?.members ?? [], onMoved: () => lag.reload(),
          }) : null,
        ]),
      ];
    };
  },
};
