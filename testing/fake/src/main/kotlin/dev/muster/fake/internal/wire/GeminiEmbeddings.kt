package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpRequest

/** Gemini's embeddings in a batch, `:batchEmbedContents`. For a single one see [GeminiSingleEmbedding]. */
internal object GeminiEmbeddings {
    private const val BATCH = 100

    /** The end of the path of a batch. */
    const val MANY: String = ":batchEmbedContents"

    fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest, model: String): Violation? {
        val isBatch = request.path.endsWith(MANY)
        if (!isBatch) return embedContent.allowing(extra).violation(body, "")
        val batch = Fields(required("requests", list(batched.allowing(extra), 1, BATCH)))
        return batch.violation(body, "") ?: otherModel(body, model)
    }

    private fun otherModel(body: JsonNode, model: String): Violation? {
        val at = body.path("requests").indexOfFirst { it.text("model")?.removePrefix("models/") != model }
        if (at < 0) return null
        return Violation("it must name the model of the batch", "requests[$at].model", null)
    }

    fun read(body: JsonNode, model: String): Asked {
        val requests = if (body.has("requests")) body.path("requests").toList() else listOf(body)
        return askedToEmbed(
            model,
            requests.map { each -> each.path("content").path("parts").joinToString("") { it.text("text").orEmpty() } },
            requests.firstNotNullOfOrNull { it.get("outputDimensionality") }?.intValue(),
        )
    }

    fun answer(answer: Answer, vectors: List<FloatArray>): ObjectNode {
        val node = json.createObjectNode()
        val embeddings = node.putArray("embeddings")
        vectors.forEach { embeddings.add(embedding(it).decorated(answer)) }
        answer.usage?.let { node.putObject("usageMetadata").put("promptTokenCount", it.prompt) }
        return node.decorated(answer)
    }

    fun embedding(vector: FloatArray): ObjectNode {
        val node = json.createObjectNode()
        val values = node.putArray("values")
        vector.forEach(values::add)
        return node
    }

    // EmbedContentRequest and BatchEmbedContentsRequest of the discovery document.
    private val rows =
        arrayOf(
            required("content", Fields(optional("role", string()), required("parts", list(onePart, 1)))),
            optional(
                "taskType",
                oneOf(
                    "TASK_TYPE_UNSPECIFIED",
                    "RETRIEVAL_QUERY",
                    "RETRIEVAL_DOCUMENT",
                    "SEMANTIC_SIMILARITY",
                    "CLASSIFICATION",
                    "CLUSTERING",
                    "QUESTION_ANSWERING",
                    "FACT_VERIFICATION",
                    "CODE_RETRIEVAL_QUERY",
                ),
            ),
            optional("title", string()),
            optional("outputDimensionality", integer(1, Int.MAX_VALUE.toLong())),
            optional("embedContentConfig", anyObject),
        )
    private val embedContent = Fields(optional("model", string()), *rows)
    private val batched = Fields(required("model", string(1)), *rows)
}

/** Gemini's `:embedContent`: one text and one vector. */
internal object GeminiSingleEmbedding : EmbeddingFormat by GeminiFormat {
    override fun route(path: String, header: (String) -> String?): Route? =
        if (GeminiFormat.isMethod(path) && path.endsWith(":embedContent")) Route.EMBEDDINGS else null

    override fun embeddings(asked: Asked, answer: Answer, vectors: List<FloatArray>): ObjectNode {
        val node = GeminiFormat.embeddings(asked, answer, vectors)
        val only = node.remove("embeddings").path(0)
        return node.set("embedding", only)
    }
}
