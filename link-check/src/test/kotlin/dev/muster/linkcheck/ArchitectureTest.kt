package dev.muster.linkcheck

import com.tngtech.archunit.base.DescribedPredicate
import com.tngtech.archunit.base.DescribedPredicate.describe
import com.tngtech.archunit.core.domain.Dependency
import com.tngtech.archunit.core.domain.JavaClass
import com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage
import com.tngtech.archunit.core.domain.JavaClasses
import com.tngtech.archunit.core.domain.JavaMethodCall
import com.tngtech.archunit.core.domain.JavaModifier
import com.tngtech.archunit.core.importer.ClassFileImporter
import com.tngtech.archunit.core.importer.ImportOption
import com.tngtech.archunit.lang.ArchCondition
import com.tngtech.archunit.lang.ConditionEvents
import com.tngtech.archunit.lang.SimpleConditionEvent
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses
import com.tngtech.archunit.library.dependencies.SliceAssignment
import com.tngtech.archunit.library.dependencies.SliceIdentifier
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.File

/**
 * Which module and which package may see which: docs/architecture.md. This module has all published ones on its class
 * path. [MODULES] and [FLOORS] are the only lists; a module or a package that is not listed fails.
 */
class ArchitectureTest {
    @Test
    fun everyModuleIsLookedAt() {
        val published = Regex("<artifactId>muster-(\\w+)</artifactId>").findAll(File("../bom/pom.xml").readText())
            .map { it.groupValues[1] }.toSet() - setOf("parent", "bom")

        assertEquals(published, MODULES.keys)
        assertEquals(MODULES.keys, ALL.map(::module).toSet())
    }

    @Test
    fun everyClassIsInThePackageOfItsModule() {
        val jars = ALL.groupBy(::module, ::place).mapValues { (_, jars) -> jars.toSet() }

        assertEquals(MODULES.keys.associateWith { 1 }, jars.mapValues { it.value.size }, jars.toString())
    }

    @Test
    fun noPackageIsInTwoModules() {
        val places = ALL.groupBy({ it.packageName }, ::place).mapValues { (_, jars) -> jars.toSet() }

        assertEquals(emptyMap<String, Set<String>>(), places.filterValues { it.size > 1 })
    }

    @Test
    fun packagesHaveNoCycles() = slices().assignedFrom(Packages).should().beFreeOfCycles().check(ALL)

    @Test
    fun theCoreNeverSeesAnotherModule() = checkModule("core")

    @Test
    fun theTransportSeesTheCoreOnly() = checkModule("http")

    @Test
    fun endpointsStandOnTransportAndCodecWhichSeeNoOther() {
        assertEquals(HTTP.toSet(), ALL.filter { module(it) == "http" }.map { floor(it.packageName) }.toSet())
        (HTTP - "$ROOT.http.endpoint").forEach { name ->
            noClasses()
                .that(describe<JavaClass>("are of $name") { isOnFloor(it, setOf(name)) })
                .should()
                .dependOnClassesThat(
                    describe<JavaClass>("are of muster-http, but not of $name") {
                        isOurs(it) && module(it) == "http" && !isOnFloor(it, setOf(name))
                    },
                )
                .check(ALL)
        }
    }

    @Test
    fun theKtorTransportSeesCoreAndTransportOnly() = checkModule("ktor")

    @ParameterizedTest
    @ValueSource(strings = ["openai", "anthropic", "gemini", "ollama"])
    fun aProviderNeverSeesAnother(provider: String) = checkModule(provider)

    @Test
    fun theFakeServerSharesNothing() = checkModule("fake")

    @Test
    fun theTestKitSeesCoreAndFakeServerOnly() = checkModule("test")

    @Test
    fun theContractSeesCoreTransportAndFakeServerOnly() = checkModule("contract")

    @Test
    fun theFacadeSeesTheCoreOnly() = checkModule("java")

    @Test
    fun onlyTheKtorTransportSeesKtor() {
        val ktor = resideInAPackage("io.ktor..")
        assertTrue(
            ALL.filter { module(it) == "ktor" }
                .flatMap { it.directDependenciesFromSelf }
                .any { ktor.test(it.targetClass) },
        )
        noClasses().that(are("ktor").negate()).should().dependOnClassesThat(ktor.or(are("ktor"))).check(ALL)
    }

    @Test
    fun everyPackageOfTheCoreHasAFloor() {
        val packages = ALL.filter { module(it) == "core" }.map { floor(it.packageName) }.toSet()

        assertEquals(FLOORS.map { it.name }.toSet(), packages)
    }

    @Test
    fun theFloorsAreThoseOfTheDocumentation() {
        val shown = Regex("(?m)^[|` ]*(dev\\.muster[.\\w]*)").findAll(File("../docs/architecture.md").readText())
            .map { it.groupValues[1] }.filter { moduleOf(it) == "core" }.toList()

        assertEquals(FLOORS.map { it.name }, shown)
    }

