/**
 * HTTP, server-sent events and WebSocket in front of a cluster: publish, receive, acknowledge and look
 * after topics and groups without a client library. It sits on {@code client} and keeps no state of
 * messages, so that any number of gateways may stand in front of one cluster, ours or Apache's.
 *
 * <p>Only {@code app} calls it, by {@link io.apogeemq.gateway.Gateway}. Start reading at {@code
 * openapi.yaml}, which is the source of the routes, then at {@link
 * io.apogeemq.gateway.GatewayVerticle}; each operation of that document is a row of an {@link
 * io.apogeemq.gateway.http.OperationFamily}.
 */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway;
