package io.apogeemq.security;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/**
 * YAML of the files with accounts, read by the library that the original uses, so that every scalar is
 * read alike. Only maps, lists and scalars; no other class is made, whatever a tag names. Size and depth
 * are bounded.
 */
final class AclYaml {
  /** More than any honest file: thousands of accounts. */
  static final int MAX_CHARS = 1 << 20;

  private static final int MAX_DEPTH = 10;

  private AclYaml() {}

  /** The document's top level; empty if the file holds nothing. */
  static Map<String, Object> read(Path path, String text) throws AclRejected {
    Object document;
    try {
      document = yaml().load(text);
    } catch (MarkedYAMLException e) {
      // Not the library's own text: it shows the line, and the line may hold a secret.
      String line =
          e.getProblemMark() == null ? "" : " (line " + (e.getProblemMark().getLine() + 1) + ")";
      throw new AclRejected(path + " is no YAML: " + e.getProblem() + line);
    } catch (YAMLException e) {
      throw new AclRejected(path + " can't be read as YAML: it is too large or nested too deep");
    }
    if (document == null) {
      return Map.of();
    }
    if (!(document instanceof Map<?, ?> top)) {
      throw new AclRejected(path + " must hold 'accounts:' and 'globalWhiteRemoteAddresses:'");
    }
    Map<String, Object> named = new LinkedHashMap<>();
    top.forEach((key, value) -> named.put(String.valueOf(key), value));
    return named;
  }

  static String write(Map<String, Object> document) {
    return yaml().dump(document);
  }

  /** A reader and writer of its own for each call: they are not safe to share. */
  private static Yaml yaml() {
    LoaderOptions in = new LoaderOptions();
    in.setCodePointLimit(MAX_CHARS);
    in.setNestingDepthLimit(MAX_DEPTH);
    in.setAllowDuplicateKeys(false);
    DumperOptions out = new DumperOptions();
    out.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    return new Yaml(new SafeConstructor(in), new Representer(out), out, in);
  }
}
