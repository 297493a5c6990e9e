/** Messages as HTTP carries them: JSON, raw bodies with headers, CloudEvents. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.message;
