package probe;

import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.RPCHook;

/** The account of a program: {@code -Dprobe.account=ACCESSKEY:SECRETKEY}; none without that flag. */
class Hook {
  static RPCHook ofFlag() {
    String account = System.getProperty("probe.account");
    return account == null ? null : of(account);
  }

  static RPCHook of(String account) {
    String[] words = account.split(":");
    return new AclClientRPCHook(new SessionCredentials(words[0], words[1]));
  }
}
