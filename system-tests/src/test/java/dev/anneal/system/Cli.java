package dev.anneal.system;

import dev.anneal.standalone.Anneal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One run of the command line in this JVM.
record Cli(int exit, String out, String err) {
  static Cli run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int exit = Anneal.run(arguments);
      return new Cli(
          exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }

  /// What it printed for programs; the stages of this JVM log to standard output too.
  List<String> jsonLines() {
    return out.lines().filter(line -> line.startsWith("{")).toList();
  }

  String all() {
    return out + err;
  }
}
