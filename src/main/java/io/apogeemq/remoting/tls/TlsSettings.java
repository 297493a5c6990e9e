package io.apogeemq.remoting.tls;

import io.apogeemq.config.ConfigFile;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Key;
import io.apogeemq.config.Problem;
import io.apogeemq.config.Settings;
import io.apogeemq.config.Source;
import io.apogeemq.config.TlsKeys;
import io.netty.handler.ssl.ClientAuth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the keys of TLS say, those of the file of TLS included.
 *
 * @param mode of a port
 * @param enabled whether our own calls use TLS
 * @param testMode a made certificate, and trust in everybody
 * @param clientAuth whether a client is asked for a certificate
 * @param authClient whether that certificate is checked
 * @param server what a port shows and trusts
 * @param authServer whether our own calls check the certificate of the server
 * @param client what our own calls show and trust
 */
public record TlsSettings(
    TlsMode mode,
    boolean enabled,
    boolean testMode,
    ClientAuth clientAuth,
    boolean authClient,
    TlsFiles server,
    boolean authServer,
    TlsFiles client) {
  private static final Logger log = LoggerFactory.getLogger(TlsSettings.class);

  /** Keys that have no meaning in the file of TLS, as in the original. */
  private static final Set<Key<?>> NOT_IN_FILE =
      Set.of(TlsKeys.SERVER_MODE, TlsKeys.ENABLE, TlsKeys.CONFIG_FILE);

  /** Keys that test mode makes worthless although somebody relies on them. */
  private static final List<Key<?>> CHECKS =
      List.of(
          TlsKeys.SERVER_AUTH_CLIENT, TlsKeys.SERVER_NEED_CLIENT_AUTH, TlsKeys.CLIENT_AUTH_SERVER);

  private static final List<Key<?>> PATHS =
      List.of(TlsKeys.SERVER_CERT_PATH, TlsKeys.SERVER_KEY_PATH, TlsKeys.CLIENT_CERT_PATH);

  /**
   * Reads the settings of a role and the file that they name.
   *
   * @throws ConfigRejected if the file can't be used, or test mode takes back what another key promises
   */
  public static TlsSettings from(Settings role) throws ConfigRejected {
    Settings.Builder all = Settings.of(TlsKeys.TABLE);
    for (Key<?> key : TlsKeys.TABLE.keys()) {
      if (role.table().find(key.name()).isPresent()) {
        copy(role, key, all);
      }
    }
    Path file = Path.of(role.get(TlsKeys.CONFIG_FILE));
    if (Files.isRegularFile(file)) {
      addFile(file, all);
    } else if (role.source(TlsKeys.CONFIG_FILE).kind() != Source.Kind.DEFAULT) {
      throw new ConfigRejected(
          List.of(
              new Problem(
                  role.source(TlsKeys.CONFIG_FILE).toString(),
                  "tls.config.file=" + file + " does not exist")));
    }
    return of(all.build());
  }

  private static <T> void copy(Settings role, Key<T> key, Settings.Builder all) {
    Source source = role.source(key);
    if (source.kind() != Source.Kind.DEFAULT) {
      all.flag(source.toString(), key, key.type().print(role.get(key)));
    }
  }

  private static void addFile(Path file, Settings.Builder all) throws ConfigRejected {
    for (ConfigFile.Entry entry : ConfigFile.read(file).entries()) {
      String where = file + ":" + entry.line();
      Optional<Key<?>> key = TlsKeys.TABLE.find(entry.key());
      if (key.isPresent() && !NOT_IN_FILE.contains(key.get())) {
        all.flag(where, key.get(), entry.value());
      } else {
        log.warn("{}: '{}' has no meaning in this file", where, entry.key());
      }
    }
  }

  /** Those of a process that is a client: Java's {@code -D} flags, and the file that they name. */
  static TlsSettings ofThisProcess() throws ConfigRejected {
    return from(Settings.of(TlsKeys.TABLE).properties(System.getProperties()).build());
  }

  private static TlsSettings of(Settings settings) throws ConfigRejected {
    boolean testMode = settings.get(TlsKeys.TEST_MODE);
    if (testMode) {
      refuseWhatTestModeTakesBack(settings);
    }
    return new TlsSettings(
        TlsMode.valueOf(settings.get(TlsKeys.SERVER_MODE).toUpperCase(Locale.ROOT)),
        settings.get(TlsKeys.ENABLE),
        testMode,
        ClientAuth.valueOf(settings.get(TlsKeys.SERVER_NEED_CLIENT_AUTH).toUpperCase(Locale.ROOT)),
        settings.get(TlsKeys.SERVER_AUTH_CLIENT),
        new TlsFiles(
            settings.get(TlsKeys.SERVER_KEY_PATH),
            settings.get(TlsKeys.SERVER_KEY_PASSWORD),
            settings.get(TlsKeys.SERVER_CERT_PATH),
            settings.get(TlsKeys.SERVER_TRUST_CERT_PATH),
            "tls.server."),
        settings.get(TlsKeys.CLIENT_AUTH_SERVER),
        new TlsFiles(
            settings.get(TlsKeys.CLIENT_KEY_PATH),
            settings.get(TlsKeys.CLIENT_KEY_PASSWORD),
            settings.get(TlsKeys.CLIENT_CERT_PATH),
            settings.get(TlsKeys.CLIENT_TRUST_CERT_PATH),
            "tls.client."));
  }

  private static void refuseWhatTestModeTakesBack(Settings settings) throws ConfigRejected {
    List<Problem> problems = new ArrayList<>();
    for (Key<?> key : CHECKS) {
      if (isSet(settings, key)) {
        problems.add(
            new Problem(
                settings.source(key).toString(),
                key.name()
                    + " needs tls.test.mode.enable=false: in test mode, the default, nobody is"
                    + " checked"));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigRejected(problems);
    }
    for (Key<?> key : PATHS) {
      if (isSet(settings, key)) {
        log.warn(
            "{}: {} is not used, because tls.test.mode.enable is true (its default); set it to false",
            settings.source(key),
            key.name());
      }
    }
  }

  private static <T> boolean isSet(Settings settings, Key<T> key) {
    return !key.type().print(settings.get(key)).equals(key.shownDefault());
  }
}
