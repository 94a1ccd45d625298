package dev.anneal.schemas;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// Lets every wait of a module's tests that names no limit of its own last as long as a busy
/// machine needs: the limit only ends a test that would never pass. Found as a service.
public final class LongWaits implements LauncherSessionListener {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(LIMIT);
  }
}
