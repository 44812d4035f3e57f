package dev.muster.anthropic

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-anthropic")
