package dev.muster.jackson3;

import dev.muster.jackson.contract.StructuredResponsesContract;

class StructuredResponsesTest extends StructuredResponsesContract {}
