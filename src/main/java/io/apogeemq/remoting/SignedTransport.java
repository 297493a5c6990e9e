package io.apogeemq.remoting;

import io.apogeemq.config.Credentials;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestSignature;
import io.vertx.core.Future;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs every request on its way, so that brokers with access control know whose it is. What is sent on
 * a connection by hand is not signed.
 */
public final class SignedTransport implements Transport {
  private final Transport plain;
  private final String accessKey;
  private final SecretKeySpec key;

  public SignedTransport(Transport plain, Credentials account) {
    this.plain = plain;
    accessKey = account.accessKey();
    key = RequestSignature.key(account.secretKey());
  }

  @Override
  public Future<RemotingCommand> request(String address, RemotingCommand command, long timeoutMs) {
    RequestSignature.sign(command, accessKey, key);
    return plain.request(address, command, timeoutMs);
  }

  @Override
  public Future<Void> oneway(String address, RemotingCommand command) {
    RequestSignature.sign(command, accessKey, key);
    return plain.oneway(address, command);
  }

  @Override
  public Future<Connection> connect(String address) {
    return plain.connect(address);
  }

  @Override
  public Future<Void> close() {
    return plain.close();
  }
}
