package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientFieldsTest {
  private static final Instant RECEIVED = Instant.parse("2026-07-01T10:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Instant MIN = Micros.toInstant(Long.MIN_VALUE);
  private static final Instant MAX = Micros.toInstant(Long.MAX_VALUE);

  /// What is read where a client writes milliseconds or seconds.
  private static final Instant FROM_MILLIS = Micros.toInstant(RECEIVED.toEpochMilli());

  private static final Instant FROM_SECONDS = Micros.toInstant(RECEIVED.getEpochSecond());

  private static Optional<String> requestProblem(Instant requestedAt) {
    return new ClientFields().requestTime("requestedAt", requestedAt, RECEIVED).message();
  }

  private static Optional<String> dataProblem(Instant dataFrom) {
    return new ClientFields().dataTime("dataFrom", dataFrom).message();
  }

  static Stream<Instant> unusableRequestTimes() {
    return Stream.of(
        Instant.parse("2126-01-01T00:00:00Z"),
        Instant.parse("2999-01-01T00:00:00Z"),
        FROM_MILLIS,
        FROM_SECONDS,
        Micros.toInstant(-1),
        MIN,
        MAX,
        Instant.parse("1999-12-31T23:59:59.999999Z"),
        RECEIVED.plus(DAY).plusNanos(1_000));
  }

  @ParameterizedTest
  @MethodSource("unusableRequestTimes")
  void refusesATimeOfARequestThatCannotBeAndNamesTheUnit(Instant requestedAt) {
    assertThat(requestProblem(requestedAt))
        .hasValue(
            "requestedAt must lie between 2000-01-01T00:00:00Z and 2026-07-02T10:00:00Z, was "
                + requestedAt
                + "; on Kafka it is in microseconds since 1970");
  }

  static Stream<Instant> requestTimes() {
    return Stream.of(
        RECEIVED,
        RECEIVED.plusSeconds(5),
        RECEIVED.minusSeconds(5),
        RECEIVED.plus(DAY),
        Instant.parse("2000-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @MethodSource("requestTimes")
  void acceptsATimeOfARequestWhoseClockIsNotQuiteRight(Instant requestedAt) {
    assertThat(requestProblem(requestedAt)).isEmpty();
  }

  static Stream<Instant> unusableDataTimes() {
    return Stream.of(
        Instant.parse("2999-01-01T00:00:00Z"),
        FROM_MILLIS,
        FROM_SECONDS,
        Micros.toInstant(-1),
        MIN,
        MAX);
  }

  @ParameterizedTest
  @MethodSource("unusableDataTimes")
  void refusesATimeOfDataThatCannotBeAndNamesTheUnit(Instant dataFrom) {
    assertThat(dataProblem(dataFrom))
        .hasValue(
            "dataFrom must lie between 1980-01-01T00:00:00Z and 2200-01-01T00:00:00Z, was "
                + dataFrom
                + "; on Kafka it is in microseconds since 1970");
  }

  @Test
  void acceptsATimeOfDataBeforeAndAfterTheRequest() {
    assertThat(dataProblem(RECEIVED.minus(DAY.multipliedBy(365 * 20)))).isEmpty();
    assertThat(dataProblem(RECEIVED.plus(DAY.multipliedBy(365)))).isEmpty();
    assertThat(new ClientFields().dataTime("dataFrom", null).message()).isEmpty();
  }
}
