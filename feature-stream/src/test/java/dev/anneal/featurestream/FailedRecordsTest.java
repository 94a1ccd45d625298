package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.events.DeadLetter;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A topology with a fault, under the feature stream's properties.
class FailedRecordsTest {
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final TopologyTestDriver driver = driver();
  private final TestInputTopic<String, String> in =
      driver.createInputTopic("in", new StringSerializer(), new StringSerializer());

  private TopologyTestDriver driver() {
    var builder = new StreamsBuilder();
    builder.stream("in", Consumed.with(Serdes.String(), Serdes.String()))
        .mapValues(FailedRecordsTest::fail)
        .to("out", Produced.with(Serdes.String(), Serdes.String()));
    var properties = Plant.properties();
    FailedRecords.handle(properties, registry);
    properties.remove("ensure.explicit.internal.resource.naming");
    return new TopologyTestDriver(builder.build(), properties);
  }

  private static String fail(String value) {
    return switch (value) {
      case "fault" -> throw new IllegalStateException("no such case");
      case "unreadable" -> throw new SerializationException("no Avro");
      case "away" -> throw new TimeoutException("the registry is away");
      default -> value;
    };
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void aFaultIsADeadLetterAndTheRestGoesOn() {
    in.pipeInput("a", "first");
    in.pipeInput("b", "fault");
    in.pipeInput("c", "last");
    in.pipeInput("d", "unreadable");

    var out =
        driver.createOutputTopic(
            "out", Serdes.String().deserializer(), Serdes.String().deserializer());
    assertThat(out.readValuesToList()).containsExactly("first", "last");
    var letters =
        driver.createOutputTopic(
            Topics.deadLetters(Stage.FEATURE_STREAM).name(),
            Serdes.String().deserializer(),
            new AvroSerde<>(DeadLetter.class, registry).deserializer());
    var letter = letters.readRecord();
    assertThat(letters.readValue().getReason()).contains("no Avro");
    assertThat(letters.isEmpty()).isTrue();
    assertThat(letter.key()).isEqualTo("b");
    assertThat(letter.value().getCode()).isEqualTo("processing-failed");
    assertThat(letter.value().getReason()).contains("no such case");
    assertThat(letter.value().getTopic()).isEqualTo("in");
    assertThat(letter.value().getOffset()).isEqualTo(1);
    assertThat(new String(letter.value().getValue().array())).isEqualTo("fault");
  }

  @Test
  void whatIsAwayIsTriedAgain() {
    // the thread fails, and its replacement reads the record again
    assertThatThrownBy(() -> in.pipeInput("a", "away"))
        .hasRootCauseInstanceOf(TimeoutException.class);
  }
}
