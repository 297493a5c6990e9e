/** A body as text, JSON, hex or base64, as the reader chooses. */
import { computed, h, ref } from '../lib/vue.js';
import { t } from '../i18n.js';
import { bytesOf, hexOf, prettyOf, textOf } from '../message.js';
import InfoBanner from './banner.js';
import { CodeBlock } from './code.js';

const FORMS = ['json', 'text', 'hex', 'base64'];

/** `message`: asked for `as=base64`. */
export default {
  name: 'BodyView',
  props: { message: { type: Object, required: true } },
  setup(props) {
    const bytes = computed(() => bytesOf(props.message));
    const pretty = computed(() => prettyOf(bytes.value));
    const chosen = ref(null);
    const usual = () => ({ json: 'json', text: 'text', binary: 'hex' }[props.message.bodyKind] ?? 'text');

    /** JSON that can't be set out is text. */
    function form() {
      const wanted = chosen.value ?? usual();
      return wanted === 'json' && pretty.value === null ? 'text' : wanted;
    }

    function shown() {
      switch (form()) {
        case 'json': return pretty.value;
        case 'hex': return hexOf(bytes.value);
        case 'base64': return props.message.base64;
        default: return textOf(bytes.value);
      }
    }

    function about() {
      const { compression, truncated, bodyFlaw } = props.message;
      return [
        t('message.bodyBytes', { n: bytes.value.length }),
        compression && !bodyFlaw ? t('message.unpacked', { compression }) : null,
        truncated ? t('message.truncated') : null,
      ].filter(Boolean).join(' · ');
    }

    return () => [
      h('div', { class: 'segments', role: 'group', 'aria-label': t('message.bodyForm') }, FORMS.map(each => h('button', {
        key: each, type: 'button', disabled: each === 'json' && pretty.value === null,
        'aria-pressed': form() === each ? 'true' : 'false', onClick: () => { chosen.value = each; },
      }, t(`message.form.${each}`)))),
      props.message.bodyFlaw ? h(InfoBanner, { level: 'warning', title: t('message.flaw'), text: props.message.bodyFlaw }) : null,
      bytes.value.length === 0 ? h('p', { class: 'muted' }, t('message.emptyBody')) : h(CodeBlock, { text: shown(), label: about() }),
    ];
  },
};
