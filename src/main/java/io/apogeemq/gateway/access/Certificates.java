package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Whose request it is by the certificate that the client showed: the account whose access key is the
 * common name (CN) of its subject. TLS has checked who vouches for it. Brokers know no certificates, so
 * the request is signed with the account's secret, which the gateway must know.
 */
public final class Certificates {
  /** For a gateway that asks for no certificates. */
  public static final Certificates NONE = new Certificates(ignored -> null);

  private static final String COMMON_NAME = "CN";

  private final Function<String, @Nullable Credentials> accounts;

  /**
   * @param accounts access key → account; null if it is unknown. Called on event loops
   */
  public Certificates(Function<String, @Nullable Credentials> accounts) {
    this.accounts = accounts;
  }

  /** The account; null if the client showed no certificate. */
  @Nullable Credentials of(HttpServerRequest request) {
    if (!request.isSSL()) {
      return null;
    }
    String name;
    try {
      X509Certificate shown = (X509Certificate) request.connection().peerCertificates().get(0);
      name = commonName(shown.getSubjectX500Principal().getName());
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
    Credentials account = name == null ? null : accounts.apply(name);
    if (account == null) {
      throw new Problem(
          ProblemKind.UNAUTHENTICATED,
          "The certificate's common name '" + name + "' is no account that this gateway knows.",
          "Write the account into the gateway's conf/plain_acl.yml, or use another certificate.");
    }
    return account;
  }

  /** The subject's CN; null if it has none or several: which of them was checked, only its issuer knows. */
  static @Nullable String commonName(String subject) {
    try {
      List<String> names = new ArrayList<>();
      for (Rdn each : new LdapName(subject).getRdns()) {
        Attribute found = each.toAttributes().get(COMMON_NAME); // whatever the case of its letters
        for (int i = 0; found != null && i < found.size(); i++) {
          names.add(found.get(i).toString());
        }
      }
      return names.size() == 1 ? names.get(0) : null;
    } catch (NamingException e) {
      return null; // a subject that no account can be named by
    }
  }
}
