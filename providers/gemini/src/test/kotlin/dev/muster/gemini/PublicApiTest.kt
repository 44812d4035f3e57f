package dev.muster.gemini

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-gemini")
