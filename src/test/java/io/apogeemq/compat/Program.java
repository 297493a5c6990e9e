package io.apogeemq.compat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts programs on an official version's class path, told where the name server is. */
final class Program {
  private Program() {}

  /** A main class with arguments; its name server comes by NAMESRV_ADDR as users give it. */
  static ChildProcess start(Official version, String namesrvAddr, String main, String... args) {
    return start(List.of(), version, namesrvAddr, main, args);
  }

  /** The same with further flags of Java. */
  static ChildProcess start(
      List<String> flags, Official version, String namesrvAddr, String main, String... args) {
    Path home = Path.of("target/compat", version.toString(), "home").toAbsolutePath();
    home.toFile().mkdirs();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-Duser.home=" + home));
    command.add("-Drocketmq.home.dir=" + Path.of("src/test/compat/home").toAbsolutePath());
    command.addAll(flags);
    command.addAll(List.of("-cp", version.classPath(), main));
    command.addAll(List.of(args));
    return ChildProcess.start(
        main + " " + version, command, home, Map.of("NAMESRV_ADDR", namesrvAddr));
  }
}
