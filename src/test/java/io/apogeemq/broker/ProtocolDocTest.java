package io.apogeemq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.namesrv.NameServerRows;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.security.AccountHandlers;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/PROTOCOL.md is written from the rows that the dispatchers serve. */
class ProtocolDocTest {
  private static final Path DOCUMENT = Path.of("docs/PROTOCOL.md");

  @TempDir Path root;

  /** With -Dprotocol.doc.write=true it writes the document instead of comparing it. */
  @Test
  void theCommittedDocumentIsTheOneThatTheRowsWrite() throws IOException {
    String document;
    try (TestBroker broker = TestBroker.open(root)) {
      List<RequestFamily> families = new ArrayList<>(broker.families());
      families.add(
          new AccountHandlers(
              null, new AccountHandlers.Broker("broker-a", "", ""), task -> Reply.ok().now()));
      document = markdown(families);
    }
    if (Boolean.getBoolean("protocol.doc.write")) {
      Files.writeString(DOCUMENT, document);
    }
    assertThat(Files.readString(DOCUMENT))
        .as(
            "docs/PROTOCOL.md is old; write it anew by"
                + " ./mvnw -q test -Dtest=ProtocolDocTest -Dprotocol.doc.write=true")
        .isEqualTo(document);
  }

  private static String markdown(Collection<RequestFamily> broker) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            # The protocol: which requests are answered

            Written from the rows that the dispatchers serve; `ProtocolDocTest` keeps it true. A code that is not listed is
            answered with 3 (not supported). Some rows refuse what belongs to a feature to come and say so: 25 and 318 (changing the
            configuration of a running node), 36 (send-back), 37 (transactions), sends that ask for delay or transactions. Header
            fields in brackets may be absent; of a send also those from `reconsumeTimes` on, of a pull `commitOffset`,
            `suspendTimeoutMillis` and `subVersion`. Newer clients send more fields; they are ignored.

            Frames: length, header form and header length, header, body (`protocol.remoting.Frame` draws the bytes). Both header
            forms, JSON and ROCKETMQ (binary), are served, each frame answered in the form that it came in. Limits: frame 16 MiB,
            header 64 KiB, 1,000 header fields, JSON nested 64 deep.

            The column *needs* is what a caller must be allowed to do where a broker has access control (`aclEnable=true`); a name
            server has none.
            """);
    section(text, "Name server", NameServerRows.families(), false);
    section(text, "Broker", broker, true);
    return text.toString();
  }

  private static void section(
      StringBuilder text, String title, Collection<RequestFamily> families, boolean needs) {
    text.append("\n## ").append(title).append("\n\n");
    text.append("| code | name | header fields |").append(needs ? " needs |" : "");
    text.append("\n|---:|---|---|").append(needs ? "---|" : "").append('\n');
    for (Route<?> route : new Dispatcher(families).routes()) {
      text.append("| ")
          .append(route.code())
          .append(" | ")
          .append(RequestCode.name(route.code()))
          .append(" | ")
          .append(fields(route.header()))
          .append(needs ? " | " + needs(route) : "")
          .append(" |\n");
    }
  }

  /** Who may: "publish to: topic", "an administrator". */
  private static String needs(Route<?> route) {
    Route.About<?> about = route.about();
    return route.access().words() + (about == null ? "" : ": " + about.words());
  }

  /** A right to publish or consume that names neither topic nor group would be granted to everybody. */
  @Test
  void everyRowSaysWhatItIsAbout() throws IOException {
    try (TestBroker broker = TestBroker.open(root)) {
      assertThat(new Dispatcher(broker.families()).routes())
          .filteredOn(route -> route.access().needsName() && route.about() == null)
          .extracting(route -> RequestCode.name(route.code()))
          .as("rows whose header's topic or group has to be named: Route.topic, group or about")
          .isEmpty();
    }
  }

  private static String fields(Class<? extends Record> header) {
    return Arrays.stream(header.getRecordComponents())
        .map(each -> mayBeAbsent(each) ? "[" + each.getName() + "]" : each.getName())
        .collect(Collectors.joining(", "));
  }

  private static boolean mayBeAbsent(RecordComponent field) {
    return field.getAnnotatedType().isAnnotationPresent(Nullable.class)
        || !field.getType().isPrimitive() && field.getType() != String.class;
  }
}
