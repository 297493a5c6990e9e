/** The console starts here: the shell goes into the page, and the router picks what it shows. */
import { createApp } from './lib/vue.js';
import { startRouter } from './router.js';
import { startKeys } from './keys.js';
import { loadSession } from './session.js';
import Shell from './shell.js';

// Without an answer the pages say themselves what is wrong.
await loadSession().catch(() => {});
startRouter();
startKeys();
createApp(Shell).mount('#app');
