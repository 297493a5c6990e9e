/** Looking after topics and groups: lists, lag, offsets, dead letters. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.admin;
