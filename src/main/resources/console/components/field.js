/** One labelled field of a form: text, number, select, check, textarea or datetime (milliseconds since 1970). */
import { h, useId } from '../lib/vue.js';

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
    /** Anything else for the element: placeholder, autocomplete, `data-search`. */
    attrs: { type: Object, default: () => ({}) },
  },
  emits: ['update:modelValue'],
  setup(props, { emit }) {
    const id = useId();
    const tell = value => emit('update:modelValue', value);
    const number = text => (text === '' ? '' : Number(text));

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
          return h('textarea', { ...common, rows: 6, value: props.modelValue, onInput: e => tell(e.target.value) });
        case 'number':
          return h('input', {
            ...common, type: 'number', min: props.min, max: props.max, value: props.modelValue,
            onInput: e => tell(number(e.target.value)),
          });
        case 'datetime':
          return h('input', {
            ...common, type: 'datetime-local', step: 1, value: localText(props.modelValue),
            onInput: e => tell(e.target.value === '' ? '' : new Date(e.target.value).getTime()),
          });
        default:
          return h('input', { ...common, type: props.type, value: props.modelValue, onInput: e => tell(e.target.value) });
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

/** What a datetime-local input shows of milliseconds, in the browser's zone. */
function localText(ms) {
  if (ms === '' || ms == null) {
    return '';
  }
  const zone = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - zone).toISOString().slice(0, 19);
}
