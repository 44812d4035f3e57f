package dev.muster.batch

import java.util.Objects

/** An item of a batch, before its call starts. */
public class BatchItem<out I> internal constructor(
    /** The item's id, unique in its batch. */
    @get:JvmName("id") public val id: String,
    /** The item's position in the input, from 0. */
    @get:JvmName("index") public val index: Int,
    /** The item. */
    @get:JvmName("item") public val item: I,
    metadata: Map<String, String>,
) {
    /** The result of [BatchOptions.metadata] for this item. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String> = java.util.Map.copyOf(metadata)

    override fun equals(other: Any?): Boolean = other is BatchItem<*> &&
        other.id == id &&
        other.index == index &&
        other.item == item &&
        other.metadata == metadata

    override fun hashCode(): Int = Objects.hash(id, index, item, metadata)

    override fun toString(): String = "BatchItem(id=$id, index=$index, item=$item, metadata=$metadata)"
}
