/** Nothing is there, and what to do now. */
import { h } from '../lib/vue.js';

/** The default slot holds the button or link that goes on. */
export default {
  name: 'EmptyState',
  props: { title: { type: String, required: true }, text: { type: String, default: '' } },
  setup: (props, { slots }) => () => h('div', { class: 'empty' }, [
    h('strong', props.title),
    props.text ? h('p', props.text) : null,
    slots.default?.(),
  ]),
};
