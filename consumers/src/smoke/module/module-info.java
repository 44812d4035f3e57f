/** A modular program requires Muster by the module names in its jars. */
module smoke {
  requires dev.muster.core;
  requires dev.muster.fake;
  requires dev.muster.java;
  // For the transport, an automatic module, which cannot declare it.
  requires java.net.http;
  requires kotlin.stdlib;
  requires kotlinx.coroutines.core;
  requires kotlinx.serialization.core;

  opens smoke;
}
