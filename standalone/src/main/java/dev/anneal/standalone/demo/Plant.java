package dev.anneal.standalone.demo;

import dev.anneal.standalone.demo.Machine.Reading;
import java.time.Duration;
import java.util.List;

/// One organization's SCADA database: its own names, units and way of sampling.
///
/// @param organization name in Anneal, and of the database
/// @param assetPrefix machines are called this and a number
/// @param interval between samples of a machine
/// @param irregular whether samples come at random within their interval, and some not at all
/// @param readings the table of measurements
/// @param outcomes the table of failures
/// @param definition what a user applies, with places for the database's port and the file of its
///     password
record Plant(
    String organization,
    String assetPrefix,
    int machines,
    Duration interval,
    boolean irregular,
    Table readings,
    Table outcomes,
    Units units,
    String definition) {

  /// @param columns asset, time, then the rest in the order of [Units#values]
  record Table(String name, String ddl, List<String> columns) {}

  /// How the plant writes a reading: the values after asset and time.
  interface Units {
    List<Object> values(Reading reading);
  }

  static final Plant ACME =
      new Plant(
          "acme",
          "PU-",
          40,
          Duration.ofMinutes(15),
          false,
          new Table(
              "readings",
              """
              create table if not exists readings (
                id bigint generated always as identity primary key, machine_id text not null, ts timestamptz not null,
                temp double precision, press double precision, vib double precision, amps double precision, quality int)
              """,
              List.of("machine_id", "ts", "temp", "press", "vib", "amps", "quality")),
          new Table(
              "failures",
              "create table if not exists failures (id bigint generated always as identity primary key,"
                  + " machine_id text not null, failed_at timestamptz not null)",
              List.of("machine_id", "failed_at")),
          r ->
              List.of(
                  r.temperature() * 9 / 5 + 32,
                  r.pressure() * 14.503773773,
                  r.vibration() / 25.4,
                  r.current(),
                  r.good() ? 192 : 0),
          """
          organization: acme
          scadaDbConfig: {host: 127.0.0.1, port: %d, database: acme, user: postgres, passwordFile: scada-password, schema: public, tables: ["readings"]}
          schemaConfig:
            assetColumn: machine_id
            timeColumn: ts
            qualityColumn: quality
            continuousColumns: [temp, press, vib, amps]
            columnMapping: {temp: temperature, press: pressure, vib: vibration, amps: current}
            units: {temp: "°F → °C", press: "psi → bar", vib: "in/s → mm/s"}
            lagSeconds: [3600, 7200]
            rollingWindows: [5, 10]
            outcomes: {table: failures, assetColumn: machine_id, timeColumn: failed_at}
          models:
            - name: pump-failure
              task: binary
              target: {failureWithin: 24h}
              features: [temperature, pressure, vibration, current]
              thresholds: {failureProbability: 0.85, confidenceThreshold: 0.7}
              hyperparameters: {numLeaves: 31, learningRate: 0.1, numIterations: 100}
              trainingSchedule: {pattern: "0 2 * * 0", timezone: UTC, enabled: true}
              drift: {cooldown: 7d, minimumLabels: 200, initialHistory: 27d}
          """);

  static final Plant BOREALIS =
      new Plant(
          "borealis",
          "WT",
          30,
          Duration.ofMinutes(20),
          true,
          new Table(
              "turbine_log",
              """
              create table if not exists turbine_log (
                entry bigserial primary key, unit_tag varchar(20) not null, logged_at timestamp not null,
                gearbox_c real, oil_kpa real, vibration_mm_s real, gen_amps numeric(8,3), state varchar(12))
              """,
              List.of(
                  "unit_tag",
                  "logged_at",
                  "gearbox_c",
                  "oil_kpa",
                  "vibration_mm_s",
                  "gen_amps",
                  "state")),
          new Table(
              "breakdowns",
              "create table if not exists breakdowns (entry bigserial primary key, unit_tag varchar(20) not null,"
                  + " broke_at timestamp not null)",
              List.of("unit_tag", "broke_at")),
          r ->
              List.of(
                  r.temperature(),
                  r.pressure() * 100,
                  r.vibration(),
                  r.current(),
                  r.good() ? "good" : "bad"),
          """
          organization: borealis
          scadaDbConfig: {host: 127.0.0.1, port: %d, database: borealis, user: postgres, passwordFile: scada-password, schema: public, tables: ["turbine_log"]}
          schemaConfig:
            assetColumn: unit_tag
            timeColumn: logged_at
            qualityColumn: state
            continuousColumns: [gearbox_c, oil_kpa, vibration_mm_s, gen_amps]
            columnMapping: {gearbox_c: gearbox_temperature, oil_kpa: oil_pressure, vibration_mm_s: vibration, gen_amps: current}
            units: {oil_kpa: "kPa → bar"}
            lagSeconds: [7200]
            rollingWindows: [6, "4h"]
            outcomes: {table: breakdowns, assetColumn: unit_tag, timeColumn: broke_at}
          models:
            - name: gearbox-failure
              task: binary
              target: {failureWithin: 24h}
              features: [gearbox_temperature, oil_pressure, vibration, current]
              thresholds: {failureProbability: 0.8, confidenceThreshold: 0.7}
              trainingSchedule: {pattern: "@daily", timezone: Europe/Oslo, enabled: true}
              drift: {cooldown: 7d, minimumLabels: 200, initialHistory: 27d}
          """);

  String applied(ScadaServer server) {
    return definition.formatted(server.port());
  }

  String asset(int index) {
    return "%s%02d".formatted(assetPrefix, index + 1);
  }
}
