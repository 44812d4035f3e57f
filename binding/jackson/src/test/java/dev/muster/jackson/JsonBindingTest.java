package dev.muster.jackson;

import dev.muster.jackson.contract.JsonBindingContract;

class JsonBindingTest extends JsonBindingContract {}
