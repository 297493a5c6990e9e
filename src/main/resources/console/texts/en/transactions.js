/** Texts of the pages about transactions. */
export default {
  'transactions.age': 'Age',
  'transactions.group': 'Producer group',
  'transactions.producers': 'Producers online',
  'transactions.nobody': 'nobody to ask',
  'transactions.checks': 'Asked',
  'transactions.checksOf': '{n} of {max}',
  'transactions.next': 'Asked next',
  'transactions.ending': 'ending',
  'transactions.open': 'open transactions',
  'transactions.check': 'Ask now',
  'transactions.checkWhat': 'One of the {n} producers of {group} that are online is asked for the outcome at once, and the count of questions starts anew.',
  'transactions.checkNobody': 'No producer of {group} is online: it is asked as soon as one is. The count of questions starts anew.',
  'transactions.none': 'No transaction is open',
  'transactions.noneText': 'A transaction stands here from its half message until its producer commits or rolls back.',
  'transactions.givenUp': 'Transactions that were given up lie in TRANS_CHECK_MAX_TIME_TOPIC:',
};
