/**
 * A RocketMQ client for Vert.x, which is also a library of its own (jar with classifier {@code client},
 * docs/CLIENT.md). Works against ApogeeMQ and against Apache RocketMQ alike, since both speak the same
 * protocol. The gateway and the command line sit on it.
 *
 * <p>Start at {@link io.apogeemq.client.ApogeeClient}. One client owns one event loop, on which all its
 * state lives; its methods may be called from any thread, and answer on the context that called. It is
 * one package, because Java shows to all what two packages share; what is public is for applications.
 * The classes by what they are for, in the order in which they are best read:
 *
 * <ul>
 *   <li>Below all: {@code Loop} (the event loop, hops, timers), {@code Calls} (requests), {@code Routes}
 *       with {@code PublishQueues}, {@code Membership} (heartbeats), {@code BrokerNotices} and {@code
 *       ToolQuestions} (what brokers ask us). {@code ClientOptions} with {@code OptionRules}, {@code
 *       TlsChoice} and {@code LocalAddress}; {@code ClientMetrics}, {@code GuardedMetrics} and {@code ClientCounters}; {@code
 *       RequestRefused}.
 *   <li>Messages: {@code Message}, {@code ReceivedMessage}, {@code MessageQueue}, {@code Filter}; {@code
 *       Outgoing} and {@code StoredMessages} are their forms on the wire, with {@code UniqueIds},
 *       {@code Body} with {@code Zlib} and {@code Libraries}.
 *   <li>Sending: {@code Producer} with {@code ProducerOptions}, below it {@code Sending} (one message,
 *       all its tries) with {@code SilentBrokers}, {@code KeyOrder}, {@code Lingering} (batches), {@code MessageSink}; its answers
 *       {@code SendResult}, {@code SendStatus}, {@code TooManyPending}; {@code RecallHandles}. With a
 *       transaction: {@code TransactionProducer}, {@code OpenTransaction}, {@code TransactionChecker}, {@code
 *       TransactionOutcome}, {@code TransactionResult}, {@code TransactionEnded}. Request-reply: {@code Requests}.
 *   <li>Consuming by push: {@code PushConsumer} with {@code ConsumerOptions}, and its parts in the order
 *       in which a message meets them: {@code Sharing} and {@code QueueAllocation} (who has which
 *       queue), {@code Holdings} with {@code OwnedQueue}, {@code StartOffsets} and {@code QueueLocks} (what we have), {@code
 *       Reading} (pulls), {@code Deliveries} with {@code Listening} (to the {@code MessageListener}, as
 *       a {@code Delivery}), {@code FailedMessages}, {@code OffsetKeeper} with {@code OffsetStore} and
 *       {@code FileOffsetStore}. For tools: {@code SelfReport} with {@code ConsumeFigures}, {@code
 *       MovingSum} and {@code ThreadDump}, {@code DirectConsumption}. As a stream: {@code
 *       MessageStream}, {@code StreamedMessage}.
 *   <li>Consuming otherwise: {@code PullConsumer} with {@code PullResult}; {@code PopConsumer} with
 *       {@code ReceiveOptions}, {@code PopWaits}, {@code PopAnswer}, {@code PoppedMessage}, {@code
 *       Receipt}, {@code Acks}, {@code BatchAcks}.
 *   <li>Administration: {@code Nodes} (whom to ask), {@code Admin} with {@code OrderConfig}, {@code
 *       GroupAdmin} with {@code GroupProgress}, {@code MessageQuery}, {@code PendingMessages},
 *       {@code Inspection}.
 * </ul>
 */
@NullMarked
package io.apogeemq.client;

import org.jspecify.annotations.NullMarked;
