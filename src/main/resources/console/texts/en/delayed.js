/** Texts of the pages about delayed messages. */
export default {
  'delayed.due': 'Delivered',
  'delayed.by': 'Delay',
  'delayed.level': 'level {level}',
  'delayed.timer': 'own time',
  'delayed.timers': 'with times of their own',
  'delayed.after': 'after {time}',
  'delayed.cancel': 'Take back',
  'delayed.cancelWhat': 'The message {id} of {topic}, due {time}, will never be delivered. This can’t be undone.',
  'delayed.noCancel': 'can’t be taken back',
  'delayed.noCancelText': 'Brokers take back only messages with a time of their own.',
  'delayed.none': 'Nothing waits',
  'delayed.noneText': 'Messages sent with a delay stand here until they are delivered.',
  'delayed.untold': '{broker} does not tell what waits',
  'delayed.untoldApache': 'It is a broker of Apache RocketMQ, or an older one: it has no request for that.',
};
