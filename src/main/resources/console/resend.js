/** A stored message as a form that sends it anew. */
import { bytesOf, textOf } from './message.js';

/** Topics in which a message only waits, or ended: where it belongs stands in its properties. */
const NOT_ITS_OWN = /^(%DLQ%|%RETRY%|SCHEDULE_TOPIC_XXXX$|rmq_sys_|RMQ_SYS_|TRANS_CHECK_MAX_TIME_TOPIC$)/;

/** Properties that brokers and clients set: a message that is sent anew gets its own. */
const OF_BROKERS = /^(RETRY_TOPIC|REAL_TOPIC|REAL_QID|DELAY|ORIGIN_MESSAGE_ID|RECONSUME_TIME|MAX_RECONSUME_TIMES|DLQ_ORIGIN_.*|TIMER_.*|PGROUP|TRAN_MSG|UNIQ_KEY|__transactionId__|TRANSACTION_.*|TRAN_.*|CHECK_IMMUNITY.*|TRANSFER_FLAG|CORRECTION_FLAG|MQ2_FLAG|BUYER_ID|EXTEND_UNIQ_INFO|INSTANCE_ID|CORRELATION_ID|REPLY_TO_CLIENT|TTL|INNER_.*|POP_CK|APOGEE_REPLAY_OF)$/;

/**
 * What a stored message was sent as, as far as that can be sent again.
 *
 * @param message asked for `as=base64`
 * @param topic in which it was found
 * @returns `form`: the values of the form; `lost`: the names of its own properties that have no line in the form
 */
export function asSent(message, topic) {
  const own = Object.entries(message.properties).filter(([name]) => !OF_BROKERS.test(name));
  const fits = ([name, value]) => !/[\r\n]/.test(name + value) && !name.includes('=') && name.trim() === name && name !== '';
  return {
    form: {
      topic: topicOf(message, topic), ...body(message), tag: message.tag ?? '', keys: (message.keys ?? []).join(' '), orderKey: message.orderKey ?? '',
      properties: own.filter(fits).map(([name, value]) => `${name}=${value}`).join('\n'),
    },
    lost: own.filter(each => !fits(each)).map(([name]) => name),
  };
}

function topicOf({ properties }, topic) {
  return NOT_ITS_OWN.test(topic) ? properties.DLQ_ORIGIN_TOPIC ?? properties.RETRY_TOPIC ?? properties.REAL_TOPIC ?? topic : topic;
}

/** A text area has one kind of line end: CRLF is put back by `bodyOf`, and a body of several kinds stays base64. */
function body(message) {
  const text = textOf(bytesOf(message));
  const crlf = text.includes('\r\n');
  const rest = text.replaceAll('\r\n', '');
  if (message.bodyKind === 'binary' || rest.includes('\r') || (crlf && rest.includes('\n'))) {
    return { kind: 'base64', body: message.base64, crlf: false };
  }
  return { kind: 'text', body: text.replaceAll('\r\n', '\n'), crlf };
}

/** The body that a form means. */
export const bodyOf = form => (form.crlf && form.kind !== 'base64' ? form.body.replaceAll('\n', '\r\n') : form.body);
