/** Who sends a request, and the client that acts in his name. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.access;
