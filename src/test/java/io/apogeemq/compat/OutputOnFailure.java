package io.apogeemq.compat;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After a failed test: what the processes wrote last. */
final class OutputOnFailure implements AfterTestExecutionCallback {
  @Override
  public void afterTestExecution(ExtensionContext context) {
    context
        .getExecutionException()
        .ifPresent(
            failure ->
                System.out.println(
                    "==== "
                        + context.getDisplayName()
                        + " failed: "
                        + failure
                        + "\n"
                        + ChildProcess.tails(40)));
  }
}
