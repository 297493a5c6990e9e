/** Whether the reader must sign in. */
import { ref } from './lib/vue.js';

/** True while the gateway wants an account that this browser has not given. */
export const needsAccount = ref(false);

/** The gateway refused a request for want of an account, or the session is over. */
export function signedOut() {
  needsAccount.value = true;
}
