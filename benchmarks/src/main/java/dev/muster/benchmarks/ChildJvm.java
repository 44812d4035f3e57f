package dev.muster.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A child JVM. Its error stream goes to ours. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final OutputStream in;

  private ChildJvm(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.in = process.getOutputStream();
  }

  static ChildJvm start(
      Jdk jdk, List<String> options, String classPath, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(jdk.java());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    return new ChildJvm(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Returns the next line, or null at the end. */
  String readLine() throws IOException {
    return out.readLine();
  }

  void writeLine(String line) throws IOException {
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Returns all lines up to the end of the process. Kills it after {@code seconds}, which counts as a failure. */
  List<String> finish(int seconds) throws IOException, InterruptedException {
    AtomicBoolean late = new AtomicBoolean();
    Thread guard = new Thread(() -> endIfLate(seconds, late), "guard");
    guard.setDaemon(true);
    guard.start();
    List<String> lines = new ArrayList<>(out.lines().toList());
    int status = process.waitFor();
    if (late.get()) lines.add("error not done after " + seconds + " s");
    else if (status != 0 && lines.stream().noneMatch(it -> it.startsWith("error ")))
      lines.add("error exit code " + status);
    return lines;
  }

  private void endIfLate(int seconds, AtomicBoolean late) {
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) return;
      late.set(true);
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
