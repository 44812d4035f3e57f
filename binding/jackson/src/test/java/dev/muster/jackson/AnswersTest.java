package dev.muster.jackson;

import dev.muster.jackson.contract.AnswersContract;

class AnswersTest extends AnswersContract {}
