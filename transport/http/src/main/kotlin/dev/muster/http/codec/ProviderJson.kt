@file:JvmName("ProviderJson")

package dev.muster.http.codec

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull

/** Decodes a provider's JSON. Ignores unknown fields: providers and gateways add their own. */
public val PROVIDER_JSON: Json = Json { ignoreUnknownKeys = true }

/** Returns this element, or null if it is missing or JSON's null. */
public fun JsonElement?.orNull(): JsonElement? = if (this is JsonNull) null else this
