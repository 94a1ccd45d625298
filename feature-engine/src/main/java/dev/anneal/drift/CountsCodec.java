package dev.anneal.drift;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Arrays of counts as bytes: lengths and counts as variable-length integers, a run of zeros as a
/// zero and how many more follow.
final class CountsCodec {
  private static final int MAX_VARINT = 10;

  private CountsCodec() {}

  static boolean haveSameShape(long[][] a, long[][] b) {
    return a.length == b.length
        && Arrays.equals(
            Arrays.stream(a).mapToInt(row -> row.length).toArray(),
            Arrays.stream(b).mapToInt(row -> row.length).toArray());
  }

  static byte[] encode(long[][] counts) {
    int most = 1;
    for (long[] row : counts) {
      most += 1 + row.length;
    }
    var buffer = ByteBuffer.allocate(most * MAX_VARINT);
    put(buffer, counts.length);
    for (long[] row : counts) {
      put(buffer, row.length);
      for (int i = 0; i < row.length; i++) {
        put(buffer, row[i]);
        if (row[i] == 0) {
          int zeros = i;
          for (; i + 1 < row.length && row[i + 1] == 0; i++) {}
          put(buffer, i - zeros);
        }
      }
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  static long[][] decode(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes);
    var counts = new long[(int) get(buffer)][];
    for (int row = 0; row < counts.length; row++) {
      counts[row] = new long[(int) get(buffer)];
      for (int i = 0; i < counts[row].length; i++) {
        counts[row][i] = get(buffer);
        i += counts[row][i] == 0 ? (int) get(buffer) : 0;
      }
    }
    return counts;
  }

  private static void put(ByteBuffer buffer, long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      buffer.put((byte) (rest | 0x80));
    }
    buffer.put((byte) rest);
  }

  private static long get(ByteBuffer buffer) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = buffer.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
