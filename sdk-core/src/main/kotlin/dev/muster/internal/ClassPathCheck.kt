package dev.muster.internal

import dev.muster.error.IncompatibleClassPathException
import kotlinx.coroutines.Job
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.ClassDiscriminatorMode

/**
 * Checks once that the libraries on the class path are new enough. Without this check the first call would end with a
 * `NoSuchMethodError`, or never. The check must run on the libraries that it rejects, so it uses nothing newer than
 * Kotlin 1.6. A library whose version cannot be determined counts as new enough.
 */
internal object ClassPathCheck {
    private val problem: String? = findProblem()

    /** @throws IncompatibleClassPathException if a library is too old */
    fun require() {
        if (problem != null) throw IncompatibleClassPathException(problem)
    }

    private fun findProblem(): String? {
        val kotlin = KotlinVersion.CURRENT
        val coroutines = versionOfCoroutines()
        val tooOld = ArrayList<String>()
        if (!kotlin.isAtLeast(1, KOTLIN)) tooOld.add("Kotlin $kotlin")
        if (coroutines != null && minorOf(coroutines) < COROUTINES) tooOld.add("kotlinx-coroutines $coroutines")
        if (!hasSerialization()) tooOld.add("kotlinx-serialization${jarOfSerialization()}")
        return when {
            tooOld.isNotEmpty() ->
                "The class path has ${tooOld.joinToString()}: Muster needs at least Kotlin 1.$KOTLIN, " +
                    "kotlinx-coroutines 1.$COROUTINES and kotlinx-serialization 1.6.3. $REMEDY"

            coroutines != null && minorOf(coroutines) >= COROUTINES_OF_KOTLIN_2 && !kotlin.isAtLeast(2, 1) ->
                "The class path has Kotlin $kotlin with kotlinx-coroutines $coroutines: " +
                    "these coroutines need at least Kotlin 2.1. $REMEDY"

            else -> null
        }
    }

    private fun versionOfCoroutines(): String? =
        Job::class.java.getResourceAsStream("/META-INF/kotlinx_coroutines_core.version")
            ?.use { String(it.readAllBytes()).trim() }

    /** Returns the minor version of 1.x. Any other version counts as new. */
    private fun minorOf(version: String): Int {
        val parts = version.split('.')
        if (parts.size < 2 || parts[0] != "1") return Int.MAX_VALUE
        return parts[1].toIntOrNull() ?: Int.MAX_VALUE
    }

    /** Looks for a class that is new in 1.6.3: a fat jar has no manifest with the version. */
    @OptIn(ExperimentalSerializationApi::class)
    private fun hasSerialization(): Boolean = try {
        ClassDiscriminatorMode::class.java.isEnum
    } catch (@Suppress("SwallowedException") e: NoClassDefFoundError) {
        false // The exception of this check is more helpful.
    }

    private fun jarOfSerialization(): String {
        val place = KSerializer::class.java.protectionDomain?.codeSource?.location ?: return ""
        return " (in ${place.path.substringAfterLast('/')})"
    }

    private const val KOTLIN = 9
    private const val COROUTINES = 8

    /** From this version on, coroutines need the standard library of Kotlin 2.1. */
    private const val COROUTINES_OF_KOTLIN_2 = 11
    private const val REMEDY =
        "Import dev.muster:muster-bom before the BOM of your framework. " +
            "Maven: first in <dependencyManagement>, with <type>pom</type> and <scope>import</scope>. " +
            "Gradle: implementation(platform(\"dev.muster:muster-bom:<version>\")), or, with Spring's " +
            "dependency-management plugin, mavenBom(\"dev.muster:muster-bom:<version>\") as its last import."
}
