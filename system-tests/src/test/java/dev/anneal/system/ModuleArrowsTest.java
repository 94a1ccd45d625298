package dev.anneal.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.anneal.schemas.Stage;
import dev.anneal.stage.ClockWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// The arrows between the modules, and what the domain may not touch.
@AnalyzeClasses(packages = "dev.anneal", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleArrowsTest {
  private static final List<String> STAGES =
      List.of("Ingest", "FeatureStream", "Trainer", "Deployer", "Notifier", "Control");

  @ArchTest
  static void modulesDependOnlyAlongTheArrows(JavaClasses classes) {
    var stages = STAGES.toArray(String[]::new);
    var layers =
        layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.anneal..")
            .layer("Schemas")
            .definedBy("dev.anneal.schemas..", "dev.anneal.events..")
            .layer("Stage")
            .definedBy("dev.anneal.stage..")
            .layer("FeatureEngine")
            .definedBy("dev.anneal.features..", "dev.anneal.drift..", "dev.anneal.policy..")
            .layer("ModelStore")
            .definedBy("dev.anneal.modelstore..")
            .layer("Embedded")
            .definedBy("dev.anneal.embedded..")
            .layer("Standalone")
            .definedBy("dev.anneal.standalone..");
    for (var stage : STAGES) {
      layers =
          layers
              .layer(stage)
              .definedBy("dev.anneal." + stage.toLowerCase(java.util.Locale.ROOT) + "..");
      layers = layers.whereLayer(stage).mayOnlyBeAccessedByLayers("Standalone");
    }
    layers
        .whereLayer("Standalone")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("Embedded")
        .mayOnlyBeAccessedByLayers("Standalone")
        .whereLayer("Stage")
        .mayOnlyBeAccessedByLayers(
            Stream.concat(Stream.of(stages), Stream.of("Standalone")).toArray(String[]::new))
        .whereLayer("FeatureEngine")
        .mayOnlyBeAccessedByLayers(stages)
        .whereLayer("ModelStore")
        .mayOnlyBeAccessedByLayers(stages)
        .check(classes);
  }

  @ArchTest
  static final ArchRule librariesArePure =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.anneal.features..",
              "dev.anneal.drift..",
              "dev.anneal.policy..",
              "dev.anneal.modelstore..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "dev.anneal.events..");

  /// Where its telemetry is turned off first.
  @ArchTest
  static final ArchRule onlyTheModelStoreLoadsOnnxRuntime =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.anneal.modelstore..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule timeAndChanceComeFromOutside =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("Application")
          .and()
          .resideOutsideOfPackage("dev.anneal.standalone..")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", Duration.class)
          .orShould()
          .callConstructor(Random.class);

  /// Kafka's clients would stand still for as long.
  @ArchTest
  static final ArchRule everyStageEndsWhenTheClockIsSetBack =
      classes()
          .that()
          .haveSimpleNameEndingWith("Application")
          .should(callInMain(ClockWatch.class, "endProcessWhenSetBack"));

  private static ArchCondition<JavaClass> callInMain(Class<?> owner, String method) {
    return new ArchCondition<>("call %s.%s in main".formatted(owner.getSimpleName(), method)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean calls =
            type.getMethod("main", String[].class).getMethodCallsFromSelf().stream()
                .anyMatch(
                    c -> c.getTargetOwner().isEquivalentTo(owner) && c.getName().equals(method));
        events.add(new SimpleConditionEvent(type, calls, type.getName()));
      }
    };
  }

  /// What reads the topics is in `docs/flow.md`; this is what a reader of the stage finds first.
  @ArchTest
  static void everyStageSaysWhatItReadsWritesAndPromises(JavaClasses classes) throws IOException {
    for (var stage : EnumSet.complementOf(EnumSet.of(Stage.CLIENT))) {
      String name = stage.id().replace("-", "");
      var applications =
          classes.that(
              resideInAPackage("dev.anneal." + name).and(simpleNameEndingWith("Application")));
      assertThat(applications).singleElement().matches(a -> a.getModifiers().contains(PUBLIC));
      var words = Path.of("..", stage.id(), "src/main/java/dev/anneal", name, "package-info.java");
      assertThat(Files.readString(words)).contains("In: ", "Out: ", "/// Promise: ");
    }
  }
}
