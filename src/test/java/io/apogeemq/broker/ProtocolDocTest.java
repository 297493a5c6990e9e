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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
      document = markdown(families(broker));
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

  /** All that a broker may serve: with access control, too. */
  private static List<RequestFamily> families(TestBroker broker) {
    List<RequestFamily> families = new ArrayList<>(broker.families());
    families.add(
        new AccountHandlers(
            null, new AccountHandlers.Broker("broker-a", "", ""), task -> Reply.ok().now()));
    return families;
  }

  private static String markdown(Collection<RequestFamily> broker) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            # The protocol: which requests are answered

            Written from the rows that the dispatchers serve; `ProtocolDocTest` keeps it true. [All codes](#all-codes) stand at
            the end. A code that is not answered gets 3 (not supported). Header fields in brackets may be absent; of a send also
            those from `reconsumeTimes` on, of a pull `commitOffset`, `suspendTimeoutMillis` and `subVersion`. Newer clients send
            more fields; they are ignored.

            Frames: length, header form and header length, header, body (`protocol.remoting.Frame` draws the bytes). Both header
            forms, JSON and ROCKETMQ (binary), are served, each frame answered in the form that it came in. Limits: frame 16 MiB,
            header 64 KiB, 1,000 header fields, JSON nested 64 deep.

            The column *needs* is what a caller must be allowed to do where a broker has access control (`aclEnable=true`); a name
            server has none.
            """);
    section(text, "Name server", NameServerRows.families(), false);
    section(text, "Broker", broker, true);
    allCodes(text, answered(broker));
    return text.toString();
  }

  /** The codes that name server and broker have rows for, but for those that only refuse. */
  private static Set<Integer> answered(Collection<RequestFamily> broker) throws IOException {
    Set<Integer> codes = new TreeSet<>();
    for (Collection<RequestFamily> each : List.of(NameServerRows.families(), broker)) {
      for (Route<?> route : new Dispatcher(each).routes()) {
        boolean fieldsUnread =
            RequestCodes.HAVE_FIELDS.contains(route.code())
                && route.header() == Route.NoFields.class;
        if (!fieldsUnread) {
          codes.add(route.code());
        }
      }
    }
    return codes;
  }

  private static void allCodes(StringBuilder text, Set<Integer> answered) throws IOException {
    text.append(
        """

        ## All codes

        Priority: P0 is needed to send and consume, P1 by a complete client (P1b of it only by proxies), P2 by tools and
        dashboards (P2x: rare ones of 5.x), P3 between servers; *old* ones nobody sends. The test shows it with the official client
        or tool (`compat`) or on the wire. 30000 to 30099 are ApogeeMQ's own: what administrators ask that no code of RocketMQ's tells.

        | code | name | priority | versions | here | shown by |
        |---:|---|---|---|---|---|
        """);
    for (RequestCodes.Row row : RequestCodes.ALL) {
      text.append("| ")
          .append(row.code())
          .append(" | ")
          .append(RequestCode.name(row.code()))
          .append(" | ")
          .append(row.priority())
          .append(" | ")
          .append(versions(row))
          .append(" | ")
          .append(here(row.code(), answered))
          .append(" | ")
          .append(row.test().equals("-") ? "" : "`" + row.test() + "`")
          .append(" |\n");
    }
  }

  private static String versions(RequestCodes.Row row) {
    return switch (row.versions()) {
      case "both" -> "4.9.x, 5.x";
      case "4.9-only" -> "4.9.x";
      case "ours" -> "ApogeeMQ";
      default -> row.versions();
    };
  }

  private static String here(int code, Set<Integer> answered) throws IOException {
    if (RequestCodes.TO_CLIENTS.contains(code)) {
      return sent().contains(RequestCode.name(code)) ? "sent to clients" : "not sent";
    }
    if (RequestCodes.REFUSED.contains(code)) {
      return "refused with the reason";
    }
    if (answered.contains(code)) {
      return "answered";
    }
    return RequestCodes.HAVE_FIELDS.contains(code) ? "not yet" : "not supported";
  }

  /** The names of codes that stand in the broker's sources; what it sends is among them. */
  private static Set<String> sent() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java/io/apogeemq/broker"))) {
      Set<String> names = new TreeSet<>();
      for (Path each : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        names.addAll(List.of(Files.readString(each).split("\\W+")));
      }
      return names;
    }
  }

  @Test
  void everyCodeHasOneLine() {
    assertThat(RequestCodes.ALL)
        .extracting(RequestCodes.Row::code)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(RequestCode.all());
  }

  @Test
  void whatClientsNeedIsAnsweredOrKnownToBeOpen() throws IOException {
    Set<Integer> open = new TreeSet<>();
    try (TestBroker broker = TestBroker.open(root)) {
      Set<Integer> answered = answered(families(broker));
      for (RequestCodes.Row row : RequestCodes.ALL) {
        String here = here(row.code(), answered);
        if (row.mustBeAnswered() && here.startsWith("not ")) {
          open.add(row.code());
        }
      }
    }
    assertThat(open)
        .as("P0 and P1 codes without an answer; RequestCodes.OPEN says which may be so for now")
        .isEqualTo(new TreeSet<>(RequestCodes.OPEN));
  }

  @Test
  void whatIsAnsweredIsShownByATestThatExists() throws IOException {
    try (TestBroker broker = TestBroker.open(root)) {
      Set<Integer> answered = answered(families(broker));
      List<String> unshown = new ArrayList<>();
      for (RequestCodes.Row row : RequestCodes.ALL) {
        String here = here(row.code(), answered);
        if (row.test().equals("-") && (here.equals("answered") || here.startsWith("sent "))) {
          unshown.add(row.code() + " " + RequestCode.name(row.code()));
        }
      }
      assertThat(unshown).as("answered codes whose line in RequestCodes names no test").isEmpty();
    }
    assertThat(RequestCodes.ALL)
        .filteredOn(row -> !row.test().equals("-"))
        .allSatisfy(
            row ->
                assertThat(
                        Path.of(
                            "src/test/java/io/apogeemq", row.test().replace('.', '/') + ".java"))
                    .exists());
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
