package dev.muster.benchmarks.peers;

import dev.muster.benchmarks.contestant.Contestant;

/** The SDKs that we compare with, each with its default settings and used as its users would. */
public final class Peers implements Contestant.Maker {
  @Override
  public Contestant make(String name, Contestant.Endpoint endpoint) {
    return switch (name) {
      case "openai-java" -> new OpenAiJava(endpoint);
      case "anthropic-java" -> new AnthropicJava(endpoint);
      case "langchain4j" -> LangChain4j.onPlatformThreads(endpoint);
      case "langchain4j-virtual" -> LangChain4j.onVirtualThreads(endpoint);
      case "koog" -> new Koog(endpoint);
      default -> null;
    };
  }
}
