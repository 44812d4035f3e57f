package web;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests a page over its own socket, which it can close at any time. */
final class Browser implements AutoCloseable {
  private final Socket socket;
  private final StringBuilder read = new StringBuilder();

  Browser(int port, String page) throws IOException {
    socket = new Socket("127.0.0.1", port);
    String request = "GET " + page + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads until the text ends with {@code end}. With null it reads until the connection is closed. */
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

  /** Closes the connection, as a browser does when its window is closed. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
