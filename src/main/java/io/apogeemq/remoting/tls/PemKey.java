package io.apogeemq.remoting.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Reads a private key in PEM form: PKCS#8, plain or encrypted with a password. */
final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");

  private static final String PLAIN = "PRIVATE KEY";
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "DSA");

  private PemKey() {}

  /** A key that can't be used; the message says why and what to do. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String why) {
      super(why, null, false, false);
    }
  }

  /** {@code password}: empty for a key that is not encrypted. */
  static PrivateKey parse(byte[] pem, String password) throws Unusable {
    Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    if (!block.find()) {
      throw new Unusable("it holds no private key; '-----BEGIN PRIVATE KEY-----' is missing");
    }
    String kind = block.group(1);
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new Unusable("its lines are no base64");
    }
    return switch (kind) {
      case PLAIN -> key(der);
      case ENCRYPTED -> key(decrypted(der, password));
      default ->
          throw new Unusable(
              "its form is '"
                  + kind
                  + "'; turn it into PKCS#8: openssl pkcs8 -topk8 -in OLD -out NEW, with -nocrypt for"
                  + " one without password");
    };
  }

  private static PrivateKey key(byte[] pkcs8) throws Unusable {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
        continue; // the next may know it
      }
    }
    throw new Unusable("it is no key of " + ALGORITHMS + ", or it is damaged");
  }

  private static byte[] decrypted(byte[] der, String password) throws Unusable {
    if (password.isEmpty()) {
      throw new Unusable("it is encrypted; keyPassword is missing");
    }
    try {
      EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
      AlgorithmParameters parameters = info.getAlgParameters();
      // PBES2 has its algorithm in the parameters, and their text is its name.
      String name = info.getAlgName();
      String algorithm =
          name.equals("PBES2") || name.equals("1.2.840.113549.1.5.13")
              ? parameters.toString()
              : name;
      SecretKey secret =
          SecretKeyFactory.getInstance(algorithm)
              .generateSecret(new PBEKeySpec(password.toCharArray()));
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(Cipher.DECRYPT_MODE, secret, parameters);
      return info.getKeySpec(cipher).getEncoded();
    } catch (NoSuchAlgorithmException e) {
      throw new Unusable(
          "it is encrypted in a way that this Java does not know: " + e.getMessage());
    } catch (GeneralSecurityException e) {
      throw new Unusable("keyPassword is not its password");
    } catch (IOException e) {
      throw new Unusable("it is damaged: " + e.getMessage());
    }
  }
}
