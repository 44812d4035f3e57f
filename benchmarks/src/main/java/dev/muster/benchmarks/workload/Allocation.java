package dev.muster.benchmarks.workload;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * Bytes allocated by all threads since the start. The JVM reports them for live threads only (JDK 21 has a sum). So
 * call {@link #sample} so often that the bytes between a thread's last sample and its end do not matter.
 */
final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Map<Long, Long> first = new HashMap<>();
  private final Map<Long, Long> last = new HashMap<>();

  private Allocation() {}

  static Allocation start() {
    Allocation allocation = new Allocation();
    allocation.sample();
    allocation.first.putAll(allocation.last);
    return allocation;
  }

  void sample() {
    long[] ids = THREADS.getAllThreadIds();
    long[] bytes = THREADS.getThreadAllocatedBytes(ids);
    for (int i = 0; i < ids.length; i++) {
      if (bytes[i] >= 0) last.put(ids[i], bytes[i]);
    }
  }

  long bytes() {
    sample();
    long sum = 0;
    for (Map.Entry<Long, Long> thread : last.entrySet()) {
      sum += thread.getValue() - first.getOrDefault(thread.getKey(), 0L);
    }
    return sum;
  }
}
