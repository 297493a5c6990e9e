package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The client's own jar is enough for a project that uses only the client (src/test/sample-client). */
@ExtendWith(OutputOnFailure.class)
class SampleClientTest {
  private static final Path JAR = Path.of("target/apogeemq-client.jar");
  private static final Path SAMPLE = Path.of("src/test/sample-client");

  /** What Maven gives to whoever depends on us: Vert.x and what that needs, and two small jars. */
  private static final Set<String> INHERITED = Set.of("vertx-core", "slf4j-api", "jspecify");

  private static final List<String> OF_VERTX =
      List.of("vertx-core-", "vertx-core-logging-", "netty-", "jackson-core-");

  private static final List<String> NOT_OF_VERTX = List.of("native", "netty-tcnative");

  @Test
  void ourOtherDependenciesAreOptional() throws Exception {
    Element project =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new File("pom.xml"))
            .getDocumentElement();
    Set<String> inherited = new TreeSet<>();
    NodeList all = project.getElementsByTagName("dependency");
    for (int i = 0; i < all.getLength(); i++) {
      Element each = (Element) all.item(i);
      boolean ours = each.getParentNode().getParentNode() == project;
      if (ours && text(each, "scope").isEmpty() && !text(each, "optional").equals("true")) {
        inherited.add(text(each, "artifactId"));
      }
    }
    assertThat(inherited).isEqualTo(new TreeSet<>(INHERITED));
  }

  private static String text(Element parent, String name) {
    NodeList all = parent.getElementsByTagName(name);
    return all.getLength() == 0 ? "" : all.item(0).getTextContent().trim();
  }

  @Test
  void theJarHoldsTheClientAndNothingOfTheServer() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      Set<String> rooms = new TreeSet<>();
      jar.stream()
          .map(each -> each.getName())
          .filter(each -> each.endsWith(".class"))
          .forEach(each -> rooms.add(each.split("/")[2]));
      assertThat(rooms).containsExactly("client", "config", "protocol", "remoting", "thread");
      assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
    }
  }

  @Test
  void aProjectCompilesAndRunsOnWhatItInherits(@TempDir Path classes) {
    List<String> path = new ArrayList<>(List.of(JAR.toAbsolutePath().toString()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = new File(entry).getName();
      boolean ofVertx =
          OF_VERTX.stream().anyMatch(name::startsWith)
              && NOT_OF_VERTX.stream().noneMatch(name::contains);
      if (ofVertx || name.startsWith("slf4j-api-") || name.startsWith("jspecify-")) {
        path.add(entry);
      }
    }
    String inherited = String.join(File.pathSeparator, path);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-Xlint:all,-classfile",
                "-Werror",
                "-proc:none",
                "-cp",
                inherited,
                "-d",
                classes.toString(),
                SAMPLE.resolve("src/main/java/sample/Main.java").toString());
    assertThat(compiled).isZero();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try (ChildProcess sample =
        ChildProcess.start(
            "the sample",
            List.of(
                java,
                "-cp",
                inherited + File.pathSeparator + classes,
                "sample.Main",
                Cluster.shared(Shape.TWO_BROKERS).namesrvAddr(),
                "Sample" + System.nanoTime()),
            classes,
            Map.of())) {
      sample.awaitLine(line -> line.equals("pulled hello"), Duration.ofSeconds(30));
      sample.awaitLine(line -> line.equals("consumed hello"), Duration.ofSeconds(30));
      assertThat(sample.awaitExit(Duration.ofSeconds(20))).isZero();
    }
  }
}
