//! Retries and tracing of whole services.

use groundrule_facts::{Attributes, KnobState, TracingState};

use crate::support::Repository;

fn retry_of(path: &str, text: &str) -> KnobState {
    let files = &[(path, text)];
    Repository { files, ..Repository::default() }.service().retry.state
}

#[test]
fn a_retry_library_counts_around_an_outbound_call() {
    let go = |body: &str| {
        format!(
            "package main\n\nimport (\n\t\"net/http\"\n\t\"github.com/cenkalti/backoff/v4\"\n\t\
             retry \"github.com/avast/retry-go/v4\"\n)\n\nfunc f() {{\n{body}\n}}\n"
        )
    };
    let covered = go("backoff.Retry(func() error { _, err := http.Get(u); return err }, b)");
    assert_eq!(retry_of("a.go", &covered), KnobState::Finite);
    let covered = go(
        "retry.Do(func() error { return call() })\n}\n\nfunc call() error {\n_, err := http.Get(u); return err",
    );
    assert_eq!(retry_of("a.go", &covered), KnobState::Finite);
    let handed_on = go(
        "again(func() error { _, err := http.Get(u); return err })\n}\n\nfunc again(op func() error) error {\nreturn backoff.Retry(op, b)",
    );
    assert_eq!(retry_of("a.go", &handed_on), KnobState::Finite);
    let beside = go("http.Get(u)\nbackoff.Retry(func() error { return local() }, b)");
    assert_eq!(retry_of("a.go", &beside), KnobState::None);
}

