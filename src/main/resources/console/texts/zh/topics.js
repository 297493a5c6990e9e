/** The pages about topics. */
export default {
  'topics.name': '主题',
  'topics.filter': '名称的一部分',
  'topics.internal': '包括内部主题',
  'topics.create': '创建主题',
  'topics.createWhat': '在每个 Broker 上创建主题 {topic}（{queues} 个队列）；如已存在则改为此设置。',
  'topics.queues': '每个 Broker 的队列数',
  'topics.queuesHint': '同一消费组最多有这么多消费者能同时工作。',
  'topics.permission': '客户端权限',
  'topics.delete': '删除',
  'topics.deleteWhat': '从所有 Broker 删除主题 {topic} 及其全部消息，且无法撤销。',
  'topics.none': '还没有主题',
  'topics.noneText': '请创建第一个主题，或由生产者发送消息时自动创建。',
  'topics.noneFound': '没有名称匹配的主题',
  'topics.noneFoundText': '请修改筛选条件，或创建该主题。',
};
