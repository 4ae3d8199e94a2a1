//! Outbound calls in Java and Kotlin.

use crate::support::{Repository, deadlines};

#[test]
fn a_rest_template_is_bounded_by_its_request_factory() {
    let text = r#"package a;

import java.time.Duration;
import org.springframework.boot.web.client.RestTemplateBuilder;
import org.springframework.http.client.*;
import org.springframework.web.client.RestTemplate;

class Config {
    RestTemplate plain() { return new RestTemplate(); }

    RestTemplate simple() {
        SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
        factory.setConnectTimeout(1000);
        factory.setReadTimeout(1000);
        return new RestTemplate(factory);
    }

    RestTemplate connectOnly() {
        SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
        factory.setConnectTimeout(1000);
        return new RestTemplate(factory);
    }

    RestTemplate built(RestTemplateBuilder builder) {
        return builder.setReadTimeout(Duration.ofSeconds(2)).build();
    }

    RestTemplate unbounded(RestTemplateBuilder builder) {
        return builder.rootUri("http://a").build();
    }

    RestTemplate helped() { return new RestTemplate(factory()); }

    private ClientHttpRequestFactory factory() {
        HttpComponentsClientHttpRequestFactory factory = new HttpComponentsClientHttpRequestFactory();
        factory.setReadTimeout(5);
        return factory;
    }
}
"#;
    assert_eq!(
        deadlines("A.java", text),
        [
            "9 RestTemplate none",
            "15 RestTemplate finite",
            "21 RestTemplate none",
            "25 builder.setReadTimeout(…).build finite",
            "29 builder.rootUri(…).build none",
            "32 RestTemplate finite",
        ]
    );
}

#[test]
fn an_injected_builder_is_judged_unless_the_repository_makes_it() {
    let client = r#"package a

import org.springframework.web.client.RestClient

class Client(builder: RestClient.Builder) {
    private val client = builder.baseUrl("http://a").build()
}
"#;
    let config = r#"package a

import org.springframework.context.annotation.Bean
import org.springframework.web.client.RestClient

class Config {
    @Bean
    fun builder(): RestClient.Builder = RestClient.builder().requestFactory(factory())

    private fun factory() = SimpleClientHttpRequestFactory().apply { setReadTimeout(5) }
}
"#;
    assert_eq!(deadlines("A.kt", client), ["6 builder.baseUrl(…).build none"]);
    let both = Repository { files: &[("A.kt", client), ("B.kt", config)], ..Repository::default() };
    assert_eq!(both.deadlines(), ["8 RestClient.builder finite"]);
    let configured = Repository {
        files: &[
            ("A.kt", client),
            ("application.yml", "spring:\n  http:\n    client:\n      read-timeout: 2s\n"),
        ],
        ..Repository::default()
    };
    assert_eq!(configured.deadlines(), ["6 builder.baseUrl(…).build finite"]);
}

#[test]
fn a_web_client_is_bounded_by_its_connector() {
    let text = r#"package a;

import io.netty.handler.timeout.ReadTimeoutHandler;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;

class Config {
    WebClient plain() { return WebClient.builder().baseUrl("http://a").build(); }

    WebClient bounded() {
        HttpClient http = HttpClient.create().responseTimeout(Duration.ofSeconds(1));
        return WebClient.builder().clientConnector(new ReactorClientHttpConnector(http)).build();
    }

    WebClient byHandler() {
        HttpClient http = HttpClient.create()
            .doOnConnected(c -> c.addHandlerLast(new ReadTimeoutHandler(10)));
        return WebClient.builder().clientConnector(new ReactorClientHttpConnector(http)).build();
    }
}
"#;
    assert_eq!(
        deadlines("A.java", text),
        [
            "8 WebClient.builder none",
            "11 HttpClient.create finite",
            "12 WebClient.builder finite",
            "16 HttpClient.create finite",
            "18 WebClient.builder finite",
        ]
    );
}

#[test]
fn requests_of_the_jdk_bring_their_own_timeout() {
    let text = r#"package a;

import java.net.URI;
import java.net.http.*;

class A {
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(D).build();

    void f() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://a")).GET().build();
        client.send(request, HttpResponse.BodyHandlers.ofString());
        HttpRequest bounded = HttpRequest.newBuilder().uri(u).timeout(Duration.ofSeconds(1)).build();
        client.sendAsync(bounded, HttpResponse.BodyHandlers.ofString());
    }
}
"#;
    assert_eq!(deadlines("A.java", text), ["11 client.send none", "13 client.sendAsync finite"]);
}

