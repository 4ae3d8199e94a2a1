//! The filter parses what decides and changes no verdict: the same services are judged with all
//! files parsed. What decides stands in files that hold nothing of any library.

use crate::harness::{Folder, Run};

/// A service in Go that serves through chi.
const GO_MOD: &str =
    "module shop.example/orders\n\ngo 1.24\n\nrequire github.com/go-chi/chi/v5 v5.2.0\n";

/// The report with evidence, after it was held to that of a scan of all files.
fn judged(folder: &Folder) -> serde_json::Value {
    let args = ["check", "--evidence", "--format", "json"];
    let Run { stdout, stderr, .. } = folder.run(&args);
    let all = folder.run(&[&args[..], &["--no-filter"]].concat());
    let read = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect(&stderr) };
    let (with, without) = (read(&stdout), read(&all.stdout));
    assert_eq!(verdicts(&with), verdicts(&without));
    with
}

/// Every verdict as `policy path:line verdict`, sorted.
fn verdicts(report: &serde_json::Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![report];
    while let Some(value) = open.pop() {
        if let Some(verdict) = value.get("verdict").and_then(serde_json::Value::as_str) {
            let place = &value["location"];
            let policy = value["policy"].as_str().unwrap_or_default();
            let path = place["path"].as_str().unwrap_or_default();
            found.push(format!("{policy} {path}:{} {verdict}", place["start_line"]));
        }
        match value {
            serde_json::Value::Array(items) => open.extend(items),
            serde_json::Value::Object(entries) => open.extend(entries.values()),
            _ => {}
        }
    }
    found.sort();
    found
}

fn assert_judged(folder: &Folder, expected: &[&str]) {
    let found = verdicts(&judged(folder));
    for verdict in expected {
        assert!(found.iter().any(|found| found == verdict), "{verdict} is not in {found:#?}");
    }
}

#[test]
fn go_values_and_constants_of_other_packages() {
    let folder = Folder::empty();
    folder.write("go.mod", GO_MOD);
    folder.write(
        "main.go",
        r#"package main

import (
	"log"
	"net/http"

	"github.com/go-chi/chi/v5"
	"shop.example/orders/ids"
	"shop.example/orders/paths"
)

func main() {
	r := chi.NewRouter()
	r.Get(paths.Orders, func(w http.ResponseWriter, r *http.Request) {
		id := ids.Of(r)
		log.Printf("request %s", id)
	})
	log.Fatal(http.ListenAndServe(":8080", r))
}
"#,
    );
    folder.write("ids/ids.go", "package ids\n\nfunc Of(r any) string {\n\treturn name()\n}\n\nfunc name() string { return \"a\" }\n");
    folder.write("paths/paths.go", "package paths\n\nconst (\n\tOrders = \"/v1/orders\"\n)\n");
    assert_judged(&folder, &["sensitive-logs main.go:16 pass", "api-versioning main.go:14 pass"]);
}

#[test]
fn go_interfaces_whose_methods_stand_in_files_of_their_own() {
    let folder = Folder::empty();
    folder.write("go.mod", GO_MOD);
    folder.write(
        "main.go",
        r#"package main

import (
	"database/sql"
	"net/http"

	"github.com/go-chi/chi/v5"
	"shop.example/orders/store"
)

type Orders interface {
	Place(id string) error
	All() []string
}

func place(orders Orders) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_ = orders.Place(r.FormValue("id"))
	}
}

func main() {
	db, _ := sql.Open("postgres", "")
	r := chi.NewRouter()
	r.Post("/v1/orders", place(store.New(db)))
	_ = http.ListenAndServe(":8080", r)
}
"#,
    );
    folder.write("store/store.go", "package store\n\nimport \"database/sql\"\n\ntype Store struct{ db *sql.DB }\n\nfunc New(db *sql.DB) *Store { return &Store{db} }\n");
    folder.write("store/place.go", "package store\n\nfunc (s *Store) Place(id string) error {\n\t_, err := s.db.Exec(\"INSERT INTO orders (name) VALUES ($1)\", id)\n\treturn err\n}\n");
    folder
        .write("store/all.go", "package store\n\nfunc (s *Store) All() []string { return nil }\n");
    assert_judged(&folder, &["idempotency main.go:25 fail"]);
}

