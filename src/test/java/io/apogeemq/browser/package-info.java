/**
 * The web console in a real browser: a node of its own, a Chromium or Chrome of the machine, and tests that
 * click, type and read as a person does. Without such a browser they are skipped.
 *
 * <p>A test takes a {@link io.apogeemq.browser.Page} and gets a fresh profile with each. When it ends, the
 * page must not have sent a request to another host, written an error to its console, thrown, or broken its
 * content security policy; {@link io.apogeemq.browser.Witness} holds what it did. A failed test leaves a
 * picture and the log of the page in {@code target/browser}.
 *
 * <p>The browser is driven over its DevTools protocol without a library between (docs/adr/0008 says why).
 * Nothing sleeps: elements are looked for anew in each frame that the page paints. Start at {@link
 * io.apogeemq.browser.Scope} for what can be looked for, and {@link io.apogeemq.browser.Element} for what can
 * be done with it.
 */
@NullMarked
package io.apogeemq.browser;

import org.jspecify.annotations.NullMarked;
