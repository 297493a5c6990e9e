/** Who is signed in with this browser, and whether somebody must. */
import { computed, reactive } from './lib/vue.js';
import { send } from './api.js';

/**
 * What the gateway says; `account` is null without a session, `refused` after an answer that wanted an account, `ended` the
 * account whose session was over then. `reader` changes when somebody else sits there, who is shown none of the pages of the
 * one before.
 */
export const session = reactive({ accountNeeded: false, account: null, refused: false, ended: null, reader: 0 });

/** True while pages would get nothing. */
export const mustSignIn = computed(() => session.refused || (session.accountNeeded && !session.account));

/** What goes on when somebody has signed in. */
const waiting = new Set();

const request = { path: '/v1/session' };

/** Asks the gateway; before the first page is shown. */
export async function loadSession() {
  take(await send(request));
}

/** Signs in with an account of the brokers; fails as `send` does. */
export async function signIn(accessKey, secretKey) {
  take(await send({ ...request, method: 'POST', body: { accessKey, secretKey } }));
  if (session.ended !== null && session.ended !== session.account) {
    session.reader++;
  }
  Object.assign(session, { refused: false, ended: null });
  waiting.forEach(go => go());
  waiting.clear();
}

/** Settles when somebody has signed in; fails when the signal is aborted before. */
export function signedIn(signal) {
  return new Promise((go, fail) => {
    signal?.throwIfAborted();
    waiting.add(go);
    signal?.addEventListener('abort', () => {
      waiting.delete(go);
      fail(signal.reason);
    }, { once: true });
  });
}

/** Signs out, here and at the gateway. */
export async function signOut() {
  await send({ ...request, method: 'DELETE' });
  Object.assign(session, { account: null, refused: false, ended: null, reader: session.reader + 1 });
  await loadSession();
}

/** The gateway refused a request for want of an account, or because the session is over. */
export function signedOut() {
  session.ended = session.account ?? session.ended;
  session.account = null;
  session.refused = true;
}

function take({ accountNeeded, account = null }) {
  Object.assign(session, { accountNeeded, account });
}
