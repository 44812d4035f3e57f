package dev.muster.java;

import dev.muster.MusterClient;
import dev.muster.call.ChatInterceptor;
import dev.muster.chat.ChatModel;
import dev.muster.chat.ModelHandle;
import dev.muster.chat.ModelInfo;
import dev.muster.config.MusterConfig;
import dev.muster.resilience.ConcurrencyLimiter;
import dev.muster.resilience.ModelOptions;
import dev.muster.resilience.RateLimiter;
import dev.muster.resilience.RetryBudget;
import dev.muster.resilience.RetryPolicy;
import dev.muster.resilience.Timeouts;
import dev.muster.spi.Composition;
import dev.muster.spi.HttpVersion;
import dev.muster.spi.ProviderConfig;
import dev.muster.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The way in: holds the providers, their connections and the calls that run on them. Make one for a
 * program and share it; all of it is thread-safe.
 *
 * <p>Providers are found on the class path. Keys and base URLs come from the builder, else from the
 * environment; a key that is missing is a failure of the call, whose message names the variable.
 *
 * <pre>{@code
 * try (Muster muster = Muster.create()) {
 *   System.out.println(
 *       muster.model("openai::gpt-4o-mini").ask("Name a prime.").execute());
 * }
 * }</pre>
 */
public final class Muster implements AutoCloseable {
  private final MusterClient client;
  private final @Nullable Executor executor;

  private Muster(MusterClient client, @Nullable Executor executor) {
    this.client = client;
    this.executor = executor;
  }

  /**
   * A client with keys and URLs from the environment.
   *
   * @throws dev.muster.error.IncompatibleClassPathException if Kotlin, coroutines or serialization on
   *     the class path is too old
   */
  public static Muster create() {
    return builder().build();
  }

  /**
   * A client with the settings of {@code config}.
   *
   * @throws IllegalArgumentException where an id in it is unknown
   */
  public static Muster create(MusterConfig config) {
    return builder().config(config).build();
  }

  /**
   * An empty builder.
   *
   * @throws dev.muster.error.IncompatibleClassPathException if Kotlin, coroutines or serialization on
   *     the class path is too old
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The default model. Sends nothing.
   *
   * @throws IllegalStateException where none was set
   */
  public Model model() {
    return new Model(client.model(), executor);
  }

  /**
   * A builder of an agent on the default model.
   *
   * @throws IllegalStateException where none was set
   */
  public Agent.Builder agent() {
    return new Agent.Builder(client.model(), executor);
  }

  /**
   * The model {@code id}, written {@code provider::model} (see {@link dev.muster.chat.ModelId}).
   * Sends nothing.
   *
   * @throws IllegalArgumentException where {@code id} cannot be read or names an unknown provider;
   *     the message lists the known ones
   */
  public Model model(String id) {
    return new Model(client.model(id), executor);
  }

  /**
   * The model {@code id} with limits or retries of its own. Sends nothing.
   *
   * @throws IllegalArgumentException where {@code id} cannot be read or names an unknown provider
   */
  public Model model(String id, ModelOptions options) {
    return new Model(client.model(id, options), executor);
  }

  /**
   * A builder of an agent on the model {@code id}.
   *
   * @throws IllegalArgumentException where {@code id} cannot be read or names an unknown provider
   */
  public Agent.Builder agent(String id) {
    return new Agent.Builder(client.model(id), executor);
  }

  /**
   * A builder of an agent on the model {@code id}, with limits or retries of its own.
   *
   * @throws IllegalArgumentException where {@code id} cannot be read or names an unknown provider
   */
  public Agent.Builder agent(String id, ModelOptions options) {
    return new Agent.Builder(client.model(id, options), executor);
  }

  /**
   * The embedding model {@code id}, written {@code provider::model}. Sends nothing.
   *
   * @throws IllegalArgumentException where {@code id} cannot be read, names an unknown provider, or
   *     one without embeddings
   */
  public Embedder embedder(String id) {
    return embedder(id, ModelOptions.DEFAULT);
  }

  /**
   * The embedding model {@code id} with limits or retries of its own. Sends nothing.
   *
   * @throws IllegalArgumentException as {@link #embedder(String)}
   */
  public Embedder embedder(String id, ModelOptions options) {
    return new Embedder(client.embeddingModel(id, options), executor);
  }

  /**
   * The models that {@code provider} offers now, as it lists them. An unknown provider, or one that
   * lists none, ends the call with an {@link IllegalArgumentException}.
   */
  @CheckReturnValue
  public Call<List<ModelInfo>> models(String provider) {
    Objects.requireNonNull(provider, "provider");
    return Call.ofExchange(k -> client.models(provider, k), executor);
  }

