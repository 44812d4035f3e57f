/** As a program with modules has Muster: by the names that its jars say. */
module smoke {
  requires dev.muster.core;
  requires dev.muster.fake;
  requires dev.muster.java;
  // The transport's, which as a module without a descriptor cannot say so.
  requires java.net.http;
  requires kotlin.stdlib;
  requires kotlinx.coroutines.core;
  requires kotlinx.serialization.core;

  opens smoke;
}
