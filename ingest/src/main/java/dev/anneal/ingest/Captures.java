package dev.anneal.ingest;

import dev.anneal.ingest.CaptureLedger.Known;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.Redaction;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicAdmin;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/// One supervised capture per organization, by the definitions. A definition that changes restarts
/// its capture; one that goes, or moves to another database, leaves a removal of the slot behind,
/// also when that happened while ingest was down.
final class Captures implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Captures.class);
  private static final int STOP_SECONDS = 30;

  private record Running(Organization organization, Supervisor supervisor) {}

  private final Capture.Context context;
  private final StageKafka kafka;
  private final TopicAdmin topics;
  private final SourceAccess access;
  private final PublishedDefinitions published;
  private final Removals removals;
  private final Map<String, Organization> wanted = new HashMap<>();
  private final Map<String, Running> captures = new HashMap<>();
  private final Map<String, Lacking> lacking = new ConcurrentHashMap<>();
  // changes wait for engines to stop, one after the other, away from the thread that reads the
  // definitions
  private final ExecutorService changes =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("captures").factory());
  private volatile boolean running;

  Captures(
      Capture.Context context,
      StageKafka kafka,
      TopicAdmin topics,
      SourceAccess access,
      PublishedDefinitions published) {
    this.context = context;
    this.kafka = kafka;
    this.topics = topics;
    this.access = access;
    this.published = published;
    this.removals = new Removals(context, access);
  }

  /// The definitions must have been read: a source of none of them is removed here.
  @Override
  public void start() {
    running = true;
    Map<String, Organization> now =
        published.follow((name, next) -> changes.execute(() -> define(name, next)));
    changes.execute(() -> begin(now));
  }

  private void begin(Map<String, Organization> organizations) {
    wanted.putAll(organizations);
    wanted.keySet().forEach(this::apply);
    removeUnwanted();
  }

  /// Sources of ours that went, or moved, while ingest was down. One whose definition cannot be
  /// read is not gone: the app database has the last word.
  private void removeUnwanted() {
    try {
      Set<String> defined = context.ledger().definedOrganizations();
      for (Known known : context.ledger().known()) {
        Organization organization = wanted.get(known.organization());
        boolean gone = organization == null && !defined.contains(known.organization());
        boolean moved = organization != null && !known.engine().equals(engine(organization));
        if (gone || moved) {
          removals.begin(known.engine(), known.organization(), SourceJson.read(known.source()));
        }
      }
    } catch (DataAccessException e) {
      LOG.warn("looking again later for slots nobody wants: {}", Redaction.of(e));
      long later = context.settings().longestBackoff().toMillis();
      context
          .timer()
          .schedule(() -> changes.execute(this::removeUnwanted), later, TimeUnit.MILLISECONDS);
    }
  }

  private void define(String name, @Nullable Organization organization) {
    if (organization == null) {
      wanted.remove(name);
    } else {
      wanted.put(name, organization);
    }
    apply(name);
  }

  /// What each organization's capture is doing.
  Map<String, CaptureState> states() {
    var states = new HashMap<String, CaptureState>();
    synchronized (captures) {
      captures.forEach((name, capture) -> states.put(name, capture.supervisor.state()));
    }
    return states;
  }

  /// What each organization's definition names and its source does not have.
  Map<String, Lacking> lacking() {
    return Map.copyOf(lacking);
  }

  private void apply(String name) {
    try {
      Running current = captures.get(name);
      Organization organization = wanted.get(name);
      if (current != null && current.organization.equals(organization)) {
        return;
      }
      if (current != null) {
        current.supervisor.stop();
        if (organization == null || !engine(current.organization).equals(engine(organization))) {
          removals.begin(engine(current.organization), name, current.organization.source());
        }
      }
      synchronized (captures) {
        captures.remove(name);
        lacking.remove(name);
        if (organization != null) {
          captures.put(name, new Running(organization, capture(organization)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Supervisor capture(Organization organization) throws InterruptedException {
    removals.cancel(engine(organization));
    Set<ScadaRows.Finding> told = ConcurrentHashMap.newKeySet();
    var deleted = new DeletedRows();
    return context
        .supervisor(
            organization.name(),
            () -> attempt(organization, told, deleted),
            access.report(organization.name(), organization.source()))
        .start();
  }

  private Supervisor.Attempt attempt(
      Organization organization, Set<ScadaRows.Finding> told, DeletedRows deleted) {
    topics.ensure(Topics.ofOrganization(organization.name()));
    String source = SourceJson.write(organization.source());
    var known = new Known(engine(organization), organization.name(), source);
    var plan =
        CapturePlan.ofOrganization(
            organization, access.address(organization.name(), organization.source()));
    Runnable remember = () -> context.ledger().remember(known);
    var rows = new ScadaRows(organization, kafka, told, deleted, remember, context.clock());
    return new Capture(context, plan, rows, found -> lacking.put(organization.name(), found));
  }

  private static String engine(Organization organization) {
    return CapturePlan.engine(organization.name(), organization.source());
  }

  @Override
  public void stop() {
    running = false;
    published.follow((_, _) -> {});
    changes.execute(this::stopAll);
    changes.shutdown();
    try {
      if (!changes.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("captures have not ended within {} s", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopAll() {
    try (var stoppers = Executors.newVirtualThreadPerTaskExecutor()) {
      captures.values().forEach(c -> stoppers.submit(() -> stop(c.supervisor)));
      removals.all().forEach(r -> stoppers.submit(() -> stop(r)));
    }
  }

  private static Void stop(Supervisor supervisor) throws InterruptedException {
    supervisor.stop();
    return null;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
