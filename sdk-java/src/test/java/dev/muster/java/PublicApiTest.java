package dev.muster.java;

import dev.muster.apicheck.ApiCheck;

class PublicApiTest extends ApiCheck {
  PublicApiTest() {
    super("muster-java");
  }
}
