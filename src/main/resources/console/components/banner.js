/** A message about the state of things: what is wrong, why, and what helps. */
import { h } from '../lib/vue.js';

/** `level`: error, warning, info. The default slot stands under the text, for links and buttons. */
export default {
  name: 'InfoBanner',
  props: {
    level: { type: String, default: 'info' },
    title: { type: String, required: true },
    text: { type: String, default: '' },
    cure: { type: String, default: '' },
  },
  setup: (props, { slots }) => () => h('section', { class: ['banner', props.level], role: props.level === 'error' ? 'alert' : 'status' }, [
    h('strong', props.title),
    props.text ? h('p', props.text) : null,
    props.cure ? h('p', { class: 'cure' }, props.cure) : null,
    slots.default ? h('div', { class: 'banner-more' }, slots.default()) : null,
  ]),
};