#[test]
fn scripts_behind_files_that_only_hand_on() {
    let folder = Folder::empty();
    folder.write("package.json", r#"{ "name": "orders", "scripts": { "start": "node app.js" }, "dependencies": { "express": "5.1.0", "axios": "1.7.0" } }"#);
    folder.write(
        "app.js",
        r#"const express = require("express");
const { orders } = require("./controllers");
const { origin } = require("./config");
const axios = require("axios");

const app = express();
app.post("/v1/orders", orders.place);
app.get("/v1/rates", async (req, res) => res.json(await axios.get(origin, settings())));
app.listen(8080);

function settings() {
  return require("./settings");
}
"#,
    );
    folder.write("config/index.js", "module.exports.origin = require(\"./origin\");\n");
    folder.write("config/origin.js", "module.exports = \"https://rates.example\";\n");
    folder.write("settings.js", "module.exports = { timeout: 500 };\n");
    folder.write("controllers/index.js", "module.exports.orders = require(\"./orders\");\n");
    folder.write("controllers/orders.js", "const place = async (req, res) => {\n  await req.orders.insertOne({ name: req.body.name });\n  res.sendStatus(201);\n};\n\nmodule.exports = { place };\n");
    assert_judged(&folder, &["idempotency app.js:7 fail"]);
}

#[test]
fn python_routes_on_a_router_of_another_file() {
    let folder = Folder::empty();
    folder.write("requirements.txt", "flask==3.1.0\n");
    folder.write("Dockerfile", "FROM python:3.13\nCMD [\"flask\", \"run\"]\n");
    folder.write("shop/__init__.py", "from flask import Flask\n\nfrom shop.api import bp\n\napp = Flask(__name__)\napp.register_blueprint(bp, url_prefix=\"/api\")\n");
    folder.write("shop/api/__init__.py", "from flask import Blueprint\n\nbp = Blueprint(\"api\", __name__)\n\nfrom shop.api import orders\n");
    folder.write(
        "shop/api/orders.py",
        "from shop.api import bp\n\n\n@bp.route(\"/orders\")\ndef orders():\n    return []\n",
    );
    assert_judged(&folder, &["api-versioning shop/api/orders.py:4 fail"]);
}

#[test]
fn csharp_methods_known_by_a_word_of_their_type() {
    let folder = Folder::empty();
    folder.write("Shop.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>\n");
    folder.write("Program.cs", "var builder = WebApplication.CreateBuilder(args);\nbuilder.Services.AddControllers();\nvar app = builder.Build();\napp.MapControllers();\napp.Run();\n");
    folder.write(
        "OrdersController.cs",
        r#"using Microsoft.AspNetCore.Mvc;

namespace Shop;

[ApiController]
[Route("api/v1/orders")]
public class OrdersController(Library.Unknown basket) : ControllerBase
{
    [HttpPost]
    public IActionResult Place()
    {
        basket.Place();
        return Ok();
    }
}
"#,
    );
    folder.write("Basket.cs", "namespace Shop;\n\npublic class Basket\n{\n    public void Place()\n    {\n        rows.Insert(new Row());\n    }\n}\n");
    assert_judged(&folder, &["api-versioning OrdersController.cs:9 pass"]);
}

#[test]
fn the_example() {
    let args = |extra: &[&'static str]| -> Vec<String> {
        let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shop");
        let fixed = ["check", shop, "--evidence", "--format", "json"];
        fixed.iter().chain(extra).map(ToString::to_string).collect()
    };
    let run = |args: Vec<String>| {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Folder::empty().run(&args).stdout
    };
    assert_eq!(run(args(&[])), run(args(&["--no-filter"])));
}
