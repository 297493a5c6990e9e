/**
 * The one way in which the console changes something: a dialog that shows what will happen and the same request for curl
 * and mqadmin before it runs. `ActionHost` stands once in the shell; pages call `act`.
 */
import { computed, h, reactive, ref, shallowRef, watch } from '../lib/vue.js';
import { send } from '../api.js';
import { t } from '../i18n.js';
import { route } from '../router.js';
import AppDialog from './dialog.js';
import FormField from './field.js';
import ProblemBanner, { lineOf } from './problem.js';
import { RequestForms } from './code.js';

const current = shallowRef(null);

/** What was done last, for the line at the foot of the page; it goes by itself. */
export const notice = ref('');

const NOTICE_MS = 8000;
let hiding = 0;

/** Shows a line at the foot of the page for a while. */
export function tell(text) {
  clearTimeout(hiding);
  notice.value = text;
  hiding = setTimeout(() => { notice.value = ''; }, NOTICE_MS);
}

/**
 * Opens the dialog.
 *
 * @param action
 *   `title`; `what`: text or function of the values that says what will happen;
 *   `fields`: what the reader may choose, `{name, label, type, value, hint, options, required, min, max, show(values)}`;
 *   `changed(name, values)`: called after the reader changed one, may change others;
 *   `request(values)`: what will be sent, see api.js; `mqadmin(values)`: its form there, if it has one;
 *   `danger`: the button is red; `confirm`: a name that must be typed;
 *   `dryRun(values)`: a request that only tells, and `preview(answer)`: a node that shows its answer;
 *   `button`: its text; `done(answer)`: the notice afterwards, and `result(answer)`: a node that is shown before the dialog closes
 * @returns the answer (true if it has no body) once it ran, undefined if the reader closed the dialog
 */
export function act(action) {
  return new Promise(resolve => {
    current.value = { action, resolve };
  });
}

/** Shows the dialog of `act`, and the notice. */
export const ActionHost = {
  name: 'ActionHost',
  setup: () => () => [
    h('div', { class: 'notice', role: 'status', hidden: notice.value === '' }, [
      notice.value,
      h('button', { type: 'button', class: 'quiet', 'aria-label': t('dialog.close'), onClick: () => { notice.value = ''; } }, '✕'),
    ]),
    current.value ? h(ActionDialog, { key: current.value.action.title, ...current.value, onClose: () => { current.value = null; } }) : null,
  ],
};

const ActionDialog = {
  name: 'ActionDialog',
  props: { action: { type: Object, required: true }, resolve: { type: Function, required: true } },
  emits: ['close'],
  setup({ action, resolve }, { emit }) {
    const values = reactive(Object.fromEntries((action.fields ?? []).map(field => [field.name, field.value ?? ''])));
    const typed = ref('');
    const problem = ref(null);
    const running = ref(false);
    /** The request that changes something is on its way: the dialog stays until it is known what became of it. */
    const performing = ref(false);
    const preview = shallowRef(null);
    const answer = shallowRef(undefined);
    let trying = null;
    const sure = computed(() => !action.confirm || typed.value === action.confirm);

    async function run(request, then, signal) {
      running.value = true;
      problem.value = null;
      try {
        const found = await send(request, signal);
        if (!signal?.aborted) {
          then(found);
        }
      } catch (failure) {
        if (!signal?.aborted) {
          problem.value = failure;
        }
      }
      running.value = false;
    }

    function close() {
      trying?.abort();
      resolve(answer.value);
      emit('close');
    }

    // It is about what that page shows. What is on its way is waited for, as its caller does.
    const page = route.path;
    watch(() => route.path !== page && !performing.value, left => {
      if (left) {
        if (problem.value) {
          tell(lineOf(problem.value));
        }
        close();
      }
    });

    async function perform() {
      performing.value = true;
      await run(action.request(values), performed);
      performing.value = false;
    }

    function performed(found) {
      answer.value = found ?? true;
      const failed = (found?.results ?? []).filter(each => each.problem);
      if (failed.length === 0) {
        tell(action.done?.(answer.value) ?? t('action.done', { title: action.title }));
      }
      if (failed.length === 0 && !action.result) {
        close();
      }
    }

    function tryOut() {
      trying = new AbortController();
      run(action.dryRun(values), found => { preview.value = found; }, trying.signal);
    }

    /** What was tried out, or is being, was something else. */
    function change(name, value) {
      values[name] = value;
      action.changed?.(name, values);
      preview.value = null;
      trying?.abort();
    }

    function fields() {
      return (action.fields ?? []).filter(field => !field.show || field.show(values)).map(({ name, value: _, show: __, ...field }) =>
        h(FormField, { key: name, ...field, modelValue: values[name], 'onUpdate:modelValue': value => change(name, value) }));
    }

    function failures() {
      return (answer.value?.results ?? []).filter(each => each.problem)
        .map((each, i) => h('li', { key: i }, lineOf(each.problem)));
    }

    function after() {
      const failed = failures();
      return [
        failed.length > 0 ? h('p', t('action.partly', { n: failed.length })) : null,
        failed.length > 0 ? h('ul', failed) : null,
        action.result?.(answer.value),
        h('footer', h('button', { type: 'button', class: 'primary', onClick: close }, t('dialog.close'))),
      ];
    }

    function before() {
      return [
        h('p', typeof action.what === 'function' ? action.what(values) : action.what),
        ...fields(),
        action.confirm ? h(FormField, {
          label: t('action.type', { name: action.confirm }), modelValue: typed.value, 'onUpdate:modelValue': value => { typed.value = value; },
          attrs: { autocomplete: 'off', spellcheck: false },
        }) : null,
        h(RequestForms, { request: action.request(values), mqadmin: action.mqadmin?.(values) ?? '' }),
        preview.value ? h('div', { class: 'preview' }, action.preview(preview.value)) : null,
        problem.value ? h(ProblemBanner, { problem: problem.value }) : null,
        h('footer', [
          action.dryRun ? h('button', { type: 'button', disabled: running.value, onClick: tryOut }, t('action.dryRun')) : null,
          h('button', { type: 'button', disabled: performing.value, onClick: close }, t('action.cancel')),
          h('button', { type: 'submit', class: action.danger ? 'danger' : 'primary', disabled: running.value || !sure.value },
            action.button ?? t('action.run')),
        ]),
      ];
    }

    return () => h(AppDialog, { title: action.title, wide: true, held: performing.value, onClose: close }, () =>
      h('form', { class: 'action', onSubmit: event => { event.preventDefault(); perform(); } }, answer.value === undefined ? before() : after()));
  },
};
