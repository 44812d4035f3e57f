package dev.muster.fake

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-fake")
