package dev.muster.agent

import dev.muster.agent.KotlinTypes.Bike
import dev.muster.agent.KotlinTypes.Box
import dev.muster.agent.KotlinTypes.Cat
import dev.muster.agent.KotlinTypes.Circle
import dev.muster.agent.KotlinTypes.Defaults
import dev.muster.agent.KotlinTypes.Dot
import dev.muster.agent.KotlinTypes.Id
import dev.muster.agent.KotlinTypes.Mood
import dev.muster.agent.KotlinTypes.Nullables
import dev.muster.agent.KotlinTypes.Num
import dev.muster.agent.KotlinTypes.Perhaps
import dev.muster.agent.KotlinTypes.Plain
import dev.muster.agent.KotlinTypes.Sum
import dev.muster.agent.KotlinTypes.Tree
import dev.muster.agent.internal.AgentJson
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNamingStrategy
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.modules.SerializersModule
import kotlinx.serialization.serializer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertAll
import org.junit.jupiter.api.assertThrows
import java.math.BigDecimal
import java.time.Instant
import java.time.LocalDate
import kotlin.reflect.typeOf
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

/**
 * What Kotlin's types become: the schema that is sent, an answer as a model writes it, and the value that is read from
 * it and from what a tool tells of it; or why they are refused before anything is sent.
 */
@OptIn(ExperimentalSerializationApi::class)
class KotlinTypesTest {
    private val own = Json { serializersModule = KotlinTypes.module }
    private val listed = Json { serializersModule = SerializersModule { contextual(Id::class, KotlinTypes.IdInList) } }
    private val snake = Json { namingStrategy = JsonNamingStrategy.SnakeCase }

    private val primitives = listOf(
        reads("{value:boolean}", "true", true),
        reads("{value:integer}", "-128", Byte.MIN_VALUE),
        reads("{value:integer}", "3e2", 300.toShort()),
        reads("{value:integer}", "4.0", 4),
        reads("{value:integer}", "9223372036854775807", Long.MAX_VALUE),
        reads("{value:integer}", "9007199254740993.0", 9_007_199_254_740_993L),
        reads("{value:number}", "1.5", 1.5f),
        reads("{value:number}", "4", 4.0),
        reads("{value:string(One character)}", "\"é\"", 'é'),
        reads("{value:string}", "\"4.0\"", "4.0"),
        reads("{value:integer}", "255", 255.toUByte()),
        reads("{value:integer}", "65535", 65535.toUShort()),
        reads("{value:integer}", "4294967295", UInt.MAX_VALUE),
        reads("{value:integer}", "18446744073709551615", ULong.MAX_VALUE),
        reads("{value:string(ISO 8601 duration, such as PT1H30M)}", "\"PT1H30M\"", 90.minutes),
        reads<Int?>("{value:integer?}", """{"value":null}""", null),
        reads<String?>("{value:string?}", "\"x\"", "x"),
        reads<Duration?>("{value:string(ISO 8601 duration, such as PT1H30M)?}", """{"value":null}""", null),
        reads("{}", """{"more":1}""", Unit),
    )

    private val collections = listOf(
        reads("{value:[integer]}", "[1,2.0]", listOf(1, 2)),
        reads<List<Int?>>("{value:[integer?]}", "[1,null]", listOf(1, null)),
        reads("{value:[string]}", """["a","a"]""", setOf("a")),
        reads("{value:[[integer]]}", "[[1],[]]", listOf(listOf(1), emptyList())),
        reads("{value:[integer]}", "[1,-2]", byteArrayOf(1, -2)) { it.toList() },
        reads("{value:[string]}", """["a"]""", arrayOf("a")) { it.toList() },
        reads("{*:integer}", """{"value":1}""", mapOf("value" to 1)),
        reads<Map<String, Int?>>("{*:integer?}", """{"a":null}""", mapOf("a" to null)),
        reads("{*:string}", """{"1":"x"}""", mapOf(1 to "x")),
        reads("{*:[integer]}", """{"9007199254740993":[1]}""", mapOf(9_007_199_254_740_993L to listOf(1))),
        reads("{*:integer}", """{"4294967295":1}""", mapOf(UInt.MAX_VALUE to 1)),
        reads("{*:integer}", """{"1.5":1}""", mapOf(1.5 to 1)),
        reads("{*:integer}", """{"true":1}""", mapOf(true to 1)),
        reads("{*:integer}", """{"é":1}""", mapOf('é' to 1)),
        reads("{*:integer}", """{"a":1}""", mapOf(Id("a") to 1)),
        reads("{GOOD?:integer,so-so?:integer,*:integer}", """{"so-so":1}""", mapOf(Mood.FAIR to 1)),
        reads("{first:string,second:integer}", """{"first":"a","second":1}""", "a" to 1),
        reads(
            "{first:integer,second:integer,third:[string]}",
            """{"first":1,"second":2,"third":[]}""",
            Triple(1, 2L, emptyList<String>()),
        ),
        reads("{UP?:[integer],DOWN?:[integer],*:[integer]}", """{"UP":[7]}""", mapOf(Plain.UP to setOf(7))),
    )

