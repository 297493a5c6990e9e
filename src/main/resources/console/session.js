/** Who is signed in with this browser, and whether somebody must. */
import { computed, reactive } from './lib/vue.js';
import { send } from './api.js';

/** What the gateway says; `account` is null without a session, `refused` after an answer that wanted an account. */
export const session = reactive({ accountNeeded: false, account: null, refused: false });

/** True while pages would get nothing: they make room for the form that signs in. */
export const mustSignIn = computed(() => session.refused || (session.accountNeeded && !session.account));

const request = { path: '/v1/session' };

/** Asks the gateway; before the first page is shown. */
export async function loadSession() {
  take(await send(request));
}

/** Signs in with an account of the brokers; fails as `send` does. */
export async function signIn(accessKey, secretKey) {
  take(await send({ ...request, method: 'POST', body: { accessKey, secretKey } }));
  session.refused = false;
}

/** Signs out, here and at the gateway. */
export async function signOut() {
  await send({ ...request, method: 'DELETE' });
  await loadSession();
}

/** The gateway refused a request for want of an account, or because the session is over. */
export function signedOut() {
  session.account = null;
  session.refused = true;
}

function take({ accountNeeded, account = null }) {
  Object.assign(session, { accountNeeded, account });
}
