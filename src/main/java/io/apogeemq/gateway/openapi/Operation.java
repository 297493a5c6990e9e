package io.apogeemq.gateway.openapi;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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
 * @param fields that a JSON object as its body may have; empty if the document says no more of it
 */
public record Operation(
    String id,
    String method,
    String path,
    List<Parameter> parameters,
    boolean open,
    boolean heedsAccount,
    Set<String> consumes,
    Set<String> fields) {
  /** Where an API begins that is ours alone; pages and probes are asked with what others add. */
  private static final String OWN = "/v1/";

  public Operation {
    parameters = List.copyOf(parameters);
    consumes = Set.copyOf(consumes);
    fields = Set.copyOf(fields);
  }

  /** Whether it belongs to the API; if not, it is a page or for probes. */
  public boolean isOwn() {
    return path.startsWith(OWN);
  }

  /**
   * Who mistypes {@code dryRun} does not want to be taken at the rest of his word.
   *
   * @param names of the parameters in the query of a request
   * @throws BadParameter naming the first that this operation does not have
   */
  public void requireKnown(Collection<String> names) throws BadParameter {
    if (names.isEmpty() || !isOwn()) {
      return;
    }
    Set<String> known = new TreeSet<>();
    for (Parameter each : parameters) {
      if (each.in() == Parameter.Place.QUERY) {
        known.add(each.name());
      }
    }
    for (String each : names) {
      if (!known.contains(each)) {
        throw BadParameter.unknown(each, known, fields.contains(each));
      }
    }
  }
}