    private val classes = listOf(
        reads("{value:(UP,DOWN)}", "\"DOWN\"", Plain.DOWN),
        reads("{value:(GOOD,so-so)}", "\"so-so\"", Mood.FAIR),
        reads<Mood?>("{value:(GOOD,so-so)|null}", """{"value":null}""", null),
        reads(DEFAULTS, """{"must":"x"}""", Defaults("x")),
        reads(DEFAULTS, """{"must":"x","count":null,"mood":null}""", Defaults("x")),
        reads(DEFAULTS, """{"must":"x","note":null}""", Defaults("x", note = null)),
        reads("{name?:string?,counts:[integer?]}", """{"counts":[null,1]}""", Nullables(null, listOf(null, 1))),
        reads("{first-name:string,last:string}", """{"first-name":"A","last":"B"}""", KotlinTypes.Renamed("A", "B")),
        reads("{must:integer,never?:integer}", """{"must":1,"hidden":3}""", KotlinTypes.Marked()),
        reads("{age?:integer,name:string}", """{"name":"x","age":7}""", KotlinTypes.Child("x").apply { age = 7 }),
        reads("{content:integer}", """{"content":1}""", Box(1)),
        reads("{content:{content:[string?]}}", """{"content":{"content":[null]}}""", Box(Box(listOf<String?>(null)))),
        reads("{}", "{}", KotlinTypes.Only),
        reads(TREE, """{"value":1,"children":[{"value":2}]}""", Tree(1, listOf(Tree(2)))),
        reads("{content:string}", """{"content":"a"}""", Box(Id("a"))),
        reads<Box<Id?>>("{content?:string?}", "{}", Box(null)),
        reads("{content:string?}", """{"content":null}""", Box(Perhaps(null))),
        reads(TREE, """{"value":1}""", KotlinTypes.Crown(Tree(1))),
        reads("{value:[string]}", """["a"]""", KotlinTypes.Ids(listOf(Id("a")))),
    )

    private val polymorphic = listOf(
        reads<KotlinTypes.Shape>("{value:$SHAPE}", """{"type":"circle","radius":1}""", Circle(1.0)),
        reads("{value:[$SHAPE]}", """[{"type":"dot"}]""", listOf<KotlinTypes.Shape>(Dot)),
        reads("{content?:$SHAPE|null}", """{"content":{"type":"dot"}}""", Box<KotlinTypes.Shape?>(Dot)),
        reads("{radius:number}", """{"radius":1e0}""", Circle(1.0)),
        reads<KotlinTypes.Animal>(
            "{value:{kind:(cat),name:string,type:string}}",
            """{"kind":"cat","name":"Tom","type":"tabby"}""",
            Cat("Tom", "tabby"),
        ),
        reads<KotlinTypes.Term>(
            "{value:{type:(num),value:integer}|{type:(sum),of:[#Term]}}",
            """{"type":"num","value":3.0}""",
            Num(3),
        ),
        reads<KotlinTypes.Term>(
            "{value:{type:(num),value:integer}|{type:(sum),of:[#Term]}}",
            """{"value":{"type":"sum","of":[{"type":"num","value":3}]}}""",
            Sum(listOf(Num(3))),
        ),
        reads<KotlinTypes.Result<Int>>(
            "{value:{type:(success),value:integer}}",
            """{"type":"success","value":3.0}""",
            KotlinTypes.Success(3),
        ),
        reads<KotlinTypes.Vehicle>(
            "{value:{type:(bike),gears:integer}}",
            """{"type":"bike","gears":3}""",
            Bike(3),
            own,
        ),
        reads(
            "{all:[{type:(bike),gears:integer}]}",
            """{"all":[{"type":"bike","gears":3}]}""",
            KotlinTypes.Garage(listOf(Bike(3))),
            own,
        ),
        reads<KotlinTypes.Shape>(
            "{value:{is:(circle),radius:number}|{is:(dot)}}",
            """{"is":"dot"}""",
            Dot,
            Json { classDiscriminator = "is" },
        ),
    )

