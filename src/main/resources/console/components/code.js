/** A piece of text to copy, and the pair of curl and mqadmin forms of a request. */
import { h, ref } from '../lib/vue.js';
import { curl } from '../api.js';
import { t } from '../i18n.js';

const SHOWN_MS = 1500;

/** A flag of a command: it is not broken behind its hyphen. */
const FLAG = /(?<= )(--?[A-Za-z][\w-]*)(?= |$)/;

/** `<CodeBlock text="…" label="curl">`: the text as it is, and a button that copies it; `command` if it is one. */
export const CodeBlock = {
  name: 'CodeBlock',
  props: { text: { type: String, required: true }, label: { type: String, default: '' }, command: Boolean },
  setup(props) {
    const copied = ref(false);
    async function copy() {
      try {
        await navigator.clipboard.writeText(props.text);
      } catch {
        select(props.text); // an origin without https has no clipboard but this
      }
      copied.value = true;
      setTimeout(() => { copied.value = false; }, SHOWN_MS);
    }
    const shown = () => (props.command ? props.text.split(FLAG).map((part, i) => (i % 2 === 1 ? h('span', { class: 'whole' }, part) : part)) : props.text);
    return () => h('figure', { class: 'code' }, [
      h('figcaption', [
        h('span', props.label),
        h('button', { type: 'button', class: 'quiet', onClick: copy }, copied.value ? t('code.copied') : t('code.copy')),
      ]),
      h('pre', { tabindex: 0 }, shown()),
    ]);
  },
};

function select(text) {
  const area = document.createElement('textarea');
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** How a request looks for a shell: curl always, mqadmin where there is a command for it. */
export const RequestForms = {
  name: 'RequestForms',
  props: { request: { type: Object, required: true }, mqadmin: { type: String, default: '' } },
  setup: props => () => h('div', { class: 'forms' }, [
    h(CodeBlock, { text: curl(props.request), label: 'curl', command: true }),
    props.mqadmin ? h(CodeBlock, { text: props.mqadmin, label: 'mqadmin', command: true }) : null,
  ]),
};
