package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.events.CommandRejected;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingFailed;
import dev.anneal.features.FeatureDefinition;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Topics;
import dev.anneal.trainer.Attempts.Start;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Requests, attempts and cancels against a real PostgreSQL: what is told, in which order, and how
/// often.
class RunStoryTest {
  private static final ModelKey PUMP = new ModelKey("acme", "pump-failure");
  private static final AvroSerde<LifecycleEvent> SERDE =
      new AvroSerde<>(LifecycleEvent.class, new InMemoryRegistry());

  private final List<String> dispatched = new ArrayList<>();
  private final PGSimpleDataSource dataSource = TestServers.dataSource("run_story");
  private final JdbcClient jdbc = JdbcClient.create(dataSource);
  private final TransactionTemplate transactions =
      new TransactionTemplate(new DataSourceTransactionManager(dataSource));
  private final Runs runs = new Runs(jdbc, transactions);
  private final Outbox outbox =
      new Outbox(jdbc, SERDE.serializer(), Topics.LIFECYCLE.name(), InstantSource.system());
  private final Attempts attempts =
      new Attempts(runs, outbox, new Retries(List.of(Duration.ofHours(1))), InstantSource.system());
  private final Requests requests = new Requests(runs, outbox, definitions(), dispatched::add);
  private final Cancels cancels = new Cancels(runs, outbox);

  @BeforeEach
  void emptyDatabase() {
    flyway("latest").clean();
    flyway("latest").migrate();
  }

  private Flyway flyway(String version) {
    return TestServers.flyway(dataSource, version);
  }

  private static Definitions definitions() {
    var definitions = new Definitions();
    definitions.apply(
        PUMP.toString(),
        new ModelSpec(
            PUMP,
            "binary",
            3600L,
            new FeatureDefinition(
                List.of("temperature"),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "UTC",
                true,
                0,
                0),
            null,
            Map.of(),
            1));
    return definitions;
  }

  private static Request request(
      String id, String cause, @Nullable Long dataFrom, Map<String, String> overrides) {
    return new Request(
        id,
        PUMP,
        cause,
        "because",
        "someone",
        Instant.parse("2024-01-15T10:30:00Z"),
        dataFrom,
        null,
        overrides,
        null,
        null);
  }

  private static Request request(String id, Instant requestedAt) {
    return new Request(
        id, PUMP, "MANUAL", "because", "someone", requestedAt, null, null, Map.of(), null, null);
  }

  private static Request request(String id) {
    return request(id, "SCHEDULE", null, Map.of());
  }

  /// What stands in the outbox, in order: `TrainingQueued request-1`.
  private List<String> story() {
    return events().stream()
        .map(e -> ((SpecificRecord) e.getEvent()).getSchema().getName() + " " + e.getRequestId())
        .toList();
  }

  private Start.Begin begin(String runId) {
    assertThat(attempts.begin(runId)).isInstanceOf(Start.Begin.class);
    var run = runs.find(runId).orElseThrow();
    return new Start.Begin(run, run.attempt());
  }

  @Test
  void aRequestSeenTwiceIsOneRun() {
    requests.decide(request("r-1"));
    requests.decide(request("r-1"));
    assertThat(dispatched).hasSize(1);
    assertThat(story()).containsExactly("TrainingQueued r-1");
  }

  @Test
  void aDatabaseOfTheFirstReleaseKnowsItsRequestsAndCommands() {
    // Given a run, a request that was refused and a cancel, before ids were per organization
    flyway("latest").clean();
    flyway("1").migrate();
    jdbc.sql(
            """
            insert into trainer.run (run_id, request_id, organization, model, version, cause, reason, requested_by,
                                     requested_at, overrides, state)
            values ('run-1', 'r-1', 'acme', 'pump-failure', 'v1', 'MANUAL', '', '', now(), '{}', 'SUCCEEDED');
            insert into trainer.request (request_id, run_id) values ('r-1', 'run-1'), ('r-2', null);
            insert into trainer.command (command_id) values ('c-1');
            """)
        .update();
    flyway("latest").migrate();

    // When they are delivered again, and new ones come
    requests.decide(request("r-1"));
    requests.decide(request("r-2"));
    cancels.apply(new Cancel("c-1", PUMP, "r-7", "someone", ""));
    requests.decide(request("r-3"));

    // Then
    assertThat(story()).containsExactly("TrainingQueued r-3");
  }

