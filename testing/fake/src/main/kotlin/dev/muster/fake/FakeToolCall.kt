package dev.muster.fake

/**
 * A tool call in a scripted reply.
 *
 * @property id the call's id, which a real provider would generate
 * @property name the tool's name
 * @property arguments the arguments as JSON text; sent as given, so a test can also script broken JSON
 */
public class FakeToolCall(
    @get:JvmName("id") public val id: String,
    @get:JvmName("name") public val name: String,
    @get:JvmName("arguments") public val arguments: String,
) {
    override fun toString(): String = "FakeToolCall($id, $name, $arguments)"
}
