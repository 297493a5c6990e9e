package io.apogeemq.config;

/**
 * The account that a tool, a client or a broker uses towards brokers with access control. The text of
 * one never shows the secret.
 */
public record Credentials(String accessKey, String secretKey) {
  @Override
  public String toString() {
    return "account " + accessKey;
  }
}
