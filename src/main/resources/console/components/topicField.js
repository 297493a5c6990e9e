/** A field for the name of a topic, which offers those that are there. */
import { h, onMounted, onUnmounted, ref, useId, watch } from '../lib/vue.js';
import { get } from '../api.js';
import FormField from './field.js';

const QUIET_MS = 150;
const OFFERED = 20;

export default {
  name: 'TopicField',
  props: {
    label: { type: String, required: true },
    modelValue: { type: String, default: '' },
    required: Boolean,
    hint: { type: String, default: '' },
    search: Boolean,
  },
  emits: ['update:modelValue'],
  inheritAttrs: false,
  setup(props, { attrs, emit }) {
    const list = useId();
    const offered = ref([]);
    let timer = 0;
    let running = null;

    async function offer() {
      running?.abort();
      running = new AbortController();
      try {
        const found = await get('/v1/topics', { q: props.modelValue, limit: OFFERED }, running.signal);
        offered.value = found.topics.map(each => (typeof each === 'string' ? each : each.topic));
      } catch {
        offered.value = []; // it is an offer only: what is sent says what is wrong
      }
    }

    watch(() => props.modelValue, () => {
      clearTimeout(timer);
      timer = setTimeout(offer, QUIET_MS);
    });
    onMounted(offer);
    onUnmounted(() => {
      clearTimeout(timer);
      running?.abort();
    });

    return () => [
      h(FormField, {
        class: attrs.class, label: props.label, modelValue: props.modelValue, required: props.required, hint: props.hint,
        attrs: { list, autocomplete: 'off', spellcheck: false, size: 28, ...(props.search ? { 'data-search': '' } : {}) },
        'onUpdate:modelValue': value => emit('update:modelValue', value),
      }),
      h('datalist', { id: list }, offered.value.map(topic => h('option', { key: topic, value: topic }))),
    ];
  },
};
