package dev.anneal.modelstore;

import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The process's one ONNX Runtime environment.
///
/// ONNX Runtime 1.29 matches a regular expression against the process's command line when it
/// begins, by recursion, a few hundred bytes of stack for each character: with a class path of 4 KB
/// on it, an ordinary thread's stack overflows in native code and the process is gone. So it begins
/// on a thread with a stack for the longest command line there is.
///
/// Its telemetry is off in every process that loads it: [OnnxTelemetry]. The files that its
/// libraries are loaded from are deleted at once: [OnnxLibraries].
final class OnnxEnvironment {
  /// Address space, not memory: what is not needed is never touched. Linux allows 128 KB for one
  /// argument.
  private static final long STACK_BYTES = 256L << 20;

  // not in an initializer of this class: the thread would wait for that to end
  private static @Nullable OrtEnvironment environment;

  private OnnxEnvironment() {}

  static synchronized OrtEnvironment get() {
    if (environment == null) {
      environment = begin();
    }
    return environment;
  }

  private static OrtEnvironment begin() {
    var begun = new CompletableFuture<OrtEnvironment>();
    Runnable begin =
        () -> {
          try {
            OnnxTelemetry.disable();
            var environment = OrtEnvironment.getEnvironment();
            OnnxLibraries.deleteLoaded();
            begun.complete(environment);
          } catch (RuntimeException | LinkageError e) {
            begun.completeExceptionally(e);
          }
        };
    new Thread(null, begin, "onnx-environment", STACK_BYTES).start();
    try {
      return begun.join();
    } catch (CompletionException e) {
      throw unlessEnding(e, e);
    }
  }

  /// What to throw for something that failed in ONNX Runtime.
  ///
  /// @param failure what it means while the process goes on
  static RuntimeException unlessEnding(Throwable cause, RuntimeException failure) {
    return isEnding() ? new ProcessEndingException(cause) : failure;
  }

  /// Whether shutdown hooks run. Asked after a failure there is no race: that of ONNX Runtime runs
  /// only once no hook can be added any more, and only the refusal to add one tells so.
  private static boolean isEnding() {
    var hook = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      Runtime.getRuntime().removeShutdownHook(hook);
      return false;
    } catch (IllegalStateException _) {
      return true;
    }
  }
}
