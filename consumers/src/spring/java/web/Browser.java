package web;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks for a page over a socket of its own, which it may close at any time. */
final class Browser implements AutoCloseable {
  private final Socket socket;
  private final StringBuilder read = new StringBuilder();

  Browser(int port, String page) throws IOException {
    socket = new Socket("127.0.0.1", port);
    String request = "GET " + page + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  /** All that comes until it ends with {@code end}; with null until the connection is closed. */
  String read(String end) throws IOException {
    InputStream in = socket.getInputStream();
    while (end == null || read.indexOf(end) < 0) {
      int next = in.read();
      if (next < 0) {
        if (end == null) break;
        throw new AssertionError("the page ended with " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  /** Leaves, as a browser does whose window is closed. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
