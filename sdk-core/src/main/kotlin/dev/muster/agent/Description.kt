package dev.muster.agent

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerialInfo

/**
 * Describes a class or a property to the model: sets the `description` in the JSON schema of a tool's arguments or of a
 * structured response. Works on Kotlin's `@Serializable` classes and their properties, and on the fields and components
 * of Java classes and records.
 */
@OptIn(ExperimentalSerializationApi::class)
@SerialInfo
@MustBeDocumented
@Target(AnnotationTarget.CLASS, AnnotationTarget.PROPERTY, AnnotationTarget.FIELD)
@Retention(AnnotationRetention.RUNTIME)
public annotation class Description(
    /** The description, written for the model. */
    val value: String,
)