  @Test
  void aRequestJoinsAQueuedOneAndMovesItsRangeToTheNewestChange() {
    // When
    requests.decide(request("r-1"));
    requests.decide(request("r-2", "DRIFT", 77L, Map.of()));
    requests.decide(request("r-3", "MANUAL", null, Map.of("numLeaves", "7")));
    // Then
    assertThat(dispatched).hasSize(2);
    assertThat(runs.find(dispatched.getFirst()).orElseThrow().request().dataFromMicros())
        .isEqualTo(77L);
    assertThat(story())
        .containsExactly("TrainingQueued r-1", "TrainingQueued r-2", "TrainingQueued r-3");
  }

  @Test
  void aRunIsAskedForWhenItsLastRequestIsMade() {
    // Given: a run that waits, and a rollback after it was asked for
    var rollback = Instant.parse("2024-01-15T12:00:00Z");
    requests.decide(request("r-1", rollback.minusSeconds(60)));
    // When
    requests.decide(request("r-2", rollback.plusSeconds(60)));
    requests.decide(request("r-3", rollback.minusSeconds(30)));
    // Then
    var run = runs.find(dispatched.getFirst()).orElseThrow();
    assertThat(dispatched).hasSize(1);
    assertThat(run.request().requestedAt()).isEqualTo(rollback.plusSeconds(60));
    assertThat(run.version()).startsWith("v2024-01-15T12-01-00-000Z_");
    assertThat(run.request().requestId()).as("whom its events name").isEqualTo("r-1");
  }

  @Test
  void anUnknownModelIsToldOnceAndMakesNoRun() {
    var unknown =
        new Request(
            "r-9",
            new ModelKey("acme", "nothing"),
            "MANUAL",
            "",
            "",
            Instant.EPOCH,
            null,
            null,
            Map.of(),
            null,
            null);
    requests.decide(unknown);
    requests.decide(unknown);
    assertThat(dispatched).isEmpty();
    assertThat(story()).containsExactly("TrainingFailed r-9");
  }

  @Test
  void oneRunOfAModelAtATime() {
    // Given
    requests.decide(request("r-1"));
    begin(dispatched.getFirst());
    requests.decide(request("r-2"));
    // When, Then
    assertThat(dispatched).hasSize(2);
    assertThat(attempts.begin(dispatched.getLast())).isInstanceOf(Start.Later.class);
  }

  @Test
  void anAttemptTakenForDeadWritesNothingMore() {
    // Given the same run begun twice: the first attempt hangs, its lease was lost
    requests.decide(request("r-1"));
    var first = begin(dispatched.getFirst());
    var second = begin(dispatched.getFirst());
    assertThat(second.attempt()).isEqualTo(first.attempt() + 1);
    // When the first wakes up
    assertThat(attempts.control(first.run().runId(), first.attempt()))
        .isEqualTo(Attempts.Control.OVERTAKEN);
    attempts.progress(first.run(), first.attempt(), "training", 1, 2);
    attempts.end(first.run(), first.attempt(), new Attempted.Failed("time-limit", "late"), 1, 0);
    attempts.end(
        second.run(), second.attempt(), new Attempted.Failed("insufficient-labels", "few"), 1, 0);
    attempts.end(first.run(), first.attempt(), new Attempted.Cancelled(), 1, 0);
    // Then
    assertThat(story())
        .containsExactly(
            "TrainingQueued r-1",
            "TrainingStarted r-1",
            "TrainingStarted r-1",
            "TrainingFailed r-1");
    assertThat(runs.find(first.run().runId()).orElseThrow().state()).isEqualTo(Run.State.FAILED);
    assertThat(attempts.begin(first.run().runId())).isInstanceOf(Start.Nothing.class);
  }

