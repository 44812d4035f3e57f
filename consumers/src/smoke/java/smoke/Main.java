package smoke;

import dev.muster.MusterClient;
import dev.muster.error.IncompatibleClassPathException;
import dev.muster.fake.FakeServer;
import dev.muster.java.Muster;
import java.util.List;
import java.util.concurrent.Callable;

/** Uses Muster as a program does, with a fake server. The arguments are the parts to run. Default: all. */
public final class Main {
  private Main() {}

  public static void main(String... args) throws Exception {
    List<String> parts = args.length == 0 ? List.of("calls", "types", "kotlin") : List.of(args);
    Checks checks = new Checks();
    if (parts.contains("too old")) {
      checks.check("Java is refused", () -> refused(Muster::create));
      checks.check("Kotlin is refused", () -> refused(MusterClient::create));
      checks.exit();
    }
    try (FakeServer server = FakeServer.start()) {
      if (parts.contains("create")) checks.check("create", () -> Muster.create().close());
      if (parts.contains("calls")) {
        try (Muster muster = client(server)) {
          new CallChecks(server, muster).run(checks);
        }
      }
      if (parts.contains("types")) {
        try (Muster muster = client(server)) {
          new TypeChecks(server, muster).run(checks);
        }
      }
      if (parts.contains("refusals")) {
        try (Muster muster = client(server)) {
          new RefusalChecks(server, muster).run(checks);
        }
      }
      if (parts.contains("kotlin")) new SuspendChecks(server).run(checks);
    }
    checks.exit();
  }

  private static void refused(Callable<?> make) throws Exception {
    try {
      make.call();
    } catch (IncompatibleClassPathException e) {
      System.out.println("says " + e.getMessage());
      return;
    }
    throw new AssertionError("a client was made");
  }

  private static Muster client(FakeServer server) {
    return Muster.builder().environment(server.environment()).build();
  }
}
