package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * What a stranger could put into messages and names so that a page runs it, breaks, or shows something else. Whatever
 * runs sets {@code window.pwned} or opens a dialog.
 */
final class Hostile {
  /** For bodies, keys, tags, and names and values of properties. */
  static final List<String> TEXTS =
      List.of(
          "<script>window.pwned=1</script>",
          "<img src=x onerror=window.pwned=2>",
          "<svg/onload=window.pwned=3>",
          "<svg><animate onbegin=window.pwned=4 attributeName=x dur=1s></svg>",
          "\"><iframe srcdoc=\"<script>parent.pwned=5</script>\"></iframe>",
          "<details open ontoggle=alert(6)>",
          "<a href=javascript:alert(7)>order</a>",
          "javascript:window.pwned=8",
          "data:text/html,<script>alert(9)</script>",
          "{{constructor.constructor('window.pwned=10')()}}",
          "${window.pwned=11}",
          "#{window.pwned=12}",
          "'-(window.pwned=13)-'",
          "\";window.pwned=14;//",
          "`${window.pwned=15}`",
          "</pre></td></table><style>*{display:none}</style>",
          "<math><mtext><table><mglyph><style><!--</style><img title=\"--><img src=x onerror=alert(16)>\">",
          "<noscript><p title=\"</noscript><img src=x onerror=alert(17)>\">",
          "<base href=http://evil.example/>",
          "<meta http-equiv=refresh content=\"0;url=http://evil.example/\">",
          "<form action=http://evil.example/><button>Delete</button></form>",
          "&lt;b&gt; &amp;amp; &#x3c;i&#x3e;",
          "%3Cscript%3Ealert(18)%3C/script%3E",
          "\\u003cscript\\u003ealert(19)\\u003c/script\\u003e",
          "\u202ecod.exe\u202c and \u2066isolated\u2069",
          "zero\u200bwidth\ufeff and line\u2028separator\u2029s",
          "bell \u0007 escape \u001b[31mred\u001b[0m backspace \b\b",
          "z\u0351\u034d\u0329a\u0300\u0301\u0302\u0303lgo \ud83d\udc69\u200d\ud83d\udc67 \ud835\udd4f",
          "__proto__",
          "constructor",
          "toString",
          "=HYPERLINK(\"http://evil.example/\",\"order\")",
          "x".repeat(5_000));

  /** Names that topics and groups may have, and that could be taken for something else in an address. */
  static final List<String> NAMES =
      List.of(
          "__proto__",
          "constructor",
          "%3Cscript%3E",
          "%2e%2e%2f",
          "%00",
          "a%b|c",
          "||",
          "-",
          "%25");

  /**
   * JSON that is large and deep at once: set out with a line for each number it would be a hundred times as long.
   *
   * @param numbers how many
   */
  static String wideAndDeep(int numbers) {
    return "[".repeat(99) + "1,".repeat(numbers - 1) + "1" + "]".repeat(99);
  }

  private Hostile() {}

  /** Fails if something of it ran, or became more than text. */
  static void staysText(Page page) {
    assertThat(page.run("String(window.pwned)")).isEqualTo("undefined");
    assertThat(
            page.run(
                "[...document.querySelectorAll('main script, main img, main iframe, main style, main form[action],"
                    + " main svg animate, main base, main meta, [href^=javascript], [href^=data], [srcdoc]')]"
                    + ".map(each => each.outerHTML).join()"))
        .isEqualTo("");
  }
}
