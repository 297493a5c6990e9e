package io.apogeemq.app;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A stored record as one line of text with tabs between its fields; nothing in it breaks the line. */
final class RecordLine {
  static final String HEAD =
      "#position\tsize\ttopic\tqueue\toffset\tstored\tborn\ttags\tkeys\tuniqKey\tbodyBytes";

  private RecordLine() {}

  /**
   * @param withBody true: one more field, the body as UTF-8 text
   */
  static String of(MessageView view, boolean withBody) {
    byte[] properties = view.properties();
    StringBuilder line = new StringBuilder();
    line.append(view.logPosition()).append('\t').append(view.size());
    field(line, view.topic());
    line.append('\t').append(view.queueId()).append('\t').append(view.queueOffset());
    line.append('\t').append(Instant.ofEpochMilli(view.storeTimestampMs()));
    line.append('\t').append(Instant.ofEpochMilli(view.bornTimestampMs()));
    field(line, Properties.get(properties, Properties.TAGS));
    field(line, Properties.get(properties, Properties.KEYS));
    field(line, Properties.get(properties, Properties.UNIQ_KEY));
    line.append('\t').append(view.body().remaining());
    if (withBody) {
      field(line, StandardCharsets.UTF_8.decode(view.body()).toString());
    }
    return line.toString();
  }

  private static void field(StringBuilder line, @Nullable String text) {
    line.append('\t');
    if (text == null || text.isEmpty()) {
      line.append('-');
      return;
    }
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '\\') {
        line.append("\\\\");
      } else if (Character.isISOControl(each) || each == '\u2028' || each == '\u2029') {
        line.append(String.format(Locale.ROOT, "\\u%04x", (int) each));
      } else {
        line.append(each);
      }
    }
  }
}
