package io.apogeemq.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All files of the page in memory, and nothing else: what {@code console/assets.txt} doesn't name is not
 * served, whatever else lies on the class path.
 *
 * <pre>
 *   pages/topics.js                  the file console/pages/topics.js
 *   lib/vue.js META-INF/…/vue.js     another file of the class path under that name
 * </pre>
 *
 * <p>The build is a hash over all of them. It stands in their addresses, so browsers may keep them for
 * good, and a page never mixes files of two builds. Immutable.
 */
final class Assets {
  private static final String FOLDER = "console/";
  private static final String LIST = FOLDER + "assets.txt";
  private static final String INDEX = "index.html";

  /** Where index.html wants the build. */
  private static final String BUILD_MARK = "{build}";

  private static final int BUILD_DIGITS = 12;

  private final String build;
  private final Asset index;
  private final Map<String, Asset> files = new LinkedHashMap<>();

  private Assets(Map<String, byte[]> all) {
    build = hash(all);
    all.forEach((name, bytes) -> files.put(name, Asset.of(name, bytes)));
    String page = new String(all.get(INDEX), StandardCharsets.UTF_8).replace(BUILD_MARK, build);
    index = Asset.of(INDEX, page.getBytes(StandardCharsets.UTF_8));
    files.remove(INDEX);
  }

  /** Reads and compresses them; blocks. A file that is named and not there is a mistake of ours. */
  static Assets ofThisJar() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    for (String line : new String(read(LIST), StandardCharsets.UTF_8).lines().toList()) {
      String entry = line.trim();
      if (!entry.isEmpty() && !entry.startsWith("#")) {
        int space = entry.indexOf(' ');
        String name = space < 0 ? entry : entry.substring(0, space);
        all.put(name, read(space < 0 ? FOLDER + name : entry.substring(space).trim()));
      }
    }
    return new Assets(all);
  }

  private static byte[] read(String resource) {
    try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this jar has no " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(Map<String, byte[]> all) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      all.forEach(
          (name, bytes) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
          });
      return HexFormat.of().formatHex(digest.digest()).substring(0, BUILD_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** Of this page, as hexadecimal digits. */
  String build() {
    return build;
  }

  /** The page that loads the others. */
  Asset index() {
    return index;
  }

  /** A file by its name in the list; null if it isn't there. */
  @Nullable Asset file(String name) {
    return files.get(name);
  }
}
