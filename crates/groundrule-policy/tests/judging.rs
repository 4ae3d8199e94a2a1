//! What the built-in policies say of subjects.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::sync::Arc;

use groundrule_facts::{
    Attributes, Delay, Effect, Guard, HttpRoute, Knob, KnobState, LogStatement, LogValue,
    MessageConsumer, OutboundCall, PrintedField, Protocol, Repeat, RequestKey, RetryLoop,
    RpcService, Serves, ServiceFacts, Shape, Subject, Tracing, TracingState, Treatment, Unresolved,
};
use groundrule_policy::{Case, Date, Judgement, Verdict, VerdictKind, builtin, judge, load};
use groundrule_unit::{Place, Span};

fn place(line: u32) -> Place {
    Place {
        path: "src/app.py".into(),
        line,
        end_line: line,
        span: Span { start: line * 10, end: line * 10 + 5 },
    }
}

fn subject(line: u32, label: &str, attributes: Attributes) -> Subject {
    Subject {
        place: place(line),
        services: vec![Arc::from("src")],
        language: None,
        symbol: "App.run".into(),
        label: label.into(),
        attributes,
        unresolved: vec![Unresolved {
            attribute: "deadline".into(),
            reason: "the options come from a parameter".to_owned(),
            place: None,
        }],
    }
}

fn judged(subjects: &[Subject], config: &str) -> Judgement {
    let (policies, config) = load(builtin(), Some(("groundrule.toml", config))).unwrap();
    let today = Date::constant(2026, 11, 23);
    judge(&Case { subjects, services: &[], comments: &[], today, base: None }, &policies, &config)
}

fn said(attributes: Attributes) -> Vec<String> {
    said_with(attributes, "")
}

fn said_with(attributes: Attributes, config: &str) -> Vec<String> {
    let name = |verdict: &Verdict| {
        assert!(verdict.message.ends_with('.'), "{}", verdict.message);
        assert!(!verdict.message.contains("``"), "{}", verdict.message);
        format!("{} {}/{}", verdict.kind.id(), verdict.policy, verdict.class)
    };
    judged(&[subject(1, "x", attributes)], config).verdicts.iter().map(name).collect()
}

fn call(protocol: Protocol, state: KnobState) -> Attributes {
    Attributes::OutboundCall(OutboundCall {
        protocol,
        is_client: false,
        callee: "requests.get".to_owned(),
        library: "requests".to_owned(),
        method: "GET".to_owned(),
        deadline: Knob {
            state,
            value: "5".to_owned(),
            by: "timeout".to_owned(),
            place: Some(place(7)),
        },
        retry: Knob::none(),
        idempotency_key: false,
    })
}

#[test]
fn a_deadline_passes_by_where_it_comes_from() {
    assert_eq!(said(call(Protocol::Http, KnobState::Finite)), ["pass timeouts/http"]);
    assert_eq!(said(call(Protocol::Http, KnobState::None)), ["fail timeouts/http"]);
    assert_eq!(said(call(Protocol::Grpc, KnobState::LibraryDefault)), ["pass timeouts/default"]);
    assert_eq!(said(call(Protocol::Db, KnobState::LibraryDefault)), ["pass timeouts/db"]);
    assert_eq!(said(call(Protocol::Grpc, KnobState::Inherited)), ["review timeouts/grpc"]);
    assert_eq!(said(call(Protocol::Cache, KnobState::Unknown)), ["review timeouts/cache"]);
}

#[test]
fn settings_decide_what_counts() {
    let config = "[policies.timeouts]\nlibrary-default-counts = false\nprotocols = [\"http\"]\n";
    let http = call(Protocol::Http, KnobState::LibraryDefault);
    assert_eq!(said_with(http, config), ["fail timeouts/default"]);
    assert_eq!(said_with(call(Protocol::Db, KnobState::None), config), [""; 0]);
    let off = "[policies.timeouts]\nmode = \"off\"\n";
    assert_eq!(said_with(call(Protocol::Http, KnobState::None), off), [""; 0]);
}

#[test]
fn a_verdict_shows_where_the_knob_was_turned_and_what_is_open() {
    let subjects = [
        subject(1, "requests.get", call(Protocol::Http, KnobState::None)),
        subject(2, "requests.get", call(Protocol::Http, KnobState::Unknown)),
    ];
    let judgement = judged(&subjects, "");
    let [fail, review] = judgement.verdicts.as_slice() else { panic!("{judgement:?}") };
    assert_eq!(
        (fail.related[0].place.line, fail.related[0].note.as_str()),
        (7, "timeout is `5` here")
    );
    assert!(fail.reasons.is_empty() && !fail.help.is_empty());
    assert_eq!(review.reasons, ["the options come from a parameter"]);
}

