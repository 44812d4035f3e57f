package dev.muster.benchmarks.workload;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Figures that the JVM reports about itself. */
final class Jvm {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Jvm() {}

  /** Returns the processor time of the process, including the garbage collector and the compiler. */
  static long cpuNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** Returns the time that the compiler has worked. */
  static long compilationMillis() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }

  /** Returns the time since the JVM started. */
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

  /** Returns the reachable bytes on the heap. A second collection removes what the cleaners of the first released. */
  static long liveHeap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
