/** The texts in Chinese, one file for each part of the console. */
import clients from './zh/clients.js';
import cluster from './zh/cluster.js';
import deadLetters from './zh/deadLetters.js';
import delayed from './zh/delayed.js';
import frame from './zh/frame.js';
import groups from './zh/groups.js';
import messages from './zh/messages.js';
import overview from './zh/overview.js';
import problems from './zh/problems.js';
import produce from './zh/produce.js';
import topics from './zh/topics.js';
import transactions from './zh/transactions.js';

export default {
  ...frame,
  ...problems,
  ...overview,
  ...cluster,
  ...topics,
  ...groups,
  ...clients,
  ...messages,
  ...deadLetters,
  ...delayed,
  ...transactions,
  ...produce,
};
