package dev.anneal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryStartTest {
  private static final int PORT = 8081;
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;
  private Path log;
  private long nanoTime = Long.MAX_VALUE - 1; // any value may be the first
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void writeLogOfAnEarlierStart() throws IOException {
    log = directory.resolve("registry.log");
    Files.writeString(log, "Port already bound: 8081\n");
  }

  /// Lives for a time; whoever waits for it makes time pass.
  private final class FakeProcess extends Process {
    private final long end;

    FakeProcess(Duration life) {
      end = nanoTime + life.toNanos();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) {
      nanoTime += unit.toNanos(timeout);
      return nanoTime - end >= 0;
    }

    @Override
    public int exitValue() {
      return 3;
    }

    @Override
    public int waitFor() {
      throw new UnsupportedOperationException();
    }

    @Override
    public OutputStream getOutputStream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputStream getInputStream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputStream getErrorStream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void destroy() {
      throw new UnsupportedOperationException();
    }
  }

  private RegistryStart start() throws IOException {
    return new RegistryStart(log, () -> nanoTime);
  }

  @Test
  void aRegistryThatLivesIsWaitedForHoweverLongItTakes() throws Exception {
    // Given one that answers after a day
    long begin = nanoTime;
    var process = new FakeProcess(DAY.multipliedBy(2));

    // When
    start().await(process, PORT, () -> nanoTime - begin >= DAY.toNanos(), progress::add);

    // Then
    assertThat(nanoTime - begin).isEqualTo(DAY.toNanos());
    assertThat(progress)
        .hasSize(24 * 60 * 6 - 1)
        .startsWith("waiting for the schema registry, 10 s so far; its log is " + log)
        .endsWith("waiting for the schema registry, 86390 s so far; its log is " + log);
  }

  @Test
  void aProcessThatEndsEndsTheWaitWithItsReason() throws Exception {
    var process = new FakeProcess(Duration.ofSeconds(25));

    assertThatThrownBy(() -> start().await(process, PORT, () -> false, progress::add))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("the schema registry does not start: it ended with 3; see " + log);
    assertThat(progress).hasSize(2);
  }

  @Test
  void aPortThatAnotherTookIsAReasonOfItsOwn() throws Exception {
    var start = start();
    Files.writeString(log, "Port already bound: 8081\n".repeat(2));

    assertThatThrownBy(
            () -> start.await(new FakeProcess(Duration.ZERO), PORT, () -> false, progress::add))
        .isInstanceOf(PortTaken.class)
        .hasMessage("port 8081 is in use");
  }
}
