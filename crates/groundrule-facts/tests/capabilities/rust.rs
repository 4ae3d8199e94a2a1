//! Rust.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpCall,
        path: "src/main.rs",
        packages: &["reqwest"],
        text: "fn main() {\n    let client = reqwest::Client::new();\n}\n",
    },
    Sample {
        shows: Capability::GrpcCall,
        path: "src/main.rs",
        packages: &["tonic"],
        text: "use prices::prices_client::PricesClient;\n\nasync fn read() {\n    let mut client = PricesClient::connect(\"http://prices:50051\").await.unwrap();\n    client.read(Request {}).await;\n}\n",
    },
    Sample {
        shows: Capability::Connection,
        path: "src/main.rs",
        packages: &["redis"],
        text: "fn main() {\n    let cache = redis::Client::open(\"redis://cache\").unwrap();\n}\n",
    },
    Sample {
        shows: Capability::RetryPolicy,
        path: "src/main.rs",
        packages: &["reqwest", "reqwest-middleware", "reqwest-retry"],
        text: "use reqwest_middleware::ClientBuilder;\nuse reqwest_retry::{RetryTransientMiddleware, policies::ExponentialBackoff};\n\nfn main() {\n    let policy = ExponentialBackoff::builder().build_with_max_retries(3);\n    let client = ClientBuilder::new(reqwest::Client::new())\n        .with(RetryTransientMiddleware::new_with_policy(policy))\n        .build();\n}\n",
    },
    Sample {
        shows: Capability::RetryLoop,
        path: "src/main.rs",
        packages: &["reqwest"],
        text: "async fn price() -> reqwest::Response {\n    loop {\n        if let Ok(answer) = reqwest::get(\"https://prices.example\").await {\n            return answer;\n        }\n    }\n}\n",
    },
    Sample {
        shows: Capability::LogStatement,
        path: "src/main.rs",
        packages: &["tracing"],
        text: "#[derive(Debug)]\nstruct Customer {\n    id: u64,\n    email: String,\n}\n\nfn greet(customer: &Customer) {\n    tracing::info!(\"greeting {:?}\", customer);\n}\n",
    },
    Sample {
        shows: Capability::HttpRoute,
        path: "src/main.rs",
        packages: &["axum"],
        text: "use axum::{Router, routing::get};\n\nasync fn orders() {}\n\nfn app() -> Router {\n    Router::new().nest(\"/v1\", Router::new().route(\"/orders\", get(orders)))\n}\n",
    },
    Sample {
        shows: Capability::Handler,
        path: "src/main.rs",
        packages: &["axum", "sqlx"],
        text: "use axum::{Router, extract::State, routing::post};\nuse sqlx::PgPool;\n\nasync fn create(State(pool): State<PgPool>) {\n    sqlx::query(\"INSERT INTO orders (item) VALUES ('x')\").execute(&pool).await.unwrap();\n}\n\nfn app() -> Router {\n    Router::new().route(\"/v1/orders\", post(create))\n}\n",
    },
    Sample {
        shows: Capability::MessageConsumer,
        path: "src/main.rs",
        packages: &["rdkafka", "sqlx"],
        text: "use rdkafka::consumer::StreamConsumer;\nuse sqlx::PgPool;\n\nasync fn consume(consumer: StreamConsumer, pool: PgPool) {\n    while let Ok(message) = consumer.recv().await {\n        sqlx::query(\"INSERT INTO paid (id) VALUES ('x')\").execute(&pool).await.unwrap();\n    }\n}\n",
    },
    Sample {
        shows: Capability::Tracing,
        path: "src/main.rs",
        packages: &["opentelemetry-otlp", "tracing-opentelemetry"],
        text: "use opentelemetry::trace::TracerProvider as _;\nuse tracing_subscriber::prelude::*;\n\nfn main() {\n    let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().build().unwrap();\n    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().with_batch_exporter(exporter).build();\n    tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(provider.tracer(\"shop\"))).init();\n}\n",
    },
];
