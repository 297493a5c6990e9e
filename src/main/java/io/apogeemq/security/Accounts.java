package io.apogeemq.security;

import io.apogeemq.config.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of a broker: all {@code *.yml} and {@code *.yaml} under {@code conf/acl}, and {@code
 * conf/plain_acl.yml}, which is where new accounts go.
 *
 * <p>{@link #look} follows the files by their content. A change counts once two looks have seen the
 * same, so that half an edit never does. Files that can't be used change nothing: the rules before
 * stay in force, and the log says why, once.
 *
 * <p>{@link #rules} may be asked on any thread; everything else waits for the disk and for each other.
 */
public final class Accounts {
  private static final Logger log = LoggerFactory.getLogger(Accounts.class);

  /** Deeper folders are not searched; with more files there is some mistake. */
  private static final int MAX_DEPTH = 4;

  private static final int MAX_FILES = 100;

  private final Path mainFile;
  private final Path folder;
  private final LongSupplier wallClockMs;

  private volatile AclRules rules = new AclRules(List.of(), Map.of());
  private volatile List<AclFile> files = List.of();

  /** The texts that the rules were made of, and those of the last look. */
  private Map<Path, String> inForce = Map.of();

  private Map<Path, String> lastSeen = Map.of();

  /** What was found wrong last, so that it is said once. */
  private Map<Path, String> rejected = Map.of();

  private @Nullable String complaint;

  private Accounts(Path mainFile, Path folder, LongSupplier wallClockMs) {
    this.mainFile = mainFile;
    this.folder = folder;
    this.wallClockMs = wallClockMs;
  }

  /**
   * Reads the files of an installation.
   *
   * @param home the installation's folder
   * @param mainFile the file of new accounts, relative to it
   * @throws AclRejected if one of them can't be used, or nobody could do anything
   */
  public static Accounts open(Path home, String mainFile, LongSupplier wallClockMs)
      throws AclRejected {
    Path root = home.toAbsolutePath().normalize();
    Accounts accounts =
        new Accounts(root.resolve(mainFile).normalize(), root.resolve("conf/acl"), wallClockMs);
    accounts.start();
    return accounts;
  }

  private synchronized void start() throws AclRejected {
    try {
      apply(read());
    } catch (IOException e) {
      throw new AclRejected("the accounts can't be read: " + e);
    }
    if (rules.isEmpty()) {
      throw new AclRejected(
          "there is no account, so nobody could do anything: write some into "
              + mainFile
              + " or files in "
              + folder
              + ", or switch access control off");
    }
    log.info("access control is on: {} accounts in {}", rules.accounts().size(), paths());
  }

  private List<Path> paths() {
    return files.stream().map(AclFile::path).toList();
  }

  /** Reads all files; the main file comes last, as in the original. */
  private Map<Path, String> read() throws IOException, AclRejected {
    TreeSet<Path> found = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.walk(folder, MAX_DEPTH)) {
        all.filter(Accounts::isAccountFile).limit(MAX_FILES + 1L).forEach(found::add);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      if (found.size() > MAX_FILES) {
        throw new AclRejected(folder + " holds more than " + MAX_FILES + " files of accounts");
      }
    }
    found.remove(mainFile);
    Map<Path, String> texts = new LinkedHashMap<>();
    for (Path each : found) {
      readInto(texts, each);
    }
    readInto(texts, mainFile);
    return texts;
  }

  private static boolean isAccountFile(Path path) {
    String name = path.getFileName().toString();
    return (name.endsWith(".yml") || name.endsWith(".yaml")) && Files.isRegularFile(path);
  }

  private static void readInto(Map<Path, String> texts, Path path) throws IOException, AclRejected {
    try {
      if (Files.size(path) > AclYaml.MAX_CHARS) {
        throw new AclRejected(path + " is larger than " + AclYaml.MAX_CHARS + " bytes");
      }
      texts.put(path, Files.readString(path));
    } catch (NoSuchFileException e) {
      // The main file need not exist; another one has just been removed.
    } catch (CharacterCodingException e) {
      throw new AclRejected(path + " is no text in UTF-8");
    }
  }

  private void apply(Map<Path, String> texts) throws AclRejected {
    List<AclFile> parsed = parse(texts, log::warn);
    AclRules fresh = AclRules.of(parsed, log::warn);
    files = List.copyOf(parsed);
    rules = fresh;
    inForce = texts;
    lastSeen = texts;
  }

  /** The rules in force. */
  AclRules rules() {
    return rules;
  }

  /** The files in force. */
  List<AclFile> files() {
    return files;
  }

  /** The file of new accounts, whether it exists or not. */
  Path mainFile() {
    return mainFile;
  }

  /**
   * An account with its secret, for a server that signs in its name; null if there is none of this name.
   * Any thread.
   */
  public @Nullable Credentials credentials(String accessKey) {
    Account found = rules.find(accessKey);
    return found == null
        ? null
        : new Credentials(
            found.accessKey(), new String(found.key().getEncoded(), StandardCharsets.UTF_8));
  }

  /** Puts a change of the files into force. To be called again and again. */
  public synchronized void look() {
    try {
      Map<Path, String> seen = read();
      boolean still = seen.equals(lastSeen);
      boolean judged = seen.equals(inForce) || seen.equals(rejected);
      lastSeen = seen;
      if (judged || !still) {
        return;
      }
      follow(seen);
    } catch (IOException | AclRejected e) {
      complain(e.getMessage());
    }
  }

  private void follow(Map<Path, String> seen) {
    try {
      for (Map.Entry<Path, String> each : seen.entrySet()) {
        if (each.getValue().isBlank()) {
          throw new AclRejected(each.getKey() + " is empty");
        }
      }
      if (leavesNobody(seen)) {
        throw new AclRejected("no file holds an account any more");
      }
      apply(seen);
      rejected = Map.of();
      complaint = null;
      log.info("the accounts have changed: {} accounts in {}", rules.accounts().size(), paths());
    } catch (AclRejected e) {
      rejected = seen;
      complain(e.getMessage());
    }
  }

  private static List<AclFile> parse(Map<Path, String> texts, AclRules.Warnings warnings)
      throws AclRejected {
    List<AclFile> parsed = new ArrayList<>();
    for (Map.Entry<Path, String> each : texts.entrySet()) {
      parsed.add(AclFile.parse(each.getKey(), each.getValue(), warnings));
    }
    return parsed;
  }

  private static boolean leavesNobody(Map<Path, String> texts) throws AclRejected {
    return AclRules.of(parse(texts, unsaid -> {}), unsaid -> {}).isEmpty();
  }

  private void complain(String why) {
    if (!why.equals(complaint)) {
      complaint = why;
      log.error("{}; the accounts stay as they were until this is mended", why);
    }
  }

  // ---- changes by tools ------------------------------------------------------------------------

  /** Changes or adds an account, in its file or else in the main file. */
  synchronized void update(AccountChange change) throws AclRejected {
    change.check();
    AclFile file = fileOf(change.accessKey());
    store(file, file.textWith(change, wallClockMs.getAsLong()));
  }

  /** Removes an account; false if there is none of this name. */
  synchronized boolean delete(String accessKey) throws AclRejected {
    AclFile file = fileOf(accessKey);
    if (file.find(accessKey) == null) {
      return false;
    }
    store(file, file.textWithout(accessKey, wallClockMs.getAsLong()));
    return true;
  }

  /**
   * Sets the addresses from which everything is allowed.
   *
   * @param path one of the files in force; null means the main file. Nothing else is ever written
   */
  synchronized void updateWhite(List<String> patterns, @Nullable String path) throws AclRejected {
    AclFile file = path == null || path.isEmpty() ? file(mainFile) : known(path);
    store(file, file.textWithWhite(patterns, wallClockMs.getAsLong()));
  }

  private AclFile known(String path) throws AclRejected {
    for (AclFile each : files) {
      if (each.path().toString().equals(path)) {
        return each;
      }
    }
    throw new AclRejected("'" + path + "' is none of this broker's files: " + paths());
  }

  private AclFile fileOf(String accessKey) {
    for (AclFile each : files) {
      if (each.find(accessKey) != null) {
        return each;
      }
    }
    return file(mainFile);
  }

  private AclFile file(Path path) {
    for (AclFile each : files) {
      if (each.path().equals(path)) {
        return each;
      }
    }
    return new AclFile(path, Map.of(), List.of(), List.of(), AclFile.UNWRITTEN);
  }

  /** Checks the new text as any file, writes it, and puts it into force at once. */
  private void store(AclFile file, String text) throws AclRejected {
    Map<Path, String> texts = new LinkedHashMap<>(inForce);
    texts.put(file.path(), text);
    if (leavesNobody(texts)) {
      throw new AclRejected("this would leave nobody who can do anything");
    }
    refuseToOverwrite(file);
    try {
      WholeFile.replace(file.path(), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AclRejected(file.path() + " can't be written: " + e.getMessage());
    }
    apply(texts);
  }

  /** An edit by hand that has not been taken over yet must not get lost. */
  private void refuseToOverwrite(AclFile file) throws AclRejected {
    try {
      Map<Path, String> now = new LinkedHashMap<>();
      readInto(now, file.path());
      String known = inForce.get(file.path());
      String found = now.get(file.path());
      if (found != null && !found.equals(known)) {
        throw new AclRejected(
            file.path()
                + " is being edited and was not taken over yet; try again in a few seconds");
      }
    } catch (IOException e) {
      throw new AclRejected(file.path() + " can't be read: " + e.getMessage());
    }
  }
}