  @Test
  void aRunOverWhichTrainersDieAgainAndAgainFails() {
    requests.decide(request("r-1"));
    for (int attempt = 0; attempt <= Attempts.MAX_DEATHS; attempt++) {
      begin(dispatched.getFirst());
    }
    assertThat(attempts.begin(dispatched.getFirst())).isInstanceOf(Start.Nothing.class);
    assertThat(story()).endsWith("TrainingFailed r-1");
  }

  @Test
  void aServerThatWasAwayUsesUpNoAttempt() {
    // Given a model that allows no retry
    requests.decide(request("r-1"));
    for (String code :
        List.of("kafka-unavailable", "registry-unavailable", "database-unavailable")) {
      // When
      var begun = begin(dispatched.getFirst());
      var again =
          attempts.end(begun.run(), begun.attempt(), new Attempted.Failed(code, "away"), 1, 0);
      // Then it goes on
      assertThat(again).as(code).isPresent();
      assertThat(begun.run().failures()).isZero();
      jdbc.sql("update trainer.run set retry_at = now()").update();
    }
    var last = begin(dispatched.getFirst());
    assertThat(last.run().failures()).isZero();
    assertThat(last.attempt()).isEqualTo(4);
  }

  @Test
  void aFailureThatMayPassIsTriedAgainLaterAndThenFailsForGood() {
    // Given
    requests.decide(request("r-1"));
    var first = begin(dispatched.getFirst());
    // When
    var again =
        attempts.end(
            first.run(), first.attempt(), new Attempted.Failed("process-crashed", "134"), 1, 1);
    // Then
    assertThat(again).contains(Duration.ofHours(1));
    assertThat(attempts.begin(first.run().runId())).isInstanceOf(Start.Later.class);
    // When its time has come
    jdbc.sql("update trainer.run set retry_at = now()").update();
    var second = begin(dispatched.getFirst());
    attempts.end(
        second.run(), second.attempt(), new Attempted.Failed("process-crashed", "134"), 1, 1);
    // Then
    assertThat(story())
        .containsExactly(
            "TrainingQueued r-1",
            "TrainingStarted r-1",
            "TrainingFailed r-1",
            "RetryScheduled r-1",
            "TrainingStarted r-1",
            "TrainingFailed r-1");
  }

  @Test
  void cancelsWhatWaitsAtOnceAndMarksWhatRuns() {
    // Given
    requests.decide(request("r-1"));
    var running = begin(dispatched.getFirst());
    requests.decide(request("r-2"));
    // When
    var cancel = new Cancel("c-1", PUMP, null, "someone", "enough");
    cancels.apply(cancel);
    cancels.apply(cancel);
    // Then
    assertThat(attempts.control(running.run().runId(), running.attempt()))
        .isEqualTo(Attempts.Control.CANCELLED);
    attempts.end(running.run(), running.attempt(), new Attempted.Cancelled(), 1, 0);
    assertThat(story()).endsWith("TrainingCancelled r-2", "TrainingCancelled r-1").hasSize(5);
  }

  @Test
  void aCancelOfNothingIsRejected() {
    cancels.apply(new Cancel("c-1", PUMP, "r-7", "someone", ""));
    assertThat(story()).containsExactly("CommandRejected null");
  }

  @Test
  void aRunWhoseTrainerStopsGoesOnWithoutAFailure() {
    requests.decide(request("r-1"));
    var first = begin(dispatched.getFirst());
    assertThat(attempts.end(first.run(), first.attempt(), new Attempted.Interrupted(), 1, 0))
        .contains(Duration.ZERO);
    assertThat(begin(dispatched.getFirst()).run().deaths()).isZero();
  }

  @Test
  void theOutboxTellsInOrderAndStopsAtWhatItCannotTell() {
    // Given a broker that takes one event and is away for the second
    requests.decide(request("r-1"));
    begin(dispatched.getFirst());
    var sent = new ArrayList<String>();
    var publisher =
        new OutboxPublisher(
            jdbc,
            transactions,
            (key, event) -> {
              if (sent.size() == 1) {
                sent.add("refused");
                throw new TimeoutException("away");
              }
              var read = SERDE.deserializer().deserialize(Topics.LIFECYCLE.name(), event);
              sent.add(key + " " + ((SpecificRecord) read.getEvent()).getSchema().getName());
            },
            (_, _, reason) -> sent.add("dead letter " + reason));
    // When
    assertThatThrownBy(publisher::publish).isInstanceOf(TimeoutException.class);
    publisher.publish();
    // Then
    assertThat(sent)
        .containsExactly(
            "acme/pump-failure TrainingQueued", "refused", "acme/pump-failure TrainingStarted");
  }

