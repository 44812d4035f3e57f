package dev.muster.consumers

/** The class paths of programs that use Muster. */
internal object ClassPaths {
    private const val KOTLIN = "2.1.21"
    private const val BOOT = "org.springframework.boot:spring-boot-dependencies"
    private const val BOOT_PARENT = "org.springframework.boot:spring-boot-starter-parent"
    private val BOM = "dev.muster:muster-bom:${Build.version}"
    private const val JACKSON_BOM = "com.fasterxml.jackson:jackson-bom"

    private val withoutJackson =
        listOf("java", "openai", "anthropic", "gemini", "ollama", "fake")
            .map { "dev.muster:muster-$it:${Build.version}" }
    private val muster = withoutJackson + "dev.muster:muster-jackson:${Build.version}"
    private val musterWithJackson3 = withoutJackson + "dev.muster:muster-jackson3:${Build.version}"

    private fun jackson(version: String) =
        ClassPath("jackson-$version", boms = listOf("$JACKSON_BOM:$version"), dependencies = muster)

    /** The compiler for the program. */
    val COMPILER =
        ClassPath(
            "kotlin-compiler",
            dependencies =
            listOf("compiler-embeddable", "serialization-compiler-plugin-embeddable")
                .map { "org.jetbrains.kotlin:kotlin-$it:$KOTLIN" },
        )

    /** The class path that the program is compiled with. */
    val OLDEST =
        ClassPath(
            "oldest",
            boms = listOf(
                "org.jetbrains.kotlin:kotlin-bom:$KOTLIN",
                "org.jetbrains.kotlinx:kotlinx-coroutines-bom:1.8.1",
                "org.jetbrains.kotlinx:kotlinx-serialization-bom:1.6.3",
            ),
            dependencies = muster,
        )

    /** The class paths on which all parts of the program run. */
    val EVERYWHERE =
        listOf(
            ClassPath("plain", dependencies = muster),
            OLDEST,
            ClassPath("spring-boot-3.5", boms = listOf("$BOOT:3.5.16"), dependencies = muster),
            ClassPath("muster-bom-before-spring-boot-3.5", boms = listOf(BOM, "$BOOT:3.5.16"), dependencies = muster),
            ClassPath("spring-boot-4.0", boms = listOf("$BOOT:4.0.9"), dependencies = muster),
            ClassPath("spring-boot-4.1", boms = listOf("$BOOT:4.1.2"), dependencies = muster),
            ClassPath("spring-boot-4.0-jackson3", boms = listOf("$BOOT:4.0.9"), dependencies = musterWithJackson3),
            ClassPath("spring-boot-4.1-jackson3", boms = listOf("$BOOT:4.1.2"), dependencies = musterWithJackson3),
            ClassPath("spring-boot-4.1-parent", parent = "$BOOT_PARENT:4.1.2", dependencies = muster),
            ClassPath(
                "muster-bom-over-spring-boot-4.1-parent",
                parent = "$BOOT_PARENT:4.1.2",
                boms = listOf(BOM),
                dependencies = muster,
            ),
            ClassPath("quarkus-3.28", boms = listOf("io.quarkus:quarkus-bom:3.28.5"), dependencies = muster),
            ClassPath("quarkus-3.33", boms = listOf("io.quarkus:quarkus-bom:3.33.2"), dependencies = muster),
            ClassPath(
                "newest",
                boms = listOf(
                    "org.jetbrains.kotlin:kotlin-bom:2.4.21",
                    "org.jetbrains.kotlinx:kotlinx-coroutines-bom:1.11.0",
                    "org.jetbrains.kotlinx:kotlinx-serialization-bom:1.12.0",
                    "$JACKSON_BOM:2.22.4",
                ),
                dependencies = muster,
            ),
        )

    /** The versions of Jackson on which Java classes are answers and arguments. */
    val JACKSONS = listOf("2.16.2", "2.19.4", "2.21.7", "2.22.4").map(::jackson)

    private val spring = listOf("java", "openai", "fake").map { "dev.muster:muster-$it:${Build.version}" }

    /** The class paths of the programs with Spring. */
    val SPRING =
        mapOf(
            "SERVLET" to listOf("org.springframework.boot:spring-boot-starter-webmvc"),
            "REACTIVE" to listOf(
                "org.springframework.boot:spring-boot-starter-webflux",
                "org.jetbrains.kotlin:kotlin-reflect",
                "org.jetbrains.kotlinx:kotlinx-coroutines-reactor",
            ),
        ).mapValues { (kind, starters) ->
            ClassPath("spring-${kind.lowercase()}", boms = listOf("$BOOT:4.0.7"), dependencies = spring + starters)
        }

    /** Libraries older than the floors. */
    val TOO_OLD = ClassPath("spring-boot-3.2", boms = listOf("$BOOT:3.2.12"), dependencies = muster)

    val VICTOOLS_5 =
        ClassPath(
            "victools-5",
            dependencies =
            muster + listOf("generator", "module-jackson").map { "com.github.victools:jsonschema-$it:5.0.0" },
        )

    val VICTOOLS_4 =
        ClassPath(
            "victools-4",
            dependencies =
            musterWithJackson3 +
                listOf("generator", "module-jackson").map { "com.github.victools:jsonschema-$it:4.38.0" },
        )

    val BOTH_BINDINGS =
        ClassPath("both-bindings", dependencies = muster + "dev.muster:muster-jackson3:${Build.version}")

    val WITHOUT_JACKSON = ClassPath("without-muster-jackson", dependencies = withoutJackson)

    val ALL =
        EVERYWHERE + JACKSONS + SPRING.values +
            COMPILER + VICTOOLS_5 + VICTOOLS_4 + BOTH_BINDINGS + WITHOUT_JACKSON + TOO_OLD +
            Coordinates.ALL.map { it.classPath }
}
