/** What {@code openapi.yaml} says, as far as requests are routed and checked by it. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.openapi;
