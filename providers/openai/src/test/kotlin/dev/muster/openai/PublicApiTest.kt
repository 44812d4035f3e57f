package dev.muster.openai

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-openai")
