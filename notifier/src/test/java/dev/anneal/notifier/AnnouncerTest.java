package dev.anneal.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private final List<String> sent = new ArrayList<>();
  private final List<String> recorded = new ArrayList<>();
  private boolean brokerIsAway;
  private final Announcer announcer =
      new Announcer(
          "#c",
          (_, message) -> {
            sent.add(message.line());
            return Sender.Delivery.SLACK;
          },
          (message, channel, _) -> {
            if (brokerIsAway) {
              throw new IllegalStateException("broker away");
            }
            recorded.add(Announcer.key(message.subject().eventId(), channel));
          },
          new Audience());

  private static News deployed(String id) {
    return new News.Deployed(new News.Subject(id, "acme", "pump", Instant.EPOCH), "v-" + id, null);
  }

  @Test
  void tellsEachPieceOfNewsOnce() {
    announcer.announce(deployed("a"));
    announcer.announce(deployed("b"));
    announcer.announce(deployed("a"));

    assertThat(sent).containsExactly("acme/pump: v-a deployed", "acme/pump: v-b deployed");
    assertThat(recorded).containsExactly("a/#c", "b/#c");
  }

  @Test
  void tellsAgainWhatWasSentButNotRecorded() {
    brokerIsAway = true;
    assertThatThrownBy(() -> announcer.announce(deployed("a")))
        .isInstanceOf(IllegalStateException.class);

    brokerIsAway = false;
    announcer.announce(deployed("a"));

    // at least once: twice here, and never lost
    assertThat(sent).hasSize(2);
    assertThat(recorded).containsExactly("a/#c");
  }

  @Test
  void remembersWhatWasToldBefore() {
    announcer.remember("a/#c");
    announcer.remember("b/#another");

    announcer.announce(deployed("a"));
    announcer.announce(deployed("b"));

    assertThat(sent).containsExactly("acme/pump: v-b deployed");
  }
}
