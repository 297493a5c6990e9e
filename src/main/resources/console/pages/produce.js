/** Sending messages: a form, many of the same, templates, and messages that were sent before. */
import { computed, h, onUnmounted, reactive, ref, shallowRef, watch } from '../lib/vue.js';
import { curl, get, mqadmin, path, send } from '../api.js';
import { t } from '../i18n.js';
import { asSent, bodyOf } from '../resend.js';
import { route, to } from '../router.js';
import { forget, keep, templates } from '../templates.js';
import InfoBanner from '../components/banner.js';
import { CodeBlock } from '../components/code.js';
import FormField from '../components/field.js';
import ProblemBanner, { reasonOf, titleOf } from '../components/problem.js';
import DataTable from '../components/table.js';
import TopicField from '../components/topicField.js';

const MAX_REPEAT = 1000;
const AT_ONCE = 100;
const TIMINGS = ['now', 'delayMs', 'deliverAt', 'delayLevel'];
const empty = { topic: '', kind: 'text', body: '', tag: '', keys: '', properties: '', timing: 'now', when: '', orderKey: '', repeat: 1, crlf: false };

export default {
  name: 'ProducePage',
  title: () => t('nav.produce'),
  setup() {
    const form = reactive({ ...empty, topic: route.query.topic ?? '' });
    const kept = ref(templates());
    const name = ref('');
    const problem = ref(null);
    const source = ref(null);
    const lost = ref([]);
    /** The body of the source as the form got it, if it is not what was sent; null otherwise. */
    const notWhole = ref(null);
    const loading = shallowRef(null);
    const sending = shallowRef(null);
    const sent = shallowRef({ topic: '', results: [] });

    /** The message as the API takes it; `flaw` says what is wrong with the form. */
    const message = computed(() => {
      try {
        return { value: made({ ...form, body: bodyOf(form) }), flaw: '' };
      } catch (failure) {
        return { value: null, flaw: failure.message };
      }
    });
    const request = (body, topic = form.topic || '…') => ({ method: 'POST', path: path('/v1/topics/{topic}/messages', { topic }), body });

    /** What would be sent is what the broker has of a message, not what its producer meant. */
    const spoilt = () => notWhole.value !== null && form.body === notWhole.value;

    /** Fills the form with the message that the address names; the form makes room for as long. */
    async function load({ topic, from }) {
      loading.value?.abort();
      loading.value = null;
      source.value = null;
      notWhole.value = null;
      if (!topic || !from) {
        form.topic = topic ?? form.topic;
        return;
      }
      const mine = new AbortController();
      loading.value = mine;
      problem.value = null;
      try {
        const found = await get(path('/v1/topics/{topic}/messages/{id}', { topic, id: from }), { as: 'base64', bodyLimit: 4_194_304 }, mine.signal);
        if (loading.value === mine) {
          const again = asSent(found.messages.at(-1), topic);
          Object.assign(form, again.form);
          source.value = found.messages.at(-1);
          lost.value = again.lost;
          notWhole.value = source.value.bodyFlaw || source.value.truncated ? form.body : null;
        }
      } catch (failure) {
        if (loading.value === mine) {
          problem.value = failure;
        }
      }
      if (loading.value === mine) {
        loading.value = null;
      }
    }
    watch(() => `${route.query.topic}\n${route.query.from}`, () => load(route.query), { immediate: true });
    onUnmounted(() => {
      loading.value?.abort();
      sending.value?.abort();
    });

    /** Sends what the form says now, however it is changed meanwhile. */
    async function submit(event) {
      event.preventDefault();
      const { value: one, flaw } = message.value;
      if (flaw || spoilt()) {
        return;
      }
      const { topic } = form;
      const mine = new AbortController();
      sending.value = mine;
      problem.value = null;
      sent.value = { topic, results: [] };
      let many = 0;
      try {
        for (let left = form.repeat || 1; left > 0; left -= AT_ONCE) {
          many = Math.min(left, AT_ONCE);
          const answer = await send(request(many === 1 ? one : { messages: Array(many).fill(one) }, topic), mine.signal);
          sent.value = { topic, results: [...sent.value.results, ...answer.results] };
        }
      } catch (failure) {
        problem.value = failure.name === 'AbortError' ? { title: t('produce.stopped'), message: t('produce.unknown', { n: many }) } : failure;
      }
      sending.value = null;
    }

    function save() {
      if (!keep(name.value.trim(), { ...form })) {
        problem.value = { title: t('produce.notKept'), message: '' };
      }
      kept.value = templates();
    }

    const field = (key, more = {}) => h(FormField, {
      key, label: t(`produce.${key}`), modelValue: form[key], 'onUpdate:modelValue': value => { form[key] = value; }, ...more,
      attrs: { autocomplete: 'off', spellcheck: false, ...more.attrs },
    });

    function when() {
      switch (form.timing) {
        case 'delayMs': return field('when', { label: t('produce.delayMs'), type: 'number', min: 1, required: true });
        case 'deliverAt': return field('when', { label: t('produce.deliverAt'), type: 'datetime', required: true });
        case 'delayLevel': return field('when', { label: t('produce.delayLevel'), type: 'number', min: 1, max: 18, required: true });
        default: return null;
      }
    }

    function commands() {
      const one = curl(request(message.value.value ?? {}));
      const plain = form.kind !== 'base64' && form.timing === 'now' && !form.properties && !form.orderKey && !form.body.includes('\0');
      const admin = plain ? mqadmin('sendMessage', { t: form.topic || '…', c: form.tag || null, k: words(form.keys).join(' ') || null, p: bodyOf(form) }) : '';
      return [
        h(CodeBlock, { command: true, label: 'curl', text: form.repeat > 1 ? `for i in $(seq 1 ${form.repeat}); do ${one}; done` : one }),
        admin ? h(CodeBlock, { command: true, label: 'mqadmin', text: admin }) : null,
      ];
    }

    const columns = () => [
      { key: 'n', label: t('produce.number'), number: true, cell: each => each.n },
      { key: 'status', label: t('produce.status'), cell: each => (each.problem ? h('span', { class: 'tag error' }, titleOf(each.problem)) : h('span', { class: ['tag', each.status === 'SEND_OK' ? 'good' : 'warning'] }, each.status)) },
      {
        key: 'messageId', label: t('message.id'), cell: each => (each.problem ? reasonOf(each.problem)
          : h('a', { class: 'mono', href: to('message', { topic: sent.value.topic, id: each.messageId }) }, each.messageId)),
      },
      { key: 'place', label: t('messages.place'), cell: each => (each.problem ? '' : `${each.broker} · ${each.queueId} · ${each.offset}`) },
    ];

    function keeping() {
      return h('div', { class: 'toolbar' }, [
        kept.value.length > 0 ? h(FormField, {
          label: t('produce.template'), type: 'select', modelValue: name.value, options: [{ value: '', label: '' }, ...kept.value.map(each => each.name)],
          'onUpdate:modelValue': value => {
            name.value = value;
            Object.assign(form, empty, kept.value.find(each => each.name === value)?.form);
          },
        }) : null,
        h(FormField, { label: t('produce.templateName'), modelValue: name.value, 'onUpdate:modelValue': value => { name.value = value; } }),
        h('button', { type: 'button', disabled: !name.value.trim() || spoilt(), onClick: save }, t('produce.keep')),
        kept.value.some(each => each.name === name.value) ? h('button', {
          type: 'button', onClick: () => { forget(name.value); kept.value = templates(); name.value = ''; },
        }, t('produce.forget')) : null,
      ]);
    }

    const fields = () => h('div', { class: 'panel action' }, [
      h('div', { class: 'toolbar' }, [
        h(TopicField, { class: 'grow', label: t('produce.topic'), required: true, modelValue: form.topic, 'onUpdate:modelValue': value => { form.topic = value; } }),
        field('kind', { type: 'select', options: ['text', 'json', 'base64'].map(value => ({ value, label: t(`produce.kind.${value}`) })) }),
      ]),
      h('div', { class: 'toolbar' }, [
        field('tag', { class: 'grow' }),
        field('keys', { class: 'grow', attrs: { placeholder: t('produce.keysHint') } }),
        field('orderKey', { class: 'grow', attrs: { placeholder: t('produce.orderKeyHint') } }),
      ]),
      field('body', { type: 'textarea', error: form.kind !== 'text' ? message.value.flaw : '' }),
      field('properties', {
        type: 'textarea', attrs: { rows: 3, placeholder: t('produce.propertiesHint') },
        error: message.value.flaw.startsWith(t('produce.properties')) ? message.value.flaw : '',
      }),
      h('div', { class: 'toolbar top-aligned' }, [
        field('timing', { type: 'select', options: TIMINGS.map(value => ({ value, label: t(`produce.timing.${value}`) })) }), when(),
        field('repeat', { type: 'number', min: 1, max: MAX_REPEAT, hint: t('produce.repeatHint'), required: true }),
      ]),
      problem.value ? h(ProblemBanner, { problem: problem.value }) : null,
      h('footer', [
        sending.value ? h('button', { type: 'button', onClick: () => sending.value.abort() }, t('messages.stop')) : null,
        h('button', { type: 'submit', class: 'primary', disabled: sending.value !== null || message.value.flaw !== '' || spoilt() }, t('produce.send', { n: form.repeat || 1 })),
      ]),
    ]);

    return () => [
      source.value ? h(InfoBanner, { title: t('produce.from', { id: source.value.messageId }), text: t('produce.fromText') }) : null,
      spoilt() ? h(InfoBanner, {
        level: 'warning', title: t(source.value.bodyFlaw ? 'produce.flaw' : 'produce.cut'), text: source.value.bodyFlaw ?? '', cure: t('produce.spoiltCure'),
      }) : null,
      source.value && lost.value.length > 0 ? h(InfoBanner, { level: 'warning', title: t('produce.lost'), text: lost.value.join(', '), cure: t('produce.lostCure') }) : null,
      keeping(),
      loading.value ? h('div', { class: 'skeleton block' }) : h('form', { class: 'split', onSubmit: submit }, [fields(), h('div', { class: 'panel' }, [h('h2', t('messages.asCommand')), ...commands()])]),
      sent.value.results.length > 0 ? h('section', [
        h('h2', { key: 'sent' }, t('produce.sent', { n: sent.value.results.filter(each => !each.problem).length, failed: sent.value.results.filter(each => each.problem).length })),
        h(DataTable, { caption: t('produce.results'), columns: columns(), rows: sent.value.results.map((each, i) => ({ ...each, n: i + 1 })), rowKey: 'n' }),
      ]) : null,
    ];
  },
};

const words = text => text.split(/\s+/).filter(Boolean);

function made({ kind, body, tag, keys, properties, timing, when, orderKey }) {
  if (kind === 'json') {
    JSON.parse(body); // only a check: what is sent is the text, for numbers would lose digits
  }
  const message = { [kind === 'json' ? 'text' : kind]: body };
  if (kind === 'base64') {
    atob(body);
  }
  if (tag) {
    message.tag = tag;
  }
  if (words(keys).length > 0) {
    message.keys = words(keys);
  }
  if (properties.trim()) {
    message.properties = Object.fromEntries(properties.split('\n').filter(line => line.trim()).map(line => {
      const sign = line.indexOf('=');
      if (sign < 1) {
        throw new Error(`${t('produce.properties')}: ${t('produce.noProperty', { line })}`);
      }
      return [line.slice(0, sign).trim(), line.slice(sign + 1)];
    }));
  }
  if (timing !== 'now' && when !== '') {
    message[timing] = when;
  }
  if (orderKey) {
    message.orderKey = orderKey;
  }
  return message;
}
