package io.apogeemq.gateway.openapi;

import java.util.List;
import java.util.Set;

/**
 * One operation of the document.
 *
 * @param id {@code operationId}; the handler is found by it
 * @param method as in a request line
 * @param path with its parameters in braces
 * @param parameters those of the path and its own
 * @param open whether it needs no account, whatever the gateway requires: its own {@code security} is
 *     empty, or has {@code {}} in it
 * @param heedsAccount whether it does something for the account that a request names
 * @param consumes media types of its body; empty if it takes none
 */
public record Operation(
    String id,
    String method,
    String path,
    List<Parameter> parameters,
    boolean open,
    boolean heedsAccount,
    Set<String> consumes) {

  public Operation {
    parameters = List.copyOf(parameters);
    consumes = Set.copyOf(consumes);
  }
}
