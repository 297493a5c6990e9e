/** The list of threads, and the mark by which code says which one it runs on. Start at {@link io.apogeemq.thread.ThreadRole}. */
package io.apogeemq.thread;
