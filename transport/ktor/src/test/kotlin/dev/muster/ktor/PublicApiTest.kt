package dev.muster.ktor

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-ktor")
