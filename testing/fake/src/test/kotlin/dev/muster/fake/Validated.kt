package dev.muster.fake

import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.AfterEach

/** A server that expects requests a provider would refuse. */
abstract class Validated {
    internal val server = FakeServer.start()
    internal val json = ObjectMapper()

    @AfterEach
    fun close() = server.close()
}
