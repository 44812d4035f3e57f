package dev.muster.jackson;

import dev.muster.apicheck.ApiCheck;

class PublicApiTest extends ApiCheck {
  PublicApiTest() {
    super("muster-jackson");
  }
}
