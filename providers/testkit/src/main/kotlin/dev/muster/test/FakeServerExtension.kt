package dev.muster.test

import dev.muster.fake.FakeServer
import org.junit.jupiter.api.extension.AfterAllCallback
import org.junit.jupiter.api.extension.AfterEachCallback
import org.junit.jupiter.api.extension.BeforeAllCallback
import org.junit.jupiter.api.extension.BeforeEachCallback
import org.junit.jupiter.api.extension.ExtensionContext
import org.junit.jupiter.api.extension.ParameterContext
import org.junit.jupiter.api.extension.ParameterResolver
import java.util.concurrent.atomic.AtomicReference

/**
 * A [FakeServer] for the tests of a class, for JUnit 5: started once, reset before each test, closed at the end. A test
 * that passes but leaves a rule unused, or sends a request that no rule is for, fails: see [FakeServer.verify].
 *
 * ```java
 * @RegisterExtension
 * static final FakeServerExtension FAKE = new FakeServerExtension();
 *
 * @Test
 * void answers(FakeServer server) {      // or FAKE.server()
 *   server.onPrompt("2+2?").reply(FakeReply.text("4"));
 *   …
 * }
 * ```
 *
 * `@ExtendWith(FakeServerExtension.class)` does as well, where the server is needed as a parameter only. A field that
 * is not static gives every test a server of its own. Rules belong into the test or into `@BeforeEach`. Tests that run
 * at the same time need a server each; those that share one end with an [IllegalStateException].
 */
public class FakeServerExtension private constructor(private val verifies: Boolean) :
    BeforeAllCallback,
    BeforeEachCallback,
    AfterEachCallback,
    AfterAllCallback,
    ParameterResolver {
    /** Fails tests with unused rules or unexpected requests. */
    public constructor() : this(verifies = true)

    @Volatile
    private var running: FakeServer? = null
    private val test = AtomicReference<String>()

    // The class, or the test, that has started it: with nested classes the callbacks come for each of them.
    private var owner: String? = null

    /**
     * The server.
     *
     * @throws IllegalStateException outside of the tests of the class
     */
    public fun server(): FakeServer = checkNotNull(running) { "The server runs only while the tests of its class do" }

    override fun beforeAll(context: ExtensionContext): Unit = startFor(context)

    override fun beforeEach(context: ExtensionContext) {
        val other = test.compareAndExchange(null, context.uniqueId)
        check(other == null || other == context.uniqueId) {
            "Two tests run at the same time and share a server: make the field of the extension one that is not static"
        }
        startFor(context)
        server().reset()
    }

    override fun afterEach(context: ExtensionContext) {
        try {
            if (verifies && test.get() == context.uniqueId) verify(context)
        } finally {
            test.compareAndSet(context.uniqueId, null)
            closeFor(context)
        }
    }

    override fun afterAll(context: ExtensionContext): Unit = closeFor(context)

    override fun supportsParameter(parameter: ParameterContext, context: ExtensionContext): Boolean =
        parameter.parameter.type == FakeServer::class.java

    override fun resolveParameter(parameter: ParameterContext, context: ExtensionContext): Any = server()

    private fun startFor(context: ExtensionContext) {
        if (running != null) return
        running = FakeServer.start()
        owner = context.uniqueId
    }

    private fun closeFor(context: ExtensionContext) {
        if (owner != context.uniqueId) return
        server().close()
        running = null
        owner = null
    }

    /** What a test that has failed left undone is for the reader of its failure; it is no failure of its own. */
    private fun verify(context: ExtensionContext) {
        val failure = context.executionException.orElse(null)
        try {
            server().verify()
        } catch (e: AssertionError) {
            if (failure == null) throw e
            failure.addSuppressed(e)
        }
    }

    override fun toString(): String = "FakeServerExtension(${running ?: "not running"})"

    /** Makes extensions. */
    public companion object {
        /** An extension whose tests may leave rules unused and send requests that no rule is for. */
        @JvmStatic
        public fun lenient(): FakeServerExtension = FakeServerExtension(verifies = false)
    }
}
