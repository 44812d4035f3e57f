package dev.muster.benchmarks.workload;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** What the JVM says about itself. */
final class Jvm {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Jvm() {}

  /** Processor time of the process, the collector's and the compiler's too. */
  static long cpuNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** Time that the compiler has worked. */
  static long compilationMillis() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }

  /** Time since the JVM was started. */
  static long uptimeMillis() {
    return ManagementFactory.getRuntimeMXBean().getUptime();
  }

  static int classes() {
    return ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
  }

  static int threads() {
    return THREADS.getThreadCount();
  }

  static void resetPeakThreads() {
    THREADS.resetPeakThreadCount();
  }

  static int peakThreads() {
    return THREADS.getPeakThreadCount();
  }

  /** Bytes on the heap that are reachable: a second collection takes what the first one's cleaners let go. */
  static long liveHeap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