    private val special = listOf(
        reads("{value:any}", """{"value":[1.0]}""", json("[1.0]")),
        reads<JsonElement>("{value:any}", """{"value":null}""", JsonNull),
        reads("{*:any}", """{"a":4.00}""", json("""{"a":4.00}""") as JsonObject),
        reads(
            "{any:any,obj:{*:any},list:[any],one:any}",
            """{"any":1.5,"obj":{},"list":[2.0],"one":"x"}""",
            Json.decodeFromString(KotlinTypes.Loose.serializer(), """{"any":1.5,"obj":{},"list":[2.0],"one":"x"}"""),
        ),
        reads(
            "{day:string,end?:string?}",
            """{"day":"2026-01-31"}""",
            KotlinTypes.Trip(LocalDate.of(2026, 1, 31), null),
        ),
        reads("{amount:number,cents:integer}", """{"amount":4.00,"cents":4e2}""", price("4.00", 400)),
        reads(
            "{amount:number,cents:integer}",
            """{"amount":0.1234567890123456789,"cents":-9007199254740993}""",
            price("0.1234567890123456789", -9_007_199_254_740_993),
        ),
        reads("{value:[integer]}", "[1,2.0]", "1-2", serializer = KotlinTypes.Colour),
        reads("{value:[string]}", """["a"]""", listOf("a"), serializer = KotlinTypes.Several),
        reads("{at:string,until?:string?}", """{"at":"2026-01-31T00:00:00Z"}""", KotlinTypes.Stamp(START), own),
        reads("{value:string}", "\"2026-01-31T00:00:00Z\"", START, own),
        reads("{id:string}", """{"id":"a"}""", KotlinTypes.SelfMade(Id("a"))),
        reads("{id:[string]}", """{"id":["a"]}""", KotlinTypes.SelfMade(Id("a")), listed),
        reads(
            "{first_name:string,last_name?:string?}",
            """{"first_name":"A","last_name":"B"}""",
            KotlinTypes.CamelCase("A", "B"),
            snake,
        ),
    )

    @Test
    fun `C7 primitives, unsigned numbers and durations`() = check(primitives)

    @Test
    fun `C7 lists, maps, pairs and arrays`() = check(collections)

    @Test
    fun `C7 enums, classes and value classes`() = check(classes)

    @Test
    fun `C7 sealed types and those of a module`() = check(polymorphic)

    @Test
    fun `C7 JSON, custom serializers, contextual types and names`() = check(special)

    @Test
    fun `C7 the table has sixty types and more`() {
        assertTrue((primitives + collections + classes + polymorphic + special).map { it.name }.distinct().size >= 60)
    }

