package io.apogeemq.remoting.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows one key and its certificates to whoever can use a key of its kind. Java's own way to one leads
 * through a key store, which encrypts the key first: in a cold process that took a second or more.
 */
final class OneIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";

  private final TlsFiles.Identity identity;

  OneIdentity(TlsFiles.Identity identity) {
    this.identity = identity;
  }

  /** The alias if the other end can use this kind of key, e.g. RSA or EC. */
  private @Nullable String alias(String... keyTypes) {
    for (String each : keyTypes) {
      if (each.equals(identity.key().getAlgorithm())) {
        return ALIAS;
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  private String @Nullable [] aliases(String keyType) {
    return alias(keyType) == null ? null : new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return identity.chain().clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return identity.key();
  }
}
