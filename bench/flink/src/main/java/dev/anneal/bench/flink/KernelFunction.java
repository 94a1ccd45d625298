package dev.anneal.bench.flink;

import dev.anneal.bench.features.InputRow;
import dev.anneal.bench.features.OutputRow;
import dev.anneal.bench.features.Profile;
import dev.anneal.features.AssetFeatures;
import dev.anneal.features.FeatureKernel;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/// One [AssetFeatures] per key on the heap.
@SuppressWarnings("NullAway.Init") // Flink opens a function before it is used
final class KernelFunction
    extends KeyedProcessFunction<String, Tuple2<String, byte[]>, Tuple2<String, byte[]>> {
  private static final long serialVersionUID = 1;

  private final Profile profile;
  private transient ValueState<AssetFeatures> state;
  private transient FeatureKernel kernel;
  private transient InputRow row;
  private transient float[] features;

  KernelFunction(Profile profile) {
    this.profile = profile;
  }

  @Override
  public void open(OpenContext context) {
    var specification = profile.specification();
    kernel = new FeatureKernel(specification);
    features = new float[specification.width()];
    row = new InputRow();
    state =
        getRuntimeContext().getState(new ValueStateDescriptor<>("features", new EmptySnapshot()));
  }

  @Override
  public void processElement(
      Tuple2<String, byte[]> record, Context context, Collector<Tuple2<String, byte[]>> out)
      throws IOException {
    var asset = state.value();
    if (asset == null) {
      asset = new AssetFeatures(kernel);
      state.update(asset);
    }
    row.read(record.f1);
    asset.add(row.timeMicros(), row.lsn(), row.values());
    asset.computeInto(features);
    out.collect(Tuple2.of(record.f0, OutputRow.of(row, features)));
  }
}
