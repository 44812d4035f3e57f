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
 * A JUnit 5 extension that runs a [FakeServer] for the tests of a class.
 *
 * It starts the server once, resets it before each test and closes it after the last one. A test that passes but leaves
 * a rule unused, or sends a request that matches no rule, fails: see [FakeServer.verify].
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
 * If you need the server only as a parameter, `@ExtendWith(FakeServerExtension.class)` is enough. A non-static field
 * gives each test its own server. Define rules in the test or in `@BeforeEach`. Tests that run at the same time need a
 * server each; tests that share one fail with an [IllegalStateException].
 */
public class FakeServerExtension private constructor(private val verifies: Boolean) :
    BeforeAllCallback,
    BeforeEachCallback,
    AfterEachCallback,
    AfterAllCallback,
    ParameterResolver {
    /** Creates an extension that fails tests with unused rules or unexpected requests. */
    public constructor() : this(verifies = true)

    @Volatile
    private var running: FakeServer? = null
    private val test = AtomicReference<String>()

    // The id of the class or test that started the server. With nested classes JUnit calls back for each of them.
    private var owner: String? = null

    /**
     * Returns the running server.
     *
     * @throws IllegalStateException if the server is not running, that is, outside the tests of the class
     */
    public fun server(): FakeServer =
        checkNotNull(running) { "The fake server is not running: use it only while the tests of its class run" }

    override fun beforeAll(context: ExtensionContext): Unit = startFor(context)

    override fun beforeEach(context: ExtensionContext) {
        val other = test.compareAndExchange(null, context.uniqueId)
        check(other == null || other == context.uniqueId) {
            "Two tests run at the same time and share a server: declare the extension in a field that is not static"
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

    /** If the test has already failed, adds the verification error to that failure as a suppressed exception. */
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

    /** Creates extensions. */
    public companion object {
        /** Returns an extension that allows unused rules and requests that match no rule. */
        @JvmStatic
        public fun lenient(): FakeServerExtension = FakeServerExtension(verifies = false)
    }
}
