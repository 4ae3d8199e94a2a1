//! What a `.proto` file becomes.

use std::fmt::Write;

use groundrule_unit::Unit;

use super::{lower, parse_proto};
use crate::dump::{assert_sound, dump, source};

const SHOP: &str = r#"syntax = "proto3";
package acme.shop.v1;

import "google/api/annotations.proto";
import public "acme/money.proto";

option go_package = "acme/shop";

// A customer.
message Customer {
  option (acme.audited) = true;
  string email = 1 [(acme.sensitive) = true, debug_redact = true];
  repeated .acme.Money payments = 2;
  map<string, Address> addresses = 3;
  optional int32 age = 4;
  oneof contact {
    string phone = 5;
    Address home = 6;
  }
  message Address { string street = 1; }
  enum Tier { GOLD = 0; NONE = -1 [deprecated = true]; }
  Tier tier = 7;
  reserved 8, 9 to 11;
}

service Shop {
  option (google.api.default_host) = "shop.acme.com";
  rpc GetCustomer (GetRequest) returns (Customer) {
    option (google.api.http) = {
      get: "/v1/customers/{id}"
      additional_bindings { get: "/v1/{parent=shops/*}/" "customers" }
      additional_bindings: [{ post: "/v1/customers:find" body: "*" }, { patch: '/c' }]
    };
  }
  rpc Watch (stream .acme.shop.v1.WatchRequest) returns (stream acme.Event);
  rpc Probe (acme.Empty) returns (acme.Empty) {
    option deprecated = true;
    option (google.api.http).delete = "/probe";
    option (google.api.http) = { custom: { kind: "head" path: "/h" } };
  }
}
"#;

fn lowered(text: &str) -> Unit {
    let unit = lower(&source("proto/shop.proto", text));
    assert_sound(&unit, text);
    unit
}

/// Services, with the text that each span covers of what is not obvious.
fn services(text: &str) -> String {
    let file = parse_proto(&source("proto/shop.proto", text));
    let at = |span: groundrule_unit::Span| &text[span.start as usize..span.end as usize];
    let mut out = String::new();
    if let Some((name, span)) = &file.package {
        writeln!(out, "package {name} <{}>", at(*span)).ok();
    }
    for service in &file.services {
        writeln!(out, "service {}", service.name).ok();
        for rpc in &service.rpcs {
            writeln!(out, "  rpc {}({}) -> {}", rpc.name, rpc.request, rpc.response).ok();
            for route in &rpc.routes {
                writeln!(out, "    {} {} <{}>", route.method, route.path, at(route.span)).ok();
            }
        }
    }
    out
}

#[test]
fn services_have_their_rpcs_and_routes() {
    insta::assert_snapshot!(services(SHOP),
    @r#"
    package acme.shop.v1 <package acme.shop.v1;>
    service Shop
      rpc GetCustomer(GetRequest) -> Customer
        GET /v1/customers/{id} <get: "/v1/customers/{id}">
        GET /v1/{parent=shops/*}/customers <get: "/v1/{parent=shops/*}/" "customers">
        POST /v1/customers:find <post: "/v1/customers:find">
        PATCH /c <patch: '/c'>
      rpc Watch(acme.shop.v1.WatchRequest) -> acme.Event
      rpc Probe(acme.Empty) -> acme.Empty
        DELETE /probe <option (google.api.http).delete = "/probe";>
        HEAD /h <custom: { kind: "head" path: "/h" }>
    "#);
}

#[test]
fn messages_are_types_and_services_interfaces() {
    insta::assert_snapshot!(dump(&lowered(SHOP)),
    @r#"
    module acme.shop.v1
    import  <- google/api/annotations.proto wildcard
    import  <- acme/money.proto wildcard reexport
    @acme.audited(true)
    struct Customer
      @acme.sensitive(true)
      @debug_redact(true)
      field email: string
      field payments: []<acme.Money>
      field addresses: {}<string, Address>
      field age: int32
      field phone: string
      field home: Address
      field tier: Tier
      struct Address
        field street: string
      enum Tier
        field GOLD = 0 static
        @deprecated(true)
        field NONE = -1 static
    @google.api.default_host("shop.acme.com")
    abstract interface Shop
      @google.api.http({get: "/v1/customers/{id}", additional_bindings: {get: "/v1/{parent=shops/*}/customers"}, additional_bindings: [{post: "/v1/customers:find", body: "*"}, {patch: "/c"}]})
      bodiless fn Shop::GetCustomer(: GetRequest) -> Customer
      bodiless fn Shop::Watch(: acme.shop.v1.WatchRequest) -> acme.Event
      @deprecated(true)
      @google.api.http.delete("/probe")
      @google.api.http({custom: {kind: "head", path: "/h"}})
      bodiless fn Shop::Probe(: acme.Empty) -> acme.Empty
    "#);
}

#[test]
fn groups_of_the_old_syntax_are_fields_and_types() {
    insta::assert_snapshot!(dump(&lowered(
        r#"syntax = "proto2";
message Order {
  required string id = 1;
  repeated group Line = 2 { optional string sku = 3; }
}
"#
    )),
    @r#"
    module 
    struct Order
      field id: string
      field line: []<Line>
      struct Line
        field sku: string
    "#);
}

#[test]
fn hostile_sources_are_read_without_harm() {
    const DEEP: usize = 100_000;
    let sources = [
        String::new(),
        "\u{fffd}\u{0}{{ message é".to_owned(),
        "message A { ".repeat(DEEP),
        format!(
            "service S {{ rpc A (B) returns (C) {{ option (google.api.http) = {}",
            "{ additional_bindings ".repeat(DEEP)
        ),
        format!(
            "message A {{ string s = 1 [(x) = {}1{}]; }}",
            "{ a: ".repeat(DEEP),
            "}".repeat(DEEP)
        ),
        format!("option x = {};", "\"\\".repeat(DEEP)),
    ];
    for text in sources.iter().map(String::as_str).chain((0..SHOP.len()).map(|end| &SHOP[..end])) {
        lowered(text);
        services(text);
    }
}
