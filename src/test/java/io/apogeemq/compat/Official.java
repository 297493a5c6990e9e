package io.apogeemq.compat;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A published version of the official jars, and the test programs compiled against it. */
enum Official {
  V4_9_5("4.9.5"),
  V4_9_8("4.9.8"),
  V5_5_0("5.5.0");

  private static final Path PROGRAMS = Path.of("src/test/compat-programs");

  /** Programs that need the jars of the servers, which not every version here has. */
  private static final Path ORACLES = PROGRAMS.resolve("oracle");

  private final String version;
  private boolean compiled;

  Official(String version) {
    this.version = version;
  }

  /** As official clients name it in their tables: {@code V4_9_5}. */
  String versionName() {
    return name();
  }

  /** Jars and compiled test programs, as a JVM takes them. */
  synchronized String classPath() {
    if (!compiled) {
      compilePrograms();
      compiled = true;
    }
    return classes() + File.pathSeparator + jars();
  }

  private String jars() {
    Path lib = Path.of("target/compat", version, "lib").toAbsolutePath();
    if (!Files.isDirectory(lib)) {
      throw new IllegalStateException(
          lib
              + " is missing; the build brings it: mvn -f src/test/compat/pom.xml generate-resources");
    }
    return lib + File.separator + "*";
  }

  private Path classes() {
    return Path.of("target/compat", version, "programs").toAbsolutePath();
  }

  private void compilePrograms() {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> sources = Files.walk(PROGRAMS);
        Stream<Path> lib = Files.list(Path.of("target/compat", version, "lib"))) {
      Files.createDirectories(classes());
      String jars = lib.map(Path::toString).collect(joining(File.pathSeparator));
      boolean servers = jars.contains("rocketmq-broker");
      List<String> options = new ArrayList<>(List.of("-d", classes().toString(), "-cp", jars));
      options.addAll(List.of("-encoding", "UTF-8", "-proc:none", "-Xlint:none"));
      var units =
          files.getJavaFileObjectsFromPaths(
              sources
                  .filter(file -> file.toString().endsWith(".java"))
                  .filter(file -> servers || !file.startsWith(ORACLES))
                  .toList());
      if (!compiler.getTask(complaints, files, null, options, null, units).call()) {
        throw new IllegalStateException(
            "test programs do not compile on " + version + "\n" + complaints);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return version;
  }
}
