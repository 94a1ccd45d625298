package dev.anneal.bench.flink;

import dev.anneal.bench.features.InputRow;
import dev.anneal.bench.features.OutputRow;
import dev.anneal.bench.features.PlainFeatures;
import dev.anneal.bench.features.Profile;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/// Rows by second in a map state. They are read by their keys, which only a stream without gaps
/// allows: reading all entries, as one must otherwise, is slower where the lags reach farther back
/// than the windows.
@SuppressWarnings("NullAway.Init") // Flink opens a function before it is used
final class MapStateFunction
    extends KeyedProcessFunction<String, Tuple2<String, byte[]>, Tuple2<String, byte[]>> {
  private static final long serialVersionUID = 1;
  private static final long SECOND = 1_000_000;

  private final Profile profile;
  private transient MapState<Long, double[]> rows;
  private transient InputRow row;
  private transient PlainFeatures features;
  private transient double[][] lags;

  MapStateFunction(Profile profile) {
    this.profile = profile;
  }

  @Override
  public void open(OpenContext context) {
    row = new InputRow();
    features = new PlainFeatures(profile);
    lags = new double[Profile.LAG_SECONDS.size()][];
    rows =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "rows", Types.LONG, PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  @Override
  public void processElement(
      Tuple2<String, byte[]> record, Context context, Collector<Tuple2<String, byte[]>> out)
      throws Exception {
    long now = row.read(record.f1).timeMicros();
    rows.put(now, row.values().clone());
    for (int i = 0; i < lags.length; i++) {
      lags[i] = rows.get(now - Profile.LAG_SECONDS.get(i) * SECOND);
    }
    features.begin(now, row.values());
    for (int age = 0; age < profile.longRows(); age++) {
      double[] values = rows.get(now - age * SECOND);
      if (values == null) {
        break;
      }
      features.add(now - age * SECOND, values);
    }
    rows.remove(now - (Math.max(profile.longRows(), Profile.LAG_SECONDS.getLast()) + 1) * SECOND);
    out.collect(Tuple2.of(record.f0, OutputRow.of(row, features.end(lags))));
  }
}