#[test]
fn the_judgement_does_not_depend_on_the_order_of_subjects() {
    let mut subjects: Vec<Subject> = (1..30)
        .map(|line| subject(line % 7, "requests.get", call(Protocol::Http, KnobState::None)))
        .collect();
    let one = judged(&subjects, "");
    subjects.reverse();
    assert_eq!(one, judged(&subjects, ""));
    let mut prints: Vec<&str> = one.verdicts.iter().map(|v| v.fingerprint.as_str()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), one.verdicts.len());
}

fn service(tracing: TracingState, retry: KnobState, calls_out: bool) -> Attributes {
    Attributes::Service(ServiceFacts {
        name: "orders".to_owned(),
        languages: Vec::new(),
        frameworks: Vec::new(),
        owners: Vec::new(),
        tier: String::new(),
        calls_out,
        tracing: Tracing { state: tracing, by: "otel".to_owned(), place: Some(place(3)) },
        retry: Knob {
            state: retry,
            value: String::new(),
            by: "Retry".to_owned(),
            place: Some(place(4)),
        },
    })
}

#[test]
fn a_service_is_judged_where_the_evidence_stands() {
    let judgement =
        judged(&[subject(1, "orders", service(TracingState::SetUp, KnobState::None, true))], "");
    let shown: Vec<(u32, &str, VerdictKind)> =
        judgement.verdicts.iter().map(|v| (v.place.line, v.policy.as_str(), v.kind)).collect();
    assert_eq!(shown, [(3, "tracing", VerdictKind::Pass), (4, "retries", VerdictKind::Fail)]);
}

#[test]
fn a_mesh_is_no_tracing_and_what_does_not_call_out_needs_no_retries() {
    let mesh = service(TracingState::Mesh, KnobState::None, false);
    assert_eq!(said(mesh), ["fail tracing/"]);
    let unbounded = service(TracingState::Incomplete, KnobState::Unbounded, true);
    assert_eq!(said(unbounded), ["fail tracing/", "pass retries/"]);
    let unknown = service(TracingState::Unknown, KnobState::Unknown, true);
    assert_eq!(said(unknown), ["review tracing/", "review retries/"]);
}

fn looped(repeats: &str, bounded: bool, delay: Delay) -> Attributes {
    Attributes::RetryLoop(RetryLoop { bounded, delay, jitter: false, repeats: repeats.to_owned() })
}

#[test]
fn hand_written_loops_are_judged_by_their_stop_and_their_wait() {
    assert_eq!(said(looped("outbound", true, Delay::Growing)), ["pass retries/loop"]);
    assert_eq!(said(looped("outbound", true, Delay::Constant)), ["pass retries/loop"]);
    assert_eq!(said(looped("outbound", true, Delay::None)), ["fail retries/no-backoff"]);
    assert_eq!(said(looped("outbound", false, Delay::Growing)), ["fail retries/unbounded"]);
    assert_eq!(said(looped("outbound", true, Delay::Unknown)), ["review retries/loop"]);
    assert_eq!(said(looped("consumer", false, Delay::Constant)), ["pass retries/loop"]);
    assert_eq!(said(looped("consumer", false, Delay::None)), [""; 0]);
    assert_eq!(said(looped("other", false, Delay::None)), [""; 0]);
}

fn value(name: &str, shape: Shape) -> LogValue {
    LogValue {
        expression: name.to_owned(),
        names: vec![name.into()],
        ty: String::new(),
        number: false,
        shape,
        treatment: Treatment::Plain,
        fields: Vec::new(),
        complete: true,
        place: place(1),
    }
}

fn log(message: &str, values: Vec<LogValue>) -> Attributes {
    Attributes::LogStatement(LogStatement {
        library: "logging".to_owned(),
        level: "info".to_owned(),
        sink: "log".to_owned(),
        logger: "secureLogger".to_owned(),
        command: false,
        structured: false,
        message: message.to_owned(),
        values,
    })
}

