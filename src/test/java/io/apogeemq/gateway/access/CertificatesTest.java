package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CertificatesTest {
  @Test
  void theOnlyCommonNameOfASubjectIsTheAccount() {
    assertThat(Certificates.commonName("CN=alice,OU=shop,DC=example")).isEqualTo("alice");
    assertThat(Certificates.commonName("OU=shop,cn=alice+C=DE,O=x")).isEqualTo("alice");
  }

  @Test
  void aSubjectWithSeveralOrNoneIsNobody() {
    assertThat(Certificates.commonName("CN=alice,CN=admin")).isNull();
    assertThat(Certificates.commonName("CN=alice,CN=Users,DC=corp")).isNull();
    assertThat(Certificates.commonName("OU=shop")).isNull();
    assertThat(Certificates.commonName("no name")).isNull();
  }
}
