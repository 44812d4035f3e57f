package dev.muster.jackson;

import dev.muster.jackson.contract.GenericTypesContract;

class GenericTypesTest extends GenericTypesContract {}