  @Test
  void anEventThatTheBrokerNeverTakesIsADeadLetterAndTheRestGoesOn() {
    // Given
    requests.decide(request("r-1"));
    requests.decide(request("r-2", "MANUAL", null, Map.of("numLeaves", "7")));
    var sent = new ArrayList<String>();
    var publisher =
        new OutboxPublisher(
            jdbc,
            transactions,
            (key, event) -> {
              if (sent.isEmpty()) {
                throw new RecordTooLargeException("too large");
              }
              sent.add(key);
            },
            (key, _, reason) -> sent.add("dead letter of " + key + ": " + reason));
    // When
    publisher.publish();
    // Then
    assertThat(sent.getFirst())
        .startsWith("dead letter of acme/pump-failure: ")
        .contains("RecordTooLarge");
    assertThat(sent.getLast()).isEqualTo("acme/pump-failure");
  }

  @Test
  void idsAreTheirOrganizationsOwn() {
    // Given an id that the model's organization and another one have chosen
    var other = new ModelKey("globex", "pump-failure");
    requests.decide(request("r-1"));
    requests.decide(of(other, "r-1"));
    requests.decide(of(new ModelKey("acme", "valve"), "r-1"));
    requests.decide(of(new ModelKey("acme", "valve"), "r-1"));
    // Then the other organization is answered, and another model of the first is told why not
    assertThat(story())
        .containsExactly("TrainingQueued r-1", "TrainingFailed r-1", "CommandRejected r-1");
    assertThat(events().stream().map(LifecycleEvent::getEventId).distinct()).hasSize(3);
    assertThat(((CommandRejected) events().getLast().getEvent()).getMessage())
        .contains("r-1 was used for acme/pump-failure");
  }

  @Test
  void cancelIdsAreTheirOrganizationsOwn() {
    cancels.apply(new Cancel("c-1", PUMP, null, "someone", ""));
    cancels.apply(new Cancel("c-1", new ModelKey("globex", "pump-failure"), null, "", ""));
    cancels.apply(new Cancel("c-1", new ModelKey("acme", "valve"), null, "", ""));

    assertThat(events().stream().map(e -> ((CommandRejected) e.getEvent()).getCode()))
        .containsExactly("nothing-to-cancel", "nothing-to-cancel", "id-in-use");
  }

  @Test
  void anUnusableRequestIsRefusedWithItsReason() {
    var event =
        TrainRequest.newBuilder()
            .setRequestId("r-1")
            .setOrganization("acme")
            .setModel("pump-failure")
            .setReason("x\0y")
            // milliseconds where microseconds belong
            .setRequestedAt(Instant.ofEpochSecond(0, 1_705_314_600_000_000L))
            .build();
    requests.decide(Wire.request(event, Instant.parse("2024-01-15T10:30:00Z")));

    assertThat(story()).containsExactly("TrainingFailed r-1");
    var failed = (TrainingFailed) events().getFirst().getEvent();
    assertThat(failed.getCode()).isEqualTo("invalid-request");
    assertThat(failed.getMessage())
        .contains("reason must not contain NUL")
        .contains("requestedAt must lie between", "was 1970-01-20", "microseconds since 1970");
  }

  private static Request of(ModelKey key, String id) {
    var at = Instant.parse("2024-01-15T10:30:00Z");
    return new Request(id, key, "MANUAL", "", "", at, null, null, Map.of(), null, null);
  }

  private List<LifecycleEvent> events() {
    return jdbc.sql("select event from trainer.outbox order by id")
        .query(
            (row, _) -> SERDE.deserializer().deserialize(Topics.LIFECYCLE.name(), row.getBytes(1)))
        .list();
  }
}
