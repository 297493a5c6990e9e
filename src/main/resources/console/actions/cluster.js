/** The name of the cluster, which many commands of mqadmin want. */
import { ref } from '../lib/vue.js';
import { get } from '../api.js';

const USUAL = 'DefaultCluster';
const name = ref('');
let asked = false;

/** The cluster's name as far as it is known: RocketMQ's usual one until the brokers have told theirs. */
export function clusterName() {
  if (!asked) {
    asked = true;
    get('/v1/brokers').then(
      found => { name.value = found.brokers.find(each => each.cluster)?.cluster ?? ''; },
      () => { asked = false; }, // asked again with the next form
    );
  }
  return name.value || USUAL;
}
