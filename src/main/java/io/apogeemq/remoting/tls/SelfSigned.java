package io.apogeemq.remoting.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Makes a key and a certificate that nobody vouches for: test mode. The certificate is X.509 version 1.
 *
 * <pre>
 *   SEQUENCE                      certificate
 *     SEQUENCE                    what is signed
 *       INTEGER                   serial number
 *       SEQUENCE                  algorithm: ECDSA with SHA-256
 *       Name                      issuer
 *       SEQUENCE UTCTime UTCTime  valid from, to
 *       Name                      subject, the same
 *       SEQUENCE                  public key, as Java encodes it
 *     SEQUENCE                    algorithm again
 *     BIT STRING                  signature
 *   Name = SEQUENCE { SET { SEQUENCE { OID commonName, UTF8String } } }
 * </pre>
 */
final class SelfSigned {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  /** OIDs with tag and length: ecdsa-with-SHA256, commonName. */
  private static final byte[] ECDSA_WITH_SHA256 = {
    0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
  };

  private static final byte[] COMMON_NAME = {0x06, 0x03, 0x55, 0x04, 0x03};

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final long CLOCKS_DIFFER_S = 86_400;

  /** The end of this way to write a time: a process with such a certificate may run for long. */
  private static final String VALID_TO = "491231235959Z";

  private SelfSigned() {}

  static TlsFiles.Identity make(String commonName, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
      byte[] name =
          der(
              SEQUENCE,
              der(
                  SET,
                  der(
                      SEQUENCE,
                      COMMON_NAME,
                      der(UTF8_STRING, commonName.getBytes(StandardCharsets.UTF_8)))));
      byte[] signed =
          der(
              SEQUENCE,
              der(INTEGER, BigInteger.valueOf(now.toEpochMilli()).toByteArray()),
              algorithm,
              name,
              der(SEQUENCE, time(TIME.format(now.minusSeconds(CLOCKS_DIFFER_S))), time(VALID_TO)),
              name,
              keys.getPublic().getEncoded());
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(signed);
      byte[] noUnusedBits = {0};
      byte[] certificate =
          der(SEQUENCE, signed, algorithm, der(BIT_STRING, noUnusedBits, signature.sign()));
      X509Certificate parsed =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate));
      return new TlsFiles.Identity(keys.getPrivate(), new X509Certificate[] {parsed});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java can't make a certificate", e);
    }
  }

  private static byte[] time(String text) {
    return der(UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Tag, length, content. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] each : parts) {
      content.writeBytes(each);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else { // the number of bytes that the length takes, then those
      byte[] bytes = BigInteger.valueOf(length).toByteArray();
      int leadingZero = bytes[0] == 0 ? 1 : 0;
      out.write(0x80 | bytes.length - leadingZero);
      out.write(bytes, leadingZero, bytes.length - leadingZero);
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
