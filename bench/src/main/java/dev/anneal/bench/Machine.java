package dev.anneal.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the figures were measured on.
///
/// @param loadBefore average number of running threads in the minute before: a machine with much of
///     it was not quiet
record Machine(String cpu, int cores, long memoryBytes, String java, String os, double loadBefore) {
  private static final String MODEL = "model name";

  static Machine here() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        processor(),
        system.getAvailableProcessors(),
        system.getTotalMemorySize(),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        "%s %s %s".formatted(system.getName(), system.getVersion(), system.getArch()),
        system.getSystemLoadAverage());
  }

  private static String processor() {
    Path file = Path.of("/proc/cpuinfo");
    try {
      if (Files.isReadable(file)) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith(MODEL)) {
            return line.substring(line.indexOf(':') + 1).strip();
          }
        }
      }
    } catch (IOException _) {
      // known by its architecture, then
    }
    return System.getProperty("os.arch", "unknown");
  }

  Map<String, Object> toJson() {
    var object = new LinkedHashMap<String, Object>();
    object.put("cpu", cpu);
    object.put("cores", cores);
    object.put("memoryBytes", memoryBytes);
    object.put("java", java);
    object.put("os", os);
    object.put("loadBefore", loadBefore);
    return object;
  }

  @Override
  public String toString() {
    return "%s, %d cores, %d GiB; %s; %s; load before %.1f"
        .formatted(cpu, cores, memoryBytes >> 30, java, os, loadBefore);
  }
}
