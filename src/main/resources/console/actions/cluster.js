/** The name of the cluster, which many commands of mqadmin want. */
import { shallowRef } from '../lib/vue.js';
import { get, variable } from '../api.js';

/** No guess: a command that deletes would be run against it. */
const UNKNOWN = variable('CLUSTER');
const name = shallowRef(UNKNOWN);
let asked = false;

/** The one cluster of all these brokers for `mqadmin`; a variable of the shell where they tell none or several. */
export function clusterOf(brokers) {
  const [first, ...others] = new Set(brokers.map(each => each.cluster ?? ''));
  return first && others.length === 0 ? first : UNKNOWN;
}

/** The same of all brokers that the name servers know: a variable until these have told theirs. */
export function clusterName() {
  if (!asked) {
    asked = true;
    get('/v1/brokers').then(
      found => { name.value = clusterOf(found.brokers); },
      () => { asked = false; }, // asked again with the next form
    );
  }
  return name.value;
}
