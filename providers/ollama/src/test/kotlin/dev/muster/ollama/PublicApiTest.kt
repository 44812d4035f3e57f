package dev.muster.ollama

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-ollama")
