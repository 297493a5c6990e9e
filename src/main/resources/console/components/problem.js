/** Why something could not be shown or done. */
import { h } from '../lib/vue.js';
import { ApiProblem } from '../api.js';
import { english, hasText, t } from '../i18n.js';
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
      // A cure for this very problem is better than the usual one in the reader's language.
      cure: usual(problem.cure, kind) ? t(`cure.${kind}`) : problem.cure ?? '',
    }, props.retry ? () => h('button', { type: 'button', onClick: () => props.retry() }, t('problem.retry')) : undefined);
  },
};

/** Whether a problem's cure is that of its kind. */
const usual = (cure, kind) => hasText(`cure.${kind}`) && (!cure || cure.replaceAll("'", '’') === english(`cure.${kind}`));
