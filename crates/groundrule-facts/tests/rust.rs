//! What is found in small Rust services.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failing test may panic")]

mod support;

use support::{Repository, deadlines, linked, loops, routes, service};

#[test]
fn a_client_has_a_deadline_where_it_is_given_one() {
    let subjects = linked(&[(
        "src/main.rs",
        r#"
use std::sync::Arc;
use std::time::Duration;
async fn clients() {
    let a = reqwest::Client::new();
    let b = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    let c = reqwest::ClientBuilder::new().connect_timeout(Duration::from_secs(5)).build().unwrap();
    let d = Arc::new(reqwest::blocking::Client::new());
    let e = reqwest::blocking::Client::builder().timeout(None).build().unwrap();
    let f = reqwest::get("http://x").await;
    let g = tokio::time::timeout(Duration::from_secs(1), reqwest::get("http://x")).await;
    let h = awc::Client::default();
    let i = awc::Client::builder().disable_timeout().finish();
}
"#,
    )]);
    assert_eq!(
        deadlines(&subjects),
        [
            "5 reqwest::Client::new None",
            "6 reqwest::Client::builder Finite timeout",
            "7 reqwest::ClientBuilder::new None",
            "8 reqwest::blocking::Client::new LibraryDefault 30 s",
            "9 reqwest::blocking::Client::builder None timeout",
            "10 reqwest::get None",
            "11 reqwest::get Finite tokio.time.timeout",
            "12 awc::Client::default LibraryDefault 5 s",
            "13 awc::Client::builder None disable_timeout",
        ]
    );
}

#[test]
fn a_wrapper_is_bounded_by_the_client_that_it_wraps() {
    let subjects = linked(&[
        (
            "src/main.rs",
            r#"
mod http;
use reqwest_middleware::ClientBuilder;
use reqwest_retry::{RetryTransientMiddleware, policies::ExponentialBackoff};
fn clients() {
    let policy = ExponentialBackoff::builder().build_with_max_retries(3);
    let a = ClientBuilder::new(crate::http::bounded().build().unwrap())
        .with(RetryTransientMiddleware::new_with_policy(policy)).build();
    let b = ClientBuilder::new(reqwest::Client::new()).build();
}
"#,
        ),
        (
            "src/http.rs",
            r#"
use reqwest::ClientBuilder;
pub fn bounded() -> ClientBuilder {
    ClientBuilder::new().timeout(std::time::Duration::from_secs(10))
}
"#,
        ),
    ]);
    assert_eq!(
        deadlines(&subjects),
        [
            "4 ClientBuilder::new Finite timeout",
            "7 ClientBuilder::new Finite timeout",
            "9 reqwest::Client::new None",
        ]
    );
    assert_eq!(service(&subjects), "tracing: None, retry: Finite");
}

#[test]
fn a_generated_stub_is_bounded_by_its_channel_or_its_request() {
    let repository = Repository {
        files: &[(
            "src/main.rs",
            r#"
pub mod pb { tonic::include_proto!("pb"); }
use pb::greeter_client::GreeterClient;
use tonic::transport::{Channel, Endpoint};
struct Caller { client: GreeterClient<Channel> }
impl Caller {
    async fn new() -> Self {
        let channel = Endpoint::from_static("http://x").timeout(Duration::from_secs(5)).connect().await.unwrap();
        Self { client: GreeterClient::new(channel) }
    }
    async fn bounded(&self) { self.client.clone().say_hello(HelloRequest {}).await; }
}
async fn unbounded() {
    let mut client = GreeterClient::connect("http://x").await.unwrap();
    client.say_hello(HelloRequest {}).await;
    let mut request = tonic::Request::new(HelloRequest {});
    request.set_timeout(Duration::from_secs(1));
    client.say_hello(request).await;
}
"#,
        )],
        dependencies: &[("tonic", "0.12")],
        rpc_services: &["Greeter"],
    };
    assert_eq!(
        deadlines(&repository.linked()),
        [
            "11 self.client.clone().say_hello Finite timeout",
            "15 client.say_hello None",
            "18 client.say_hello Finite set_timeout",
        ]
    );
}

