/** Why something could not be shown or done. */
import { h } from '../lib/vue.js';
import { ApiProblem } from '../api.js';
import { hasText, t } from '../i18n.js';
import InfoBanner from './banner.js';

/** `problem` is what a request of api.js failed with; `retry` adds a button that calls it. */
export default {
  name: 'ProblemBanner',
  props: { problem: { type: Object, required: true }, retry: { type: Function, default: null } },
  setup: props => () => {
    const { problem } = props;
    const kind = problem instanceof ApiProblem ? problem.type.split('/').at(-1) : '';
    return h(InfoBanner, {
      level: 'error',
      title: hasText(`problem.${kind}`) ? t(`problem.${kind}`) : problem.title || t('problem.failed'),
      text: problem.message,
      cure: hasText(`cure.${kind}`) ? t(`cure.${kind}`) : problem.cure ?? '',
    }, props.retry ? () => h('button', { type: 'button', onClick: () => props.retry() }, t('problem.retry')) : undefined);
  },
};
