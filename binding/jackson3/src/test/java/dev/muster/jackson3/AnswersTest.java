package dev.muster.jackson3;

import dev.muster.jackson.contract.AnswersContract;

class AnswersTest extends AnswersContract {}
