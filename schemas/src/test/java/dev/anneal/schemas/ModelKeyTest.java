package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModelKeyTest {
  private static final ModelKey PUMP = new ModelKey("acme", "pump-failure");

  @Test
  void isReadFromItsKeyAndFromKeysBelow() {
    assertThat(ModelKey.at(PUMP.toString())).isEqualTo(PUMP);
    assertThat(ModelKey.at(PUMP + "/19000")).isEqualTo(PUMP);
    assertThat(ModelKey.at(PUMP + "/pump-1/of/hall-2")).isEqualTo(PUMP);
  }

  @Test
  void aKeyWithoutASlashIsNoModels() {
    assertThat(ModelKey.at("acme")).isEqualTo(new ModelKey("acme", ""));
  }
}
