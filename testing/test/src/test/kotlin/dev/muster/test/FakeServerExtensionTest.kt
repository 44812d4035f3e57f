package dev.muster.test

import dev.muster.MusterClient
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotSame
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.MethodOrderer
import org.junit.jupiter.api.Nested
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestMethodOrder
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.extension.ExtendWith
import org.junit.jupiter.api.extension.ExtensionContext
import org.junit.jupiter.api.extension.RegisterExtension
import org.junit.platform.engine.TestExecutionResult
import org.junit.platform.engine.discovery.DiscoverySelectors.selectClass
import org.junit.platform.testkit.engine.EngineTestKit
import org.junit.platform.testkit.engine.EventType
import java.lang.reflect.Proxy
import java.util.Optional

/** Runs the test classes below with the extension. They are not tests of the build itself. */
class FakeServerExtensionTest {
    /** Returns the names of the failed tests and their failures. */
    private fun failures(type: Class<*>): Map<String, Throwable> {
        val tests =
            EngineTestKit
                .engine("junit-jupiter")
                .selectors(selectClass(type))
                .execute()
                .testEvents()
        assertTrue(tests.finished().count() > 0)
        return tests
            .list()
            .filter { it.type == EventType.FINISHED }
            .mapNotNull { event ->
                val result = event.getRequiredPayload(TestExecutionResult::class.java)
                result.throwable.orElse(null)?.let { event.testDescriptor.displayName.removeSuffix("()") to it }
            }.toMap()
    }

    @Test
    fun `C32 a server for the class, reset between the tests, and closed`() {
        assertEquals(emptyMap<String, Throwable>(), failures(Shared::class.java))
        val (first, second) = Shared.seen
        assertSame(first, second)
        assertThrows<Exception> { ask(first) }
    }

    @Test
    fun `C32 unmet rules and unexpected requests fail the test, and say which they are`() {
        val failures = failures(Careless::class.java).mapValues { it.value.message.orEmpty() }
        assertEquals(setOf("leavesARule", "leavesAReply", "asksForMore", "isRefused"), failures.keys)
        assertTrue("prompt 'never': 0 of 1 replies were used" in failures.getValue("leavesARule"))
        assertTrue("model m: 1 of 2 replies were used" in failures.getValue("leavesAReply"))
        assertTrue("no rule matches FakeRequest(0, POST /v1/chat/completions" in failures.getValue("asksForMore"))
        assertTrue("prompt 'hello'" in failures.getValue("asksForMore"))
        assertTrue("refused FakeRequest(0" in failures.getValue("isRefused"), failures["isRefused"])
    }

    @Test
    fun `a test that fails by itself keeps its failure`() {
        val failure = failures(Failing::class.java).getValue("failsByItself")
        assertEquals("by itself", failure.message)
        assertTrue("prompt 'never'" in failure.suppressed.single().message!!)
    }

    @Test
    fun `a test that is aborted stays so`() {
        val tests =
            EngineTestKit
                .engine("junit-jupiter")
                .selectors(selectClass(Aborting::class.java))
                .execute()
                .testEvents()
        assertEquals(1, tests.aborted().count())
        assertEquals(0, tests.failed().count())
    }

    @Test
    fun `who is lenient may leave rules, and a field that is not static has a server for each test`() {
        assertEquals(emptyMap<String, Throwable>(), failures(Lenient::class.java))
        val (first, second) = Lenient.seen
        assertNotSame(first, second)
    }

    @Test
    fun `nested classes share the server`() {
        assertEquals(emptyMap<String, Throwable>(), failures(Outer::class.java))
        assertEquals(1, Outer.seen.size)
    }

    @Test
    fun `tests that share a server at the same time are told so`() {
        val extension = FakeServerExtension()
        extension.beforeEach(context("first"))
        val failure = assertThrows<IllegalStateException> { extension.beforeEach(context("second")) }
        assertTrue("not static" in failure.message!!, failure.message)
        extension.afterEach(context("second"))
        // The first test still has its server. After it, another test may use it.
        extension.server().otherwise(FakeReply.text("x"))
        assertEquals("x", ask(extension.server()))
        extension.afterEach(context("first"))
        extension.beforeEach(context("second"))
        extension.afterEach(context("second"))
    }

    private fun context(id: String): ExtensionContext =
        Proxy.newProxyInstance(javaClass.classLoader, arrayOf(ExtensionContext::class.java)) { _, method, _ ->
            if (method.name == "getUniqueId") id else Optional.empty<Throwable>()
        } as ExtensionContext

    @ExtendWith(FakeServerExtension::class)
    @TestMethodOrder(MethodOrderer.MethodName::class)
    class Shared {
        @Test
        fun a(server: FakeServer) {
            server.onModel("m").reply(FakeReply.text("a"))
            assertEquals("a", ask(server))
            seen += server
        }

        @Test
        fun b(server: FakeServer) {
            assertEquals(0, server.requestCount)
            server.otherwise(FakeReply.text("b"))
            assertEquals("b", ask(server))
            seen += server
        }

        companion object {
            val seen = ArrayList<FakeServer>()
        }
    }

    class Careless {
        @Test
        fun leavesARule() {
            fake.server().onPrompt("never").reply(FakeReply.text("x"))
        }

        @Test
        fun leavesAReply() {
            fake.server().onModel("m").replies(FakeReply.text("x"), FakeReply.text("y"))
            ask(fake.server())
        }

        @Test
        fun asksForMore() {
            ask(fake.server())
        }

        @Test
        fun isRefused() {
            fake.server().requireKey("another").otherwise(FakeReply.text("x"))
            assertThrows<Exception> { ask(fake.server()) }
        }

        @Test
        fun isFine() {
            fake.server().onPrompt("never").optional().reply(FakeReply.text("x"))
            fake.server().requireKey("another").expectRefusals()
            assertThrows<Exception> { ask(fake.server()) }
        }

        companion object {
            @JvmField
            @RegisterExtension
            val fake = FakeServerExtension()
        }
    }

    class Failing {
        @Test
        fun failsByItself() {
            fake.server().onPrompt("never").reply(FakeReply.text("x"))
            fail<Unit>("by itself")
        }

        companion object {
            @JvmField
            @RegisterExtension
            val fake = FakeServerExtension()
        }
    }

    class Aborting {
        @Test
        fun isAborted() {
            fake.server().onPrompt("never").reply(FakeReply.text("x"))
            assumeTrue(false)
        }

        companion object {
            @JvmField
            @RegisterExtension
            val fake = FakeServerExtension()
        }
    }

    class Lenient {
        @JvmField
        @RegisterExtension
        val fake: FakeServerExtension = FakeServerExtension.lenient()

        @Test
        fun a() {
            fake.server().onPrompt("never").reply(FakeReply.text("x"))
            ask(fake.server())
            seen += fake.server()
        }

        @Test
        fun b() {
            seen += fake.server()
        }

        companion object {
            val seen = ArrayList<FakeServer>()
        }
    }

    @ExtendWith(FakeServerExtension::class)
    class Outer {
        @Test
        fun outer(server: FakeServer) {
            seen += server
        }

        @Nested
        inner class Inner {
            @Test
            fun inner(server: FakeServer) {
                server.otherwise(FakeReply.text("x"))
                ask(server)
                seen += server
            }
        }

        companion object {
            val seen = HashSet<FakeServer>()
        }
    }

    private companion object {
        fun ask(server: FakeServer): String = MusterClient {
            environment(server.environment())
            retry(RetryPolicy.NONE)
        }.use { client -> runBlocking { client.model("openai::m").ask("hello") } }
    }
}
