package dev.muster.jackson;

import dev.muster.jackson.contract.StructuredResponsesContract;

class StructuredResponsesTest extends StructuredResponsesContract {}
