/** The few figures that matter most, large: `figures` of `{label, value, note, level}`; level warning or error colours one. */
import { h } from '../lib/vue.js';

export default {
  name: 'FigureList',
  props: { figures: { type: Array, required: true } },
  setup: props => () => h('dl', { class: 'figures' }, props.figures.map(each => h('div', { key: each.label }, [
    h('dt', each.label),
    h('dd', { class: each.level, title: each.title }, [each.value, each.note ? h('small', each.note) : null]),
  ]))),
};
