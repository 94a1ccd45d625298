package dev.anneal.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs, unpacked once into a directory that only this user can use.
final class PostgresBinaries {
  private static final int EXECUTABLE = 0100;
  private static final int NAME_DIGITS = 16;

  private final Path home;
  private final List<String> launcher;

  private PostgresBinaries(Path home, List<String> launcher) {
    this.home = home;
    this.launcher = launcher;
  }

  /// @param directory gets them where the user's cache cannot
  static PostgresBinaries unpacked(Path directory) throws IOException {
    return new PostgresBinaries(unpack(directory), launcher());
  }

  List<String> command(String program, String... arguments) {
    var command = new ArrayList<>(launcher);
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /// PostgreSQL refuses to run as root. In a user namespace of its own it is nobody, who owns what
  /// root owns and has none of root's other rights.
  private static List<String> launcher() throws IOException {
    Path self = Path.of("/proc/self");
    if (!Files.exists(self) || !Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"))) {
      return List.of();
    }
    var launcher = List.of("unshare", "-U");
    try {
      var trial = new ArrayList<>(launcher);
      trial.add("true");
      if (new ProcessBuilder(trial).start().waitFor() == 0) {
        return launcher;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException(
        "PostgreSQL does not run as root, and this system has no user namespaces (unshare -U): run as another user");
  }

  private static synchronized Path unpack(Path directory) throws IOException {
    byte[] archive;
    try (InputStream in = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system(), machine())) {
      archive = in.readAllBytes();
    }
    String name = "postgres-" + digest(archive).substring(0, NAME_DIGITS);
    Path home = cache(directory).resolve(name);
    if (!Files.isDirectory(home)) {
      Path beside = home.resolveSibling(name + "." + ProcessHandle.current().pid());
      delete(beside);
      OwnerOnly.directory(beside);
      extract(archive, beside);
      try {
        Files.move(beside, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        delete(beside);
        if (!Files.isDirectory(home)) { // else another process was faster
          throw e;
        }
      }
    }
    return home;
  }

  private static Path cache(Path directory) throws IOException {
    String named = System.getenv("XDG_CACHE_HOME");
    Path cache =
        named == null || named.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(named);
    try {
      Files.createDirectories(cache);
      OwnerOnly.directory(cache.resolve("anneal"));
      return cache.resolve("anneal");
    } catch (IOException _) { // a user without a home
      OwnerOnly.directory(directory);
      return directory;
    }
  }

  private static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.contains("win") && !name.contains("darwin")
        ? "Windows"
        : name.contains("mac") ? "Darwin" : "Linux";
  }

  private static String machine() {
    String machine = System.getProperty("os.arch");
    return machine.equals("amd64") ? "x86_64" : machine;
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void extract(byte[] archive, Path target) throws IOException {
    try (var tar =
        new TarArchiveInputStream(
            new BufferedInputStream(new XZInputStream(new ByteArrayInputStream(archive))))) {
      TarArchiveEntry entry = tar.getNextEntry();
      while (entry != null) {
        Path path = target.resolve(entry.getName()).normalize();
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          write(tar, entry, path);
        }
        entry = tar.getNextEntry();
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path path)
      throws IOException {
    if (entry.isSymbolicLink() || entry.isLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, path);
      if ((entry.getMode() & EXECUTABLE) != 0 && !path.toFile().setExecutable(true)) {
        throw new IOException("cannot make %s executable".formatted(path));
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (var paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
