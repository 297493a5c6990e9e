/**
 * One HTTP request: its parameters and body, the operation that answers it, the answer, and what is
 * said when there is none. The families of operations live here too.
 */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.http;
