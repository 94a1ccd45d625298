package dev.anneal.control;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.anneal.control.definitions.DefinitionReader;
import dev.anneal.control.definitions.Problem;
import dev.anneal.schemas.ClientFields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a caller of the training API wants. Missing texts are empty.
sealed interface Wish {
  String organization();

  String model();

  String requestedBy();

  String reason();

  /// All there is to say against it.
  default List<Problem> problems() {
    var problems = new ArrayList<Problem>();
    fields().problems().forEach(p -> problems.add(new Problem(p.field(), p.message())));
    return problems;
  }

  /// Its fields, by the rules that consumers of the topics have.
  default ClientFields fields() {
    return new ClientFields()
        .id("organization", organization())
        .id("model", model())
        .text("reason", reason())
        .text("requestedBy", requestedBy());
  }

  /// @param dataFrom earliest event time to train on; null: the trainer decides
  /// @param dataTo latest event time to train on; null: all there is
  /// @param overrides hyper-parameters for this run
  record Train(
      String organization,
      String model,
      String reason,
      String requestedBy,
      @Nullable Instant dataFrom,
      @Nullable Instant dataTo,
      Map<String, Object> overrides)
      implements Wish {
    public Train {
      organization = text(organization);
      model = text(model);
      reason = text(reason);
      requestedBy = text(requestedBy);
      overrides = overrides == null ? Map.of() : Map.copyOf(overrides);
    }

    @Override
    public List<Problem> problems() {
      var problems = Wish.super.problems();
      if (dataFrom != null && dataTo != null && !dataFrom.isBefore(dataTo)) {
        problems.add(
            new Problem(
                "dataFrom", "must be before dataTo (%s), was %s".formatted(dataTo, dataFrom)));
      }
      problems.addAll(DefinitionReader.overrideProblems(overrides));
      return problems;
    }

    @Override
    public ClientFields fields() {
      return Wish.super
          .fields()
          .texts("overrides", overridesAsText())
          .dataTime("dataFrom", dataFrom)
          .dataTime("dataTo", dataTo);
    }

    Map<String, String> overridesAsText() {
      var texts = new HashMap<String, String>();
      overrides.forEach((name, value) -> texts.put(name, value.toString()));
      return texts;
    }
  }

  /// @param requestId null: whatever runs or waits
  record Cancel(
      String organization,
      String model,
      @Nullable String requestId,
      String requestedBy,
      String reason)
      implements Wish {
    public Cancel {
      organization = text(organization);
      model = text(model);
      reason = text(reason);
      requestedBy = text(requestedBy);
    }

    @Override
    public ClientFields fields() {
      return Wish.super.fields().optionalId("requestId", requestId);
    }
  }

  /// @param toVersion null: the version that served before
  record Rollback(
      String organization,
      String model,
      @JsonAlias("version") @Nullable String toVersion,
      String requestedBy,
      String reason)
      implements Wish {
    public Rollback {
      organization = text(organization);
      model = text(model);
      reason = text(reason);
      requestedBy = text(requestedBy);
    }

    @Override
    public ClientFields fields() {
      return Wish.super.fields().optionalId("toVersion", toVersion);
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
