package dev.muster.ktor.internal

import dev.muster.http.transport.HttpAnswer
import io.ktor.client.statement.HttpResponse
import io.ktor.http.HttpHeaders
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.readAvailable
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.io.IOException
import java.nio.ByteBuffer

/** The response of a Ktor engine. Its body is read from [channel]. */
internal class KtorResponse(private val response: HttpResponse, private val channel: ByteReadChannel) : HttpAnswer {
    private val buffer = ByteArray(BUFFER_BYTES)
    private var missing = response.headers[HttpHeaders.ContentLength]?.toLongOrNull() ?: 0

    override val status: Int get() = response.status.value

    override fun header(name: String): String? = response.headers[name]

    override suspend fun read(): List<ByteBuffer>? {
        val count = available()
        missing -= maxOf(count, 0)
        if (count >= 0) return listOf(ByteBuffer.wrap(buffer, 0, count))
        // A failed channel throws only to a reader that is waiting. To a later reader it looks like the end of the
        // body. Some engines also treat a closed or reset connection as the end of the body.
        val failure = channel.closedCause?.asBrokenOff() ?: missingBytes()
        return if (failure == null) null else throw failure
    }

    @Suppress("ThrowsCount") // One for each kind of failure.
    private suspend fun available(): Int = try {
        channel.readAvailable(buffer, 0, buffer.size)
    } catch (e: CancellationException) {
        currentCoroutineContext().ensureActive()
        throw e.asBrokenOff()
    } catch (e: IllegalStateException) {
        // Ktor throws this if the body is shorter than its Content-Length.
        throw e.asBrokenOff()
    } catch (e: IOException) {
        throw e.asBrokenOff()
    }

    private fun missingBytes() =
        if (missing > 0) IOException("The response ended early: $missing bytes are missing") else null

    private companion object {
        const val BUFFER_BYTES = 8 * 1024
    }
}
