package dev.muster.fake

/**
 * A tool call that a scripted answer makes.
 *
 * @property id the call's id, as the provider would invent it
 * @property name the tool's name
 * @property arguments the arguments as JSON text; sent as given, so a test can script broken JSON too
 */
public class FakeToolCall(
    @get:JvmName("id") public val id: String,
    @get:JvmName("name") public val name: String,
    @get:JvmName("arguments") public val arguments: String,
) {
    override fun toString(): String = "FakeToolCall($id, $name, $arguments)"
}
