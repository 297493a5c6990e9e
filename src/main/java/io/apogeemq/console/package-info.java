/**
 * The web console's page: files of the class path, served on the gateway's port. The page itself stands
 * in {@code src/main/resources/console} and does everything over the gateway's REST API, as any other
 * program would; this room knows neither cluster nor accounts.
 *
 * <p>Only {@code app} uses it: it hands {@link io.apogeemq.console.ConsolePage} to the gateway. Start
 * reading there, then at {@code console/main.js}.
 */
@org.jspecify.annotations.NullMarked
package io.apogeemq.console;
