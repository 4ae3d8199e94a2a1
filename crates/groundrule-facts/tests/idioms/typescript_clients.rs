//! TypeScript and JavaScript: clients, their deadlines and what repeats them.

use crate::repo::{deadlines, linked, loops, retries, retry, service, tracing};

#[test]
fn fetch_is_bounded_by_its_signal() {
    let linked = service(
        &[],
        &[(
            "a.ts",
            "await fetch('http://a');
await fetch('http://a', { signal: AbortSignal.timeout(5000) });
const controller = new AbortController();
setTimeout(() => controller.abort(), 5000);
await fetch('http://a', { signal: controller.signal });
const never = new AbortController();
await fetch('http://a', { signal: never.signal });
await Promise.race([fetch('http://a'), new Promise((_, no) => setTimeout(no, 10))]);
",
        )],
    );
    assert_eq!(deadlines(&linked), ["1: None", "2: Finite", "5: Finite", "7: None", "8: Finite"]);
}

#[test]
fn axios_is_bounded_by_its_instance_its_defaults_or_the_call() {
    let linked = service(
        &["axios"],
        &[(
            "a.ts",
            "import axios from 'axios';
import http from 'axios';
const api = axios.create({ baseURL: 'http://a', timeout: 5000 });
const other = axios.create({ baseURL: 'http://a' });
await api.get('/x');
await http.post('http://a', {}, { timeout: 100 });
await axios({ url: 'http://a' });
await axios.get('http://a', { timeout: 0 });
",
        )],
    );
    assert_eq!(deadlines(&linked), ["3: Finite", "4: None", "6: Finite", "7: None", "8: None"]);
    let global = service(
        &["axios"],
        &[
            ("a.ts", "import axios from 'axios';\nawait axios.get('http://a');\n"),
            ("b.ts", "import axios from 'axios';\naxios.defaults.timeout = 5000;\n"),
        ],
    );
    assert_eq!(deadlines(&global), ["2: Finite"]);
}

#[test]
fn a_required_function_is_the_call_itself() {
    let linked = service(
        &["request", "got", "superagent"],
        &[(
            "a.js",
            "const call = require('request');
const got = require('got');
const agent = require('superagent');
call('http://a', (e, r) => {});
call({ url: 'http://a', timeout: 10 }, (e, r) => {});
got('http://a', { timeout: { request: 100 } });
agent.get('http://a').timeout({ response: 100 }).retry(2);
agent.get('http://a');
",
        )],
    );
    assert_eq!(deadlines(&linked), ["4: None", "5: Finite", "6: Finite", "7: Finite", "8: None"]);
    assert_eq!(
        retries(&linked),
        ["4: None", "5: None", "6: LibraryDefault", "7: Finite", "8: None"]
    );
}

#[test]
fn nest_modules_bound_the_clients_that_they_register() {
    let call = (
        "a.service.ts",
        "import { HttpService } from '@nestjs/axios';
import { timeout, retry } from 'rxjs';
export class A {
  constructor(private readonly http: HttpService) {}
  a() { return this.http.get('http://a'); }
  b() { return this.http.get('http://a').pipe(timeout(500), retry({ count: 3, delay: 100 })); }
}
",
    );
    let bare = service(&["@nestjs/axios"], &[call]);
    assert_eq!(deadlines(&bare), ["5: None", "6: Finite"]);
    assert_eq!(retry(&bare), "Finite");
    let module = (
        "m.ts",
        "import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
@Module({ imports: [HttpModule.register({ timeout: 5000 })] })
export class M {}
",
    );
    assert_eq!(deadlines(&service(&["@nestjs/axios"], &[call, module])), ["3: Finite"]);
}

#[test]
fn databases_and_caches_need_more_than_a_connect_timeout() {
    let linked = service(
        &["pg", "ioredis", "mongodb@^3.5", "mysql2"],
        &[(
            "a.ts",
            "import { Pool } from 'pg';
import Redis from 'ioredis';
import { MongoClient } from 'mongodb';
import mysql from 'mysql2/promise';
const a = new Pool({ connectionTimeoutMillis: 100 });
const b = new Pool({ statement_timeout: 100 });
const c = new Redis('redis://a', { connectTimeout: 1 });
const d = new Redis({ commandTimeout: 1 });
const e = new MongoClient(process.env.URL);
const f = new MongoClient('mongodb://a/?socketTimeoutMS=100');
await e.connect();
const g = mysql.createPool({ host: 'a' });
",
        )],
    );
    assert_eq!(
        deadlines(&linked),
        ["5: None", "6: Finite", "7: None", "8: Finite", "9: None", "10: Finite", "12: None"]
    );
}