    @Test
    fun theCoresFloorsLookDownOnly() {
        FLOORS.forEachIndexed { index, floor ->
            val below = floor.sees ?: FLOORS.drop(index + 1).map { it.name }
            noClasses()
                .that(describe<JavaClass>("are on the floor ${floor.name}") { isOnFloor(it, setOf(floor.name)) })
                .should()
                .dependOnClassesThat(
                    describe<JavaClass>("are of the core, but not on $below") {
                        isOurs(it) && module(it) == "core" && !isOnFloor(it, below + floor.name)
                    },
                )
                .check(ALL)
        }
    }

    @Test
    fun theConfigurationAppliesItselfToTheClient() = noClasses()
        .that().resideInAnyPackage(ROOT, "$ROOT.internal")
        .should().dependOnClassesThat().resideInAPackage("$ROOT.config.internal")
        .check(ALL)

    @Test
    fun thePlumbingOfFacadesNeedsAnOptIn() {
        val plumbing = ALL.filter { it.packageName == "$ROOT.facade" && it.isTopLevelClass }
            .filter { JavaModifier.PUBLIC in it.modifiers && !it.isAnnotatedWith(OPT_IN) }
        val open = plumbing.flatMap { it.methods }
            .filter { JavaModifier.PUBLIC in it.modifiers && JavaModifier.SYNTHETIC !in it.modifiers }
            .filter { '-' !in it.name && !it.isAnnotatedWith(OPT_IN) }
            .map { it.fullName }
        assertEquals(emptyList<String>(), open)
        assertTrue(plumbing.any { it.simpleName == "Composition" }, plumbing.toString())
    }

    @Test
    fun internalPackagesAreSeenByTheirModuleOnly() {
        val condition = object : ArchCondition<JavaClass>("see the internal packages of their own module only") {
            override fun check(item: JavaClass, events: ConditionEvents) =
                item.directDependenciesFromSelf.filter { isForeignInternal(it) }.forEach {
                    events.add(SimpleConditionEvent.violated(it, it.description))
                }
        }
        classes().should(condition).check(ALL)
    }

    @Test
    fun runBlockingIsInTheBridgeOnly() = noClasses()
        // The contract consists of tests.
        .that(are("contract").negate()).and().doNotHaveFullyQualifiedName("$FACADE.internal.Bridge")
        .should().callMethodWhere(describe<JavaMethodCall>("it is runBlocking") { it.name.startsWith("runBlocking") })
        .check(ALL)

    @Test
    fun onlyTheBridgeAndItsSourceMeetCoroutines() {
        val coroutines = Regex("kotlin\\.coroutines\\.|kotlinx\\.coroutines\\.[a-zA-Z.]*(Kt|Scope|Dispatchers)\\b")
        val importers = File("../sdk-java/src/main/java").walk()
            .filter { it.isFile && coroutines.containsMatchIn(it.readText()) }
            .map { it.path.substringAfter("dev/muster/java/") }

        assertEquals(setOf("internal/Bridge.java", "internal/Source.java"), importers.toSet())
    }

    @ParameterizedTest
    @ValueSource(strings = ["jackson", "jackson3"])
    fun aJsonBindingSeesCoreAndFacadeOnly(binding: String) = checkModule(binding)

    @Test
    fun onlyTheBindingsSeeJackson() {
        val bindings = are("jackson").or(are("jackson3"))
        noClasses().that(bindings.or(are("fake")).or(are("test")).negate())
            .should().dependOnClassesThat().resideInAnyPackage("com.fasterxml..", "tools.jackson..")
            .check(ALL)
        noClasses().that(bindings.negate())
            .should().dependOnClassesThat(resideInAPackage("com.github.victools..").or(bindings))
            .check(ALL)
    }

    /** Both versions use the annotations of Jackson 2, and victools the library classmate. */
    @Test
    fun eachBindingSeesItsVersionOfJackson() {
        noClasses().that(are("jackson3").negate())
            .should().dependOnClassesThat().resideInAPackage("tools.jackson..")
            .check(ALL)
        noClasses().that(are("jackson3"))
            .should().dependOnClassesThat(
                resideInAPackage("com.fasterxml.jackson..")
                    .and(resideInAPackage("com.fasterxml.jackson.annotation..").negate()),
            )
            .check(ALL)
        assertTrue(
            ALL.filter { module(it) == "jackson3" }
                .flatMap { it.directDependenciesFromSelf }
                .any { resideInAPackage("tools.jackson..").test(it.targetClass) },
        )
    }

