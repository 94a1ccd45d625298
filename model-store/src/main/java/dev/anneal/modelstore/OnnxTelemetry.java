package dev.anneal.modelstore;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// ONNX Runtime 1.29 reports to a collector of its vendor, and keeps an id of the machine and a
/// cache in the user's home directory, unless `ORT_DISABLE_TELEMETRY` is set before it begins. Java
/// cannot set a variable of its own process, so C's `setenv` does.
final class OnnxTelemetry {
  private static final String VARIABLE = "ORT_DISABLE_TELEMETRY";

  /// `int setenv(const char *name, const char *value, int overwrite)`
  private static final FunctionDescriptor SETENV =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

  private OnnxTelemetry() {}

  /// Before ONNX Runtime is loaded. Windows has no `setenv`; there the variable has no effect.
  static void disable() {
    Linker.nativeLinker().defaultLookup().find("setenv").ifPresent(OnnxTelemetry::set);
  }

  @SuppressWarnings(
      "restricted") // native access is granted to every process that loads ONNX Runtime
  private static void set(MemorySegment setenv) {
    try (var arena = Arena.ofConfined()) {
      int failed =
          (int)
              Linker.nativeLinker()
                  .downcallHandle(setenv, SETENV)
                  .invokeExact(arena.allocateFrom(VARIABLE), arena.allocateFrom("1"), 1);
      if (failed != 0) {
        throw new IllegalStateException("%s cannot be set".formatted(VARIABLE));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // which a method handle may throw, and a C function does not
      throw new IllegalStateException(e);
    }
  }
}
