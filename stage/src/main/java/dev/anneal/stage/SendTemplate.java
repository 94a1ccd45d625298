package dev.anneal.stage;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.kafka.support.SendResult;

/// Spring's template, of which every failure to send is in the future. By itself it throws what the
/// producer knows at once, that a record is too large, say, and who looks at futures misses that.
final class SendTemplate extends KafkaTemplate<String, byte[]> {
  SendTemplate(ProducerFactory<String, byte[]> producers) {
    super(producers);
    // Spring's own listener logs keys and values of what cannot be sent; whoever sends gets the
    // failure
    setProducerListener(new ProducerListener<>() {});
  }

  @Override
  public CompletableFuture<SendResult<String, byte[]>> send(ProducerRecord<String, byte[]> record) {
    try {
      return super.send(record);
    } catch (KafkaException e) {
      return CompletableFuture.failedFuture(e.getCause() == null ? e : e.getCause());
    }
  }
}
