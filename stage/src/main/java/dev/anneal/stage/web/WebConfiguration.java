package dev.anneal.stage.web;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.HandlerExceptionResolver;

/// Imported by an application with an HTTP API, which declares a [BodyLimits] bean.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebSettings.class)
@Import(ApiProblems.class)
public class WebConfiguration {
  @Bean
  RequestGuard requestGuard(
      WebSettings settings,
      BodyLimits limits,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    return new RequestGuard(settings.hosts(), limits, problems);
  }
}
