/** Sending messages: a form, many of the same, templates, and messages that were sent before. */
import { computed, h, onMounted, reactive, ref, shallowRef } from '../lib/vue.js';
import { curl, get, mqadmin, path, send } from '../api.js';
import { t } from '../i18n.js';
import { bytesOf, textOf } from '../message.js';
import { route, to } from '../router.js';
import { forget, keep, templates } from '../templates.js';
import InfoBanner from '../components/banner.js';
import { CodeBlock } from '../components/code.js';
import FormField from '../components/field.js';
import ProblemBanner from '../components/problem.js';
import DataTable from '../components/table.js';
import TopicField from '../components/topicField.js';

const MAX_REPEAT = 1000;
const AT_ONCE = 100;
const TIMINGS = ['now', 'delayMs', 'deliverAt', 'delayLevel'];
const empty = { topic: '', kind: 'text', body: '', tag: '', keys: '', properties: '', timing: 'now', when: '', orderKey: '', repeat: 1 };

export default {
  name: 'ProducePage',
  title: () => t('nav.produce'),
  setup() {
    const form = reactive({ ...empty, topic: route.query.topic ?? '' });
    const kept = ref(templates());
    const name = ref('');
    const problem = ref(null);
    const source = ref(null);
    const sending = ref(false);
    const results = shallowRef([]);

    /** The message as the API takes it; `flaw` says what is wrong with the form. */
    const message = computed(() => {
      try {
        return { value: made(form), flaw: '' };
      } catch (failure) {
        return { value: null, flaw: failure.message };
      }
    });
    const request = body => ({ method: 'POST', path: path('/v1/topics/{topic}/messages', { topic: form.topic || '…' }), body });

    onMounted(async () => {
      if (!route.query.from || !route.query.topic) {
        return;
      }
      try {
        const found = await get(path('/v1/topics/{topic}/messages/{id}', { topic: route.query.topic, id: route.query.from }), { as: 'base64', bodyLimit: 4_194_304 });
        source.value = found.messages.at(-1);
        Object.assign(form, formOf(source.value));
      } catch (failure) {
        problem.value = failure;
      }
    });

    async function submit(event) {
      event.preventDefault();
      if (message.value.flaw) {
        return;
      }
      sending.value = true;
      problem.value = null;
      results.value = [];
      try {
        for (let left = form.repeat || 1; left > 0 && sending.value; left -= AT_ONCE) {
          const many = Array.from({ length: Math.min(left, AT_ONCE) }, () => message.value.value);
          const answer = await send(request(many.length === 1 ? many[0] : { messages: many }));
          results.value = [...results.value, ...answer.results];
        }
      } catch (failure) {
        problem.value = failure;
      }
      sending.value = false;
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
      const plain = form.kind !== 'base64' && form.timing === 'now' && !form.properties && !form.orderKey;
      return [
        h(CodeBlock, { label: 'curl', text: form.repeat > 1 ? `for i in $(seq 1 ${form.repeat}); do ${one}; done` : one }),
        plain ? h(CodeBlock, { label: 'mqadmin', text: mqadmin('sendMessage', { t: form.topic || '…', c: form.tag, k: words(form.keys).join(' '), p: form.body }) }) : null,
      ];
    }

    const columns = () => [
      { key: 'n', label: t('produce.number'), number: true, cell: each => each.n },
      { key: 'status', label: t('produce.status'), cell: each => (each.problem ? h('span', { class: 'tag error' }, each.problem.title) : h('span', { class: ['tag', each.status === 'SEND_OK' ? 'good' : 'warning'] }, each.status)) },
      {
        key: 'messageId', label: t('message.id'), cell: each => (each.problem ? `${each.problem.detail} ${each.problem.cure}`
          : h('a', { class: 'mono', href: to('message', { topic: form.topic, id: each.messageId }) }, each.messageId)),
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
        h('button', { type: 'button', disabled: !name.value.trim(), onClick: save }, t('produce.keep')),
        kept.value.some(each => each.name === name.value) ? h('button', {
          type: 'button', onClick: () => { forget(name.value); kept.value = templates(); name.value = ''; },
        }, t('produce.forget')) : null,
      ]);
    }

    return () => [
      source.value ? h(InfoBanner, { title: t('produce.from', { id: source.value.messageId }), text: t(source.value.truncated ? 'produce.cut' : 'produce.fromText') }) : null,
      keeping(),
      h('form', { class: 'action panel', onSubmit: submit }, [
        h(TopicField, { label: t('produce.topic'), required: true, modelValue: form.topic, 'onUpdate:modelValue': value => { form.topic = value; } }),
        h('div', { class: 'toolbar top-aligned' }, [
          field('kind', { type: 'select', options: ['text', 'json', 'base64'].map(value => ({ value, label: t(`produce.kind.${value}`) })) }),
          field('tag'), field('keys', { hint: t('produce.keysHint') }), field('orderKey', { hint: t('produce.orderKeyHint') }),
        ]),
        field('body', { type: 'textarea', error: form.kind !== 'text' ? message.value.flaw : '' }),
        field('properties', { type: 'textarea', hint: t('produce.propertiesHint'), attrs: { rows: 3 }, error: message.value.flaw.startsWith(t('produce.properties')) ? message.value.flaw : '' }),
        h('div', { class: 'toolbar top-aligned' }, [
          field('timing', { type: 'select', options: TIMINGS.map(value => ({ value, label: t(`produce.timing.${value}`) })) }), when(),
          field('repeat', { type: 'number', min: 1, max: MAX_REPEAT, hint: t('produce.repeatHint'), required: true }),
        ]),
        ...commands(),
        problem.value ? h(ProblemBanner, { problem: problem.value }) : null,
        h('footer', [
          sending.value ? h('button', { type: 'button', onClick: () => { sending.value = false; } }, t('messages.stop')) : null,
          h('button', { type: 'submit', class: 'primary', disabled: sending.value || message.value.flaw !== '' }, t('produce.send', { n: form.repeat || 1 })),
        ]),
      ]),
      results.value.length > 0 ? h('section', [
        h('h2', { key: 'sent' }, t('produce.sent', { n: results.value.filter(each => !each.problem).length, failed: results.value.filter(each => each.problem).length })),
        h(DataTable, { caption: t('produce.results'), columns: columns(), rows: results.value.map((each, i) => ({ ...each, n: i + 1 })), rowKey: 'n' }),
      ]) : null,
    ];
  },
};

