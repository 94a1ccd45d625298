package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.featurestream.RowStore.Start;
import dev.anneal.policy.EventTime;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The state that a replay makes is that of a stream which never stopped.
class ReplayTest {
  private static final TopicPartition PARTITION = new TopicPartition("anneal.telemetry.acme", 0);
  private static final Organization ORGANIZATION = new Organization("acme", List.of("a", "b"));
  private static final int REPLAY_ROWS = 400;

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final RowCodec telemetry = RowCodec.telemetry("acme", ORGANIZATION.sensors(), registry);
  private final FakeTelemetryLog log = new FakeTelemetryLog();
  private final MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
  private final RowStore rows = new RowStore(store(StateStores.builder(RowStore.NAME)));
  private final KeyValueStore<String, byte[]> progress =
      store(StateStores.builder(ProgressCounts.NAME));
  private final List<Long> losses = new ArrayList<>();
  private List<Model> models = List.of(model("m", List.of(30), List.of("4", "20s")));

  private KeyValueStore<String, byte[]> store(StoreBuilder<KeyValueStore<String, byte[]>> builder) {
    KeyValueStore<String, byte[]> store =
        builder.withLoggingDisabled().withCachingDisabled().build();
    store.init(context.getStateStoreContext(), store);
    return store;
  }

  private static Model model(String name, List<Integer> lagSeconds, List<String> windows) {
    var specification = FeatureSpecification.of(List.of("b", "a"), lagSeconds, windows);
    return new Model("acme", name, specification, 0, null, null);
  }

  private OrganizationState rebuild(long offset) {
    var specifications = models.stream().map(Model::specification).toList();
    return new Rebuild("acme", PARTITION, log, rows, specifications)
        .to(offset, start -> empty(start, offset), (from, to) -> losses.add(to - from));
  }

  private OrganizationState empty(Start start, long offset) {
    return new OrganizationState(
        ORGANIZATION,
        new OrganizationFeatures(ORGANIZATION, models, registry),
        new ProgressCounts(progress, "acme", offset),
        List.of(),
        new ReplayRange("acme", PARTITION, log, rows, start, REPLAY_ROWS));
  }

  /// What the record at this offset leads to.
  private String process(OrganizationState state, long offset) {
    var row = state.features().read(log.at(offset));
    var asset = state.features().asset();
    var acceptance = state.features().add(asset, offset);
    var text = new StringBuilder(acceptance.name());
    for (int i = 0; i < models.size(); i++) {
      if (state.features().isAdded(i)) {
        for (float feature : state.features().models().get(i).compute(asset.features[i])) {
          text.append(' ').append(Integer.toHexString(Float.floatToRawIntBits(feature)));
        }
      }
    }
    if (acceptance.isAdded()) {
      state.progress().count(row.eventTimeMicros(), offset);
    }
    return text.toString();
  }

