package dev.muster.samples.common;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code --prompts}: a JSON array of strings, or {@code @file} that holds one. */
final class Prompts {
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private Prompts() {}

  /**
   * Returns the prompts in {@code value}.
   *
   * @throws SampleException if the file cannot be read or the JSON is not an array of strings
   */
  static List<String> read(String value) {
    return value.startsWith("@")
        ? parse(file(value.substring(1)), value)
        : parse(value, "--prompts");
  }

  private static String file(String name) {
    Path path = Path.of(name);
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw unreadable(path, "the file does not exist", e);
    } catch (CharacterCodingException e) {
      throw unreadable(path, "it is not text in UTF-8", e);
    } catch (IOException e) {
      throw unreadable(path, Files.isDirectory(path) ? "it is a directory" : e.toString(), e);
    }
  }

  private static SampleException unreadable(Path path, String why, IOException cause) {
    return new SampleException(
        "Cannot read the prompts from " + path.toAbsolutePath() + ": " + why, cause);
  }

  private static List<String> parse(String json, String where) {
    String expected = where + " must hold a JSON array of strings, such as [\"What is AI?\"]";
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new SampleException(expected + ": " + e.getOriginalMessage(), e);
    }
    if (!node.isArray() || node.isEmpty()) throw new SampleException(expected);
    List<String> prompts = new ArrayList<>();
    for (JsonNode prompt : node) {
      if (!prompt.isTextual()) throw new SampleException(expected + ", but holds " + prompt);
      prompts.add(prompt.textValue());
    }
    return prompts;
  }
}
