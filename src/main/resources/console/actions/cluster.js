/** The name of the cluster, which many commands of mqadmin want. */
import { ref } from '../lib/vue.js';
import { get, variable } from '../api.js';

/** No guess: a command that deletes would be run against it. */
const UNKNOWN = variable('CLUSTER');
const name = ref('');
let asked = false;

/** The cluster's name for `mqadmin`: a variable of the shell until the brokers have told theirs. */
export function clusterName() {
  if (!asked) {
    asked = true;
    get('/v1/brokers').then(
      found => { name.value = found.brokers.find(each => each.cluster)?.cluster ?? ''; },
      () => { asked = false; }, // asked again with the next form
    );
  }
  return name.value || UNKNOWN;
}
