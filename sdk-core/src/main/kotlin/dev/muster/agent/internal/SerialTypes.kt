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
 * What the descriptors of types mean to [json]: names, subclasses, and what contextual ones stand for. Refuses, with
 * what to do, a type that [json] could never read.
 */
@OptIn(ExperimentalSerializationApi::class)
internal class SerialTypes(private val json: Json) {
    /** What [descriptor] stands for: a contextual serializer is chosen by the module. */
    fun resolve(descriptor: SerialDescriptor): SerialDescriptor {
        if (descriptor.kind != SerialKind.CONTEXTUAL) return descriptor
        val found = contextual(descriptor) ?: ownOf(descriptor) ?: throw unknown(descriptor)
        return if (descriptor.isNullable) found.nullable else found
    }

    @Suppress("TooGenericExceptionCaught") // What the list of type arguments throws, which is empty here.
    private fun contextual(descriptor: SerialDescriptor): SerialDescriptor? = try {
        json.serializersModule.getContextualDescriptor(descriptor)
    } catch (e: IndexOutOfBoundsException) {
        throw IllegalArgumentException("${unknown(descriptor).message}. Its serializer depends on type arguments", e)
    }

    /** The serializer of the class itself counts where the module has none. */
    private fun ownOf(descriptor: SerialDescriptor): SerialDescriptor? = descriptor.capturedKClass
        ?.let { json.serializersModule.serializerOrNull(it.java)?.descriptor }
        ?.takeIf { it.kind != SerialKind.CONTEXTUAL && it.kind != PolymorphicKind.OPEN }

    fun unknown(descriptor: SerialDescriptor): IllegalArgumentException {
        val name = descriptor.capturedKClass?.qualifiedName ?: descriptor.plainName
        return IllegalArgumentException(
            "$name has no JSON schema: only its serializer knows at run time what it holds. Use a sealed class or " +
                "interface, give a Json whose serializersModule has it, or $OWN_SCHEMA",
        )
    }

    /** The types that [descriptor] is made of. */
    fun parts(descriptor: SerialDescriptor): List<SerialDescriptor> =
        if (descriptor.kind is PolymorphicKind) subclassesOf(descriptor) else descriptor.elementDescriptors.toList()

    /** The descriptor of the value that is written, where [descriptor] is one of a value class. */
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
            "A map with keys of ${key.serialName} has no JSON schema: keys are strings, numbers or enums. Use a list " +
                "of a class that holds key and value"
        }
        return key
    }

    fun discriminatorOf(descriptor: SerialDescriptor): String =
        descriptor.annotations.firstNotNullOfOrNull { (it as? JsonClassDiscriminator)?.discriminator }
            ?: json.configuration.classDiscriminator

    /** The classes that a polymorphic type may be. */
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
        // Not that of a sealed type, such as a JsonContentPolymorphicSerializer's.
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
            "$refused: it is a value class, an enum or has a serializer that writes no object. Make it a class"
        }
        require(discriminator !in namesOf(subclass)) {
            "$refused: its property $discriminator has the name of the property that says which subclass it is. " +
                "Rename it with @SerialName, or the other with @JsonClassDiscriminator"
        }
    }
}

internal val SerialDescriptor.plainName: String
    @OptIn(ExperimentalSerializationApi::class)
    get() = serialName.removeSuffix("?")

private const val OWN_SCHEMA = "use OutputType.of, or for a tool a ToolDefinition, with a custom schema"
