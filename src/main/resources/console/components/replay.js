/** Sends dead letters of a group again, all or those that a filter wants, and shows how far it is. */
import { h, onUnmounted, reactive, ref, shallowRef } from '../lib/vue.js';
import { lines, path } from '../api.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import AppDialog from './dialog.js';
import { RequestForms } from './code.js';
import FormField from './field.js';
import InfoBanner from './banner.js';
import ProblemBanner, { lineOf } from './problem.js';

/** Failures that are listed; the report counts all. */
const MAX_FAILURES = 50;

/** Groups and filters whose place is remembered; the oldest is forgotten first. */
const MAX_PLACES = 20;

/**
 * Where replays of this browser's tab were cut off: from the group and the filter to the position that the gateway told
 * last, and to whom it sent. It outlives the dialog, so that neither closing it nor leaving its page sends everything twice.
 */
const places = new Map();

/** Who gets dead letters again: a field that chooses, and what its choice is in a request. */
export const toField = () => ({
  label: t('replay.to'), type: 'select', hint: t('replay.toHint'),
  options: ['group', 'topic'].map(value => ({ value, label: t(`replay.to.${value}`) })),
});
export const destination = ({ to, topic }) => ({ to, ...(to === 'topic' && topic ? { topic } : {}) });

/** `query`: the filter. Emits `close`, and `sent` when something was sent. */
export default {
  name: 'ReplayDialog',
  props: { group: { type: String, required: true }, query: { type: Object, default: () => ({}) } },
  emits: ['close', 'sent'],
  setup(props, { emit }) {
    const key = JSON.stringify([props.group, props.query]);
    const kept = places.get(key);
    const form = reactive({ to: kept?.to ?? 'group', topic: kept?.topic ?? '', perSecond: 100 });
    const total = ref(null);
    const figures = shallowRef(null);
    const report = shallowRef(null);
    const dry = ref(false);
    const failures = shallowRef([]);
    const problem = ref(null);
    const running = shallowRef(null);
    /** What the lines told that were sent since the gateway last told how far it is. */
    const since = ref(0);
    const cut = ref(false);
    const typed = ref('');
    const place = ref(kept?.position);

    const request = dryRun => ({
      method: 'POST',
      path: path('/v1/groups/{group}/dead-letters/replay-all', { group: props.group }),
      query: { ...props.query, dryRun: dryRun ? 'true' : undefined, position: dryRun ? undefined : place.value },
      body: { perSecond: form.perSecond || 100, ...destination(form) },
    });

    function take(line) {
      if (line === '') {
        return;
      }
      const told = JSON.parse(line);
      if (told.total !== undefined) {
        total.value = told.total;
      } else if (told.progress) {
        reach(told.progress);
      } else if (told.report) {
        reach(told.report);
        report.value = told.report;
      } else if (told.messageId) {
        since.value++;
      } else if (told.problem && failures.value.length < MAX_FAILURES) {
        failures.value = [...failures.value, told];
      }
    }

    function reach(told) {
      figures.value = told;
      since.value = 0;
      if (!dry.value) {
        remember(told.position);
      }
    }

    /** Undefined: there is nothing to go on with. */
    function remember(position) {
      place.value = position;
      places.delete(key);
      if (position !== undefined) {
        places.set(key, { position, to: form.to, topic: form.topic });
      }
      if (places.size > MAX_PLACES) {
        places.delete(places.keys().next().value);
      }
    }

    function beginAnew() {
      remember(undefined);
      cut.value = false;
    }

    async function run(dryRun) {
      const mine = new AbortController();
      const asked = request(dryRun);
      running.value = mine;
      dry.value = dryRun;
      total.value = null;
      figures.value = null;
      since.value = 0;
      report.value = null;
      problem.value = null;
      failures.value = [];
      try {
        await lines(asked, mine.signal, take);
      } catch (failure) {
        if (failure.name !== 'AbortError') {
          problem.value = failure;
        }
      }
      running.value = null;
      if (dryRun) {
        return;
      }
      cut.value = report.value?.complete !== true;
      if (!cut.value) {
        remember(undefined);
      }
      emit('sent');
    }

    /** What will be sent, and to where. */
    function what() {
      const filter = Object.entries(props.query).filter(([, value]) => value).map(([name, value]) => `${t(`messages.${name}`)}: ${value}`).join(', ');
      return [
        t(filter ? 'replay.whatFiltered' : 'replay.whatAll', { group: props.group, filter }),
        t(form.to === 'group' ? 'replay.toGroup' : form.topic ? 'replay.toTopic' : 'replay.toOrigin', { group: props.group, topic: form.topic }),
        t('replay.what'),
      ].join(' ');
    }

    const stop = () => running.value?.abort();
    onUnmounted(stop);

    function progress() {
      const done = figures.value?.scanned ?? 0;
      const all = total.value ?? 0;
      const share = all > 0 ? Math.min(1, done / all) : total.value === 0 ? 1 : 0;
      return h('div', { role: 'status' }, [
        h('p', t(dry.value ? 'replay.dryProgress' : 'replay.progress', {
          scanned: count(done), total: count(all), wanted: count(figures.value?.wanted ?? 0), sent: count(figures.value?.sent ?? 0), failed: count(figures.value?.failed ?? 0),
        })),
        h('div', { class: 'meter' }, h('span', { style: { width: `${share * 100}%` } })),
      ]);
    }

    /** That something is not done yet, and what going on or beginning anew will do. */
    function unfinished() {
      if (running.value || !(cut.value || place.value)) {
        return null;
      }
      return h(InfoBanner, {
        level: 'warning', title: t('replay.cut'),
        text: [t(place.value ? 'replay.cutText' : 'replay.cutEarly'), !dry.value && since.value > 0 ? t('replay.again', { n: since.value }) : ''].filter(Boolean).join(' '),
      });
    }

    function outcome() {
      if (!report.value) {
        return null;
      }
      const topics = Object.entries(report.value.topics).map(([topic, n]) => `${topic || '?'}: ${count(n)}`).join(', ');
      const whole = report.value.complete;
      return h(InfoBanner, {
        level: whole && report.value.failed === 0 ? 'info' : 'warning',
        title: t(dry.value ? 'replay.dryDone' : whole ? 'replay.done' : 'replay.stopped', { sent: count(report.value.sent), failed: count(report.value.failed), wanted: count(report.value.wanted) }),
        text: topics, cure: typeof report.value.stopped === 'string' ? report.value.stopped : report.value.stopped ? lineOf(report.value.stopped) : '',
      });
    }

    return () => h(AppDialog, { title: t('replay.title', { group: props.group }), wide: true, held: running.value !== null, onClose: () => emit('close') }, () =>
      h('form', { class: 'action', onSubmit: event => { event.preventDefault(); run(false); } }, [
        h('p', what()),
        h(FormField, { ...toField(), modelValue: form.to, 'onUpdate:modelValue': value => { form.to = value; } }),
        form.to === 'group' ? null : h(FormField, { label: t('replay.topic'), hint: t('replay.topicHint'), modelValue: form.topic, 'onUpdate:modelValue': value => { form.topic = value; } }),
        h(FormField, { label: t('replay.perSecond'), type: 'number', min: 1, max: 1000, required: true, modelValue: form.perSecond, 'onUpdate:modelValue': value => { form.perSecond = value; } }),
        h(FormField, {
          label: t('action.type', { name: props.group }), modelValue: typed.value, 'onUpdate:modelValue': value => { typed.value = value; },
          attrs: { autocomplete: 'off', spellcheck: false },
        }),
        h(RequestForms, { request: request(false) }),
        running.value || figures.value ? progress() : null,
        outcome(),
        unfinished(),
        failures.value.length > 0 ? h('ul', failures.value.map(each => h('li', { key: `${each.from.broker}:${each.from.queueId}:${each.from.offset}` },
          `${each.from.broker} · ${each.from.queueId} · ${each.from.offset}: ${lineOf(each.problem)}`))) : null,
        problem.value ? h(ProblemBanner, { problem: problem.value }) : null,
        h('footer', running.value
          ? [h('button', { type: 'button', class: 'danger', onClick: stop }, t('replay.stop'))]
          : [
            h('button', { type: 'button', onClick: () => run(true) }, t('action.dryRun')),
            h('button', { type: 'button', onClick: () => emit('close') }, t('dialog.close')),
            place.value ? h('button', { type: 'button', onClick: beginAnew }, t('replay.anew')) : null,
            h('button', { type: 'submit', class: 'danger', disabled: typed.value !== props.group }, t(place.value ? 'replay.goOn' : 'replay.run')),
          ]),
      ]));
  },
};
