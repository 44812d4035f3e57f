package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/**
 * Methods that return a description of a call, or something to close, are annotated so that tools
 * report an ignored result.
 */
class CheckReturnValueTest {
  private static final Set<Class<?>> LOST_IF_IGNORED = Set.of(
      Call.class,
      StreamCall.class,
      EventStreamCall.class,
      CallPipeline.class,
      Batch.class,
      CallStream.class,
      Flow.Publisher.class);

  private final List<JavaMethod> lost = new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.muster.java")
          .stream()
          .filter(type -> !type.getPackageName().endsWith(".internal"))
          .filter(type -> type.getModifiers().toString().contains("PUBLIC"))
          .flatMap(type -> type.getMethods().stream())
          .filter(method -> method.getModifiers().toString().contains("PUBLIC"))
          .filter(method -> !method.getModifiers().toString().contains("BRIDGE"))
          .filter(method -> LOST_IF_IGNORED.stream()
              .anyMatch(type -> method.getRawReturnType().isEquivalentTo(type)))
          .toList();

  @Test
  void everyMethodThatGivesADescriptionIsMarked() {
    List<String> unmarked = lost.stream()
        .filter(method -> !isMarked(method))
        .map(JavaMethod::getFullName)
        .toList();
    assertEquals(List.of(), unmarked);
    assertTrue(lost.size() > 60, () -> "only " + lost.size());
  }

  private static boolean isMarked(JavaMethod method) {
    JavaClass owner = method.getOwner();
    return method.isAnnotatedWith(CheckReturnValue.class)
        || owner.isAnnotatedWith(CheckReturnValue.class);
  }
}