#[test]
fn log_statements_are_judged_by_their_worst_value() {
    let logged = |values| said(log("done", values));
    assert_eq!(logged(vec![value("orderId", Shape::Scalar)]), ["pass sensitive-logs/"]);
    let both = vec![value("orderId", Shape::Scalar), value("userEmail", Shape::Scalar)];
    assert_eq!(logged(both), ["fail sensitive-logs/contact"]);
    let unsure = vec![value("address", Shape::Scalar), value("apiKey", Shape::Unknown)];
    assert_eq!(logged(unsure), ["fail sensitive-logs/credential"]);
    assert_eq!(logged(vec![value("address", Shape::Scalar)]), ["review sensitive-logs/contact"]);
}

#[test]
fn whole_requests_and_objects_with_sensitive_fields_fail() {
    let logged = |value| said(log("done", vec![value]));
    for shape in [Shape::Request, Shape::Headers, Shape::Body, Shape::Response] {
        assert_eq!(logged(value("x", shape)), ["fail sensitive-logs/whole-object"], "{shape:?}");
    }
    let mut customer = value("customer", Shape::Object);
    customer.fields.push(PrintedField {
        path: "contact.email".to_owned(),
        name: "email".into(),
        ty: "String".to_owned(),
        place: Some(place(9)),
    });
    let judgement = judged(&[subject(1, "log", log("", vec![customer.clone()]))], "");
    assert_eq!(judgement.verdicts[0].class, "whole-object");
    assert_eq!(judgement.verdicts[0].related[0].place.line, 9);
    customer.treatment = Treatment::Masked;
    assert_eq!(logged(customer), ["pass sensitive-logs/"]);
}

#[test]
fn what_cannot_be_read_is_for_review_only_where_it_may_hold_something() {
    let logged = |value| said(log("done", vec![value]));
    let mut object = value("thing", Shape::Object);
    object.complete = false;
    assert_eq!(logged(object), ["review sensitive-logs/"]);
    assert_eq!(logged(value("user", Shape::Unknown)), ["review sensitive-logs/"]);
    assert_eq!(logged(value("attempt", Shape::Unknown)), ["pass sensitive-logs/"]);
    assert_eq!(logged(value("passwordHolder", Shape::Opaque)), ["pass sensitive-logs/"]);
    assert_eq!(logged(value("error", Shape::Exception)), ["pass sensitive-logs/"]);
}

#[test]
fn statements_without_values_count_only_where_they_are_tempting() {
    assert_eq!(said(log("password updated", Vec::new())), ["pass sensitive-logs/"]);
    assert_eq!(said(log("started", Vec::new())), [""; 0]);
}

#[test]
fn settings_add_words_take_words_out_and_exempt_loggers() {
    let secret = || log("x", vec![value("loyaltyNumber", Shape::Scalar)]);
    assert_eq!(said(secret()), ["pass sensitive-logs/"]);
    let more = "[policies.sensitive-logs]\nadditional-contact-words = [\"loyalty number\"]\n";
    assert_eq!(said_with(secret(), more), ["fail sensitive-logs/contact"]);
    let token = || log("x", vec![value("statusToken", Shape::Scalar)]);
    let fewer = "[policies.sensitive-logs]\nignored-words = [\"status token\"]\n";
    assert_eq!(said(token()), ["fail sensitive-logs/credential"]);
    assert_eq!(said_with(token(), fewer), ["pass sensitive-logs/"]);
    let exempt = "[policies.sensitive-logs]\nexempt-loggers = [\"secureLogger\"]\n";
    assert_eq!(said_with(token(), exempt), [""; 0]);
}

#[test]
fn a_first_and_a_last_name_in_one_statement_are_a_full_name() {
    let names = vec![value("firstName", Shape::Scalar), value("lastName", Shape::Scalar)];
    assert_eq!(said(log("hello", names)), ["fail sensitive-logs/contact"]);
}

fn route(method: &str, path: &str) -> HttpRoute {
    HttpRoute {
        method: method.to_owned(),
        path: path.to_owned(),
        path_known: true,
        versioned_by: String::new(),
        framework: "fastapi".to_owned(),
        handler: "create".to_owned(),
        serves: Serves::Api,
        source: "code".to_owned(),
        effect: Effect::Writes,
        repeat: Repeat { guard: Guard::None, by: String::new(), place: None },
        request_keys: Vec::new(),
    }
}

