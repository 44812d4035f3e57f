package dev.muster.java.load;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The limit on open files. Each socket counts as one. */
final class OpenFiles {
  private OpenFiles() {}

  /** Fails, with advice, if this process may not open {@code count} more sockets. */
  static void requireRoomFor(int count) {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
      return; // No limit here.
    }
    long room = unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount();
    if (room < count) {
      fail(
          "The limit on open files is too low for this test: it needs %d sockets, %d of %d are left."
                  .formatted(count, room, unix.getMaxFileDescriptorCount())
              + " Raise it, say by \"ulimit -n 22000\", and run the test again");
    }
  }
}
