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
    props.text || props.cure ? h('p', [props.text, props.text && props.cure ? ' ' : '', props.cure ? h('span', { class: 'cure' }, props.cure) : null]) : null,
    slots.default ? h('div', { class: 'banner-more' }, slots.default()) : null,
  ]),
};
