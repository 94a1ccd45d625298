package dev.anneal.bench.flink;

import dev.anneal.features.AssetFeatures;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/// Leaves the rows out of the checkpoints, so that they cost Flink nothing: what is measured is no
/// more than Flink would reach.
public final class EmptySnapshot extends TypeSerializerSingleton<AssetFeatures> {
  private static final long serialVersionUID = 1;
  private static final String NO_STATE = "this benchmark does not restore";

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public AssetFeatures createInstance() {
    throw new UnsupportedOperationException(NO_STATE);
  }

  @Override
  public AssetFeatures copy(AssetFeatures from) {
    return from;
  }

  @Override
  public AssetFeatures copy(AssetFeatures from, AssetFeatures reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return 1;
  }

  @Override
  public void serialize(AssetFeatures features, DataOutputView target) throws IOException {
    target.writeByte(0);
  }

  @Override
  public AssetFeatures deserialize(DataInputView source) {
    throw new UnsupportedOperationException(NO_STATE);
  }

  @Override
  public AssetFeatures deserialize(AssetFeatures reuse, DataInputView source) {
    throw new UnsupportedOperationException(NO_STATE);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    target.writeByte(source.readByte());
  }

  @Override
  public TypeSerializerSnapshot<AssetFeatures> snapshotConfiguration() {
    return new Snapshot();
  }

  /// How Flink makes this again.
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<AssetFeatures> {
    public Snapshot() {
      super(EmptySnapshot::new);
    }
  }
}
