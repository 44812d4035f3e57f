package dev.muster.annotation

/**
 * Marks API that may change or go in any release, without the notice that stable API gets. Opt in with
 * `@OptIn(ExperimentalMusterApi::class)`.
 */
@RequiresOptIn("This API of Muster is experimental: it may change or go in any release")
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION, AnnotationTarget.PROPERTY, AnnotationTarget.TYPEALIAS)
@MustBeDocumented
public annotation class ExperimentalMusterApi