#[test]
fn vendors_sdks_have_their_documented_defaults() {
    let text = "import Stripe from 'stripe';\nimport OpenAI from 'openai';\nconst s = new Stripe('k');\nconst o = new OpenAI({ timeout: 5 });\n";
    let linked = service(&["stripe@^14.7.0", "openai"], &[("plugins/stripe.ts", text)]);
    assert_eq!(deadlines(&linked), ["3: LibraryDefault", "4: Finite"]);
    assert_eq!(retry(&linked), "LibraryDefault");
}

#[test]
fn stubs_of_grpc_take_a_deadline_at_each_call() {
    let linked = service(
        &["@grpc/grpc-js"],
        &[(
            "a.js",
            "const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const shop = grpc.loadPackageDefinition(loader.loadSync('a.proto')).shop;
const client = new shop.Orders('a', grpc.credentials.createInsecure());
client.list({}, (e, r) => {});
client.list({}, { deadline: Date.now() + 100 }, (e, r) => {});
client.close();
",
        )],
    );
    assert_eq!(deadlines(&linked), ["5: None", "6: Finite"]);
}

#[test]
fn a_generated_client_has_no_deadline_of_its_own() {
    let linked = linked(
        &[],
        &["src/api/ordersApi.ts"],
        &[(
            "src/a.ts",
            "import { OrdersApi } from './api';\nconst a = new OrdersApi('http://a');\n",
        )],
    );
    assert_eq!(deadlines(&linked), ["2: None"]);
}

#[test]
fn retry_libraries_cover_what_they_wrap() {
    let with = |text: &str, package: &str| retry(&service(&[package], &[("a.ts", text)]));
    let wrapped = "import pRetry from 'p-retry';\nasync function load() { return fetch('http://a'); }\nexport const a = () => pRetry(load, { retries: 3 });\n";
    assert_eq!(with(wrapped, "p-retry"), "Finite");
    let plain = "export const a = () => fetch('http://a');\n";
    assert_eq!(with(plain, "x"), "None");
    let axios = "import axios from 'axios';\nimport axiosRetry from 'axios-retry';\nconst c = axios.create({ timeout: 1 });\naxiosRetry(c, { retries: 3, retryDelay: axiosRetry.exponentialDelay });\n";
    assert_eq!(with(axios, "axios-retry"), "Finite");
}

#[test]
fn tracing_is_set_up_by_calls_imports_and_environment() {
    let traced = |text: &str| tracing(&service(&[], &[("main.js", text)]));
    assert_eq!(
        traced(
            "const { NodeSDK } = require('@opentelemetry/sdk-node');\nconst sdk = new NodeSDK({});\nsdk.start();\n"
        ),
        "SetUp"
    );
    assert_eq!(traced("require('@instana/collector')();\n"), "SetUp");
    assert_eq!(traced("require('dd-trace').init();\n"), "SetUp");
    assert_eq!(traced("require('elastic-apm-node').start({});\n"), "SetUp");
    assert_eq!(traced("require('newrelic');\n"), "SetUp");
    assert_eq!(traced("import tracer from 'dd-trace';\ntracer.init();\n"), "SetUp");
    assert_eq!(
        traced(
            "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: 'x', tracesSampleRate: 1.0 });\n"
        ),
        "SetUp"
    );
    assert_ne!(
        traced("import * as Sentry from '@sentry/node';\nSentry.init({ dsn: 'x' });\n"),
        "SetUp"
    );
    assert_ne!(
        traced("import { trace } from '@opentelemetry/api';\nconst t = trace.getTracer('x');\n"),
        "SetUp"
    );
    let container = service(
        &[],
        &[
            ("main.js", "console.log('x');\n"),
            (
                "Dockerfile",
                "FROM node\nENV NODE_OPTIONS=\"--require @opentelemetry/auto-instrumentations-node/register\"\n",
            ),
        ],
    );
    assert_eq!(tracing(&container), "SetUp");
}

#[test]
fn a_loop_may_wait_inside_a_promise_that_it_makes() {
    let linked = service(
        &["axios"],
        &[(
            "app.ts",
            "import axios from 'axios';
export async function load() {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await axios.get('http://a');
    } catch (error) {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
",
        )],
    );
    assert_eq!(loops(&linked), ["3: bounded, Constant"]);
}

#[test]
fn the_client_inside_nests_http_service_is_called_by_itself_too() {
    let linked = service(
        &["@nestjs/axios"],
        &[(
            "app.ts",
            "import { HttpService } from '@nestjs/axios';
export class Bank {
  constructor(private readonly http: HttpService) {}
  load() {
    return this.http.axiosRef({ url: 'http://a' });
  }
  save() {
    return this.http.axiosRef.post('http://a', {}, { timeout: 100 });
  }
}
",
        )],
    );
    assert_eq!(deadlines(&linked), ["5: None", "8: Finite"]);
}
