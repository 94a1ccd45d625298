package dev.anneal.trainer.xgboost;

import dev.anneal.features.ThresholdTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows that show whether another runtime scores like XGBoost: ordinary ones, ones with missing
/// values, ones that lie exactly on the thresholds of the trees or of the regimes, where a `<`
/// taken for a `≤` shows, and ones right below a regime's threshold.
final class GoldenSample {
  private static final int ORDINARY = 200;
  private static final int ON_THRESHOLD = 64;
  private static final int EVERY_NTH_MISSING = 3;

  private GoldenSample() {}

  /// @param rows row-major, at least one, before the scaling
  static float[] of(float[] rows, int width, TreeModel model, RegimeScaling scaling) {
    var sample = new ArrayList<float[]>();
    int count = rows.length / width;
    int step = Math.max(1, count / ORDINARY);
    for (int row = 0; row < count && sample.size() < ORDINARY; row += step) {
      sample.add(Arrays.copyOfRange(rows, row * width, (row + 1) * width));
    }
    addMissing(sample, width);
    addOnThreshold(sample, model.trees(), scaling);
    scaling.regimes().ifPresent(regimes -> addBetween(regimes.tree(), sample));
    var all = new float[sample.size() * width];
    for (int i = 0; i < sample.size(); i++) {
      System.arraycopy(sample.get(i), 0, all, i * width, width);
    }
    return all;
  }

  private static void addMissing(List<float[]> sample, int width) {
    int ordinary = sample.size();
    for (int i = 0; i < ordinary; i += 4) {
      float[] row = sample.get(i).clone();
      for (int column = i % EVERY_NTH_MISSING; column < width; column += EVERY_NTH_MISSING) {
        row[column] = Float.NaN;
      }
      sample.add(row);
    }
    var nothing = new float[width];
    Arrays.fill(nothing, Float.NaN);
    sample.add(nothing);
  }

  private static void addOnThreshold(
      List<float[]> sample, List<TreeModel.Tree> trees, RegimeScaling scaling) {
    int ordinary = sample.size();
    int added = 0;
    for (var tree : trees) {
      for (int node = 0; node < tree.left().length && added < ON_THRESHOLD; node++) {
        if (!tree.isLeaf(node)) {
          float[] row = sample.get(added % ordinary).clone();
          int column = tree.features()[node];
          row[column] = scaling.valueAt(tree.conditions()[node], row, column);
          sample.add(row);
          added++;
        }
      }
    }
  }

  private static void addBetween(ThresholdTree tree, List<float[]> sample) {
    if (tree instanceof ThresholdTree.Split(int column, float threshold, var below, var above)) {
      for (float setting : new float[] {threshold, Math.nextDown(threshold)}) {
        float[] row = sample.getFirst().clone();
        row[column] = setting;
        sample.add(row);
      }
      addBetween(below, sample);
      addBetween(above, sample);
    }
  }
}
