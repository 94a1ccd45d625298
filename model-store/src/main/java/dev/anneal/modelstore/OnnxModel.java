package dev.anneal.modelstore;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A model that scores: rows of float32 features in, the probability of the positive class (or the
/// regression's value) out; NaN is missing. Safe for use by many threads. Closing waits for the
/// calls under way; a call that comes after is an [IllegalStateException], so whoever swaps models
/// lets go of this one first. What fails because the process ends is a [ProcessEndingException].
public final class OnnxModel implements AutoCloseable {
  static final String INPUT = "float_input";
  static final String PROBABILITIES = "probabilities";
  static final String VARIABLE = "variable";
  private static final int MAX_IDLE_SLOTS = 16;

  private final OrtEnvironment environment = OnnxEnvironment.get();
  private final OrtSession session;
  private final Map<String, String> metadata;
  private final List<String> featureNames;
  private final String output;
  private final int outputWidth;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final ConcurrentLinkedQueue<Slot> idle = new ConcurrentLinkedQueue<>();
  private boolean closed;

  private OnnxModel(OrtSession session, Map<String, String> metadata) throws OrtException {
    this.session = session;
    this.metadata = metadata;
    this.featureNames = featureNames(metadata);
    this.output = session.getOutputInfo().containsKey(PROBABILITIES) ? PROBABILITIES : VARIABLE;
    this.outputWidth = output.equals(PROBABILITIES) ? 2 : 1;
    requireShape();
  }

  /// @throws OnnxRefusedException when [OnnxGuard] or ONNX Runtime refuses the model, or it is not
  ///     one of ours
  public static OnnxModel load(byte[] bytes) {
    ModelProto proto = OnnxGuard.check(bytes);
    var metadata =
        proto.getMetadataPropsList().stream()
            .collect(
                Collectors.toMap(
                    StringStringEntryProto::getKey, StringStringEntryProto::getValue, (a, _) -> a));
    OrtSession session = null;
    try (var options = new OrtSession.SessionOptions()) {
      // rows come one by one or in small batches: threads of its own would only get in the callers'
      // way
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      // what it would log is in the exception
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      session = OnnxEnvironment.get().createSession(bytes, options);
      return new OnnxModel(session, metadata);
    } catch (OrtException | OnnxRefusedException e) {
      closeQuietly(session);
      throw OnnxEnvironment.unlessEnding(
          e,
          e instanceof OnnxRefusedException refused
              ? refused
              : new OnnxRefusedException("ONNX Runtime refuses the model: " + e.getMessage(), e));
    }
  }

  /// Names of the columns, in order.
  public List<String> featureNames() {
    return featureNames;
  }

  /// What the exporter wrote about the model: `threshold`, `objective`, `model.version`, ….
  public Map<String, String> metadata() {
    return metadata;
  }

  /// The score of one row.
  public float score(float[] row) {
    requireWidth(row.length, 1);
    return locked(_ -> scoreOne(row));
  }

  /// The scores of `count` rows.
  ///
  /// @param rows row-major, at least count × width
  public float[] scores(float[] rows, int count) {
    requireWidth(rows.length, count);
    return count == 0 ? new float[0] : locked(_ -> scoreAll(rows, count));
  }

  private float scoreOne(float[] row) {
    Slot slot = idle.poll();
    try {
      slot = slot == null ? new Slot() : slot;
      float score = slot.score(row);
      if (idle.size() < MAX_IDLE_SLOTS) {
        idle.add(slot);
      } else {
        slot.close();
      }
      return score;
    } catch (OrtException e) {
      throw failure("ONNX Runtime failed to score a row: " + e.getMessage(), e);
    }
  }

  private float[] scoreAll(float[] rows, int count) {
    int width = featureNames.size();
    var input = direct(count * width).put(rows, 0, count * width).flip();
    try (var tensor = OnnxTensor.createTensor(environment, input, new long[] {count, width});
        var result = session.run(Map.of(INPUT, tensor), Set.of(output))) {
      var scores = new float[count];
      var values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      for (int i = 0; i < count; i++) {
        scores[i] = values.get(i * outputWidth + outputWidth - 1);
      }
      return scores;
    } catch (OrtException e) {
      throw failure("ONNX Runtime failed to score %d rows: %s".formatted(count, e.getMessage()), e);
    }
  }

  private <T> T locked(Function<OrtSession, T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      return call.apply(session);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        idle.forEach(Slot::close);
        closeQuietly(session);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static void closeQuietly(@Nullable OrtSession session) {
    try {
      if (session != null) {
        session.close();
      }
    } catch (OrtException e) {
      throw failure("ONNX Runtime failed to close a session", e);
    }
  }

  private static RuntimeException failure(String message, OrtException cause) {
    return OnnxEnvironment.unlessEnding(cause, new IllegalStateException(message, cause));
  }

  private void requireWidth(int length, int count) {
    if (count < 0 || length < (long) count * featureNames.size()) {
      throw new IllegalArgumentException(
          "%d rows of %d features need %d values, found %d"
              .formatted(count, featureNames.size(), (long) count * featureNames.size(), length));
    }
  }

  private void requireShape() throws OrtException {
    boolean input =
        session.getInputInfo().size() == 1
            && session.getInputInfo().get(INPUT) instanceof NodeInfo node
            && node.getInfo() instanceof TensorInfo info
            && info.type == OnnxJavaType.FLOAT
            && info.getShape().length == 2
            && info.getShape()[1] == featureNames.size();
    boolean result =
        session.getOutputInfo().get(output) instanceof NodeInfo node
            && node.getInfo() instanceof TensorInfo info
            && info.type == OnnxJavaType.FLOAT
            && info.getShape().length == 2
            && info.getShape()[1] == outputWidth;
    if (!input || !result) {
      throw new OnnxRefusedException(
          "the ONNX model is refused: expected float_input[N, %d] and probabilities[N, 2] or variable[N, 1], "
              .concat("found %s and %s")
              .formatted(featureNames.size(), session.getInputInfo(), session.getOutputInfo()));
    }
  }

  private static List<String> featureNames(Map<String, String> metadata) {
    try {
      String json = metadata.getOrDefault("feature_names", "");
      var names = Json.MAPPER.readValue(json, new TypeReference<List<String>>() {});
      if (names != null && !names.isEmpty()) {
        return List.copyOf(names);
      }
      throw new OnnxRefusedException(
          "the ONNX model is refused: its metadata feature_names is empty");
    } catch (JsonProcessingException e) {
      throw new OnnxRefusedException(
          "the ONNX model is refused: its metadata has no feature_names", e);
    }
  }

  private static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /// Buffers for one row, reused: a new tensor per call costs half of the call again.
  private final class Slot {
    private final FloatBuffer in = direct(featureNames.size());
    private final FloatBuffer out = direct(outputWidth);
    private final OnnxTensor input =
        OnnxTensor.createTensor(environment, in, new long[] {1, featureNames.size()});
    private final OnnxTensor result =
        OnnxTensor.createTensor(environment, out, new long[] {1, outputWidth});
    private final Map<String, OnnxTensor> inputs = Map.of(INPUT, input);
    private final Map<String, OnnxTensor> outputs = Map.of(output, result);

    Slot() throws OrtException {}

    float score(float[] row) throws OrtException {
      in.put(0, row, 0, featureNames.size());
      // a pinned output is ours: closing the result leaves it
      session.run(inputs, outputs).close();
      return out.get(outputWidth - 1);
    }

    void close() {
      input.close();
      result.close();
    }
  }
}
