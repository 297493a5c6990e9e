/** What is wrong with the cluster, or worth knowing: a banner for each, with its cause, its cure and a way there. */
import { h, ref } from '../lib/vue.js';
import { hasText, t } from '../i18n.js';
import { href, to } from '../router.js';
import InfoBanner from './banner.js';

/** So many are shown until the reader wants all. */
const SHOWN = 4;

/** `warnings`: rows of /v1/warnings; `label` names the list for who hears it. */
export default {
  name: 'ClusterWarnings',
  props: { warnings: { type: Array, required: true }, label: { type: String, required: true } },
  setup(props) {
    const all = ref(false);

    function link({ group, topic, broker }) {
      if (group) {
        return h('a', { href: to('group', { group }) }, t('warning.toGroup', { group }));
      }
      if (topic) {
        return h('a', { href: to('topic', { topic }) }, t('warning.toTopic', { topic }));
      }
      return broker ? h('a', { href: href('/cluster', { broker: broker.split(', ')[0] }) }, t('warning.toBroker')) : null;
    }

    function banner({ kind, level, detail, cure, values }) {
      const known = hasText(`warning.${kind}.cause`);
      return h(InfoBanner, {
        key: kind + JSON.stringify(values),
        level,
        title: known ? t(`warning.${kind}`, values) : detail,
        text: known ? t(`warning.${kind}.cause`, values) : '',
        cure: known ? t(`warning.${kind}.cure`, values) : cure,
      }, () => link(values));
    }

    return () => {
      const found = props.warnings;
      if (found.length === 0) {
        return null;
      }
      const shown = all.value ? found : found.slice(0, SHOWN);
      return h('section', { class: 'banner-list', 'aria-label': props.label }, [
        ...shown.map(banner),
        found.length > shown.length
          ? h('button', { type: 'button', class: 'quiet', onClick: () => { all.value = true; } }, t('warning.more', { n: found.length - shown.length }))
          : null,
      ]);
    };
  },
};
