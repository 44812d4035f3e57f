@file:JvmName("ChatEvents")

package dev.muster.chat

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.map

/** Returns only the text pieces of the response. */
public fun Flow<ChatEvent>.text(): Flow<String> = filterIsInstance<ChatEvent.TextDelta>().map { it.text }