    @Test
    fun `C7 what has no schema is refused with what to do`() {
        val array = Json { useArrayPolymorphism = true }
        val rows = listOf<Pair<String, () -> OutputType<*>>>(
            "Use a sealed class or interface, give a Json" to { outputType<KotlinTypes.Open>() },
            "Use a sealed class or interface, give a Json" to { outputType<KotlinTypes.Vehicle>() },
            "java.time.Instant has no JSON schema" to { outputType<KotlinTypes.Unknown>() },
            "use OutputType.of" to { outputType(KotlinTypes.ByContent) },
            "KotlinTypes.Count has no JSON schema as a" to { outputType<KotlinTypes.Carried>() },
            "Rename the property with @SerialName" to { outputType<KotlinTypes.Tagged>() },
            "Make it a class" to { outputType<KotlinTypes.Chosen>() },
            "it has no subclasses" to { outputType<List<KotlinTypes.Nothing>>() },
            "an enum without constants" to { outputType<KotlinTypes.Nobody>() },
            "Use a list of a class" to { outputType<Map<Circle, Int>>() },
            "keys must be strings, numbers or enums" to { outputType<Map<String?, Int>>() },
            "it has endless new types" to { outputType<KotlinTypes.Growing<Int>>() },
            "kotlin.Any has no JSON schema" to { outputType<KotlinTypes.Anything>() },
            "Give one that does not" to { outputType<KotlinTypes.Shape>(array) },
            "Serializable" to { outputType<KotlinTypes.Unserializable>() },
            "Serializable" to { outputType<List<Any>>() },
        )
        assertAll(
            rows.map { (part, make) ->
                {
                    val refusal = assertThrows<IllegalArgumentException>(part) { make() }
                    assertTrue(part in refusal.message!!, refusal.message)
                }
            },
        )
    }

    private fun check(rows: List<Row<*>>) = assertAll(rows.map { { it.check() } })

    private class Row<T>(
        val name: String,
        private val schema: String,
        private val answer: String,
        private val value: T,
        private val json: Json,
        private val serializer: KSerializer<T>,
        private val seen: (T) -> Any?,
    ) {
        fun check() {
            val type = outputType(serializer, json)
            assertEquals(schema, kindOf(type.schema), name)
            assertEquals(seen(value), seen(type.decode(answer)), name)
            val told = AgentJson.of(json).write(serializer, value)
            assertEquals(seen(value), seen(type.decode(told)), "$name: $told")
        }
    }

    private inline fun <reified T> reads(
        schema: String,
        answer: String,
        value: T,
        json: Json = Json,
        serializer: KSerializer<T> = json.serializersModule.serializer(),
        noinline seen: (T) -> Any? = { it },
    ) = Row("${typeOf<T>()} $answer", schema, answer, value, json, serializer, seen)

    private companion object {
        const val DEFAULTS = "{must:string,count?:integer,mood?:(GOOD,so-so),note?:string?}"
        const val TREE = "{value:integer,children?:[#Tree]}"
        const val SHAPE = "{type:(circle),radius:number}|{type:(dot)}"
        val START: Instant = Instant.parse("2026-01-31T00:00:00Z")

        fun json(text: String) = Json.parseToJsonElement(text)

        fun price(amount: String, cents: Long) = KotlinTypes.Price(BigDecimal(amount), cents)

        /** A schema in few letters: `?` behind a name where it is not required, behind a type where it may be null. */
        fun kindOf(schema: Any?): String {
            schema as Map<*, *>
            val types = (schema["type"] as? List<*>) ?: listOfNotNull(schema["type"])
            val said = schema["description"]?.let { "($it)" }.orEmpty()
            return when {
                "\$ref" in schema -> "#${schema["\$ref"].toString().substringAfterLast('/')}"
                "anyOf" in schema -> (schema["anyOf"] as List<*>).joinToString("|", transform = ::kindOf)
                "enum" in schema -> (schema["enum"] as List<*>).joinToString(",", "(", ")")
                "array" in types -> "[${kindOf(schema["items"])}]"
                "object" in types -> objectOf(schema)
                types.isEmpty() -> "any"
                types == listOf("null") -> "null"
                else -> types.first().toString() + said + if ("null" in types) "?" else ""
            }
        }

        private fun objectOf(schema: Map<*, *>): String {
            val required = schema["required"] as? List<*>
            val properties = (schema["properties"] as? Map<*, *>).orEmpty().map { (name, kind) ->
                "$name${if (required?.contains(name) == true) "" else "?"}:${kindOf(kind)}"
            }
            val more = (schema["additionalProperties"] as? Map<*, *>)?.let { "*:${kindOf(it)}" }
            return (properties + listOfNotNull(more)).joinToString(",", "{", "}")
        }
    }
}