#[test]
fn connections_are_bounded_by_statements_and_not_by_the_pool() {
    let files: &[(&str, &str)] = &[(
        "src/main.rs",
        r#"
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
fn pools(url: &str) {
    let a = PgPoolOptions::new().acquire_timeout(Duration::from_secs(3)).connect_lazy(url);
    let options = PgConnectOptions::new().options([("statement_timeout", "5s")]);
    let b = PgPoolOptions::new().connect_lazy_with(options);
    let c = redis::Client::open(url);
}
"#,
    )];
    let with = |version| {
        deadlines(
            &Repository { files, dependencies: &[("redis", version)], ..Repository::default() }
                .linked(),
        )
    };
    assert_eq!(
        with("0.27.2"),
        [
            "4 PgPoolOptions::new None",
            "6 PgPoolOptions::new Finite statement_timeout",
            "7 redis::Client::open None",
        ]
    );
    assert_eq!(with("1.1.0")[2], "7 redis::Client::open LibraryDefault response timeout, 500 ms");
}

#[test]
fn axum_routers_nest_merge_and_come_from_functions() {
    let subjects = linked(&[
        (
            "src/main.rs",
            r#"
mod users;
use axum::{Router, routing::{get, post}};
fn app() -> Router {
    Router::new()
        .route("/health", get(health))
        .nest("/api/v1", api())
        .merge(users::router())
        .layer(trace())
        .with_state(1)
}
fn api() -> Router {
    let router = Router::new().route("/orders", get(list).post(create));
    router.route("/orders/{id}", axum::routing::delete(remove))
}
"#,
        ),
        (
            "src/users.rs",
            r#"
use axum::{Router, routing::{on, MethodFilter, get}};
pub fn router() -> Router {
    Router::new().nest("/users", Router::new().route("/", get(all)).route("/{id}", on(MethodFilter::PUT, change)))
}
"#,
        ),
    ]);
    let mut found = routes(&subjects);
    found.sort();
    assert_eq!(
        found,
        [
            "DELETE /api/v1/orders/{id}",
            "GET /api/v1/orders",
            "GET /health",
            "GET /users",
            "POST /api/v1/orders",
            "PUT /users/{id}",
        ]
    );
}

#[test]
fn a_long_chain_of_routes_is_followed_to_its_start() {
    let chain: String = (0..80).map(|n| format!("        .route(\"/r{n}\", get(h))\n")).collect();
    let text = format!(
        "use axum::{{Router, routing::get}};\nfn app() -> Router {{\n    Router::new().nest(\"/v1\", inner())\n}}\nfn inner() -> Router {{\n    Router::new()\n{chain}}}\n"
    );
    let found = routes(&linked(&[("src/main.rs", text.as_str())]));
    assert_eq!(found.len(), 80);
    assert!(found.contains(&"GET /v1/r79".to_owned()));
}

#[test]
fn actix_scopes_resources_configurations_and_attributes_make_paths() {
    let subjects = linked(&[
        (
            "src/main.rs",
            r#"
mod orders;
use actix_web::{web, App};
fn app() {
    App::new()
        .route("/ping", web::get().to(ping))
        .service(
            web::scope("/api/v2")
                .wrap(Auth)
                .service(web::resource("/things").route(web::post().to(add)).route(web::get().to(all)))
                .service(web::resource("/one").get(one))
                .configure(orders::configure),
        );
}
"#,
        ),
        (
            "src/orders.rs",
            r#"
use actix_web::{get, post, web};
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service((list, create));
}
#[get("/orders")]
async fn list() {}
#[post("/orders")]
async fn create() {}
"#,
        ),
    ]);
    let mut found = routes(&subjects);
    found.sort();
    assert_eq!(
        found,
        [
            "GET /api/v2/one",
            "GET /api/v2/orders",
            "GET /api/v2/things",
            "GET /ping",
            "POST /api/v2/orders",
            "POST /api/v2/things",
        ]
    );
}

