package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Base64

// POST /v1/embeddings, from the components CreateEmbeddingRequest and CreateEmbeddingResponse of OpenAI's OpenAPI
// document. Tokens instead of texts are accepted unchecked.

private const val MOST = 2048

private val input =
    either(
        "a string or an array",
        JsonNode::isTextual to string(1),
        { node: JsonNode -> node.isArray && node.path(0).isTextual } to list(string(1), 1, MOST),
        JsonNode::isArray to list(
            either("tokens", JsonNode::isArray to anything, JsonNode::isInt to anything),
            1,
            MOST,
        ),
    )

internal val openAiEmbeddings =
    Fields(
        required("model", string(1)),
        required("input", input),
        optional("dimensions", integer(1)),
        optional("encoding_format", oneOf("float", BASE64)),
        optional("user", string()),
    )

internal fun readOpenAiEmbeddings(body: JsonNode): Asked = askedToEmbed(
    body.text("model").orEmpty(),
    textsOf(body.path("input")),
    body.int("dimensions"),
    include = setOfNotNull(body.text("encoding_format")),
)

/** Returns numbers, or base64 if [asked] requests it: IEEE 754, single precision, little-endian. */
internal fun openAiEmbeddingList(asked: Asked, answer: Answer, vectors: List<FloatArray>): ObjectNode {
    val node = json.createObjectNode().put("object", "list")
    val data = node.putArray("data")
    vectors.forEachIndexed { at, vector ->
        val item = data.addObject().put("object", "embedding").put("index", at)
        if (BASE64 in asked.include) {
            item.put("embedding", Base64.getEncoder().encodeToString(bytesOf(vector)))
        } else {
            item.putArray("embedding").also { numbers -> vector.forEach(numbers::add) }
        }
        item.decorated(answer)
    }
    node.put("model", answer.model)
    answer.usage?.let {
        node.putObject("usage").put("prompt_tokens", it.prompt).put("total_tokens", it.prompt)
    }
    return node.decorated(answer)
}

private fun bytesOf(vector: FloatArray): ByteArray {
    val buffer = ByteBuffer.allocate(vector.size * Float.SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN)
    vector.forEach(buffer::putFloat)
    return buffer.array()
}

private const val BASE64 = "base64"
