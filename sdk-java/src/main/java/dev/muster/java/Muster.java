package dev.muster.java;

import dev.muster.MusterClient;
import dev.muster.call.ChatInterceptor;
import dev.muster.chat.ModelInfo;
import dev.muster.config.MusterConfig;
import dev.muster.facade.Composition;
import dev.muster.model.ChatModel;
import dev.muster.model.ModelHandle;
import dev.muster.network.HttpVersion;
import dev.muster.provider.ProviderConfig;
import dev.muster.provider.Transport;
import dev.muster.resilience.ConcurrencyLimiter;
import dev.muster.resilience.ModelOptions;
import dev.muster.resilience.RateLimiter;
import dev.muster.resilience.RetryBudget;
import dev.muster.resilience.RetryPolicy;
import dev.muster.resilience.Timeouts;
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
 * The entry point: holds the providers, their connections and the running calls. Create one per
 * program and share it. Thread-safe, including everything it creates.
 *
 * <p>Providers are found on the class path. Keys and base URLs come from the builder, or else from
 * the environment. If a key is missing, the call fails with a message that names the environment
 * variable.
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
   * Creates a client with keys and URLs from the environment.
   *
   * @throws dev.muster.error.IncompatibleClassPathException if Kotlin, coroutines or serialization
   *     on the class path is too old
   */
  public static Muster create() {
    return builder().build();
  }

  /**
   * Creates a client with the settings of {@code config}.
   *
   * @throws IllegalArgumentException if {@code config} contains an unknown id
   */
  public static Muster create(MusterConfig config) {
    return builder().config(config).build();
  }

  /**
   * Returns an empty builder.
   *
   * @throws dev.muster.error.IncompatibleClassPathException if Kotlin, coroutines or serialization
   *     on the class path is too old
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the default model. Sends nothing.
   *
   * @throws IllegalStateException if no default model is set
   */
  public Model model() {
    return new Model(client.model(), executor);
  }

  /**
   * Returns a builder for an agent on the default model.
   *
   * @throws IllegalStateException if no default model is set
   */
  public Agent.Builder agent() {
    return new Agent.Builder(client.model(), executor);
  }

  /**
   * Returns the model {@code id}, written as {@code provider::model} (see {@link
   * dev.muster.chat.ModelId}). Sends nothing.
   *
   * @throws IllegalArgumentException if {@code id} cannot be parsed or names an unknown provider;
   *     the message lists the known providers
   */
  public Model model(String id) {
    return new Model(client.model(id), executor);
  }

  /**
   * Returns the model {@code id} with its own limits or retries. Sends nothing.
   *
   * @throws IllegalArgumentException if {@code id} cannot be parsed or names an unknown provider
   */
  public Model model(String id, ModelOptions options) {
    return new Model(client.model(id, options), executor);
  }

  /**
   * Returns a builder for an agent on the model {@code id}.
   *
   * @throws IllegalArgumentException if {@code id} cannot be parsed or names an unknown provider
   */
  public Agent.Builder agent(String id) {
    return new Agent.Builder(client.model(id), executor);
  }

  /**
   * Returns a builder for an agent on the model {@code id}, with its own limits or retries.
   *
   * @throws IllegalArgumentException if {@code id} cannot be parsed or names an unknown provider
   */
  public Agent.Builder agent(String id, ModelOptions options) {
    return new Agent.Builder(client.model(id, options), executor);
  }

  /**
   * Returns the embedding model {@code id}, written as {@code provider::model}. Sends nothing.
   *
   * @throws IllegalArgumentException if {@code id} cannot be parsed, names an unknown provider, or
   *     names a provider without embeddings
   */
  public Embedder embedder(String id) {
    return embedder(id, ModelOptions.DEFAULT);
  }

  /**
   * Returns the embedding model {@code id} with its own limits or retries. Sends nothing.
   *
   * @throws IllegalArgumentException see {@link #embedder(String)}
   */
  public Embedder embedder(String id, ModelOptions options) {
    return new Embedder(client.embeddingModel(id, options), executor);
  }

  /**
   * Returns a call that lists the models {@code provider} currently offers. The call fails with an
   * {@link IllegalArgumentException} if the provider is unknown or cannot list its models.
   */
  @CheckReturnValue
  public Call<List<ModelInfo>> models(String provider) {
    Objects.requireNonNull(provider, "provider");
    return Call.ofExchange(k -> client.models(provider, k), executor);
  }

  /** Returns the ids of all providers known to this client. */
  public Set<String> providerIds() {
    return client.getProviderIds();
  }

  /** Returns whether {@link #close} or {@link #closeGracefully} was called. */
  public boolean isClosed() {
    return client.isClosed();
  }

  /**
   * Cancels all running calls, which fail with {@link dev.muster.error.ClientClosedException}, and
   * rejects new ones. Then waits until every HTTP exchange is closed, for 1 second at most. Does
   * not wait on a callback thread (see {@link Call}), because closing may need that thread. Further
   * calls have no effect.
   *
   * <p>If a client and all its models and agents are garbage-collected without a call to this
   * method, the client is closed then, and a log entry shows the stack trace of where it was
   * created.
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
   * Rejects new calls, gives running calls up to {@code limit} to finish, then closes the client
   * like {@link #close}. Blocks the current thread. An agent call or a conversation turn that has
   * sent its first request counts as one call and may continue through all its rounds and tools.
   *
   * @return true if all calls finished by themselves; false if some were cancelled
   * @throws IllegalArgumentException if {@code limit} is negative
   * @throws IllegalStateException if called on a callback thread, which the running calls may need
   * @throws dev.muster.error.CallInterruptedException if the thread is interrupted while it waits;
   *     the client is closed in that case
   */
  public boolean closeGracefully(Duration limit) {
    if (Callbacks.isCurrentThread()) {
      throw new IllegalStateException(
          "closeGracefully would wait for the callback that calls it: use another thread");
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
     * Configures the provider {@code id}. Settings left unset come from the environment. Calling
     * this again for the same id adds to the earlier settings.
     */
    public Builder provider(String id, Consumer<ProviderConfig.Builder> configure) {
      builder.provider(id, configure);
      return this;
    }

    /**
     * Uses the settings of {@code config}. Settings made on this builder take precedence,
     * regardless of the order of the calls.
     */
    public Builder config(MusterConfig config) {
      builder.config(Objects.requireNonNull(config, "config"));
      return this;
    }

    /**
     * Sets the model, written as {@code provider::model}, that {@link Muster#model()} and {@link
     * Muster#agent()} use.
     */
    public Builder defaultModel(String id) {
      builder.defaultModel(Objects.requireNonNull(id, "id"));
      return this;
    }

    /**
     * Adds a custom model under its own id, for example a scripted model for tests or a model
     * written in Kotlin. The client's checks, limits and retries apply to it as to a provider's
     * model. It replaces a provider's model with the same id.
     */
    public Builder model(ModelHandle model) {
      // ModelHandle is sealed: every handle is a ChatModel.
      builder.model((ChatModel) Objects.requireNonNull(model, "model"));
      return this;
    }

    /** Sets the timeouts of all calls. */
    public Builder timeouts(Timeouts timeouts) {
      builder.timeouts(timeouts);
      return this;
    }

    /**
     * Sets when a failed attempt is retried. Default: {@link RetryPolicy#DEFAULT}, at most 2
     * retries.
     */
    public Builder retry(RetryPolicy policy) {
      builder.retry(policy);
      return this;
    }

    /** Limits the retries of all calls of this client together. */
    public Builder retryBudget(RetryBudget budget) {
      builder.retryBudget(budget);
      return this;
    }

    /**
     * Limits how many attempts run at the same time on {@code id}, either one model ({@code
     * openai::gpt-4o}) or all models of a provider ({@code openai}). If both are limited, an
     * attempt must pass both. Default: no limit.
     */
    public Builder concurrencyLimiter(String id, ConcurrencyLimiter limiter) {
      builder.concurrencyLimiter(id, limiter);
      return this;
    }

    /**
     * Limits how many attempts and tokens go to {@code id} per unit of time, either one model
     * ({@code openai::gpt-4o}) or all models of a provider ({@code openai}). If both are limited,
     * an attempt must pass both. Default: no limit.
     */
    public Builder rateLimiter(String id, RateLimiter limiter) {
      builder.rateLimiter(id, limiter);
      return this;
    }

    /**
     * Sets the timeout for opening a connection, including TCP, the proxy tunnel and TLS. Default:
     * 10 seconds.
     *
     * @throws IllegalArgumentException if {@code limit} is not positive
     */
    public Builder connectTimeout(Duration limit) {
      builder.connectTimeout(limit);
      return this;
    }

    /**
     * Sends all requests through an HTTP proxy, except those to loopback addresses and to the hosts
     * of {@link #noProxy}. Default: the JVM's {@link java.net.ProxySelector} decides, which reads
     * {@code https.proxyHost}, {@code http.proxyHost} and {@code http.nonProxyHosts}; see {@link
     * #systemProxy}.
     */
    public Builder proxy(String host, int port) {
      builder.proxy(host, port);
      return this;
    }

    /**
     * Adds hosts to connect to without a proxy: {@code host.example}, {@code .example} for all
     * subdomains, or a name with {@code *} at either end.
     */
    public Builder noProxy(String... hosts) {
      builder.noProxy(hosts);
      return this;
    }

    /**
     * Sets whether the JVM's {@link java.net.ProxySelector} decides if no proxy is set on this
     * builder. Default: true.
     */
    public Builder systemProxy(boolean use) {
      builder.systemProxy(use);
      return this;
    }

    /**
     * Sends {@code user} and {@code password} to the proxy with the Basic scheme.
     *
     * <p>For a tunnel to an https host, the JDK allows Basic only if the system property {@code
     * jdk.http.auth.tunneling.disabledSchemes} is set, before the first request, to a value without
     * {@code Basic}, for example an empty one. Otherwise the call fails with a {@link
     * dev.muster.error.NetworkException} that says so.
     *
     * @throws IllegalArgumentException if {@code user} contains a colon, or if either contains a
     *     control character
     */
    public Builder proxyCredentials(String user, String password) {
      builder.proxyCredentials(user, password);
      return this;
    }

    /**
     * Sets the SSL context, which decides which certificates to trust. Default: that of the JDK.
     */
    public Builder sslContext(SSLContext context) {
      builder.sslContext(context);
      return this;
    }

    /** Sets the HTTP version used for https endpoints. Default: {@link HttpVersion#HTTP_1_1}. */
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
     * Replaces the transport with an {@code HttpTransport} from muster-http or a {@code
     * KtorTransport} from muster-ktor. The client closes it. Default: a {@code JdkTransport} with
     * the settings of this builder.
     */
    public Builder transport(Transport transport) {
      builder.transport(transport);
      return this;
    }

    /**
     * Sets the executor for the functions passed to the calls of this client's models and agents,
     * and to calls derived from them by {@code map}, {@code then} and {@code recover}. {@link
     * Call#callbacksOn} does the same for one call. Calls created by {@link Calls} do not belong to
     * a client and do not use this executor.
     */
    public Builder callbackExecutor(Executor executor) {
      this.executor = Callbacks.on(Objects.requireNonNull(executor, "executor"));
      return this;
    }

    /**
     * Creates the client.
     *
     * @throws IllegalArgumentException if a configured or limited id is unknown
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
