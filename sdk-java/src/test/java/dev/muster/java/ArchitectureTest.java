package dev.muster.java;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The dependency rules between packages and modules: see docs/architecture.md. This module has all
 * other modules on its class path.
 */
class ArchitectureTest {
  private static final JavaClasses ALL = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .withImportOption(location -> !location.contains("-tests.jar"))
      .importPackages("dev.muster");

  private static final Set<String> PROVIDERS =
      Set.of("openai", "anthropic", "gemini", "ollama", "fake");
  private static final Set<String> MODULES =
      Set.of("http", "ktor", "java", "openai", "anthropic", "gemini", "ollama", "fake");

  @Test
  void everyModuleIsLookedAt() {
    Set<String> seen = ALL.stream().map(ArchitectureTest::module).collect(Collectors.toSet());
    assertEquals(
        Set.of("core", "http", "ktor", "java", "openai", "anthropic", "gemini", "ollama", "fake"),
        seen);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(ALL);
  }

  @Test
  void noPackageIsInTwoModules() {
    Map<String, Set<String>> places = ALL.stream()
        .collect(Collectors.groupingBy(
            JavaClass::getPackageName,
            Collectors.mapping(ArchitectureTest::place, Collectors.toSet())));
    places.forEach((name, in) -> assertEquals(1, in.size(), () -> name + " is in " + in));
  }

  @Test
  void theCoreNeverSeesAnotherModule() {
    noClasses().that(are("core")).should().dependOnClassesThat(areNot("core")).check(ALL);
  }

  @Test
  void onlyTheKtorTransportSeesKtor() {
    DescribedPredicate<JavaClass> ktor = resideInAPackage("io.ktor..");
    assertTrue(ALL.stream()
        .filter(are("ktor"))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .anyMatch(dependency -> ktor.test(dependency.getTargetClass())));
    noClasses()
        .that(areNot("ktor"))
        .should()
        .dependOnClassesThat(ktor.or(are("ktor")))
        .check(ALL);
  }

  @Test
  void theKtorTransportSeesCoreAndTransportOnly() {
    noClasses()
        .that(are("ktor"))
        .should()
        .dependOnClassesThat(areNot("ktor").and(areNot("http")).and(areNot("core")))
        .check(ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic", "gemini", "ollama", "fake"})
  void aProviderNeverSeesAnother(String provider) {
    noClasses()
        .that(are(provider))
        .should()
        .dependOnClassesThat(areOther(provider))
        .check(ALL);
  }

  @Test
  void theFakeServerSharesNothing() {
    noClasses().that(are("fake")).should().dependOnClassesThat(areNot("fake")).check(ALL);
  }

  @Test
  void theFacadeSeesTheCoreOnly() {
    noClasses()
        .that(are("java"))
        .should()
        .dependOnClassesThat(areNot("java").and(areNot("core")))
        .check(ALL);
  }

  @Test
  void theCoresFloorsLookDownOnly() {
    onlyDownTo("dev.muster.chat..");
    onlyDownTo("dev.muster.error..", "dev.muster.chat..");
    onlyDownTo("dev.muster.embedding..", "dev.muster.chat..");
    onlyDownTo("dev.muster.concurrent..", "dev.muster.error..");
    noClasses()
        .that(are("core"))
        .and()
        .resideOutsideOfPackages("dev.muster", "dev.muster.internal..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.muster", "dev.muster.internal..")
        .check(ALL);
  }

  @Test
  void internalPackagesAreSeenByTheirModuleOnly() {
    classes()
        .should(new ArchCondition<>("see the internal packages of their own module only") {
          @Override
          public void check(JavaClass item, ConditionEvents events) {
            for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
              JavaClass target = dependency.getTargetClass().getBaseComponentType();
              if (isOurs(target)
                  && (target.getPackageName() + ".").contains(".internal.")
                  && !module(target).equals(module(item))) {
                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
              }
            }
          }
        })
        .check(ALL);
  }

  @Test
  void runBlockingIsInTheBridgeOnly() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Bridge.class.getName())
        .should()
        .callMethodWhere(DescribedPredicate.describe(
            "it is runBlocking", call -> call.getName().startsWith("runBlocking")))
        .check(ALL);
  }

  @Test
  void onlyTheBridgeAndItsSourceMeetCoroutines() throws IOException {
    Set<String> importers = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String source = Files.readString(file);
        if (source.contains("kotlin.coroutines.")
            || source.matches(
                "(?s).*kotlinx\\.coroutines\\.[a-zA-Z.]*(Kt|Scope|Dispatchers)\\b.*")) {
          importers.add(file.getFileName().toString());
        }
      }
    }
    assertEquals(Set.of("Bridge.java", "Source.java"), importers);
  }

  @Test
  void onlyTheBindingSeesJackson() {
    noClasses()
        .that(are("java"))
        .and()
        .haveNameNotMatching(
            ".*\\.(JacksonBinding|DataTypes|EnumWords|Form|JavaSchemas|JavaTypes|ReadProperties|Readers|Writers)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.fasterxml..", "com.github.victools..")
        .check(ALL);
  }

  @Test
  void noPublicTypeOfTheFacadeHasTheNameOfOneOfTheCore() {
    Set<String> shared = publicNames("java");
    shared.retainAll(publicNames("core"));
    assertEquals(Set.of(), shared);
    assertTrue(publicNames("java").contains("Call"));
  }

  private static Set<String> publicNames(String module) {
    return ALL.stream()
        .filter(are(module))
        .filter(type -> type.isTopLevelClass())
        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .map(JavaClass::getSimpleName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void onlyDownTo(String floor, String... below) {
    List<String> seen = Stream.concat(Stream.of(floor), Stream.of(below)).toList();
    noClasses()
        .that()
        .resideInAPackage(floor)
        .should()
        .dependOnClassesThat(resideInAPackage("dev.muster..")
            .and(DescribedPredicate.not(resideInAnyPackage(seen.toArray(String[]::new)))))
        .check(ALL);
  }

  private static boolean isOurs(JavaClass type) {
    return (type.getPackageName() + ".").startsWith("dev.muster.");
  }

  private static String module(JavaClass type) {
    String[] parts = type.getPackageName().split("\\.");
    return parts.length > 2 && MODULES.contains(parts[2]) ? parts[2] : "core";
  }

  /** The directory or jar of the class. */
  private static String place(JavaClass type) {
    String uri = type.getSource().orElseThrow().getUri().toString();
    return uri.substring(0, uri.indexOf("dev/muster/"));
  }

  private static DescribedPredicate<JavaClass> are(String module) {
    return DescribedPredicate.describe(
        "are of " + module, type -> isOurs(type) && module(type).equals(module));
  }

  private static DescribedPredicate<JavaClass> areNot(String module) {
    return DescribedPredicate.describe(
        "are ours, but not of " + module, type -> isOurs(type) && !module(type).equals(module));
  }

  private static DescribedPredicate<JavaClass> areOther(String provider) {
    return DescribedPredicate.describe(
        "are of another provider",
        type ->
            isOurs(type) && PROVIDERS.contains(module(type)) && !module(type).equals(provider));
  }

  private static final class Packages implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      if (!isOurs(type)) return SliceIdentifier.ignore();
      // A package and its internal package count as one: they may depend on each other.
      return SliceIdentifier.of(type.getPackageName().replace(".internal", ""));
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
