/** Bytes as they were captured between official clients and servers, and bytes that nobody should send. */
package io.apogeemq.wire;
