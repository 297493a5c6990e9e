/** The texts in English, one file for each part of the console. */
import clients from './en/clients.js';
import cluster from './en/cluster.js';
import deadLetters from './en/deadLetters.js';
import delayed from './en/delayed.js';
import frame from './en/frame.js';
import groups from './en/groups.js';
import messages from './en/messages.js';
import overview from './en/overview.js';
import problems from './en/problems.js';
import produce from './en/produce.js';
import topics from './en/topics.js';
import transactions from './en/transactions.js';

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