    /** So that it can be loaded, and say what is missing, on a class path without Jackson. */
    @Test
    fun theEntryOfTheBindingSeesNoJackson() = noClasses()
        .that().haveNameMatching("$ROOT\\.jackson3?\\.(Jackson3?Binding|Libraries)")
        .should().dependOnClassesThat()
        .resideInAnyPackage("com.fasterxml..", "tools.jackson..", "com.github.victools..")
        .check(ALL)

    @Test
    fun noPublicTypeOfTheFacadeHasTheNameOfOneOfTheCore() {
        assertEquals(emptySet<String>(), publicNames("java") intersect publicNames("core"))
        assertTrue("Call" in publicNames("java"))
    }

    /** Checks that [name] sees only itself and what [MODULES] allows. */
    private fun checkModule(name: String) {
        val allowed = MODULES.getValue(name) + name
        noClasses()
            .that(are(name))
            .should()
            .dependOnClassesThat(
                describe<JavaClass>("are ours, but not of $allowed") { isOurs(it) && module(it) !in allowed },
            )
            .check(ALL)
    }

    private fun publicNames(module: String): Set<String> = ALL
        .filter { module(it) == module && it.isTopLevelClass && JavaModifier.PUBLIC in it.modifiers }
        .map { it.simpleName }.toSet()

    /** A package and its internal one count as one: they may see each other. */
    private object Packages : SliceAssignment {
        override fun getIdentifierOf(type: JavaClass): SliceIdentifier =
            if (isOurs(type)) SliceIdentifier.of(floor(type.packageName)) else SliceIdentifier.ignore()

        override fun getDescription() = "packages"
    }

    /** A package of the core. [sees] names the packages it may use; null means all that are listed below it. */
    private class Floor(val name: String, val sees: List<String>? = null)

    private companion object {
        const val ROOT = "dev.muster"
        const val FACADE = "$ROOT.java"
        const val OPT_IN = "$ROOT.annotation.InternalMusterApi"

        /** The published modules, by the end of their artifact's name, and the modules that each may see. */
        val MODULES: Map<String, Set<String>> = mapOf(
            "core" to setOf(),
            "http" to setOf("core"),
            "ktor" to setOf("core", "http"),
            "openai" to setOf("core", "http"),
            "anthropic" to setOf("core", "http"),
            "gemini" to setOf("core", "http"),
            "ollama" to setOf("core", "http"),
            "fake" to setOf(),
            "test" to setOf("core", "fake"),
            "contract" to setOf("core", "http", "fake"),
            "java" to setOf("core"),
            "jackson" to setOf("core", "java"),
            "jackson3" to setOf("core", "java"),
        )

        /** The packages of the core, from top to bottom. An `internal` package belongs to the floor of its parent. */
        val FLOORS: List<Floor> = listOf(
            Floor(ROOT),
            Floor("$ROOT.config"),
            Floor("$ROOT.agent"),
            Floor("$ROOT.call"),
            Floor("$ROOT.resilience"),
            Floor("$ROOT.batch"),
            Floor("$ROOT.provider"),
            Floor("$ROOT.facade"),
            Floor("$ROOT.context"),
            Floor("$ROOT.network"),
            Floor("$ROOT.observe"),
            // Operators know nothing of models.
            Floor("$ROOT.concurrent", sees = listOf("$ROOT.error")),
            Floor("$ROOT.embedding"),
            Floor("$ROOT.model"),
            Floor("$ROOT.error", sees = listOf("$ROOT.chat")),
            Floor("$ROOT.chat"),
            Floor("$ROOT.annotation"),
        )

        /** The packages of muster-http. */
        val HTTP: List<String> = listOf("$ROOT.http.endpoint", "$ROOT.http.transport", "$ROOT.http.codec")

        val ALL: JavaClasses = ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT)

        fun isOurs(type: JavaClass) = "${type.packageName}.".startsWith("$ROOT.")

        fun module(type: JavaClass) = moduleOf(type.packageName)

        /** Every module but the core has a package of its own directly below the root. */
        fun moduleOf(packageName: String): String {
            val name = packageName.removePrefix("$ROOT.").substringBefore('.')
            return if (name in MODULES) name else "core"
        }

        fun floor(packageName: String) = packageName.replace(".internal", "")

        fun isOnFloor(type: JavaClass, names: Collection<String>) = floor(type.packageName) in names

        /** The directory or jar of [type]. */
        fun place(type: JavaClass): String = type.source.orElseThrow().uri.toString().substringBefore("dev/muster/")

        fun isForeignInternal(dependency: Dependency): Boolean {
            val target = dependency.targetClass.baseComponentType
            return isOurs(target) &&
                ".internal." in "${target.packageName}." &&
                module(target) != module(dependency.originClass)
        }

        fun are(module: String): DescribedPredicate<JavaClass> =
            describe<JavaClass>("are of $module") { isOurs(it) && module(it) == module }
    }
}
