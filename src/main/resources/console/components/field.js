/** One labelled field of a form: text, number, select, check, textarea or datetime (milliseconds since 1970). */
import { h, ref, useId, watch } from '../lib/vue.js';

/** Values whose echo is waited for, at most; a field whose page does not listen has none. */
const MAX_ECHOES = 50;

export default {
  name: 'FormField',
  props: {
    label: { type: String, required: true },
    modelValue: { default: '' },
    type: { type: String, default: 'text' },
    /** Of a select: texts, or `{value, label}`. */
    options: { type: Array, default: () => [] },
    hint: { type: String, default: '' },
    error: { type: String, default: '' },
    required: Boolean,
    min: { type: Number, default: undefined },
    max: { type: Number, default: undefined },
    /** Of a datetime: tells its value when the reader leaves it or presses Enter, not at each key. */
    lazy: Boolean,
    /** Anything else for the element: placeholder, autocomplete, `data-search`. */
    attrs: { type: Object, default: () => ({}) },
  },
  emits: ['update:modelValue'],
  setup(props, { emit }) {
    const id = useId();
    const { draft, tell } = useDraft(props, value => emit('update:modelValue', value));
    const number = text => (text === '' ? '' : Number(text));

    function typed(event, valueOf) {
      draft.value = event.target.value;
      tell(valueOf(event.target.value));
    }

    /** Years have four digits before they are whole: what lies before 1970 is not told. */
    function tellTime() {
      const ms = timeOf(draft.value);
      if (ms !== timeOf(localText(props.modelValue)) && (ms === '' || ms >= 0)) {
        tell(ms);
      }
    }

    function typedTime(event) {
      draft.value = event.target.value;
      if (!props.lazy) {
        tellTime();
      }
    }

    function control() {
      const common = {
        id,
        required: props.required,
        'aria-describedby': props.hint || props.error ? `${id}-hint` : undefined,
        'aria-invalid': props.error ? 'true' : undefined,
        ...props.attrs,
      };
      switch (props.type) {
        case 'select':
          return h('select', { ...common, value: props.modelValue, onChange: e => tell(e.target.value) },
            props.options.map(each => {
              const { value, label } = typeof each === 'object' ? each : { value: each, label: each };
              return h('option', { value, selected: value === props.modelValue }, label);
            }));
        case 'check':
          return h('input', { ...common, type: 'checkbox', checked: props.modelValue, onChange: e => tell(e.target.checked) });
        case 'textarea':
          return h('textarea', { rows: 6, ...common, value: draft.value, onInput: e => typed(e, text => text) });
        case 'number':
          return h('input', { ...common, type: 'number', min: props.min, max: props.max, value: draft.value, onInput: e => typed(e, number) });
        case 'datetime':
          return h('input', {
            ...common, type: 'datetime-local', step: 1, min: localText(0), value: draft.value, onInput: typedTime,
            ...(props.lazy ? { onBlur: tellTime, onKeydown: event => event.key === 'Enter' && tellTime() } : {}),
          });
        default:
          return h('input', { ...common, type: props.type, value: draft.value, onInput: e => typed(e, text => text) });
      }
    }

    return () => h('div', { class: ['field', { check: props.type === 'check' }] }, [
      h('label', { for: id }, props.label),
      control(),
      props.error || props.hint
        ? h('small', { id: `${id}-hint`, class: { error: props.error } }, props.error || props.hint)
        : null,
    ]);
  },
};

/**
 * What stands in the element, which is the reader's until the value itself changes: the page may be drawn again at any
 * time, and what comes back of what was told (late, if it went through the address) is no change.
 */
function useDraft(props, emit) {
  const shown = () => (props.type === 'datetime' ? localText(props.modelValue) : props.modelValue);
  const draft = ref(shown());
  let echoes = [];

  function tell(value) {
    echoes = [...echoes, value].slice(-MAX_ECHOES);
    emit(value);
  }

  watch(() => props.modelValue, value => {
    // Query values come back as text.
    const at = echoes.findLastIndex(each => String(each) === String(value));
    if (at < 0) {
      draft.value = shown();
    }
    echoes = at < 0 ? [] : echoes.slice(at);
  });
  watch(() => props.type, () => { draft.value = shown(); });
  return { draft, tell };
}

const timeOf = text => (text === '' ? '' : new Date(text).getTime());

/** What a datetime-local input shows of milliseconds, in the browser's zone; nothing of what no date can be. */
function localText(ms) {
  if (ms === '' || ms == null) {
    return '';
  }
  const zone = new Date(ms).getTimezoneOffset() * 60_000;
  const local = new Date(ms - zone);
  return Number.isNaN(local.getTime()) ? '' : local.toISOString().slice(0, 19);
}
