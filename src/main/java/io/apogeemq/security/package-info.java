/**
 * Who may do what: access control as RocketMQ 4.x has it ("ACL 1.0"). {@link
 * io.apogeemq.security.AccessCheck} stands before the handlers of a broker, {@link
 * io.apogeemq.security.Accounts} keeps the files with the accounts, {@link
 * io.apogeemq.security.AccountHandlers} changes them. The broker knows none of them: it is given a
 * {@link io.apogeemq.remoting.Gate} and a family of rows. Start at {@code AccessCheck}.
 */
@NullMarked
package io.apogeemq.security;

import org.jspecify.annotations.NullMarked;
