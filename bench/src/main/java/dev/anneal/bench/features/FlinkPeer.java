package dev.anneal.bench.features;

import dev.anneal.bench.features.Child.Program;
import dev.anneal.bench.features.Contestant.Site;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Where Flink's jobs are: built beside this module, on a class path of their own.
final class FlinkPeer {
  private static final List<String> OPENED =
      List.of("java.base/java.lang", "java.base/java.util", "java.base/java.util.concurrent");

  private FlinkPeer() {}

  /// Whether it was built, as `./anneal bench` does.
  static boolean isThere() {
    return Files.isDirectory(library());
  }

  private static Path library() {
    URI code =
        URI.create(FlinkPeer.class.getProtectionDomain().getCodeSource().getLocation().toString());
    // bench/target/lib/bench.jar, or bench/target/classes when an IDE runs it
    String up = code.getPath().endsWith(".jar") ? "../../../flink" : "../../flink";
    return Path.of(
        System.getProperty(
            "anneal.bench.flink", Path.of(code).resolve(up).normalize() + "/target/lib"));
  }

  static Program program(Site site, String job) {
    var options = new ArrayList<>(Program.MEMORY);
    options.add("-Xmx2g");
    OPENED.forEach(p -> options.add("--add-opens=" + p + "=ALL-UNNAMED"));
    options.add("--enable-native-access=ALL-UNNAMED");
    options.add("--sun-misc-unsafe-memory-access=allow");
    var arguments =
        Stream.of(
                job,
                site.bootstrapServers(),
                site.input(),
                site.output(),
                site.directory().toString(),
                site.profile().name())
            .toList();
    return new Program(options, library() + "/*", "dev.anneal.bench.flink.FlinkMain", arguments);
  }
}