const words = text => text.split(/[\s,]+/).filter(Boolean);

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

/** What a stored message was sent as, as far as that can be sent again. */
function formOf(message) {
  const bytes = bytesOf(message);
  const kind = message.bodyKind === 'binary' ? 'base64' : 'text';
  return {
    kind, body: kind === 'base64' ? message.base64 : textOf(bytes), tag: message.tag ?? '', keys: (message.keys ?? []).join(' '), orderKey: message.orderKey ?? '',
    properties: Object.entries(message.properties).filter(([key, value]) => !OF_BROKERS.test(key) && !/\n/.test(value)).map(([key, value]) => `${key}=${value}`).join('\n'),
  };
}

/** Properties that brokers and clients set: a message that is sent anew gets its own. */
const OF_BROKERS = /^(RETRY_TOPIC|REAL_TOPIC|REAL_QID|DELAY|ORIGIN_MESSAGE_ID|RECONSUME_TIME|MAX_RECONSUME_TIMES|DLQ_ORIGIN_.*|TIMER_.*|PGROUP|TRAN_MSG|UNIQ_KEY|__transactionId__|TRANSACTION_.*|TRAN_.*|CHECK_IMMUNITY.*|TRANSFER_FLAG|CORRECTION_FLAG|MQ2_FLAG|BUYER_ID|EXTEND_UNIQ_INFO|INSTANCE_ID|CORRELATION_ID|REPLY_TO_CLIENT|TTL|INNER_.*|POP_CK|APOGEE_REPLAY_OF)$/;