  /// Assets of different paces, one that falls silent for long, duplicates, overtaken rows, bad
  /// quality.
  private void randomLog(SplittableRandom random, int records) {
    var sent = new ArrayList<Row>();
    for (int i = 0; i < records; i++) {
      long second = i / 5;
      int asset = random.nextInt(6);
      boolean silent = asset == 5 && second % 300 > 10;
      long time = (second - (random.nextInt(10) == 0 ? random.nextInt(30) : 0)) * 1_000_000;
      var quality = random.nextInt(15) == 0 ? Quality.BAD : Quality.GOOD;
      var values = new double[] {random.nextGaussian(), random.nextInt(9)};
      var row =
          new Row(
              "asset-" + (silent ? 0 : asset),
              Math.max(0, time),
              Math.max(0, time),
              i,
              quality,
              values);
      sent.add(random.nextInt(20) == 0 && i > 9 ? sent.get(i - 1 - random.nextInt(9)) : row);
      log.append(telemetry.encode(sent.getLast()), sent.getLast().eventTimeMicros() / 1_000);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void restartsAtAnyOffsetAndAnyDelayOfCommitsChangeNoBit(long seed) {
    // Given
    var random = new SplittableRandom(seed);
    randomLog(random, 6_000);
    var uninterrupted = new ArrayList<String>();
    var whole = rebuild(0);
    for (long offset = 0; offset < log.end(); offset++) {
      uninterrupted.add(process(whole, offset));
    }

    // When: at least once, the stream starts again at its last commit while its stores are ahead
    var state = rebuild(0);
    long committed = 0;
    var seen = new ArrayList<String>();
    for (long offset = 0; offset < log.end(); offset++) {
      String result = process(state, offset);
      state.keep(offset + 1);
      if (offset < seen.size()) {
        assertThat(result).isEqualTo(seen.get((int) offset));
      } else {
        seen.add(result);
      }
      if (random.nextInt(50) == 0) {
        committed = offset + 1;
        log.commit(committed);
      }
      if (random.nextInt(400) == 0) {
        offset = committed - 1;
        state = rebuild(committed);
      }
    }

    // Then
    assertThat(seen).isEqualTo(uninterrupted);
    assertThat(losses).isEmpty();
  }

  private void stream(int records, UnaryOperator<Row> rowAt) {
    var state = rebuild(0);
    for (int i = 0; i < records; i++) {
      var row =
          rowAt.apply(
              new Row(
                  "pump-" + i % 4, i * 1_000_000L, i * 1_000_000L, i, Quality.GOOD, new double[2]));
      log.append(telemetry.encode(row), row.eventTimeMicros() / 1_000);
      process(state, i);
      log.commit(i + 1);
      state.keep(i + 1);
    }
  }

  private List<String> blocks() {
    var keys = new ArrayList<String>();
    rows.forEachBlock("acme", (key, _) -> keys.add(key));
    return keys;
  }

  @Test
  void noRowIsStoredWhereFeaturesLookBackLessThanAReplay() {
    stream(5_000, row -> row);

    assertThat(blocks()).isEmpty();
    long before = log.replayed();
    rebuild(5_000);
    assertThat(log.replayed() - before).isLessThanOrEqualTo(REPLAY_ROWS);
  }

  @Test
  void rowsOfASilentAssetAreStoredOnceAndHoldNothingBack() {
    stream(
        5_000,
        row -> row.lsn() == 7 ? new Row("silent", 7, 0, 7, Quality.GOOD, new double[2]) : row);

    assertThat(blocks()).singleElement().asString().endsWith("/silent");
    assertThat(rows.start("acme").offset()).isGreaterThan(5_000 - REPLAY_ROWS);
    var known = new ArrayList<String>();
    rebuild(5_000).features().forEachAsset(asset -> known.add(new String(asset.name)));
    assertThat(known).contains("silent");
  }

  @Test
  void blocksWhoseRowsNobodyLooksAtAreDeleted() {
    models = List.of(model("m", List.of(), List.of("10m")));

    stream(5_000, row -> row);

    assertThat(rows.start("acme").offset()).isGreaterThan(5_000 - REPLAY_ROWS);
    assertThat(blocks()).hasSizeBetween(1, 40); // of 200
    var state = rebuild(5_000);
    assertThat(state.features().newestMicros()).isEqualTo(4_999 * EventTime.SECOND_MICROS);
  }

  @Test
  void rowsThatAreCountedButNotStoredAreCountedAgain() {
    stream(5_000, row -> row);

    var counts = rebuild(5_000).progress();

    var told = counts.tell(0, 5_000).rowsByHour();
    assertThat(told.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(5_000);
  }

  @Test
  void aSpecificationThatLooksBackFurtherIsReplayedFromFurther() {
    // Given
    models = List.of(model("m", List.of(), List.of("2")));
    stream(5_000, row -> row);

    // When
    models = List.of(model("m", List.of(1_000), List.of("300")));
    var deeper = rebuild(5_000);

    // Then
    var expected = new OrganizationFeatures(ORGANIZATION, models, registry);
    for (long offset = 0; offset < 5_000; offset++) {
      expected.read(log.at(offset));
      expected.add(expected.asset(), offset);
    }
    log.append(
        telemetry.encode(
            new Row("pump-0", 5_000_000_000L, 5_000_000_000L, 1, Quality.GOOD, new double[2])),
        0);
    String result = process(deeper, 5_000);
    assertThat(result).startsWith("ACCEPTED");
    var whole =
        new OrganizationState(ORGANIZATION, expected, deeper.progress(), List.of(), deeper.range());
    assertThat(result).isEqualTo(process(whole, 5_000));
    assertThat(rows.start("acme").offset()).isBetween(2_000L, 4_000L);
  }

  @Test
  void rowsThatWereDeletedAreToldAndTheRestIsUsed() {
    stream(1_000, row -> row);

    log.deleteBefore(900);
    var state = rebuild(1_000);

    assertThat(losses).hasSize(1);
    assertThat(state.features().newestMicros()).isEqualTo(999 * EventTime.SECOND_MICROS);
  }
}
