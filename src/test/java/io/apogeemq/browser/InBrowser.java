package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test its {@link Page}, skips all where there is no browser, and judges the page when the test has
 * ended. With {@code -Dbrowser.required=true} a missing browser is a failure.
 */
final class InBrowser implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {
  private static final Namespace NAMESPACE = Namespace.create(InBrowser.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    boolean runs = Chromium.find().isPresent() || Boolean.getBoolean("browser.required");
    return runs
        ? ConditionEvaluationResult.enabled("there is a browser")
        : ConditionEvaluationResult.disabled(Chromium.MISSING);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Page.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // Its store closes it with the test.
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Page.class, key -> Chromium.shared().newPage(TestConsole.shared().origin()));
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws IOException {
    Page page = context.getStore(NAMESPACE).get(Page.class, Page.class);
    if (page == null) {
      return;
    }
    page.settle();
    Witness witness = page.witness();
    if (context.getExecutionException().isPresent() || !witness.wrong().isEmpty()) {
      String name =
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getDisplayName().replace("(Page)", "").replaceAll("[^A-Za-z0-9]+", "-");
      Path picture = Chromium.FOLDER.resolve(name + ".png");
      page.picture(picture);
      Files.write(Chromium.FOLDER.resolve(name + ".log"), witness.log());
      System.out.println("the page when " + name + " failed: " + picture);
      witness.log().forEach(System.out::println);
    }
    assertThat(witness.wrong()).as("what the page must not do").isEmpty();
  }
}