  /** The ids of all providers this client knows. */
  public Set<String> providerIds() {
    return client.getProviderIds();
  }

  /** Whether {@link #close} has been called. */
  public boolean isClosed() {
    return client.isClosed();
  }

  /**
   * Ends every call that runs, with {@link dev.muster.error.ClientClosedException}, refuses new
   * ones, and waits until every exchange is closed, one second at most. It does not wait on a
   * thread for callbacks, which the closing itself may need. Calling it again does nothing.
   *
   * <p>A client that is garbage-collected without it, with all its models and agents, is closed then
   * and reported in the log with the stack of where it was made.
   */
  @Override
  public void close() {
    if (Callbacks.isCurrentThread()) {
      client.shutdown();
    } else {
      client.close();
    }
  }

  /**
   * Refuses new calls, lets those that run go on for {@code limit} at most, and then does what {@link
   * #close} does. A call of an agent or a turn of a conversation that has sent its first request is
   * one call, which goes on through all its rounds and tools. Blocks the current thread.
   *
   * @return whether all calls had ended by themselves; those that had not were cancelled
   * @throws IllegalArgumentException where {@code limit} is negative
   * @throws IllegalStateException on a thread for callbacks, which the calls may need
   * @throws dev.muster.error.CallInterruptedException where the thread is interrupted while it
   *     waits; the client is closed then
   */
  public boolean closeGracefully(Duration limit) {
    if (Callbacks.isCurrentThread()) {
      throw new IllegalStateException(
          "closeGracefully would wait for the callback it is called in");
    }
    return Bridge.interruptibly(() -> client.closeGracefully(limit));
  }

  @Override
  public String toString() {
    return "Muster(" + providerIds().size() + " providers, closed=" + isClosed() + ")";
  }

  /** Builds a {@link Muster}. Not thread-safe. */
  public static final class Builder {
    private final MusterClient.Builder builder = MusterClient.builder();
    private final List<Interceptor> interceptors = new ArrayList<>();
    private final List<Interceptor> attemptInterceptors = new ArrayList<>();
    private @Nullable Executor executor;

    private Builder() {
      builder.facade(Muster.class.getSimpleName());
    }

    /**
     * Configures the provider {@code id}; what is not set comes from the environment. Called again
     * for the same id it adds to what was set.
     */
    public Builder provider(String id, Consumer<ProviderConfig.Builder> configure) {
      builder.provider(id, configure);
      return this;
    }

    /**
     * Takes the settings of {@code config}, in whichever order. What is set here as well beats them.
     */
    public Builder config(MusterConfig config) {
      builder.config(Objects.requireNonNull(config, "config"));
      return this;
    }

    /**
     * Sets the model, written {@code provider::model}, that {@link Muster#model()} and {@link
     * Muster#agent()} take.
     */
    public Builder defaultModel(String id) {
      builder.defaultModel(Objects.requireNonNull(id, "id"));
      return this;
    }

    /**
     * Adds a model of the user's own, a scripted one of a test or one that was written in Kotlin,
     * under its id. The client's checks, limits and retries hold for it as for a provider's; where a
     * provider has a model of that id it stands in its place.
     */
    public Builder model(ModelHandle model) {
      // The only kind of handle there is: the interface is sealed.
      builder.model((ChatModel) Objects.requireNonNull(model, "model"));
      return this;
    }

    /** Sets the limits of time of every call. */
    public Builder timeouts(Timeouts timeouts) {
      builder.timeouts(timeouts);
      return this;
    }

    /**
     * Says when a failed attempt is repeated. {@link RetryPolicy#DEFAULT} by default: twice at most.
     */
    public Builder retry(RetryPolicy policy) {
      builder.retry(policy);
      return this;
    }

    /** Limits the retries of all calls together. */
    public Builder retryBudget(RetryBudget budget) {
      builder.retryBudget(budget);
      return this;
    }

    /**
     * Limits how many attempts run at the same time on {@code id}, a model ({@code openai::gpt-4o})
     * or all of a provider ({@code openai}). Where both are limited an attempt passes both. None by
     * default.
     */
    public Builder concurrencyLimiter(String id, ConcurrencyLimiter limiter) {
      builder.concurrencyLimiter(id, limiter);
      return this;
    }

    /**
     * Limits how many attempts and tokens go to {@code id} in a time, a model ({@code
     * openai::gpt-4o}) or all of a provider ({@code openai}). Where both are limited an attempt
     * passes both. None by default.
     */
    public Builder rateLimiter(String id, RateLimiter limiter) {
      builder.rateLimiter(id, limiter);
      return this;
    }

