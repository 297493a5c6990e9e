package io.apogeemq.security;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All rules in effect: the accounts of all files, and the addresses from which everything is allowed.
 * Immutable, so that a request sees either the rules before a change or those after it.
 */
record AclRules(List<AddressPattern> white, Map<String, Account> accounts) {
  AclRules {
    white = List.copyOf(white);
    accounts = Map.copyOf(accounts);
  }

  /**
   * The rules of several files. An account that two of them have is that of the first.
   *
   * @param warnings is told what is no reason to refuse the files
   */
  static AclRules of(List<AclFile> files, Warnings warnings) {
    List<AddressPattern> white = new ArrayList<>();
    Map<String, Account> accounts = new LinkedHashMap<>();
    for (AclFile file : files) {
      white.addAll(file.white());
      for (Account each : file.accounts()) {
        if (accounts.putIfAbsent(each.accessKey(), each) != null) {
          warnings.warn(
              file.path()
                  + ": account "
                  + each.accessKey()
                  + " is in another file too; that counts");
        }
      }
    }
    return new AclRules(white, accounts);
  }

  /** Takes sentences for the administrator. */
  @FunctionalInterface
  interface Warnings {
    void warn(String sentence);
  }

  boolean isWhite(InetAddress address) {
    for (AddressPattern each : white) {
      if (each.matches(address)) {
        return true;
      }
    }
    return false;
  }

  @Nullable Account find(String accessKey) {
    return accounts.get(accessKey);
  }

  /** Whether nobody can pass. */
  boolean isEmpty() {
    return white.isEmpty() && accounts.isEmpty();
  }
}
