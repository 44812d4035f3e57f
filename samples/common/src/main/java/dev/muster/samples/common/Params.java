package dev.muster.samples.common;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Another way to write a flag: {@code --param name=value} is {@code --name=value}. */
final class Params {
  private static final String FLAG = "--param";

  private Params() {}

  /** Returns {@code args} with every {@code --param} replaced by its flag. */
  static String[] expand(CommandLine command, String... args) {
    List<String> expanded = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      if (arg.equals(FLAG)) {
        i++;
        expanded.add(flag(command, i < args.length ? args[i] : ""));
      } else if (arg.startsWith(FLAG + "=")) {
        expanded.add(flag(command, arg.substring(FLAG.length() + 1)));
      } else {
        expanded.add(arg);
      }
    }
    return expanded.toArray(String[]::new);
  }

  private static String flag(CommandLine command, String assignment) {
    if (assignment.indexOf('=') < 1) {
      throw new ParameterException(
          command,
          FLAG + " takes name=value, such as --param latency=100ms, but was '" + assignment + "'");
    }
    return "--" + assignment;
  }
}
