package dev.muster.benchmarks.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;

/**
 * TLS in front of the fake server. It forwards HTTP/1.1 byte by byte, a connection for each connection. For HTTP/2, if
 * enabled, it opens a connection to the fake server for each stream and closes it when the stream is reset, so that the
 * server's counters work for streams as for connections.
 */
final class TlsFront implements AutoCloseable {
  private static final int BACKLOG = 16_384;

  /** More than the widest workload needs, so that the limit is never the server's. */
  private static final long STREAMS = 20_000;

  private final EventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final AtomicInteger http1 = new AtomicInteger();
  private final AtomicInteger http2 = new AtomicInteger();
  private final InetSocketAddress target;
  private final SslContext tls;
  private final Channel listener;

  TlsFront(int targetPort, boolean offersHttp2, Path keys, String password) throws Exception {
    target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
    tls = tls(offersHttp2, keys, password.toCharArray());
    listener = new ServerBootstrap()
        .group(threads)
        .channel(NioServerSocketChannel.class)
        .option(io.netty.channel.ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(io.netty.channel.ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Negotiated());
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .sync()
        .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Returns the connections since the last call, by protocol. */
  String spoken() {
    return http1.getAndSet(0) + " HTTP/1.1, " + http2.getAndSet(0) + " HTTP/2";
  }

  @Override
  public void close() {
    threads.shutdownGracefully();
  }

  private static SslContext tls(boolean offersHttp2, Path file, char[] password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    List<String> protocols = offersHttp2
        ? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
        : List.of(ApplicationProtocolNames.HTTP_1_1);
    return SslContextBuilder.forServer(keys)
        .sslProvider(SslProvider.JDK)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            protocols))
        .build();
  }

  private final class Negotiated extends ApplicationProtocolNegotiationHandler {
    Negotiated() {
      super(ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (!ApplicationProtocolNames.HTTP_2.equals(protocol)) {
        http1.incrementAndGet();
        context.pipeline().addLast(Relay.bytes(target));
        return;
      }
      http2.incrementAndGet();
      Http2Settings settings = Http2Settings.defaultSettings().maxConcurrentStreams(STREAMS);
      context
          .pipeline()
          .addLast(
              Http2FrameCodecBuilder.forServer()
                  .initialSettings(settings)
                  // We measure cancelling. It is not an attack.
                  .decoderEnforceMaxRstFramesPerWindow(0, 0)
                  .build(),
              new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel stream) {
                  stream
                      .pipeline()
                      .addLast(new Http2StreamFrameToHttpObjectCodec(true), Relay.messages(target));
                }
              }));
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
      // Workloads that cancel may disconnect while they connect.
      context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
