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
    /** What it began is not over: neither Escape nor a press beside it closes it. */
    held: Boolean,
  },
  emits: ['close'],
  setup(props, { slots, emit }) {
    const element = ref(null);
    const titleId = useId();
    onMounted(() => element.value.showModal());
    // A press on the backdrop is one on the dialog element itself.
    const pressed = event => {
      if (event.target === element.value && !props.held) {
        emit('close');
      }
    };
    const cancelled = event => {
      if (props.held) {
        event.preventDefault();
      }
    };
    // Browsers let a reader who insists on Escape close any dialog.
    const closed = () => (props.held ? element.value?.showModal() : emit('close'));
    return () => h('dialog', {
      ref: element,
      class: ['dialog', { wide: props.wide, bare: props.bare }],
      'aria-labelledby': props.bare ? undefined : titleId,
      'aria-label': props.bare ? props.title : undefined,
      onCancel: cancelled,
      onClose: closed,
      onMousedown: pressed,
    }, h('div', { class: 'dialog-body' }, [
      props.bare ? null : h('header', [
        h('h2', { id: titleId }, props.title),
        h('button', { type: 'button', class: 'quiet', 'aria-label': t('dialog.close'), disabled: props.held, onClick: () => emit('close') }, '✕'),
      ]),
      slots.default?.(),
    ]));
  },
};
