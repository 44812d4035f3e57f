package dev.muster.internal

import dev.muster.error.IncompatibleClassPathException
import java.net.URL

/**
 * Checks once that the libraries on the class path are new enough: without it the first call would end with a
 * `NoSuchMethodError`, or never. This class has to link on what it refuses, so it calls nothing that Kotlin 1.6 lacks
 * and touches coroutines and serialization by name only.
 */
internal object ClassPathCheck {
    private val problem: String? = findProblem()

    /** @throws IncompatibleClassPathException if a library is too old */
    fun require() {
        if (problem != null) throw IncompatibleClassPathException(problem)
    }

    private fun findProblem(): String? {
        val tooOld = ArrayList<String>()
        val kotlin = KotlinVersion.CURRENT
        val coroutines = versionOfCoroutines()
        if (!kotlin.isAtLeast(1, KOTLIN)) tooOld.add("Kotlin $kotlin")
        if (coroutines != null && minorOf(coroutines) < COROUTINES) tooOld.add("kotlinx-coroutines $coroutines")
        // Fat jars lose what tells a version, but have the classes: this one came with 1.6.3.
        if (!exists(
                "kotlinx.serialization.json.ClassDiscriminatorMode",
            )
        ) {
            tooOld.add("kotlinx-serialization${serializationJar()}")
        }
        val needed = if (tooOld.isNotEmpty()) {
            "Muster needs at least Kotlin 1.$KOTLIN, kotlinx-coroutines 1.$COROUTINES and kotlinx-serialization 1.6.3"
        } else if (coroutines != null && minorOf(coroutines) >= SPILLING && !exists(SPILLING_CLASS)) {
            tooOld.add("Kotlin $kotlin with kotlinx-coroutines $coroutines")
            "these coroutines need at least Kotlin 2.1"
        } else {
            return null
        }
        return "The class path has ${tooOld.joinToString()}: $needed. $REMEDY"
    }

    private fun versionOfCoroutines(): String? =
        resource("META-INF/kotlinx_coroutines_core.version")?.openStream()?.use { String(it.readAllBytes()).trim() }

    /** Of 1.x; whatever is not written like that is taken for new. */
    private fun minorOf(version: String): Int {
        val parts = version.split('.')
        if (parts.size < 2 || parts[0] != "1") return Int.MAX_VALUE
        return parts[1].toIntOrNull() ?: Int.MAX_VALUE
    }

    private fun serializationJar(): String {
        val place = resource("kotlinx/serialization/KSerializer.class") ?: return ", which is missing"
        val jar = place.toString().substringBefore("!/").substringAfterLast('/')
        return " (in $jar)"
    }

    private fun exists(name: String) = resource(name.replace('.', '/') + ".class") != null

    private fun resource(name: String): URL? = ClassPathCheck::class.java.classLoader.getResource(name)

    private const val KOTLIN = 9
    private const val COROUTINES = 8
    private const val SPILLING = 11
    private const val SPILLING_CLASS = "kotlin.coroutines.jvm.internal.SpillingKt"
    private const val REMEDY =
        "Import dev.muster:muster-bom before the BOM of your framework. " +
            "Maven: first in <dependencyManagement>, with <type>pom</type> and <scope>import</scope>. " +
            "Gradle: implementation(platform(\"dev.muster:muster-bom:<version>\")), " +
            "or, with Spring's dependency-management plugin, mavenBom(\"dev.muster:muster-bom:<version>\") as its last import."
}
