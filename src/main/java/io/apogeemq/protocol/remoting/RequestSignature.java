package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How a request proves whose it is: the original's access control of 4.x, spoken by all its clients.
 *
 * <pre>
 *   AccessKey      who
 *   SecurityToken  optional, a field like any other
 *   Signature      Base64(HMAC-SHA1(secret, content))
 *   content        the values of all other fields, ordered by their names as UTF-16, then the body
 * </pre>
 *
 * <p>Names and borders of the values are not part of the content, and there is no time or number in
 * it: who has seen a signed frame can send it again. Only TLS protects from that. Stateless; any
 * thread.
 */
public final class RequestSignature {
  public static final String ACCESS_KEY = "AccessKey";
  public static final String SIGNATURE = "Signature";

  /** Clients before 4.9.4 sign without this field, later ones with it. */
  private static final String UNIQUE_KEY_QUERY = "_UNIQUE_KEY_QUERY";

  private static final String ALGORITHM = "HmacSHA1";

  private static final FastThreadLocal<Mac> MAC =
      new FastThreadLocal<>() {
        @Override
        protected Mac initialValue() throws NoSuchAlgorithmException {
          return Mac.getInstance(ALGORITHM);
        }
      };

  private RequestSignature() {}

  /** A secret as it signs; it is never printed. */
  public static SecretKeySpec key(String secret) {
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /** Signs a request that has all its fields and its body. Signed once more, it is refused. */
  public static void sign(RemotingCommand request, String accessKey, SecretKeySpec key) {
    request.ext().put(ACCESS_KEY, accessKey);
    byte[] mac = mac(request.ext(), sorted(request.ext()), request.body(), key, null);
    request.ext().put(SIGNATURE, Base64.getEncoder().encodeToString(mac));
  }

  /**
   * Whether the request was signed with this key. Takes the same time wherever the signature differs.
   *
   * @throws MalformedRequest if a field is given twice: it would be open which of both was signed
   */
  public static boolean verify(RemotingCommand request, SecretKeySpec key) {
    ExtFields ext = request.ext();
    String given = ext.get(SIGNATURE);
    if (given == null) {
      return false;
    }
    Integer[] order = sorted(ext);
    byte[] signature = given.getBytes(StandardCharsets.UTF_8);
    return matches(mac(ext, order, request.body(), key, null), signature)
        || ext.get(UNIQUE_KEY_QUERY) != null
            && matches(mac(ext, order, request.body(), key, UNIQUE_KEY_QUERY), signature);
  }

  private static boolean matches(byte[] mac, byte[] signature) {
    return MessageDigest.isEqual(Base64.getEncoder().encode(mac), signature);
  }

  /** The numbers of the fields in the order of their names. */
  private static Integer[] sorted(ExtFields ext) {
    Integer[] order = new Integer[ext.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(ext::name));
    for (int i = 1; i < order.length; i++) {
      if (ext.name(order[i]).equals(ext.name(order[i - 1]))) {
        throw new MalformedRequest("the field <" + ext.name(order[i]) + "> is given twice");
      }
    }
    return order;
  }

  private static byte[] mac(
      ExtFields ext, Integer[] order, ByteBuf body, SecretKeySpec key, @Nullable String without) {
    Mac mac = MAC.get();
    try {
      mac.init(key);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("a secret of UTF-8 bytes is a key of HMAC", e);
    }
    for (int field : order) {
      String name = ext.name(field);
      if (!name.equals(SIGNATURE) && !name.equals(without)) {
        mac.update(ext.valueBytes(field));
      }
    }
    if (body.isReadable()) {
      mac.update(body.nioBuffer());
    }
    return mac.doFinal();
  }
}
