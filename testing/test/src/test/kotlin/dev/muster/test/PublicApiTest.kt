package dev.muster.test

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-test")