#[test]
fn other_clients_have_their_libraries_defaults() {
    let text = r#"package a;

import java.net.HttpURLConnection;
import java.net.URL;
import okhttp3.OkHttpClient;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import retrofit2.Retrofit;

class A {
    void f() throws Exception {
        new OkHttpClient();
        new OkHttpClient.Builder().readTimeout(0, TimeUnit.SECONDS).build();
        new Retrofit.Builder().baseUrl("http://a").build();
        new Retrofit.Builder().client(ok).build();
        HttpClients.createDefault();
        RequestConfig config = RequestConfig.custom().setResponseTimeout(T).build();
        HttpClients.custom().setDefaultRequestConfig(config).build();
        HttpURLConnection c = (HttpURLConnection) new URL("http://a").openConnection();
        c.setReadTimeout(1000);
        new URL("http://a").openStream();
    }
}
"#;
    assert_eq!(
        deadlines("A.java", text),
        [
            "12 OkHttpClient default",
            "13 OkHttpClient.Builder none",
            "14 Retrofit.Builder default",
            "16 HttpClients.createDefault none",
            "18 HttpClients.custom finite",
            "19 new URL(…).openConnection finite",
            "21 new URL(…).openStream none",
        ]
    );
}

#[test]
fn declared_clients_are_judged_at_their_annotation() {
    let text = r#"package a

import org.springframework.cloud.openfeign.FeignClient
import org.springframework.web.bind.annotation.GetMapping

@FeignClient(name = "stock")
interface Stock {
    @GetMapping("/stock")
    fun get(): String
}
"#;
    assert_eq!(deadlines("A.kt", text), ["6 @FeignClient default"]);
    assert!(crate::support::routes("A.kt", text).is_empty());
}

#[test]
fn stubs_of_java_and_kotlin_are_judged_at_each_call() {
    let java = r#"package a;

import io.grpc.ManagedChannel;

class A {
    private final OrdersGrpc.OrdersBlockingStub stub;

    A(ManagedChannel channel) { this.stub = OrdersGrpc.newBlockingStub(channel); }

    void f(Request r) {
        stub.get(r);
        stub.withDeadlineAfter(1, TimeUnit.SECONDS).get(r);
        OrdersGrpc.newFutureStub(channel).get(r);
    }
}
"#;
    assert_eq!(
        deadlines("A.java", java),
        [
            "11 stub.get none",
            "12 stub.withDeadlineAfter(…).get finite",
            "13 OrdersGrpc.newFutureStub(…).get none",
        ]
    );
    let kotlin = r#"package a

import io.grpc.ManagedChannel

class A(channel: ManagedChannel) {
    private val stub = OrdersGrpcKt.OrdersCoroutineStub(channel)

    suspend fun f(r: Request) {
        stub.get(r)
        withTimeout(100) { stub.get(r) }
    }
}
"#;
    let kotlin =
        kotlin.replace("package a\n", "package a\nimport kotlinx.coroutines.withTimeout\n");
    assert_eq!(deadlines("A.kt", &kotlin), ["10 stub.get none", "11 stub.get finite"]);
}

#[test]
fn a_ktor_client_has_the_default_of_its_engine() {
    let text = r#"package a

import io.ktor.client.HttpClient
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.java.Java
import io.ktor.client.plugins.HttpTimeout

val cio = HttpClient(CIO)
val none = HttpClient(Java) { expectSuccess = true }
val set = HttpClient(Java) {
    install(HttpTimeout) { requestTimeoutMillis = 1000 }
}
"#;
    assert_eq!(
        deadlines("A.kt", text),
        ["8 HttpClient default", "9 HttpClient none", "10 HttpClient finite"]
    );
}

#[test]
fn data_sources_take_their_bound_from_the_url() {
    let text = r#"package a

import com.zaxxer.hikari.HikariConfig
import com.zaxxer.hikari.HikariDataSource

fun none() = HikariDataSource(HikariConfig().apply { jdbcUrl = "jdbc:postgresql://h/d" })

fun set() = HikariDataSource(
    HikariConfig().apply { jdbcUrl = "jdbc:postgresql://h/d?socketTimeout=10" }
)

fun memory() = HikariDataSource(HikariConfig().apply { jdbcUrl = "jdbc:h2:mem:x" })
"#;
    assert_eq!(deadlines("A.kt", text), ["6 HikariDataSource none", "8 HikariDataSource finite"]);
}

#[test]
fn a_web_client_is_bounded_where_each_of_its_calls_is() {
    let file = |end: &str| {
        format!(
            r#"package a;

import org.springframework.web.reactive.function.client.WebClient;

class A {{
    private final WebClient client = WebClient.create("http://a");

    String one() {{ return client.get().uri("/x").retrieve().bodyToMono(String.class).timeout(D).block(); }}

    String two() {{ return client.post().uri("/x").retrieve().bodyToMono(String.class){end}; }}
}}
"#
        )
    };
    assert_eq!(deadlines("A.java", &file(".block(D)")), ["6 WebClient.create finite"]);
    assert_eq!(deadlines("A.java", &file(".block()")), ["6 WebClient.create none"]);
}
