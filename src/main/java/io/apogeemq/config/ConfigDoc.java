package io.apogeemq.config;

import java.util.stream.Collectors;

/**
 * Writes docs/CONFIG.md from the tables of keys. The document is committed; a test compares it with
 * what is written here.
 */
public final class ConfigDoc {
  private ConfigDoc() {}

  /** The whole document, Markdown, lines end with a line feed. */
  public static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Configuration

        This page is written by `io.apogeemq.config.ConfigDoc` from the tables of keys; don't edit it.
        To write it anew after a change: `./mvnw -q test -Dtest=ConfigDocTest -Dconfig.doc.write=true`

        A file (`-c FILE`) is a Java properties file in UTF-8: `key = value`, blanks around both don't count, `#` starts a
        comment line, a backslash takes the next letter as it is. A flag wins over the file, the file over the environment
        (`NAMESRV_ADDR`, `ROCKETMQ_HOME`), the environment over the default. `-p` prints the effective configuration.

        An unknown key is a warning that names the nearest known one. A wrong value is an error that names key, value,
        allowed range and line; all errors are told at once, and the process does not start.

        The last column marks with *live* the keys whose value may be changed while the broker runs (`mqadmin updateBrokerConfig`, or
        the console). Such a change holds until the broker ends: to keep it, write it into the file, too.
        """);
    table(page, "Broker", BrokerKeys.TABLE);
    table(page, "Name server", NamesrvKeys.TABLE);
    table(page, "Gateway", GatewayKeys.TABLE);
    return page.toString();
  }

  private static void table(StringBuilder page, String title, KeyTable table) {
    page.append("\n## ").append(title).append('\n');
    for (KeyTable.Section section : table.sections()) {
      page.append("\n### ").append(section.title()).append("\n\n");
      page.append(section.about()).append("\n\n");
      page.append("| key | allowed | default | meaning | |\n|---|---|---|---|---|\n");
      for (Key<?> key : section.keys()) {
        row(page, key);
      }
    }
  }

  private static void row(StringBuilder page, Key<?> key) {
    boolean ignored = key.standing() instanceof Standing.NoMeaning<?>;
    String unit = key.unit() == Unit.NONE ? "" : " " + key.unit().symbol();
    String shownDefault = key.shownDefault();
    if (!shownDefault.isEmpty() && shownDefault.indexOf(' ') < 0 && shownDefault.indexOf('`') < 0) {
      shownDefault = "`" + shownDefault + "`";
    }
    page.append("| `").append(key.name()).append('`');
    key.aliases().forEach(alias -> page.append(" (also `").append(alias).append("`)"));
    page.append(" | ").append(ignored ? "anything" : cell(key.type().allowed() + unit));
    page.append(" | ").append(cell(shownDefault));
    page.append(" | ").append(cell(key.about())).append(standing(key));
    page.append(" | ").append(key.isChangeableLive() ? "live" : "").append(" |\n");
  }

  private static String standing(Key<?> key) {
    if (key.standing() instanceof Standing.NotBuilt<?> missing) {
      return switch (missing.consequence()) {
        case SAID_AT_START -> " *Needs " + missing.feature() + ": no effect yet.*";
        case REFUSES_TO_START ->
            " *Needs " + missing.feature() + ": a value that asks for it does not start.*";
      };
    }
    return "";
  }

  /** Keeps a text within one cell of a Markdown table. */
  private static String cell(String text) {
    return text.lines().map(line -> line.replace("|", "\\|")).collect(Collectors.joining(" "));
  }
}