    /**
     * Sets the longest time to open a connection: TCP, a proxy's tunnel and TLS together. Default: 10
     * seconds.
     *
     * @throws IllegalArgumentException where it is not positive
     */
    public Builder connectTimeout(Duration limit) {
      builder.connectTimeout(limit);
      return this;
    }

    /**
     * Sends everything through an HTTP proxy, except to loopback addresses and to the hosts of {@link
     * #noProxy}. Default: what the JVM's {@link java.net.ProxySelector} says, which reads {@code
     * https.proxyHost}, {@code http.proxyHost} and {@code http.nonProxyHosts}; see {@link
     * #systemProxy}.
     */
    public Builder proxy(String host, int port) {
      builder.proxy(host, port);
      return this;
    }

    /**
     * Adds hosts to connect to directly, whatever the proxy: {@code host.example}, {@code .example} for
     * all subdomains, or with a {@code *} at either end.
     */
    public Builder noProxy(String... hosts) {
      builder.noProxy(hosts);
      return this;
    }

    /**
     * Sets whether the JVM's {@link java.net.ProxySelector} decides where no proxy is set here.
     * Default: true.
     */
    public Builder systemProxy(boolean use) {
      builder.systemProxy(use);
      return this;
    }

    /**
     * Sends {@code user} and {@code password} to the proxy, by the Basic scheme. To open the way to an
     * https host the JDK lets them pass only where the system property {@code
     * jdk.http.auth.tunneling.disabledSchemes} is set, before the first request, to something without
     * {@code Basic}, such as nothing; else such a call ends with a {@link
     * dev.muster.error.NetworkException} that says so.
     *
     * @throws IllegalArgumentException where {@code user} has a colon, or either a control character
     */
    public Builder proxyCredentials(String user, String password) {
      builder.proxyCredentials(user, password);
      return this;
    }

    /** Decides whom to trust in place of the JDK's default. */
    public Builder sslContext(SSLContext context) {
      builder.sslContext(context);
      return this;
    }

    /** Sets what https endpoints are spoken to in. {@link HttpVersion#HTTP_1_1} by default. */
    public Builder httpVersion(HttpVersion version) {
      builder.httpVersion(Objects.requireNonNull(version, "version"));
      return this;
    }

    /**
     * Adds an interceptor around every call to a chat model. The first one added is the outermost;
     * inside of them all are the total timeout, retries and limiters. Experimental.
     */
    public Builder interceptor(Interceptor interceptor) {
      interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
      return this;
    }

    /**
     * Adds an interceptor around every attempt of a call to a chat model, once the limiters have let
     * the attempt through. The first one added is the outermost. Experimental.
     */
    public Builder attemptInterceptor(Interceptor interceptor) {
      attemptInterceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
      return this;
    }

    /** Replaces the environment variables that keys and URLs are read from. */
    public Builder environment(Map<String, String> variables) {
      builder.environment(variables);
      return this;
    }

    /**
     * Replaces the transport: an {@code HttpTransport} of muster-http, or {@code KtorTransport} of
     * muster-ktor. The client closes it. Default: a {@code JdkTransport} with the client's settings.
     */
    public Builder transport(Transport transport) {
      builder.transport(transport);
      return this;
    }

    /**
     * Sets where the functions run that are given to the calls of this client's models and agents,
     * and to what derives from those by {@code map}, {@code then} and {@code recover}, as {@link
     * Call#callbacksOn} does for one call. A call of {@link Calls} belongs to no client.
     */
    public Builder callbackExecutor(Executor executor) {
      this.executor = Callbacks.on(Objects.requireNonNull(executor, "executor"));
      return this;
    }

    /**
     * The client.
     *
     * @throws IllegalArgumentException where an id that is configured or limited is unknown
     */
    public Muster build() {
      // Here, because the executor may be set last. A builder may build more than one client.
      interceptors.forEach(each -> builder.interceptor(inCore(each)));
      attemptInterceptors.forEach(each -> builder.attemptInterceptor(inCore(each)));
      interceptors.clear();
      attemptInterceptors.clear();
      return new Muster(builder.build(), executor);
    }

    private ChatInterceptor inCore(Interceptor interceptor) {
      Executor own = executor;
      return (chain, k) -> Composition.deferred(
          j -> Bridge.callback(
              own, () -> Call.made(interceptor.intercept(new Interceptor.Chain(chain, own))), j),
          k);
    }
  }
}
