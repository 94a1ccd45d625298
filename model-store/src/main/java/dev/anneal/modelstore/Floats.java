package dev.anneal.modelstore;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/// Arrays of floats in the binary files of an artifact.
final class Floats {
  private Floats() {}

  static float[] read(ByteBuffer in, int count) {
    if (count < 0 || (long) count * Float.BYTES > in.remaining()) {
      throw new BufferUnderflowException();
    }
    var values = new float[count];
    in.asFloatBuffer().get(values);
    in.position(in.position() + count * Float.BYTES);
    return values;
  }
}
