package dev.anneal.standalone.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/// NASA's turbofan engines that ran to failure: by engine, cycle after cycle, its sensors' values.
///
/// @param oneFaultMode the engines of FD001
/// @param twoFaultModes the engines of FD003
public record CmapssData(
    Map<String, List<double[]>> oneFaultMode, Map<String, List<double[]>> twoFaultModes) {
  static final int SENSORS = 21;

  /// Unit, cycle and three settings come before the sensors.
  private static final int FIRST_SENSOR = 5;

  private static final int COLUMNS = FIRST_SENSOR + SENSORS;

  /// @param folder with train_FD001.txt and train_FD003.txt as NASA ships them, gzipped or not
  /// @throws IOException when a file is missing or not of that format
  public static CmapssData read(Path folder) throws IOException {
    return new CmapssData(engines(folder, "FD001"), engines(folder, "FD003"));
  }

  private static Map<String, List<double[]>> engines(Path data, String set) throws IOException {
    var engines = new LinkedHashMap<String, List<double[]>>();
    try (var lines = open(data, "train_%s.txt".formatted(set))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        String[] words = line.trim().split("\\s+");
        if (words.length != COLUMNS) {
          throw new IOException(
              "train_%s.txt line %d: expected %d columns, found %d"
                  .formatted(set, number, COLUMNS, words.length));
        }
        double[] values = numbers(words, "train_%s.txt line %d".formatted(set, number));
        engines
            .computeIfAbsent("%s-%03d".formatted(set, (int) values[0]), _ -> new ArrayList<>())
            .add(Arrays.copyOfRange(values, FIRST_SENSOR, COLUMNS));
      }
    }
    return engines;
  }

  private static double[] numbers(String[] words, String place) throws IOException {
    try {
      return Arrays.stream(words).mapToDouble(Double::parseDouble).toArray();
    } catch (NumberFormatException e) {
      throw new IOException("%s: not a number: %s".formatted(place, e.getMessage()), e);
    }
  }

  private static BufferedReader open(Path data, String name) throws IOException {
    Path zipped = data.resolve(name + ".gz");
    Path plain = data.resolve(name);
    if (Files.exists(zipped)) {
      return new BufferedReader(
          new InputStreamReader(
              new GZIPInputStream(Files.newInputStream(zipped)), StandardCharsets.US_ASCII));
    }
    if (Files.exists(plain)) {
      return Files.newBufferedReader(plain, StandardCharsets.US_ASCII);
    }
    throw new IOException(
        "no %s or %s.gz in %s (%s); --data names the folder of NASA's files"
            .formatted(name, name, data, found(data)));
  }

  private static String found(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return "it is no directory";
    }
    try (var files = Files.newDirectoryStream(folder, "train_FD*")) {
      var names = new TreeSet<String>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names.isEmpty() ? "no train_FD… there" : "there is " + String.join(", ", names);
    }
  }
}
