package dev.muster.benchmarks.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Forwards a connection to a new one and back, and closes either when the other closes. Reads no more than the other
 * side accepts.
 */
final class Relay extends ChannelInboundHandlerAdapter {
  private final InetSocketAddress target;
  private final boolean messages;
  private final Queue<Object> early = new ArrayDeque<>();
  private Channel back;

  private Relay(InetSocketAddress target, boolean messages) {
    this.target = target;
    this.messages = messages;
  }

  /** For a connection: forwards bytes as they arrive. */
  static Relay bytes(InetSocketAddress target) {
    return new Relay(target, false);
  }

  /** For a stream of HTTP/2: one request, one response. */
  static Relay messages(InetSocketAddress target) {
    return new Relay(target, true);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext front) {
    ChannelFuture connected = new Bootstrap()
        .group(front.channel().eventLoop())
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            if (messages) channel.pipeline().addLast(new HttpClientCodec());
            channel.pipeline().addLast(new Back(front.channel(), messages));
          }
        })
        .connect(target);
    Channel channel = connected.channel();
    connected.addListener(done -> {
      if (!done.isSuccess() || !front.channel().isActive()) {
        channel.close();
        front.close();
        early.forEach(ReferenceCountUtil::release);
        early.clear();
        return;
      }
      back = channel;
      for (Object message = early.poll(); message != null; message = early.poll()) {
        back.write(message);
      }
      back.flush();
    });
  }

  @Override
  public void channelRead(ChannelHandlerContext front, Object message) {
    if (message instanceof HttpRequest request) {
      request.headers().remove(HttpConversionUtil.ExtensionHeaderNames.STREAM_ID.text());
      request.headers().remove(HttpConversionUtil.ExtensionHeaderNames.SCHEME.text());
      request.headers().set(HttpHeaderNames.HOST, "127.0.0.1");
    }
    if (back == null) early.add(message);
    else back.write(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext front) {
    if (back != null) back.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext front) {
    if (back != null) back.config().setAutoRead(front.channel().isWritable());
  }

  @Override
  public void channelInactive(ChannelHandlerContext front) {
    if (back != null) back.close();
    early.forEach(ReferenceCountUtil::release);
    early.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext front, Throwable cause) {
    // The client reset its connection or stream. channelInactive closes the other side.
    front.close();
  }

  /** The direction back to the client. */
  private static final class Back extends ChannelInboundHandlerAdapter {
    private final Channel front;
    private final boolean messages;

    Back(Channel front, boolean messages) {
      this.front = front;
      this.messages = messages;
    }

    @Override
    public void channelRead(ChannelHandlerContext back, Object message) {
      front.write(message);
      if (messages && message instanceof LastHttpContent) back.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext back) {
      front.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext back) {
      front.config().setAutoRead(back.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext back) {
      // The stream has ended with its last message or was cut. No more data arrives.
      front.flush();
      if (!messages) front.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext back, Throwable cause) {
      back.close();
      front.close();
    }
  }
}
