package dev.anneal.featurestream;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/// A record on its way out of a processor: where it goes, and its bytes.
///
/// @param topic a topic of the catalogue; of no meaning on the way to the policy
@SuppressWarnings("ArrayRecordComponent") // never compared
record Outgoing(String topic, byte[] value) {
  /// Where each record goes.
  enum Destination implements TopicNameExtractor<byte[], Outgoing> {
    OF_THE_RECORD;

    @Override
    public String extract(byte[] key, Outgoing outgoing, RecordContext context) {
      return outgoing.topic();
    }
  }

  /// Writes the bytes; nothing reads with it.
  static Serde<Outgoing> serde() {
    var bytes = new ByteArrayDeserializer();
    return Serdes.serdeFrom(
        (_, outgoing) -> outgoing.value(),
        (topic, value) -> new Outgoing(topic, bytes.deserialize(topic, value)));
  }
}
