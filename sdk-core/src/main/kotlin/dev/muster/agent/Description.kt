package dev.muster.agent

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerialInfo

/**
 * Says to the model what a class or a property means: it becomes the `description` in the JSON schema of a tool's
 * arguments or of a structured answer. For Kotlin's `@Serializable` classes, and for the fields and the components of
 * Java's classes and records.
 */
@OptIn(ExperimentalSerializationApi::class)
@SerialInfo
@MustBeDocumented
@Target(AnnotationTarget.CLASS, AnnotationTarget.PROPERTY, AnnotationTarget.FIELD)
@Retention(AnnotationRetention.RUNTIME)
public annotation class Description(
    /** What it means, in words for the model. */
    val value: String,
)
