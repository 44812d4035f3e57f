package dev.muster.agent.internal

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.descriptors.capturedKClass
import kotlinx.serialization.descriptors.elementDescriptors
import kotlinx.serialization.descriptors.elementNames
import kotlinx.serialization.descriptors.getContextualDescriptor
import kotlinx.serialization.descriptors.getPolymorphicDescriptors
import kotlinx.serialization.descriptors.nullable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonClassDiscriminator
import kotlinx.serialization.serializerOrNull

/**
 * Resolves type descriptors with the settings of [json]: names, subclasses and contextual serializers. Fails, with a
 * message that says what to do, for a type that [json] could never read.
 */
@OptIn(ExperimentalSerializationApi::class)
internal class SerialTypes(private val json: Json) {
    /** Returns the descriptor itself, or for a contextual type the one that the module chooses. */
    fun resolve(descriptor: SerialDescriptor): SerialDescriptor {
        if (descriptor.kind != SerialKind.CONTEXTUAL) return descriptor
        val found = contextual(descriptor) ?: ownOf(descriptor) ?: throw unknown(descriptor)
        return if (descriptor.isNullable) found.nullable else found
    }

    @Suppress("TooGenericExceptionCaught") // Thrown by the list of type arguments, which is empty here.
    private fun contextual(descriptor: SerialDescriptor): SerialDescriptor? = try {
        json.serializersModule.getContextualDescriptor(descriptor)
    } catch (e: IndexOutOfBoundsException) {
        throw IllegalArgumentException("${unknown(descriptor).message}. Its serializer needs type arguments", e)
    }

    /** Falls back to the serializer of the class itself if the module has none. */
    private fun ownOf(descriptor: SerialDescriptor): SerialDescriptor? = descriptor.capturedKClass
        ?.let { json.serializersModule.serializerOrNull(it.java)?.descriptor }
        ?.takeIf { it.kind != SerialKind.CONTEXTUAL && it.kind != PolymorphicKind.OPEN }

    fun unknown(descriptor: SerialDescriptor): IllegalArgumentException {
        val name = descriptor.capturedKClass?.qualifiedName ?: descriptor.plainName
        return IllegalArgumentException(
            "$name has no JSON schema: its content is known only to its serializer. Use a sealed class or " +
                "interface, give a Json whose serializersModule contains it, or $OWN_SCHEMA",
        )
    }

    /** Returns the types that [descriptor] is composed of. */
    fun parts(descriptor: SerialDescriptor): List<SerialDescriptor> =
        if (descriptor.kind is PolymorphicKind) subclassesOf(descriptor) else descriptor.elementDescriptors.toList()

    /** Returns the descriptor of the wrapped value if [descriptor] is that of a value class, else [descriptor]. */
    fun carried(descriptor: SerialDescriptor): SerialDescriptor = if (descriptor.isInline && !descriptor.isNullable) {
        carried(resolve(descriptor.getElementDescriptor(0)))
    } else {
        descriptor
    }

    fun constants(descriptor: SerialDescriptor): List<String> = descriptor.elementNames.toList().also {
        require(it.isNotEmpty()) { "${descriptor.plainName} has no JSON schema: it is an enum without constants" }
    }

    fun namesOf(descriptor: SerialDescriptor): List<String> {
        val strategy = json.configuration.namingStrategy ?: return descriptor.elementNames.toList()
        return descriptor.elementNames.mapIndexed { at, name -> strategy.serialNameForJson(descriptor, at, name) }
    }

    fun keyOf(map: SerialDescriptor): SerialDescriptor {
        val key = carried(resolve(map.getElementDescriptor(0)))
        require(!key.isNullable && (key.kind is PrimitiveKind || key.kind == SerialKind.ENUM)) {
            "A map with keys of type ${key.serialName} has no JSON schema: keys must be strings, numbers or enums. " +
                "Use a list of a class with a key and a value"
        }
        return key
    }

    fun discriminatorOf(descriptor: SerialDescriptor): String =
        descriptor.annotations.firstNotNullOfOrNull { (it as? JsonClassDiscriminator)?.discriminator }
            ?: json.configuration.classDiscriminator

    /** Returns the subclasses of a polymorphic type. */
    fun subclassesOf(descriptor: SerialDescriptor): List<SerialDescriptor> {
        val name = descriptor.plainName
        require(!json.configuration.useArrayPolymorphism) {
            "$name has no JSON schema: the Json uses array polymorphism. Give one that does not"
        }
        val found = if (descriptor.kind == PolymorphicKind.OPEN) open(descriptor) else sealed(descriptor)
        return found.onEach { checkSubclass(it, name, discriminatorOf(descriptor)) }
    }

    private fun open(descriptor: SerialDescriptor): List<SerialDescriptor> =
        json.serializersModule.getPolymorphicDescriptors(descriptor).ifEmpty { throw unknown(descriptor) }

    private fun sealed(descriptor: SerialDescriptor): List<SerialDescriptor> {
        // Not a sealed type: a JsonContentPolymorphicSerializer, for example.
        if (descriptor.elementsCount != 2) throw unknown(descriptor)
        // The first element is the discriminator, the second has the subclasses.
        return descriptor.getElementDescriptor(1).elementDescriptors.toList().ifEmpty {
            throw IllegalArgumentException("${descriptor.plainName} has no JSON schema: it has no subclasses. Add one")
        }
    }

    private fun checkSubclass(subclass: SerialDescriptor, parent: String, discriminator: String) {
        val refused = "${subclass.plainName} has no JSON schema as a $parent"
        val isObject = subclass.kind == StructureKind.CLASS || subclass.kind == StructureKind.OBJECT
        require(isObject && !subclass.isInline) {
            "$refused: it is a value class or an enum, or its serializer does not write an object. Make it a class"
        }
        require(discriminator !in namesOf(subclass)) {
            "$refused: its property $discriminator has the same name as the class discriminator. " +
                "Rename the property with @SerialName, or the discriminator with @JsonClassDiscriminator"
        }
    }
}

internal val SerialDescriptor.plainName: String
    @OptIn(ExperimentalSerializationApi::class)
    get() = serialName.removeSuffix("?")

private const val OWN_SCHEMA = "use OutputType.of (for a tool: a ToolDefinition) with a custom schema"