#[test]
fn a_service_config_counts_if_it_holds_a_retry_policy() {
    let go = |config: &str| {
        format!(
            "package main\n\nimport \"google.golang.org/grpc\"\n\nconst config = `{config}`\n\n\
             func f() {{ grpc.NewClient(addr, grpc.WithDefaultServiceConfig(config)) }}\n"
        )
    };
    let with = go(r#"{"methodConfig": [{"retryPolicy": {"maxAttempts": 4}}]}"#);
    assert_eq!(retry_of("a.go", &with), KnobState::Finite);
    let without = go(r#"{"loadBalancingConfig": [{"round_robin": {}}]}"#);
    assert_eq!(retry_of("a.go", &without), KnobState::None);
}

#[test]
fn a_call_of_a_declared_client_goes_out() {
    let text = "package a;\nimport org.eclipse.microprofile.faulttolerance.Retry;\n\
        import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;\n\
        @RegisterRestClient\ninterface Heroes { String random(); }\n\
        class Client {\n  private final Heroes heroes;\n  Client(Heroes heroes) { this.heroes = heroes; }\n\
        @Retry(maxRetries = 3)\n  String find() { return this.heroes.random(); }\n}\n";
    assert_eq!(retry_of("A.java", text), KnobState::Finite);
}

#[test]
fn annotations_of_the_jvm_cover_the_method() {
    let java = |annotation: &str| {
        format!(
            "package a;\nimport org.springframework.retry.annotation.Retryable;\n\
             import io.github.resilience4j.retry.annotation.Retry;\n\
             import org.springframework.web.client.RestTemplate;\n\
             class A {{\n  private final RestTemplate rest = new RestTemplate();\n\
             {annotation}\n  String f() {{ return rest.getForObject(\"http://a\", String.class); }}\n}}\n"
        )
    };
    assert_eq!(retry_of("A.java", &java("@Retryable")), KnobState::Finite);
    assert_eq!(retry_of("A.java", &java("@Retry(name = \"x\")")), KnobState::Finite);
    assert_eq!(retry_of("A.java", &java("")), KnobState::None);
}

#[test]
fn a_reactive_chain_retries_what_it_stands_on() {
    let kotlin = |body: &str| {
        format!(
            "package a\n\nimport org.springframework.web.reactive.function.client.WebClient\n\n\
             class A(private val client: WebClient) {{\n    fun f() = {body}\n}}\n"
        )
    };
    let chained =
        kotlin("client.get().uri(\"/x\").retrieve().bodyToMono<String>().retryWhen(spec)");
    let builder = "\nval c = WebClient.create()\n";
    assert_eq!(retry_of("A.kt", &format!("{chained}{builder}")), KnobState::Finite);
    let plain = kotlin("client.get().uri(\"/x\").retrieve()");
    assert_eq!(retry_of("A.kt", &format!("{plain}{builder}")), KnobState::None);
}

#[test]
fn a_ktor_client_may_have_the_retry_plugin() {
    let text = "package a\n\nimport io.ktor.client.HttpClient\nimport io.ktor.client.plugins.*\n\n\
                val c = HttpClient { install(HttpRequestRetry) { retryOnServerErrors(maxRetries = 3) } }\n";
    assert_eq!(retry_of("A.kt", text), KnobState::Finite);
}

fn tracing_of(repository: &Repository<'_>) -> TracingState {
    repository.service().tracing.state
}

#[test]
fn an_sdk_needs_somewhere_to_send_to() {
    let go = |arguments: &str| {
        format!(
            "package main\n\nimport sdktrace \"go.opentelemetry.io/otel/sdk/trace\"\n\n\
             func main() {{ _ = sdktrace.NewTracerProvider({arguments}) }}\n"
        )
    };
    for (arguments, state) in [
        ("sdktrace.WithBatcher(exporter)", TracingState::SetUp),
        ("sdktrace.WithSampler(s)", TracingState::Incomplete),
    ] {
        let text = go(arguments);
        let files = &[("main.go", text.as_str())];
        assert_eq!(tracing_of(&Repository { files, ..Repository::default() }), state);
    }
}

#[test]
fn instrumentation_alone_is_incomplete() {
    let text = "package main\n\nimport \"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp\"\n\n\
                func main() { _ = otelhttp.NewHandler(h, \"x\") }\n";
    let files = &[("main.go", text)];
    let repository = Repository { files, ..Repository::default() };
    assert_eq!(tracing_of(&repository), TracingState::Incomplete);
}

#[test]
fn a_shared_packages_set_up_is_told_by_its_name_and_one_of_the_repository_by_its_body() {
    let outside = "package main\n\nimport \"github.com/acme/platform/tracing\"\n\n\
                   func main() { tracing.InitTracer(\"shop\") }\n";
    let files = &[("main.go", outside)];
    assert_eq!(tracing_of(&Repository { files, ..Repository::default() }), TracingState::SetUp);
    let inside = "package main\n\nfunc main() { initTracing() }\n\nfunc initTracing() {}\n";
    let files = &[("main.go", inside)];
    assert_eq!(tracing_of(&Repository { files, ..Repository::default() }), TracingState::None);
}

#[test]
fn starters_of_the_jvm_configure_themselves_and_interfaces_do_not() {
    let files = &[("A.java", "class A {}\n")];
    for (package, state) in [
        ("io.micrometer:micrometer-tracing-bridge-otel", TracingState::SetUp),
        ("io.opentelemetry:opentelemetry-api", TracingState::Incomplete),
        ("org.slf4j:slf4j-api", TracingState::None),
    ] {
        let dependencies = &[(package, "1.0")];
        let repository = Repository { files, dependencies, ..Repository::default() };
        assert_eq!(tracing_of(&repository), state, "{package}");
    }
}

#[test]
fn agents_are_found_in_deployment_files() {
    let dockerfile = "FROM x\nENTRYPOINT [\"java\", \"-javaagent:/otel/opentelemetry-javaagent.jar\", \"-jar\", \"a.jar\"]\n";
    let operator = "spec:\n  template:\n    metadata:\n      annotations:\n        \
                    instrumentation.opentelemetry.io/inject-java: \"true\"\n";
    let off = "spec:\n  template:\n    metadata:\n      annotations:\n        \
               instrumentation.opentelemetry.io/inject-java: \"false\"\n";
    for (path, text, state) in [
        ("Dockerfile", dockerfile, TracingState::SetUp),
        ("k8s.yaml", operator, TracingState::SetUp),
        ("k8s.yaml", off, TracingState::None),
    ] {
        let files = &[("A.java", "class A {}\n"), (path, text)];
        let deployment = &[path];
        let repository = Repository { files, deployment, ..Repository::default() };
        assert_eq!(tracing_of(&repository), state, "{text}");
    }
}

#[test]
fn a_loop_over_pages_that_hands_failures_on_is_no_retry() {
    let loops = |body: &str| {
        let text = format!(
            "package main\n\nimport (\n\t\"net/http\"\n\t\"time\"\n)\n\nfunc f() error {{\n\tfor {{\n{body}\n\t}}\n}}\n"
        );
        let files = &[("a.go", text.as_str())];
        let subjects = Repository { files, ..Repository::default() }.subjects();
        let is_loop = |a: &Attributes| matches!(a, Attributes::RetryLoop(_));
        subjects.iter().filter(|subject| is_loop(&subject.attributes)).count()
    };
    let pages =
        "page, err := http.Get(u)\nif err != nil {\n\treturn err\n}\nif page.Last {\n\tbreak\n}";
    assert_eq!(loops(pages), 0);
    let refused = "page, err := http.Get(u)\nif err != nil || page.StatusCode != 200 {\n\treturn err\n}\nif page.Last {\n\tbreak\n}";
    assert_eq!(loops(refused), 0);
    let works = "select {\ncase <-ctx.Done():\n\treturn nil\ncase u, ok := <-in:\n\t_, err := http.Get(u)\n\tif err != nil {\n\t\tlog(err)\n\t}\n}";
    assert_eq!(loops(works), 0);
    let tries = "_, err := http.Get(u)\nif err == nil {\n\treturn nil\n}";
    assert_eq!(loops(tries), 1);
    let waits =
        "_, err := http.Get(u)\nif err != nil {\n\ttime.Sleep(1)\n\tcontinue\n}\nreturn nil";
    assert_eq!(loops(waits), 1);
}
