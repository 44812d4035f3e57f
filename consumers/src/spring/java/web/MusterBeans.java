package web;

import dev.muster.java.Model;
import dev.muster.java.Muster;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The client as a bean. */
@Configuration(proxyBeanMethods = false)
class MusterBeans {
  @Bean(destroyMethod = "close")
  Muster muster() {
    return Muster.create();
  }

  @Bean
  Model model(Muster muster) {
    return muster.model("openai::gpt-4o-mini");
  }
}
