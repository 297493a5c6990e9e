package io.apogeemq.remoting.tls;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where one end's key and certificates lie. Whatever is wrong with them is said with the name of the
 * setting, the file, the cause and the cure.
 *
 * @param keyPath empty: none
 * @param keyPassword empty: the key is not encrypted
 * @param certPath empty: none
 * @param trustPath certificates that the other end is checked against; empty: those of Java
 * @param prefix how the keys of these settings start, for messages
 */
record TlsFiles(
    String keyPath, String keyPassword, String certPath, String trustPath, String prefix) {
  private static final int MAX_FILE_BYTES = 1 << 20;

  /** Signs something, so that a key that is another certificate's is found at start. */
  private static final byte[] SAMPLE = {1, 2, 3, 4};

  /** A private key and the certificates that vouch for it, its own first. */
  record Identity(PrivateKey key, X509Certificate[] chain) {}

  /** Whether there is a key to show. */
  boolean hasIdentity() {
    return !keyPath.isEmpty() || !certPath.isEmpty();
  }

  Identity identity() throws ConfigRejected {
    byte[] pem = read("keyPath", keyPath);
    PrivateKey key;
    try {
      key = PemKey.parse(pem, keyPassword);
    } catch (PemKey.Unusable e) {
      throw rejected("keyPath", keyPath, e.getMessage());
    }
    X509Certificate[] chain = certificates("certPath", certPath);
    if (!fits(key, chain[0].getPublicKey())) {
      throw rejected(
          "keyPath", keyPath, "it is not the key of the certificate " + certPath + " (its first)");
    }
    return new Identity(key, chain);
  }

  /** The certificates to check against; empty if those of Java count. */
  X509Certificate[] trusted() throws ConfigRejected {
    return trustPath.isEmpty() ? new X509Certificate[0] : certificates("trustCertPath", trustPath);
  }

  private X509Certificate[] certificates(String key, String path) throws ConfigRejected {
    byte[] pem = read(key, path);
    List<X509Certificate> all = new ArrayList<>();
    try {
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        all.add((X509Certificate) each);
      }
    } catch (GeneralSecurityException e) {
      throw rejected(key, path, "it holds something that is no certificate: " + e.getMessage());
    }
    if (all.isEmpty()) {
      throw rejected(
          key, path, "it holds no certificate; '-----BEGIN CERTIFICATE-----' is missing");
    }
    return all.toArray(new X509Certificate[0]);
  }

  private static boolean fits(PrivateKey key, PublicKey certified) {
    String name = key.getAlgorithm();
    if (!name.equals(certified.getAlgorithm())) {
      return false;
    }
    String algorithm =
        switch (name) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> name;
        };
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(SAMPLE);
      byte[] signature = signing.sign();
      signing.initVerify(certified);
      signing.update(SAMPLE);
      return signing.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private byte[] read(String key, String path) throws ConfigRejected {
    if (path.isEmpty()) {
      throw new ConfigRejected(
          List.of(
              new Problem(
                  "TLS",
                  prefix
                      + key
                      + " is missing: without tls.test.mode.enable there must be a key and a"
                      + " certificate")));
    }
    try {
      if (Files.size(Path.of(path)) > MAX_FILE_BYTES) {
        throw rejected(key, path, "it is larger than " + MAX_FILE_BYTES + " bytes");
      }
      return Files.readAllBytes(Path.of(path));
    } catch (NoSuchFileException e) {
      throw rejected(key, path, "it does not exist");
    } catch (IOException e) {
      throw rejected(key, path, "it can't be read: " + e.getMessage());
    }
  }

  private ConfigRejected rejected(String key, String path, String why) {
    return new ConfigRejected(
        List.of(new Problem("TLS", prefix + key + "=" + path + " can't be used: " + why)));
  }

  /** What the files hold now, by path; without those that can't be read. */
  Map<String, String> contents() {
    Map<String, String> contents = new HashMap<>();
    for (String each : List.of(keyPath, certPath, trustPath)) {
      if (!each.isEmpty()) {
        try {
          contents.put(each, Files.readString(Path.of(each), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          contents.put(each, "unreadable: " + e);
        }
      }
    }
    return contents;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "key " + keyPath + ", certificate " + certPath + ", trusts " + trustPath;
  }
}