fn versioned(route: HttpRoute, config: &str) -> String {
    said_with(Attributes::HttpRoute(route), config)
        .into_iter()
        .find_map(|verdict| verdict.strip_suffix(" api-versioning/").map(str::to_owned))
        .unwrap_or_default()
}

#[test]
fn a_version_stands_in_the_path() {
    for path in [
        "/v1/orders",
        "/api/v2/orders/{id}",
        "/v1",
        "/api/v1beta1/x",
        "/V3/x",
        "/v1.2/x",
        "/2026-01-31/orders",
        "/v1/orders:batchGet",
        "/{tenant}/v1/x",
    ] {
        assert_eq!(versioned(route("GET", path), ""), "pass", "{path}");
    }
    for path in
        ["/orders", "/version", "/vendors", "/v/x", "/chaos/health/x", "/preview1/x", "/login"]
    {
        assert_eq!(versioned(route("GET", path), ""), "fail", "{path}");
    }
}

#[test]
fn infrastructure_needs_no_version() {
    for path in [
        "/",
        "",
        "/health",
        "/healthz",
        "/api/health",
        "/health/ready",
        "/readyz",
        "/live",
        "/metrics",
        "/actuator/health",
        "/docs",
        "/swagger-ui/index.html",
        "/openapi.json",
        "/static/x.css",
        "/favicon.ico",
        "/oauth2/token",
        "/oauth/authorize",
        "/.well-known/jwks.json",
        "/internal/isAlive",
    ] {
        assert_eq!(versioned(route("GET", path), ""), "", "{path}");
    }
    assert_eq!(versioned(route("POST", "/chaos/health"), ""), "fail");
    assert_eq!(versioned(route("GET", "/healthcare/plans"), ""), "fail");
}

#[test]
fn pages_are_left_out_and_unknown_paths_are_for_review() {
    let mut page = route("GET", "/orders");
    page.serves = Serves::Page;
    assert_eq!(versioned(page, ""), "");
    let mut form = route("POST", "/orders");
    form.serves = Serves::Form;
    assert_eq!(versioned(form, ""), "review");
    let mut open = route("GET", "/orders");
    open.path_known = false;
    assert_eq!(versioned(open, ""), "review");
    assert_eq!(versioned(route("GET", "/nodeinfo/2.1"), ""), "review");
}

#[test]
fn the_strategy_says_where_a_version_must_stand() {
    let mut header = route("GET", "/orders");
    header.versioned_by = "header".to_owned();
    assert_eq!(versioned(header.clone(), ""), "pass");
    assert_eq!(
        versioned(header.clone(), "[policies.api-versioning]\nstrategy = \"path\"\n"),
        "fail"
    );
    assert_eq!(versioned(header, "[policies.api-versioning]\nstrategy = \"header\"\n"), "pass");
    let strict = "[policies.api-versioning]\nstrategy = \"header\"\n";
    assert_eq!(versioned(route("GET", "/v1/orders"), strict), "fail");
}

#[test]
fn a_protobuf_package_ends_in_a_version() {
    let rpc = |package: &str| {
        said(Attributes::RpcService(RpcService {
            package: package.to_owned(),
            service: "Orders".to_owned(),
            methods: Vec::new(),
        }))
    };
    assert_eq!(rpc("acme.orders.v1"), ["pass api-versioning/"]);
    assert_eq!(rpc("acme.orders.v1beta1"), ["pass api-versioning/"]);
    assert_eq!(rpc("acme.v1.orders"), ["fail api-versioning/"]);
    assert_eq!(rpc("orders"), ["fail api-versioning/"]);
    assert_eq!(rpc("grpc.health.v1"), [""; 0]);
}

fn repeated(route: HttpRoute) -> String {
    said(Attributes::HttpRoute(route))
        .into_iter()
        .find_map(|verdict| verdict.strip_suffix(" idempotency/").map(str::to_owned))
        .unwrap_or_default()
}

#[test]
fn an_unsafe_request_passes_by_its_key_or_its_constraint() {
    assert_eq!(repeated(route("POST", "/v1/orders")), "fail");
    assert_eq!(repeated(route("PATCH", "/v1/orders/{id}")), "fail");
    for (guard, verdict) in [
        (Guard::Key, "pass"),
        (Guard::Unique, "pass"),
        (Guard::Check, "review"),
        (Guard::State, "review"),
        (Guard::Unknown, "review"),
    ] {
        let mut guarded = route("POST", "/v1/orders");
        guarded.repeat.guard = guard;
        assert_eq!(repeated(guarded), verdict, "{guard:?}");
    }
    for (source, name, verdict) in [
        ("header", "idempotency-key", "pass"),
        ("header", "Idempotency-Key", "pass"),
        ("header", "authorization", "fail"),
        ("body", "idempotencyKey", "pass"),
        ("body", "name", "fail"),
    ] {
        let mut keyed = route("POST", "/v1/orders");
        keyed.request_keys =
            vec![RequestKey { name: name.into(), source: source.to_owned(), place: None }];
        assert_eq!(repeated(keyed), verdict, "{source} {name}");
    }
}

