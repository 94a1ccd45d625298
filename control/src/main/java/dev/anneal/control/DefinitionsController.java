package dev.anneal.control;

import dev.anneal.control.definitions.DefinitionReader;
import dev.anneal.control.definitions.DefinitionStore;
import dev.anneal.control.definitions.DefinitionStore.Change;
import dev.anneal.control.definitions.DefinitionStore.Summary;
import dev.anneal.control.definitions.Definitions.Reading;
import dev.anneal.control.definitions.DocumentParser;
import dev.anneal.control.definitions.ModelDefaults;
import dev.anneal.control.definitions.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Definitions of organizations and their models.
@RestController
@RequestMapping("/api/organizations")
class DefinitionsController {
  /// About 10,000 models.
  static final int MAX_BYTES = 4 << 20;

  private final DefinitionStore store;
  private final ModelDefaults defaults;
  private final Runnable changed;

  /// @param changed run after each change
  DefinitionsController(DefinitionStore store, ModelDefaults defaults, Runnable changed) {
    this.store = store;
    this.defaults = defaults;
    this.changed = changed;
  }

  @GetMapping
  Map<String, List<String>> list() {
    return Map.of("organizations", store.organizations());
  }

  /// The document as it was applied.
  @GetMapping(path = "/{organization}", produces = MediaType.APPLICATION_JSON_VALUE)
  String get(@PathVariable String organization) {
    return store.written(organization).orElseThrow(() -> Refused.unknown(organization, null));
  }

  @PutMapping(
      path = "/{organization}",
      consumes = {
        "application/yaml",
        "application/x-yaml",
        "text/yaml",
        MediaType.APPLICATION_JSON_VALUE
      })
  ResponseEntity<Summary> put(@PathVariable String organization, HttpServletRequest request)
      throws IOException {
    var written = parse(request);
    switch (DefinitionReader.read(written, defaults)) {
      case Reading.Invalid(var problems) -> throw Refused.invalid(problems);
      case Reading.Valid(var definitions) -> {
        String named = definitions.organization().name();
        if (!named.equals(organization)) {
          throw Refused.invalid(
              List.of(
                  new Problem(
                      "organization",
                      "must be \"%s\" as in the address, was \"%s\""
                          .formatted(organization, named))));
        }
        var summary = store.apply(definitions, written);
        changed.run();
        return ResponseEntity.status(
                summary.change() == Change.CREATED ? HttpStatus.CREATED : HttpStatus.OK)
            .body(summary);
      }
    }
  }

  @DeleteMapping("/{organization}")
  ResponseEntity<Void> delete(@PathVariable String organization) {
    if (!store.delete(organization)) {
      throw Refused.unknown(organization, null);
    }
    changed.run();
    return ResponseEntity.noContent().build();
  }

  private static Map<?, ?> parse(HttpServletRequest request) throws IOException {
    byte[] bytes = request.getInputStream().readAllBytes(); // no larger than MAX_BYTES
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return String.valueOf(request.getContentType()).contains("json")
          ? DocumentParser.json(text)
          : DocumentParser.yaml(text);
    } catch (CharacterCodingException _) {
      throw Refused.invalid(List.of(new Problem("", "the document is not UTF-8")));
    } catch (DocumentParser.Malformed e) {
      throw Refused.invalid(List.of(new Problem("", String.valueOf(e.getMessage()))));
    }
  }
}