#[test]
fn rocket_mounts_annotated_functions() {
    let files: &[(&str, &str)] = &[(
        "src/main.rs",
        r#"
#[macro_use] extern crate rocket;
#[get("/orders?<page>")]
fn list(page: u32) {}
#[post("/orders", data = "<order>")]
fn create(order: Json<Order>) {}
#[launch]
fn rocket() -> _ { rocket::build().mount("/v1", routes![list, create]) }
"#,
    )];
    let rocket =
        Repository { files, dependencies: &[("rocket", "0.5.1")], ..Repository::default() };
    assert_eq!(routes(&rocket.linked()), ["GET /v1/orders", "POST /v1/orders"]);
}

#[test]
fn lists_of_routes_are_gathered_over_files() {
    let files: &[(&str, &str)] = &[
        (
            "src/main.rs",
            r#"
mod api;
fn launch(base: &str) { rocket::build().mount([base, "/v1"].concat(), api::all()).mount("/v2", api::all()); }
"#,
        ),
        (
            "src/api/mod.rs",
            r#"
mod orders;
pub fn all() -> Vec<rocket::Route> {
    let mut own = rocket::routes![alive];
    let mut routes = Vec::new();
    routes.append(&mut orders::routes());
    routes.append(&mut own);
    routes
}
#[rocket::get("/state")]
fn alive() {}
"#,
        ),
        (
            "src/api/orders.rs",
            r#"
use rocket::{Route, routes, post};
pub fn routes() -> Vec<Route> { routes![create] }
#[post("/orders")]
fn create() {}
"#,
        ),
    ];
    let mut found = routes(&linked(files));
    found.sort();
    assert_eq!(
        found,
        ["GET /v2/state", "GET /{}/v1/state", "POST /v2/orders", "POST /{}/v1/orders"]
    );
}

#[test]
fn modules_are_reached_through_what_is_imported_as_a_whole() {
    let subjects = linked(&[
        (
            "src/main.rs",
            "mod api;\nuse crate::api::*;\nuse axum::{Router, routing::get};\nfn app() -> Router { Router::new().nest(\"/v1\", orders::router()) }\n",
        ),
        ("src/api/mod.rs", "pub mod orders;\n"),
        (
            "src/api/orders.rs",
            "use axum::{Router, routing::get};\npub fn router() -> Router { Router::new().route(\"/orders\", get(all)) }\n",
        ),
    ]);
    assert_eq!(routes(&subjects), ["GET /v1/orders"]);
}

#[test]
fn what_makes_a_pools_connections_is_judged_with_the_pool() {
    let of = |body: &str| {
        let text = format!(
            "use diesel::r2d2::{{self, ConnectionManager}};\nuse diesel::{{PgConnection, SqliteConnection, Connection}};\nfn open(url: &str) {{\n{body}\n}}\n"
        );
        deadlines(&linked(&[("src/main.rs", text.as_str())]))
    };
    let pooled =
        "let m = ConnectionManager::<PgConnection>::new(url);\nPgConnection::establish(url);";
    assert_eq!(of(pooled), ["4 ConnectionManager::new None"]);
    assert_eq!(of("PgConnection::establish(url);"), ["4 PgConnection::establish None"]);
    assert_eq!(
        of("let m = ConnectionManager::<SqliteConnection>::new(url);"),
        Vec::<String>::new()
    );
}

#[test]
fn other_frameworks_nest_too() {
    let subjects = linked(&[(
        "src/main.rs",
        r#"
use poem::{Route, post};
use salvo::prelude::Router;
fn poem() { let app = Route::new().nest("/v1", Route::new().at("/orders", post(create))); }
fn salvo() { let app = Router::with_path("v2").push(Router::with_path("orders/{id}").get(one).delete(remove)); }
fn tide() { let mut app = tide::new(); app.at("/v3").nest({ let mut api = tide::new(); api.at("/orders").post(create); api }); }
"#,
    )]);
    let found = routes(&subjects);
    for route in ["POST /v1/orders", "GET /v2/orders/{id}", "DELETE /v2/orders/{id}"] {
        assert!(found.contains(&route.to_owned()), "{route} in {found:?}");
    }
}

