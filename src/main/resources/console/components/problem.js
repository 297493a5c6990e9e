/** Why something could not be shown or done. */
import { h } from '../lib/vue.js';
import { english, hasText, t } from '../i18n.js';
import InfoBanner from './banner.js';

/** `problem` is what a request of api.js failed with; `retry` adds a button that calls it. */
export default {
  name: 'ProblemBanner',
  props: { problem: { type: Object, required: true }, retry: { type: Function, default: null } },
  setup: props => () => h(InfoBanner, {
    level: 'error', title: titleOf(props.problem), text: detailOf(props.problem), cure: cureOf(props.problem),
  }, props.retry ? () => h('button', { type: 'button', onClick: () => props.retry() }, t('problem.retry')) : undefined),
};

/** What kind of problem it is, in the reader's language; `problem` as above, or one that stands in an answer. */
export function titleOf(problem) {
  const kind = kindOf(problem);
  return hasText(`problem.${kind}`) ? t(`problem.${kind}`) : problem.title || t('problem.failed');
}

/** A problem where there is room for a line only: its kind, and what `reasonOf` gives. */
export const lineOf = problem => t('problem.line', { title: titleOf(problem), reason: reasonOf(problem) });

/** Its detail, which comes from the gateway and is English, and what cures it. */
export const reasonOf = problem => [detailOf(problem), cureOf(problem)].filter(Boolean).join(' ');

const kindOf = problem => (problem.type ?? '').split('/').at(-1);
const detailOf = problem => problem.detail ?? problem.message ?? '';

/** A cure for this very problem is better than the usual one in the reader's language. */
function cureOf(problem) {
  const kind = kindOf(problem);
  return usual(problem.cure, kind) ? t(`cure.${kind}`) : problem.cure ?? '';
}

/** Whether a problem's cure is that of its kind. */
const usual = (cure, kind) => hasText(`cure.${kind}`) && (!cure || cure.replaceAll("'", '’') === english(`cure.${kind}`));
