package dev.muster.http

import dev.muster.apicheck.ApiCheck

class PublicApiTest : ApiCheck("muster-http")
