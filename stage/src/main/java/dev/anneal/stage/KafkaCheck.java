package dev.anneal.stage;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.jspecify.annotations.Nullable;

/// Whether a broker answers. The client is made with the first question. For one thread at a time.
final class KafkaCheck implements Dependencies.Check, AutoCloseable {
  private static final int LIMIT_MILLIS = 5_000;

  private final Map<String, Object> properties;
  private @Nullable Admin admin;

  KafkaCheck(Map<String, Object> properties) {
    this.properties = properties;
  }

  @Override
  public void ask() throws Exception {
    var brokers =
        admin().describeCluster(new DescribeClusterOptions().timeoutMs(LIMIT_MILLIS)).nodes();
    if (brokers.get(LIMIT_MILLIS, TimeUnit.MILLISECONDS).isEmpty()) {
      throw new IllegalStateException("no broker takes part");
    }
  }

  private synchronized Admin admin() {
    Admin known = admin;
    if (known == null) {
      known = Admin.create(properties);
      admin = known;
    }
    return known;
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }
}
