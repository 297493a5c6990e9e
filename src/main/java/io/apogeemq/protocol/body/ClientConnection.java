package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.LanguageCode;
import org.jspecify.annotations.Nullable;

/** A connected client of a group. */
public record ClientConnection(
    @Nullable String clientAddr, String clientId, @Nullable LanguageCode language, int version)
    implements Body {}
