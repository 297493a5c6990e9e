package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
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

  /** That of our POM, which the sample names. */
  private static final String VERSION = "0.1.0";

  private static final String SETTINGS =
      """
      <settings>
        <mirrors>
          <mirror><id>build</id><mirrorOf>*</mirrorOf><url>%s</url></mirror>
        </mirrors>
      </settings>
      """;

  /** What Maven gives to whoever depends on us: Vert.x and what that needs, and two small jars. */
  private static final Set<String> INHERITED =
      Set.of("vertx-core", "jackson-core", "slf4j-api", "jspecify");

  private static final List<String> OF_VERTX =
      List.of("vertx-core-", "vertx-core-logging-", "netty-", "jackson-core-");

  private static final List<String> NOT_OF_VERTX = List.of("epoll", "kqueue", "tcnative");

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
    inherited.removeIf(each -> each.startsWith("netty-")); // Vert.x needs them, too
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

  /**
   * By Maven itself, from the POM that is published: with a local repository of its own, and the one of this
   * build as its only remote one, so that it takes no network and leaves nothing in a user's.
   */
  @Test
  void aProjectIsBuiltByMavenAndRunsOnWhatItInherits(@TempDir Path folder) throws Exception {
    String home = System.getProperty("maven.program.home");
    assumeTrue(home != null, "Maven runs this test");
    Path local = folder.resolve("local");
    Path build = folder.resolve("build");
    publish(local);
    Path settings = folder.resolve("settings.xml");
    Files.writeString(settings, SETTINGS.formatted(localRepository().toUri()));
    try (ChildProcess maven =
        ChildProcess.start(
            "Maven",
            List.of(
                Path.of(home, "bin", File.separatorChar == '/' ? "mvn" : "mvn.cmd").toString(),
                "-B",
                "-ntp",
                "-s",
                settings.toString(),
                "-Dmaven.repo.local=" + local,
                "-Dsample.directory=" + build,
                "-f",
                SAMPLE.resolve("pom.xml").toAbsolutePath().toString(),
                "process-classes"),
            folder,
            Map.of("JAVA_HOME", System.getProperty("java.home"), "MAVEN_OPTS", "-Xmx256m"))) {
      assertThat(maven.awaitExit(Duration.ofSeconds(120))).as("%s", maven.tail(60)).isZero();
    }
    String inherited = Files.readString(build.resolve("class.path"));
    assertThat(List.of(inherited.split(File.pathSeparator)))
        .extracting(each -> new File(each).getName())
        .contains("classes", "apogeemq-" + VERSION + "-client.jar")
        .anyMatch(name -> name.startsWith("vertx-core-"))
        .allMatch(name -> name.equals("classes") || isInherited(name));
    // In the versions with which these tests run.
    assertThat(System.getProperty("java.class.path").split(File.pathSeparator))
        .extracting(each -> new File(each).getName())
        .containsAll(
            Stream.of(inherited.split(File.pathSeparator))
                .map(each -> new File(each).getName())
                .filter(name -> !name.equals("classes") && !name.startsWith("apogeemq-"))
                .toList());
    run(inherited, folder);
  }

  private static boolean isInherited(String jar) {
    boolean ofVertx =
        OF_VERTX.stream().anyMatch(jar::startsWith)
            && NOT_OF_VERTX.stream().noneMatch(jar::contains);
    return ofVertx
        || jar.startsWith("apogeemq-")
        || jar.startsWith("slf4j-api-")
        || jar.startsWith("jspecify-");
  }

  /** What {@code mvn install} would put there of the client. */
  private static void publish(Path repository) throws IOException {
    Path place = repository.resolve("io/apogeemq/apogeemq").resolve(VERSION);
    Files.createDirectories(place);
    Files.copy(Path.of("pom.xml"), place.resolve("apogeemq-" + VERSION + ".pom"));
    Files.copy(JAR, place.resolve("apogeemq-" + VERSION + "-client.jar"));
  }

  private static Path localRepository() {
    return Path.of(System.getProperty("maven.local.repository"));
  }

  private static void run(String classPath, Path folder) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try (ChildProcess sample =
        ChildProcess.start(
            "the sample",
            List.of(
                java,
                "-cp",
                classPath,
                "sample.Main",
                Cluster.shared(Shape.TWO_BROKERS).namesrvAddr(),
                "Sample" + System.nanoTime()),
            folder,
            Map.of())) {
      sample.awaitLine(line -> line.equals("pulled hello"), Duration.ofSeconds(30));
      sample.awaitLine(line -> line.equals("consumed hello"), Duration.ofSeconds(30));
      assertThat(sample.awaitExit(Duration.ofSeconds(20))).isZero();
    }
  }
}
