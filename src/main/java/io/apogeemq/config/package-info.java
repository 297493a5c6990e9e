/**
 * Configuration: every key is declared once, as a row of {@link io.apogeemq.config.BrokerKeys} or
 * {@link io.apogeemq.config.NamesrvKeys}; {@link io.apogeemq.config.Settings} holds the values of one
 * process and knows where each came from. The document docs/CONFIG.md is written from the rows by
 * {@link io.apogeemq.config.ConfigDoc}.
 *
 * <p>Any room may name a key; only {@code app} reads files and flags. Start at {@link
 * io.apogeemq.config.Key}.
 */
@NullMarked
package io.apogeemq.config;

import org.jspecify.annotations.NullMarked;
