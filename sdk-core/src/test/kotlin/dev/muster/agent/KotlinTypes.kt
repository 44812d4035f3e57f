@file:OptIn(ExperimentalSerializationApi::class)

package dev.muster.agent

import kotlinx.serialization.Contextual
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.EncodeDefault
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Polymorphic
import kotlinx.serialization.Required
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.Transient
import kotlinx.serialization.builtins.ListSerializer
import kotlinx.serialization.builtins.serializer
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonClassDiscriminator
import kotlinx.serialization.json.JsonContentPolymorphicSerializer
import kotlinx.serialization.json.JsonDecoder
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonEncoder
import kotlinx.serialization.json.JsonNames
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.JsonTransformingSerializer
import kotlinx.serialization.json.JsonUnquotedLiteral
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.modules.SerializersModule
import java.math.BigDecimal
import java.time.Instant
import java.time.LocalDate

/** The types of [KotlinTypesTest]. */
internal object KotlinTypes {
    enum class Plain { UP, DOWN }

    @Serializable
    enum class Mood {
        GOOD,

        @SerialName("so-so")
        FAIR,
    }

    @Serializable
    enum class Nobody

    @Serializable
    data class Defaults(val must: String, val count: Int = 3, val mood: Mood = Mood.GOOD, val note: String? = "none")

    @Serializable
    data class Nullables(val name: String?, val counts: List<Int?>)

    @Serializable
    data class Renamed(@SerialName("first-name") val first: String, @JsonNames("surname") val last: String)

    @Serializable
    data class Marked(
        @Required val must: Int = 1,
        @EncodeDefault(EncodeDefault.Mode.NEVER) val never: Int = 2,
        @Transient val hidden: Int = 9,
    )

    @Serializable
    open class Parent {
        var age: Int = 0
    }

    @Serializable
    class Child(val name: String) : Parent() {
        override fun equals(other: Any?) = other is Child && other.name == name && other.age == age

        override fun hashCode() = name.hashCode()
    }

    @Serializable
    data class Box<T>(val content: T)

    @Serializable
    data class Tree(val value: Int, val children: List<Tree> = emptyList())

    @Serializable
    data class Growing<T>(val content: T, val next: Growing<List<T>>?)

    @Serializable
    data object Only

    @JvmInline
    @Serializable
    value class Id(val text: String)

    @JvmInline
    @Serializable
    value class Perhaps(val text: String?)

    @JvmInline
    @Serializable
    value class Crown(val tree: Tree)

    @JvmInline
    @Serializable
    value class Ids(val all: List<Id>)

    @Serializable
    sealed interface Shape

    @Serializable
    @SerialName("circle")
    data class Circle(val radius: Double) : Shape

    @Serializable
    @SerialName("dot")
    data object Dot : Shape

    @Serializable
    @JsonClassDiscriminator("kind")
    sealed class Animal {
        abstract val name: String
    }

    @Serializable
    @SerialName("cat")
    data class Cat(override val name: String, val type: String) : Animal()

    @Serializable
    sealed interface Term

    @Serializable
    @SerialName("num")
    data class Num(val value: Long) : Term

    @Serializable
    @SerialName("sum")
    data class Sum(val of: List<Term>) : Term

    @Serializable
    sealed class Result<T>

    @Serializable
    @SerialName("success")
    data class Success<T>(val value: T) : Result<T>()

    @Serializable
    data class Loose(val any: JsonElement, val obj: JsonObject, val list: JsonArray, val one: JsonPrimitive)

    @Serializable
    data class Trip(
        @Serializable(DateText::class) val day: LocalDate,
        @Serializable(DateText::class) val end: LocalDate?,
    )

    @Serializable
    data class Price(@Serializable(ExactDecimal::class) val amount: BigDecimal, val cents: Long)

    @Serializable
    data class Stamp(@Contextual val at: Instant, @Contextual val until: Instant? = null)

    @Serializable
    data class SelfMade(@Contextual val id: Id)

    interface Vehicle

    @Serializable
    @SerialName("bike")
    data class Bike(val gears: Int) : Vehicle

    @Serializable
    data class Garage(val all: List<@Polymorphic Vehicle>)

    @Serializable
    data class CamelCase(val firstName: String, val lastName: String? = null)

    object DateText : KSerializer<LocalDate> {
        override val descriptor = PrimitiveSerialDescriptor("date", PrimitiveKind.STRING)

        override fun deserialize(decoder: Decoder): LocalDate = LocalDate.parse(decoder.decodeString())

        override fun serialize(encoder: Encoder, value: LocalDate) = encoder.encodeString(value.toString())
    }

    object InstantText : KSerializer<Instant> {
        override val descriptor = PrimitiveSerialDescriptor("instant", PrimitiveKind.STRING)

        override fun deserialize(decoder: Decoder): Instant = Instant.parse(decoder.decodeString())

        override fun serialize(encoder: Encoder, value: Instant) = encoder.encodeString(value.toString())
    }

    object ExactDecimal : KSerializer<BigDecimal> {
        override val descriptor = PrimitiveSerialDescriptor("decimal", PrimitiveKind.DOUBLE)

        override fun deserialize(decoder: Decoder): BigDecimal =
            BigDecimal((decoder as JsonDecoder).decodeJsonElement().jsonPrimitive.content)

        override fun serialize(encoder: Encoder, value: BigDecimal) =
            (encoder as JsonEncoder).encodeJsonElement(JsonUnquotedLiteral(value.toPlainString()))
    }

    object IdInList : KSerializer<Id> {
        private val list = ListSerializer(String.serializer())
        override val descriptor: SerialDescriptor = list.descriptor

        override fun deserialize(decoder: Decoder): Id = Id(decoder.decodeSerializableValue(list).single())

        override fun serialize(encoder: Encoder, value: Id) = encoder.encodeSerializableValue(list, listOf(value.text))
    }

    /** Three numbers for a string. */
    object Colour : KSerializer<String> {
        private val parts = ListSerializer(Int.serializer())
        override val descriptor: SerialDescriptor = parts.descriptor

        override fun deserialize(decoder: Decoder): String = decoder.decodeSerializableValue(parts).joinToString("-")

        override fun serialize(encoder: Encoder, value: String) =
            encoder.encodeSerializableValue(parts, value.split('-').map(String::toInt))
    }

    /** Takes one for a list of one. */
    object Several : JsonTransformingSerializer<List<String>>(ListSerializer(String.serializer())) {
        override fun transformDeserialize(element: JsonElement) = element as? JsonArray ?: JsonArray(listOf(element))
    }

    // What has no schema.

    object ByContent : JsonContentPolymorphicSerializer<Shape>(Shape::class) {
        override fun selectDeserializer(element: JsonElement): DeserializationStrategy<Shape> = Circle.serializer()
    }

    @Serializable
    sealed interface Carried

    @JvmInline
    @Serializable
    value class Count(val value: Int) : Carried

    @Serializable
    sealed interface Tagged

    @Serializable
    data class Label(val type: String) : Tagged

    @Serializable
    sealed interface Chosen

    @Serializable
    enum class Choice : Chosen { A, }

    @Serializable
    sealed interface Nothing

    @Serializable
    class Unknown(@Contextual val at: Instant)

    @Serializable
    class Open(val vehicle: Vehicle)

    @Serializable
    class Anything(@Polymorphic val any: Any)

    class Unserializable

    val module = SerializersModule {
        contextual(Instant::class, InstantText)
        polymorphic(Vehicle::class, Bike::class, Bike.serializer())
    }
}
