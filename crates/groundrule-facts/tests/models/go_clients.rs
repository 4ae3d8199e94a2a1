//! Outbound calls in Go.

use crate::support::{Repository, deadlines};

#[test]
fn a_client_of_the_standard_library_is_judged_where_it_is_made() {
    let text = r#"package main

import (
    "net/http"
    "time"
)

type Config struct{ Timeout time.Duration }

func bounded(c Config) *http.Client {
    return &http.Client{Timeout: c.Timeout, Transport: http.DefaultTransport}
}

func unbounded() *http.Client {
    return &http.Client{Transport: &http.Transport{TLSHandshakeTimeout: time.Second}}
}

func later() {
    client := http.Client{}
    client.Timeout = 5 * time.Second
    client.Get("http://a")
}

func zero() { _ = &http.Client{Timeout: 0} }

func head() {
    _ = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: time.Second}}
}
"#;
    assert_eq!(
        deadlines("main.go", text),
        [
            "11 http.Client{…} finite",
            "15 http.Client{…} none",
            "19 http.Client{…} finite",
            "24 http.Client{…} none",
            "27 http.Client{…} finite",
        ]
    );
}

#[test]
fn calls_on_the_default_client_are_judged_one_by_one() {
    let text = r#"package main

import (
    "context"
    nethttp "net/http"
    "time"
)

func f(ctx context.Context) {
    nethttp.Get("http://a")
    req, _ := nethttp.NewRequest("GET", "http://a", nil)
    nethttp.DefaultClient.Do(req)
    ctx, cancel := context.WithTimeout(ctx, time.Second)
    defer cancel()
    bounded, _ := nethttp.NewRequestWithContext(ctx, "GET", "http://a", nil)
    nethttp.DefaultClient.Do(bounded)
}
"#;
    assert_eq!(
        deadlines("main.go", text),
        [
            "10 nethttp.Get none",
            "12 nethttp.DefaultClient.Do none",
            "16 nethttp.DefaultClient.Do finite",
        ]
    );
}

#[test]
fn resty_and_its_kin_have_no_default() {
    let text = r#"package main

import (
    "time"

    "github.com/go-resty/resty/v2"
    "github.com/hashicorp/go-retryablehttp"
)

func f() {
    _ = resty.New()
    _ = resty.New().SetBaseURL("http://a").SetTimeout(3 * time.Second)
    c := retryablehttp.NewClient()
    c.RetryMax = 3
    d := retryablehttp.NewClient()
    d.HTTPClient.Timeout = time.Second
}
"#;
    assert_eq!(
        deadlines("main.go", text),
        [
            "11 resty.New none",
            "12 resty.New finite",
            "13 retryablehttp.NewClient none",
            "15 retryablehttp.NewClient finite",
        ]
    );
}

const STUBS: &str = r#"package main

import (
    "context"
    "time"

    pb "github.com/acme/shop/gen"
    "google.golang.org/grpc"
)

type server struct {
    orders pb.OrdersClient
    stock  stockAPI
}

type stockAPI interface{ Reserve(ctx context.Context) }

func newServer(conn *grpc.ClientConn) *server {
    return &server{orders: pb.NewOrdersClient(conn), stock: pb.NewStockClient(conn)}
}

func (s *server) Get(ctx context.Context, in *pb.In) {
    s.orders.Get(ctx, in)
    s.stock.Reserve(ctx, in)
}

func (s *server) Bounded(ctx context.Context, in *pb.In) {
    ctx, cancel := context.WithTimeout(ctx, time.Second)
    defer cancel()
    s.orders.Get(ctx, in)
}

func (s *server) Background(in *pb.In) { s.orders.Get(context.Background(), in) }
"#;

#[test]
fn each_call_of_a_stub_is_judged_by_its_context() {
    let repository = Repository {
        files: &[("main.go", STUBS)],
        rpc_services: &["Orders"],
        ..Repository::default()
    };
    let expected = [
        "23 s.orders.Get inherited",
        "24 s.stock.Reserve inherited",
        "30 s.orders.Get finite",
        "33 s.orders.Get none",
    ];
    assert_eq!(repository.deadlines(), expected);
}

#[test]
fn a_stub_may_be_generated_beside_other_files_of_its_package() {
    let version = "package gen\n\nconst Version = 3\n";
    let repository = Repository {
        files: &[("main.go", STUBS), ("gen/version.go", version)],
        rpc_services: &["Orders"],
        ..Repository::default()
    };
    assert_eq!(repository.deadlines().len(), 4);
}

#[test]
fn a_client_of_something_else_is_no_stub() {
    let text = r#"package main

import "github.com/acme/sdk"

func f() { c := sdk.NewThingClient("key"); c.Do(1) }
"#;
    assert!(deadlines("main.go", text).is_empty());
}

#[test]
fn stores_and_brokers_have_their_libraries_defaults() {
    let text = r#"package main

import (
    "database/sql"

    "github.com/jackc/pgx/v5/pgxpool"
    amqp "github.com/rabbitmq/amqp091-go"
    "github.com/redis/go-redis/v9"
    "github.com/segmentio/kafka-go"
    "gorm.io/driver/sqlite"
    "gorm.io/gorm"
)

func f() {
    sql.Open("mysql", "u:p@tcp(h)/d?timeout=5s")
    sql.Open("mysql", "u:p@tcp(h)/d?readTimeout=5s")
    sql.Open("sqlite3", "./x.db")
    pgxpool.New(ctx, url)
    redis.NewClient(&redis.Options{Addr: "r"})
    redis.NewClient(&redis.Options{ReadTimeout: -1})
    amqp.Dial("amqp://h")
    _ = &kafka.Writer{}
    gorm.Open(sqlite.Open("file::memory:"), &gorm.Config{})
}
"#;
    assert_eq!(
        deadlines("main.go", text),
        [
            "15 sql.Open none",
            "16 sql.Open finite",
            "18 pgxpool.New none",
            "19 redis.NewClient default",
            "20 redis.NewClient none",
            "21 amqp.Dial default",
            "22 kafka.Writer{…} default",
        ]
    );
}

#[test]
fn a_client_is_bounded_where_each_of_its_calls_is() {
    let file = |context: &str| {
        format!(
            r#"package main

import (
    "context"
    "net/http"
    "time"
)

type api struct{{ client *http.Client }}

func newAPI() *api {{ return &api{{client: &http.Client{{}}}} }}

func (a *api) one(ctx context.Context) {{
    ctx, cancel := context.WithTimeout(ctx, time.Second)
    defer cancel()
    req, _ := http.NewRequestWithContext(ctx, "GET", "http://a", nil)
    a.client.Do(req)
}}

func (a *api) two(ctx context.Context) {{
    req, _ := http.NewRequestWithContext({context}, "GET", "http://a", nil)
    a.client.Do(req)
}}
"#
        )
    };
    let bounded = file("bound(ctx)")
        + "\nfunc bound(ctx context.Context) context.Context {\n\
        c, _ := context.WithTimeout(ctx, time.Second)\nreturn c\n}\n";
    assert_eq!(deadlines("main.go", &bounded), ["11 http.Client{…} finite"]);
    assert_eq!(deadlines("main.go", &file("ctx")), ["11 http.Client{…} none"]);
}
