package dev.muster.java.parity.rows

import dev.muster.java.parity.Row

/** The table: every case by its topic. */
internal val topics: Map<String, List<Row>> = linkedMapOf(
    "gather" to gatherRows,
    "select" to selectRows,
    "race" to raceRows,
    "as completed" to completionRows,
    "windows" to windowRows,
    "timeouts" to timeoutRows,
    "fallback values" to fallbackRows,
    "deadlines" to deadlineRows,
    "retries" to retryRows,
    "retried operations" to operationRetryRows,
    "interceptors" to interceptorRows,
    "hedges" to hedgeRows,
    "fallbacks" to fallbackChainRows,
    "pipelines" to pipelineRows,
    "progress" to progressRows,
    "chains" to chainRows,
    "recovery" to recoverRows,
    "values and failures" to settledValueRows,
    "shared runs and futures" to sharedRows,
    "batches" to batchRows,
    "tokens" to tokenRows,
    "tools" to toolRows,
    "executors" to executorRows,
    "settings" to settingsRows,
    "conversations" to turnRows,
    "embeddings and models" to embeddingRows,
    "answers as objects" to structuredRows,
    "cancelled from outside" to cancelRows,
    "closed clients" to closeRows,
    "refused requests" to refusalRows,
    "forms of prompts" to formRows,
)

/** All cases. */
internal val allRows: List<Row> = topics.values.flatten()
