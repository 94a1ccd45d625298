package dev.anneal.featurestream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Producers that send on a thread of their own, and whose transactional ids are the same after a
/// restart, so that the transaction which a killed process left open is aborted at once by its next
/// start. Kafka Streams itself makes a new
/// id at each start where no store is on disk, as here; readers of committed records would wait for
/// [StreamsProperties#TRANSACTION_TIMEOUT].
///
/// The id is the instance's, else that of the first file in the state directory which no other
/// process has locked. So instances that share a directory have an id each, and what starts in
/// place of a killed one takes the id that it left, and its place in the group.
final class StreamsClients extends DefaultKafkaClientSupplier implements AutoCloseable {
  static final String FILE = "transactional-id";

  /// Of one directory, on one machine; the next one uses Kafka Streams' own ids.
  static final int MOST_INSTANCES = 64;

  private static final Logger LOG = LoggerFactory.getLogger(StreamsClients.class);
  private static final Pattern THREAD = Pattern.compile("-StreamThread-(\\d+)-");

  private final Path directory;
  private @Nullable String id;
  private @Nullable FileChannel file;

  StreamsClients(FeatureStreamSettings settings) {
    this.directory = settings.stateDirectory();
    this.id = settings.instanceId();
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    var stable = new HashMap<>(config);
    stable.computeIfPresent(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG, (_, kafkas) -> transactionalId((String) kafkas));
    return new BackgroundProducer(
        super.getProducer(stable), stable.get(ProducerConfig.CLIENT_ID_CONFIG) + "-sender");
  }

  /// A member of the group under the same name, so that the next start takes its partitions at once
  /// and not after the session's timeout.
  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    var stable = new HashMap<>(config);
    String instance = instanceId(String.valueOf(config.get(ConsumerConfig.CLIENT_ID_CONFIG)));
    if (instance != null) {
      stable.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    }
    return super.getConsumer(stable);
  }

  /// @param client of a thread's consumer, `<process>-StreamThread-<index>-consumer`
  /// @return null: it has none of its own
  @Nullable String instanceId(String client) {
    var thread = THREAD.matcher(client);
    String own = id();
    return own != null && thread.find() ? own + "-" + thread.group(1) : null;
  }

  /// @param kafkas application, process and index of the thread, with hyphens between them
  String transactionalId(String kafkas) {
    String own = id();
    String thread = kafkas.substring(kafkas.lastIndexOf('-'));
    return own == null ? kafkas : StreamsProperties.APPLICATION_ID + "-" + own + thread;
  }

  private synchronized @Nullable String id() {
    if (id == null) {
      id = stored();
    }
    return id;
  }

  private @Nullable String stored() {
    try {
      Files.createDirectories(directory);
      for (int i = 0; i < MOST_INSTANCES && file == null; i++) {
        file = locked(directory.resolve(i == 0 ? FILE : FILE + "-" + i));
      }
      if (file != null) {
        return content(file);
      }
      LOG.warn("{} is used by {} others: no transactional id is kept", directory, MOST_INSTANCES);
    } catch (IOException e) {
      LOG.warn("no transactional id can be kept in {}", directory, e);
    }
    return null;
  }

  /// @return null: another process has it
  private static @Nullable FileChannel locked(Path path) throws IOException {
    var opened =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (isLocked(opened)) {
      return opened;
    }
    opened.close();
    return null;
  }

  private static boolean isLocked(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another of this process
    }
  }

  private static String content(FileChannel file) throws IOException {
    var known = ByteBuffer.allocate(36);
    file.read(known, 0);
    if (!known.hasRemaining()) {
      return new String(known.array(), StandardCharsets.UTF_8);
    }
    String made = UUID.randomUUID().toString();
    file.write(ByteBuffer.wrap(made.getBytes(StandardCharsets.UTF_8)), 0);
    return made;
  }

  /// Leaves the id to the next.
  @Override
  public synchronized void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.warn("{} was not closed", directory.resolve(FILE), e);
    }
  }
}
