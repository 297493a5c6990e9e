/** A modal dialog. The browser keeps the focus in it, and Escape closes it. */
import { h, onMounted, ref, useId } from '../lib/vue.js';
import { t } from '../i18n.js';

export default {
  name: 'AppDialog',
  props: {
    title: { type: String, required: true },
    wide: Boolean,
    /** No head: the content is all, and `title` is only for readers who hear it. */
    bare: Boolean,
  },
  emits: ['close'],
  setup(props, { slots, emit }) {
    const element = ref(null);
    const titleId = useId();
    onMounted(() => element.value.showModal());
    // A press on the backdrop is one on the dialog element itself.
    const pressed = event => {
      if (event.target === element.value) {
        emit('close');
      }
    };
    return () => h('dialog', {
      ref: element,
      class: ['dialog', { wide: props.wide, bare: props.bare }],
      'aria-labelledby': props.bare ? undefined : titleId,
      'aria-label': props.bare ? props.title : undefined,
      onClose: () => emit('close'),
      onMousedown: pressed,
    }, h('div', { class: 'dialog-body' }, [
      props.bare ? null : h('header', [
        h('h2', { id: titleId }, props.title),
        h('button', { type: 'button', class: 'quiet', 'aria-label': t('dialog.close'), onClick: () => emit('close') }, '✕'),
      ]),
      slots.default?.(),
    ]));
  },
};
