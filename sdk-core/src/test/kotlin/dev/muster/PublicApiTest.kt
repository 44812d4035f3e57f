package dev.muster

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-core")
