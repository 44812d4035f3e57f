package dev.muster.jackson3;

import dev.muster.jackson.contract.GenericTypesContract;

class GenericTypesTest extends GenericTypesContract {}
