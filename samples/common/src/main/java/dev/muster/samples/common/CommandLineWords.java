package dev.muster.samples.common;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Rewrites messages of the SDK for a command line: replaces the name of a setter by the option or the variable. */
final class CommandLineWords {
  private static final Map<Pattern, String> WORDS = new LinkedHashMap<>();

  static {
    say(", or apiKey of the provider '[^']*'", "");
    say("set apiKey instead", "set the variable that holds the key");
    say("set baseUrl", "set --base-url");
    say("; for a custom endpoint set compatibleWith\\([^)]*\\)", "");
  }

  private CommandLineWords() {}

  /** Returns {@code message} without the names of methods. */
  static String of(String message) {
    String said = message;
    for (Map.Entry<Pattern, String> each : WORDS.entrySet()) {
      said = each.getKey().matcher(said).replaceAll(each.getValue());
    }
    return said;
  }

  private static void say(String pattern, String words) {
    WORDS.put(Pattern.compile(pattern), words);
  }
}
