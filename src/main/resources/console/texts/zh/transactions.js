/** Texts of the pages about: transactions. */
export default {
  'transactions.age': '已等待',
  'transactions.group': '生产者组',
  'transactions.producers': '在线生产者',
  'transactions.nobody': '无人可问',
  'transactions.checks': '回查次数',
  'transactions.checksOf': '{n} / {max}',
  'transactions.next': '下次回查',
  'transactions.ending': '正在结束',
  'transactions.open': '未决事务',
  'transactions.check': '立即回查',
  'transactions.checkWhat': '立即向 {group} 的 {n} 个在线生产者之一回查结果，回查次数重新计数。',
  'transactions.checkNobody': '{group} 没有在线的生产者：一有生产者上线就回查。回查次数重新计数。',
  'transactions.none': '没有未决事务',
  'transactions.noneText': '事务从半消息开始显示在这里，直到生产者提交或回滚。',
  'transactions.givenUp': '已放弃的事务位于 TRANS_CHECK_MAX_TIME_TOPIC：',
};
