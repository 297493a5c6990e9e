package io.apogeemq.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** The file of an installation that names the account of its tools and brokers. */
public final class ToolsFile {
  private static final int MAX_FILE_BYTES = 64 * 1024;

  private ToolsFile() {}

  /**
   * The account of an installation: {@code conf/tools.yml} as mqadmin of the original reads it.
   *
   * <pre>
   *   accessKey: rocketmq2
   *   secretKey: '12345678'
   * </pre>
   *
   * @return null if there is no such file or it names none
   * @throws ConfigRejected if the file can't be read
   */
  public static @Nullable Credentials ofInstallation(Path home) throws ConfigRejected {
    Path file = home.resolve("conf/tools.yml");
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw rejected(file, "it is larger than " + MAX_FILE_BYTES + " bytes");
      }
      Object document =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      if (document instanceof Map<?, ?> fields
          && fields.get("accessKey") != null
          && fields.get("secretKey") != null) {
        return new Credentials(
            fields.get("accessKey").toString(), fields.get("secretKey").toString());
      }
      return null;
    } catch (NoSuchFileException none) {
      return null;
    } catch (IOException e) {
      throw rejected(file, "it can't be read: " + e.getMessage());
    } catch (YAMLException e) {
      // Not its own text: that shows the line, which may hold the secret.
      throw rejected(
          file, "it is no YAML; it needs the lines 'accessKey: ...' and 'secretKey: ...'");
    }
  }

  /** That of the installation that this process runs from. */
  public static @Nullable Credentials ofThisInstallation() throws ConfigRejected {
    return ofInstallation(Machine.home());
  }

  private static ConfigRejected rejected(Path file, String why) {
    return new ConfigRejected(List.of(new Problem(file.toString(), why)));
  }
}
