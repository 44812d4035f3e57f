package dev.muster.jackson3;

import dev.muster.jackson.contract.JsonBindingContract;

class JsonBindingTest extends JsonBindingContract {}
