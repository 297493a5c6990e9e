/** Signing in with an account of the brokers. */
import { h, reactive, ref } from '../lib/vue.js';
import { t } from '../i18n.js';
import { session, signIn } from '../session.js';
import FormField from './field.js';
import ProblemBanner from './problem.js';

export default {
  name: 'LoginForm',
  setup() {
    const values = reactive({ accessKey: session.ended ?? '', secretKey: '' });
    const first = session.ended ? 'secretKey' : 'accessKey';
    const problem = ref(null);
    const running = ref(false);

    async function submit(event) {
      event.preventDefault();
      running.value = true;
      problem.value = null;
      try {
        await signIn(values.accessKey, values.secretKey);
      } catch (failure) {
        problem.value = failure;
        values.secretKey = '';
      }
      running.value = false;
    }

    const field = (name, type, autocomplete) => h(FormField, {
      label: t(`login.${name}`), type, required: true, modelValue: values[name],
      'onUpdate:modelValue': value => { values[name] = value; }, attrs: { autocomplete, name, autofocus: name === first },
    });

    return () => h('form', { class: 'panel login', onSubmit: submit }, [
      h('p', { class: 'muted' }, session.ended ? t('login.ended') : t('login.text')),
      field('accessKey', 'text', 'username'),
      field('secretKey', 'password', 'current-password'),
      problem.value ? h(ProblemBanner, { problem: problem.value }) : null,
      h('button', { type: 'submit', class: 'primary', disabled: running.value }, t('login.button')),
    ]);
  },
};
