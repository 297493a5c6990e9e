package io.apogeemq.broker;

/**
 * Who this broker is, as others name it. Immutable.
 *
 * @param id 0 is the master
 * @param address {@code host:port} that clients dial
 */
public record BrokerIdentity(String cluster, String name, long id, String address) {}
