package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anneal.ingest.CaptureException.Code;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// What a definition makes ingest send, and to whom. The server is one that a definition's author
/// runs: it asks for the password in clear text and keeps all that comes.
class SourceAddressesTest {
  private static final String CANARY = "canary-password";
  private static final int SSL_REQUEST = 80_877_103;
  private static final int CLEAR_TEXT = 3;

  @TempDir private Path secrets;
  private ServerSocket server;
  private final List<String> received = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(secrets.resolve("acme"));
    Files.writeString(secrets.resolve("acme/password"), CANARY);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::serve);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (var client = server.accept()) {
        answer(client);
      } catch (IOException e) {
        received.add("closed");
      }
    }
  }

  /// PostgreSQL's protocol 3.0 up to the client's answer to AuthenticationCleartextPassword.
  private void answer(Socket client) throws IOException {
    var in = new DataInputStream(client.getInputStream());
    var out = new DataOutputStream(client.getOutputStream());
    int length = in.readInt();
    byte[] message = in.readNBytes(length - Integer.BYTES);
    if (ByteBuffer.wrap(message).getInt() == SSL_REQUEST) {
      received.add("TLS?");
      out.writeByte('N');
      length = in.readInt();
      message = in.readNBytes(length - Integer.BYTES);
    }
    received.add(text(message));
    out.writeByte('R');
    out.writeInt(2 * Integer.BYTES);
    out.writeInt(CLEAR_TEXT);
    int type = in.read();
    String answer = type < 0 ? "" : text(in.readNBytes(in.readInt() - Integer.BYTES));
    received.add("answered: " + answer);
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.ISO_8859_1);
  }

  private SourceSettings settings(String sslMode, String... hosts) {
    return new SourceSettings(secrets, List.of(hosts), sslMode, null);
  }

  private ScadaSource source(String host, String database) {
    return new ScadaSource(
        host, server.getLocalPort(), database, "reader", null, "password", "public", List.of("t"));
  }

  private PostgresAddress address(SourceSettings settings, ScadaSource source) {
    var passwords = new Passwords(Map.<String, String>of()::get, secrets);
    return new SourceAddresses(settings, Map.of(), passwords).of("acme", source);
  }

  private AbstractThrowableAssert<?, ?> forbidden(SourceSettings settings, ScadaSource source) {
    return assertThatThrownBy(() -> address(settings, source))
        .isInstanceOfSatisfying(
            CaptureException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_FORBIDDEN));
  }

  private String sent() {
    await().until(() -> received.stream().anyMatch(m -> m.startsWith("answered: ")));
    return String.join("\n", received);
  }

  private DebeziumRun engine(PostgresAddress address) {
    var plan =
        new CapturePlan(
            "scada/acme", "acme", "anneal_scada_acme", address, "public", TableNames.of("t"), null);
    var binder = new Binder(new MapConfigurationPropertySource(Map.of()));
    var settings = binder.bindOrCreate("anneal.ingest", IngestSettings.class);
    var properties = DebeziumSettings.of(plan, Map.of(), settings, address);
    return new DebeziumRun(properties, _ -> {}, () -> {});
  }

  @Test
  void whereNothingForbidsItThePasswordIsSentInClearToWhoeverAsks() {
    var careless =
        new PostgresAddress("127.0.0.1", server.getLocalPort(), "d", "u", CANARY, Map.of());

    assertThatThrownBy(careless::connect).isInstanceOf(SQLException.class);
    assertThat(sent()).contains(CANARY);
    received.clear();
    assertThatThrownBy(() -> engine(careless).run()).isInstanceOf(CaptureException.class);
    assertThat(sent()).contains(CANARY);
  }

  @Test
  void neitherWeNorTheEngineSendThePasswordInClear() {
    var address = address(settings("prefer"), source("127.0.0.1", "scada"));

    assertThatThrownBy(address::connect).isInstanceOf(SQLException.class);
    assertThat(sent()).contains("TLS?", "reader").doesNotContain(CANARY);
    received.clear();
    assertThatThrownBy(() -> engine(address).run()).isInstanceOf(CaptureException.class);
    assertThat(sent()).contains("TLS?", "reader").doesNotContain(CANARY);
  }

  @Test
  void nothingIsSentWhereTlsIsRequiredAndRefused() {
    var address = address(settings("require"), source("127.0.0.1", "scada"));

    assertThatThrownBy(address::connect).isInstanceOf(SQLException.class);
    await().until(() -> received.contains("closed"));
    assertThat(received).containsExactly("TLS?", "closed");
  }

  @Test
  void hostsAndDatabasesThatCarryParametersAreRefused() {
    forbidden(settings("prefer"), source("db/x?user=y&a=", "scada"))
        .hasMessage(
            "scadaDbConfig.host of acme must be a host name, an IPv4 address or an IPv6 address in brackets, without"
                + " port or parameters; change the definition and apply it again");
    forbidden(settings("prefer"), source("db", "scada?socketFactory=x"))
        .hasMessageStartingWith("scadaDbConfig.database of acme must be 1 to 63 letters");
  }

  @Test
  void onlyAllowedHostsAreReached() {
    var settings = settings("prefer", "db.example.com", "*.Plants.example.com");

    assertThat(address(settings, source("DB.example.com", "scada")).host())
        .isEqualTo("DB.example.com");
    assertThat(address(settings, source("a.plants.example.com", "scada")).password())
        .isEqualTo(CANARY);
    for (String host :
        List.of(
            "169.254.169.254", "plants.example.com", "xplants.example.com", "db.example.com.x")) {
      forbidden(settings, source(host, "scada"))
          .hasMessageContaining(
              "must be one of ingest's setting anneal.ingest.sources.allowed-hosts, was " + host);
    }
  }
}
