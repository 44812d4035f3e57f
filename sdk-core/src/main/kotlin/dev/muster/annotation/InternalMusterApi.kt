package dev.muster.annotation

/**
 * Marks declarations that only Muster's own modules use, such as the plumbing of `muster-java`. They may change or go
 * in any release, also in a patch release. Do not use them in a program.
 */
@RequiresOptIn(
    message = "This is internal to Muster and may change or go in any release. Do not use it in a program",
    level = RequiresOptIn.Level.ERROR,
)
@Retention(AnnotationRetention.BINARY)
@Target(
    AnnotationTarget.CLASS,
    AnnotationTarget.CONSTRUCTOR,
    AnnotationTarget.FUNCTION,
    AnnotationTarget.PROPERTY,
    AnnotationTarget.TYPEALIAS,
)
@MustBeDocumented
public annotation class InternalMusterApi
