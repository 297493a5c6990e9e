/** The pages about topics. */
export default {
  'topics.name': 'Topic',
  'topics.filter': 'part of a name',
  'topics.internal': 'also internal topics',
  'topics.create': 'Create topic',
  'topics.createWhat': 'Creates the topic {topic} with {queues} queues on every broker; if it is there already, changes it to that.',
  'topics.queues': 'Queues on each broker',
  'topics.queuesHint': 'At most so many consumers of a group can work at once.',
  'topics.permission': 'Clients may',
  'topics.delete': 'Delete',
  'topics.deleteWhat': 'Deletes the topic {topic} and all its messages from every broker. This can’t be undone.',
  'topics.none': 'There are no topics yet',
  'topics.noneText': 'Create the first one, or let a producer create it by sending.',
  'topics.noneFound': 'No topic has that in its name',
  'topics.noneFoundText': 'Change the filter, or create the topic.',
};