#[test]
fn requests_without_an_effect_are_no_subject() {
    for (method, path) in [
        ("GET", "/v1/orders"),
        ("PUT", "/v1/orders/{id}"),
        ("POST", "/v1/orders/search"),
        ("POST", "/login"),
        ("POST", "/api/auth/log-out"),
        ("POST", "/v1/orders/preview"),
        ("POST", "/mfa/verify"),
        ("POST", "/graphql"),
        ("POST", "/oauth/token"),
        ("POST", "/"),
    ] {
        assert_eq!(repeated(route(method, path)), "", "{method} {path}");
    }
    let mut reads = route("POST", "/v1/report");
    reads.effect = Effect::Reads;
    assert_eq!(repeated(reads), "");
    let mut named = route("POST", "/v1/orders");
    named.handler = "searchOrders".to_owned();
    assert_eq!(repeated(named), "");
    let mut documented = route("POST", "/v1/orders");
    documented.source = "openapi".to_owned();
    assert_eq!(repeated(documented), "");
    let mut form = route("POST", "/checkout");
    form.serves = Serves::Form;
    assert_eq!(repeated(form), "fail");
}

#[test]
fn consumers_are_judged_by_their_guard() {
    let consumer = |effect, guard| {
        said(Attributes::MessageConsumer(MessageConsumer {
            broker: "kafka".to_owned(),
            topic: "orders".to_owned(),
            handler: "on_order".to_owned(),
            effect,
            repeat: Repeat { guard, by: String::new(), place: None },
        }))
    };
    assert_eq!(consumer(Effect::Writes, Guard::None), ["fail idempotency/consumer"]);
    assert_eq!(consumer(Effect::Writes, Guard::Unique), ["pass idempotency/consumer"]);
    assert_eq!(consumer(Effect::Unknown, Guard::None), ["review idempotency/consumer"]);
    assert_eq!(consumer(Effect::Reads, Guard::None), [""; 0]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about time")]
fn ten_thousand_subjects_are_judged_in_seconds_even_unoptimised() {
    let subjects: Vec<Subject> = (0..10_000)
        .map(|line| {
            let values = vec![value("orderId", Shape::Scalar), value("userEmail", Shape::Scalar)];
            subject(line, "logger.info", log("order placed", values))
        })
        .collect();
    let start = std::time::Instant::now();
    assert_eq!(judged(&subjects, "").verdicts.len(), 10_000);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn policies_and_configuration_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<groundrule_policy::Policies>();
    shared::<groundrule_policy::Config>();
}

#[test]
fn messages_read_well() {
    let message =
        |attributes| judged(&[subject(1, "x", attributes)], "").verdicts[0].message.clone();
    assert_eq!(
        message(call(Protocol::Http, KnobState::None)),
        "`requests.get` can wait forever: `timeout` is `5`, which sets no finite deadline."
    );
    assert_eq!(
        message(call(Protocol::Http, KnobState::Finite)),
        "`requests.get` has a deadline: timeout = `5`."
    );
    assert_eq!(
        message(call(Protocol::Http, KnobState::Inherited)),
        "Whether `requests.get` has a deadline cannot be told from the repository: it can only come \
         from the caller's context."
    );
    assert_eq!(
        message(service(TracingState::Incomplete, KnobState::None, false)),
        "`orders` holds tracing (otel) that nothing starts, or that sends its spans nowhere."
    );
    assert_eq!(
        message(log("x", vec![value("userEmail", Shape::Scalar)])),
        "`userEmail` logs a sensitive value (contact)."
    );
    assert_eq!(
        message(log("x", vec![value("req", Shape::Headers)])),
        "`req` logs a whole set of headers."
    );
    assert_eq!(
        message(Attributes::HttpRoute(route("GET", "/orders"))),
        "`GET /orders` carries no version."
    );
}