#[test]
fn documented_handlers_are_routes_where_they_are_mounted() {
    let text = |mount: &str| {
        format!(
            r#"
use utoipa_axum::{{router::OpenApiRouter, routes}};
#[utoipa::path(post, path = "/orders", responses((status = 200)))]
async fn create() {{}}
fn app() {{ let api = OpenApiRouter::new(){mount}; let app = OpenApiRouter::new().nest("/v1", api); }}
"#
        )
    };
    let found = |mount| routes(&linked(&[("src/main.rs", text(mount).as_str())]));
    assert_eq!(found(".routes(routes!(create))"), ["POST /v1/orders"]);
    assert_eq!(found(""), Vec::<String>::new());
}

#[test]
fn spans_that_are_only_printed_are_incomplete() {
    let of = |text| service(&linked(&[("src/main.rs", text)]));
    assert!(
        of("fn main() { tracing_subscriber::fmt().init(); }").starts_with("tracing: Incomplete")
    );
    assert!(
        of("fn main() { let e = opentelemetry_otlp::SpanExporter::builder().with_tonic().build(); }")
            .starts_with("tracing: SetUp")
    );
    assert!(
        of("fn main() { let _guard = sentry::init((dsn(), sentry::ClientOptions { traces_sample_rate: 0.2, ..Default::default() })); }")
            .starts_with("tracing: SetUp")
    );
    assert!(
        of("fn main() { let _guard = sentry::init(\"dsn\"); }").starts_with("tracing: Incomplete")
    );
}

#[test]
fn policies_cover_the_calls_beside_them() {
    let of = |send: &str| {
        let text = format!(
            r#"
use std::time::Duration;
async fn fetch() -> Result<(), reqwest::Error> {{ reqwest::get("http://x").await?; Ok(()) }}
async fn send() {{ {send} }}
"#
        );
        let subjects = linked(&[("src/main.rs", text.as_str())]);
        (service(&subjects), loops(&subjects))
    };
    let covered = |send| of(send).0.ends_with("retry: Finite");
    assert!(covered("fetch.retry(backon::ExponentialBuilder::default()).await;"));
    assert!(covered(
        "(|| async { fetch().await }).retry(&backon::ExponentialBuilder::default()).await;"
    ));
    assert!(covered(
        "backoff::future::retry(backoff::ExponentialBackoff::default(), || async { Ok(fetch().await?) }).await;"
    ));
    assert!(!covered("compute.retry(backon::ExponentialBuilder::default()).await;"));
    let strategy = "tokio_retry::strategy::ExponentialBackoff::from_millis(10)";
    let endless = format!("tokio_retry::Retry::spawn({strategy}, fetch).await;");
    assert_eq!(of(&endless).1, ["4 endless Unknown"]);
    let bounded = format!("tokio_retry::Retry::spawn({strategy}.take(3), fetch).await;");
    assert_eq!(of(&bounded).1, Vec::<String>::new());
}

#[test]
fn loops_by_hand_are_told_by_their_end_and_their_wait() {
    let of = |body: &str| {
        let text = format!(
            "async fn fetch() -> Result<(), reqwest::Error> {{ reqwest::get(\"http://x\").await?; Ok(()) }}\nasync fn send() {{\n{body}\n}}\n"
        );
        loops(&linked(&[("src/main.rs", text.as_str())]))
    };
    assert_eq!(
        of(
            "for attempt in 0..3 { match fetch().await { Ok(_) => return, Err(e) => tokio::time::sleep(Duration::from_millis(100 * 2u64.pow(attempt))).await } }"
        ),
        ["3 bounded Growing"]
    );
    assert_eq!(
        of("loop { if let Err(e) = fetch().await { continue; } break; }"),
        ["3 endless None"]
    );
    assert_eq!(
        of(
            "while let Err(e) = fetch().await { tokio::time::sleep(Duration::from_secs(1)).await; }"
        ),
        ["3 endless Constant"]
    );
    assert_eq!(
        of("for url in urls { match fetch().await { Ok(_) => return, Err(e) => {} } }"),
        Vec::<String>::new()
    );
}

#[test]
fn types_that_name_each_other_in_a_circle_end() {
    let subjects = linked(&[(
        "src/main.rs",
        "type A = B;\ntype B = A;\nstruct Users { users: users::Users }\nmod users { pub type Users = super::Users; }\nfn f(a: A, u: users::Users) { a.b().c(); u.users.users.get(); }\n",
    )]);
    assert_eq!(deadlines(&subjects), Vec::<String>::new());
}
