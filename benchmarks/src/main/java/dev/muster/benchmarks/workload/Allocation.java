package dev.muster.benchmarks.workload;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * Bytes allocated since its start, by all threads. The JVM tells them for living threads only (JDK 21 has a sum), so
 * {@link #sample} is called often enough that what a thread allocates between its last sample and its end does not count.
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
