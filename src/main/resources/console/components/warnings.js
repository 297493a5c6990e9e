/** What is wrong with the cluster: a banner for each, with its cause, its cure and a way there. */
import { h, ref } from '../lib/vue.js';
import { get } from '../api.js';
import { hasText, t } from '../i18n.js';
import { usePolled } from '../live.js';
import { href, to } from '../router.js';
import InfoBanner from './banner.js';

const EVERY_MS = 10_000;

/** So many are shown until the reader wants all. */
const SHOWN = 4;

export default {
  name: 'ClusterWarnings',
  setup() {
    const { data } = usePolled(signal => get('/v1/warnings', {}, signal), EVERY_MS);
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
      const found = data.value?.warnings ?? [];
      if (found.length === 0) {
        return null;
      }
      const shown = all.value ? found : found.slice(0, SHOWN);
      return h('section', { class: 'banner-list', 'aria-label': t('warning.list') }, [
        ...shown.map(banner),
        found.length > shown.length
          ? h('button', { type: 'button', class: 'quiet', onClick: () => { all.value = true; } }, t('warning.more', { n: found.length - shown.length }))
          : null,
      ]);
    };
  },
};
