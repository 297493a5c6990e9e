package io.apogeemq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestSignature;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSignatureTest {
  private static final SecretKeySpec KEY = RequestSignature.key("12345678");

  /** Signatures that the official mqadmin 4.9.7 sent. */
  @Test
  void itIsTheOfficialClientsSignature() {
    RemotingCommand asked = RemotingCommand.request(52);
    asked.ext().put("AccessKey", "rocketmq2").put("Signature", "Ou1T58RIcyZWaTIwzkhJZWn/Zvs=");
    assertThat(RequestSignature.verify(asked, KEY)).isTrue();
    RemotingCommand delete = RemotingCommand.request(51);
    delete.ext().put("accessKey", "RocketMQx").put("Signature", "9fWB5mM6wAY7VUrAynj8uN6V6JQ=");
    delete.ext().put("AccessKey", "rocketmq2");
    assertThat(RequestSignature.verify(delete, KEY)).isTrue();
  }

  @Test
  void whatWeSignWeAccept() {
    assertThat(RequestSignature.verify(signed(), KEY)).isTrue();
    assertThat(RequestSignature.verify(signed(), RequestSignature.key("another secret"))).isFalse();
  }

  private static RemotingCommand signed() {
    RemotingCommand request = RemotingCommand.request(10).body(new byte[] {1, 2, 3});
    request.ext().put("topic", "Tö").put("a", "1");
    RequestSignature.sign(request, "someone", KEY);
    return request;
  }

  @Test
  void aSignatureIsWorthNothingWithOtherFieldsOrAnotherBody() {
    String signature = signed().ext().get("Signature");
    RemotingCommand otherTopic = RemotingCommand.request(10).body(new byte[] {1, 2, 3});
    otherTopic.ext().put("topic", "T2").put("a", "1").put("AccessKey", "someone");
    otherTopic.ext().put("Signature", signature);
    assertThat(RequestSignature.verify(otherTopic, KEY)).isFalse();
    RemotingCommand otherBody = RemotingCommand.request(10).body(new byte[] {1, 2, 4});
    otherBody.ext().put("topic", "Tö").put("a", "1").put("AccessKey", "someone");
    otherBody.ext().put("Signature", signature);
    assertThat(RequestSignature.verify(otherBody, KEY)).isFalse();
  }

  /** Otherwise the one field could be signed and the other be used. */
  @Test
  void aFieldThatIsGivenTwiceIsRefused() {
    RemotingCommand request = signed();
    request.ext().put("topic", "T2");
    assertThatThrownBy(() -> RequestSignature.verify(request, KEY))
        .isInstanceOf(MalformedRequest.class)
        .hasMessageContaining("<topic>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "=", "AAAA", "Ou1T58RIcyZWaTIwzkhJZWn/Zvs", "Ou1T58RIcyZWaTIwzkhJZWn/Zvs=="})
  void aSignatureOfAnotherLengthIsWrong(String signature) {
    RemotingCommand request = RemotingCommand.request(52);
    request.ext().put("AccessKey", "rocketmq2").put("Signature", signature);
    assertThat(RequestSignature.verify(request, KEY)).isFalse();
  }

  @Test
  void anUnsignedRequestIsNotVerified() {
    RemotingCommand request = RemotingCommand.request(52);
    request.ext().put("AccessKey", "rocketmq2");
    assertThat(RequestSignature.verify(request, KEY)).isFalse();
  }

  /** Clients before 4.9.4 leave the mark of a query by unique key out of the signature. */
  @Test
  void theMarkOfAUniqueKeyMayBeSignedOrNot() {
    for (boolean within : new boolean[] {true, false}) {
      RemotingCommand request = RemotingCommand.request(12);
      request.ext().put("key", "k");
      if (within) {
        request.ext().put("_UNIQUE_KEY_QUERY", "true");
      }
      RequestSignature.sign(request, "someone", KEY);
      if (!within) {
        request.ext().put("_UNIQUE_KEY_QUERY", "true");
      }
      assertThat(RequestSignature.verify(request, KEY)).as("within: " + within).isTrue();
    }
    assertThat(Base64.getDecoder().decode(signed().ext().get("Signature"))).hasSize(20);
  }
}
