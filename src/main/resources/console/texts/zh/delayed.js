/** Texts of the pages about: delayed. */
export default {
  'delayed.due': '投递时间',
  'delayed.by': '延迟方式',
  'delayed.level': '级别 {level}',
  'delayed.timer': '自定时间',
  'delayed.timers': '自定时间的消息',
  'delayed.after': '延迟 {time}',
  'delayed.cancel': '撤回',
  'delayed.cancelWhat': '{topic} 的消息 {id}（投递时间 {time}）将不会被投递。此操作无法撤销。',
  'delayed.noCancel': '不能撤回',
  'delayed.noCancelText': 'Broker 只能撤回自定时间的消息。',
  'delayed.none': '没有等待中的消息',
  'delayed.noneText': '带延迟发送的消息在投递之前显示在这里。',
  'delayed.untold': '{broker} 不提供等待中的内容',
  'delayed.untoldApache': '它是 Apache RocketMQ 或较旧的 Broker，没有对应的请求。',
};
