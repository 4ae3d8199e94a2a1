//! What the lowering says of small sources, and what it survives.

use groundrule_unit::{Name, Unit};

use crate::{
    Source,
    dump::{assert_sound, dump, source},
};

fn unit(path: &str, text: &str) -> Unit {
    let unit = super::lower(&source(path, text));
    assert_sound(&unit, text);
    unit
}

fn ts(text: &str) -> String {
    dump(&unit("src/app/main.ts", text))
}

fn js(text: &str) -> String {
    dump(&unit("src/app/main.js", text))
}

#[test]
fn es_imports() {
    insta::assert_snapshot!(ts(r#"
import './tracing';
import express from 'express';
import cfg from './config.js';
import * as grpc from '@grpc/grpc-js';
import axios, { AxiosError as Failure, type AxiosInstance } from 'axios';
import type { User } from '../users';
import * as fs from 'node:fs';
import legacy = require('legacy');
import { default as pino } from 'pino';
import Part = ns.inner.Part;
const dynamic = await import('./lazy');
const { default: got, Agent: a } = await import('got');
"#), @r#"
    module src/app/main
    import  <- src/app/tracing
    import express <- express
    import cfg <- src/app/config item default
    import grpc <- @grpc/grpc-js
    import axios <- axios
    import Failure <- axios item AxiosError
    import AxiosInstance <- axios item AxiosInstance
    import User <- src/users item User
    import fs <- fs
    import legacy <- legacy
    import pino <- pino
    import dynamic <- src/app/lazy
    import got <- got
    import a <- got item Agent
    let Part = ns.inner.Part
    "#);
}

#[test]
fn aliases_are_files_of_the_repository() {
    let aliases = [(Name::new("@/*"), Name::new("src/*"))];
    let text =
        "import db from '@/db';\nimport { x } from '@/lib/index';\nimport y from '@nestjs/common';";
    let source = Source { aliases: &aliases, ..source("src/a.ts", text) };
    insta::assert_snapshot!(dump(&super::lower(&source)), @r#"
    module src/a
    import db <- src/db item default
    import x <- src/lib item x
    import y <- @nestjs/common
    "#);
}

#[test]
fn required_modules_with_a_name_are_imports() {
    insta::assert_snapshot!(js(r#"
'use strict';
require('./tracing');
require('dotenv').config();
const express = require('express');
const { get, post: send } = require('./http.js');
const Router = require('express').Router;
const { a: { b } } = require('./deep');
const debug = require('debug')('app');
const later = require(name);
let pino;
try { pino = require('pino'); } catch {}
"#), @r#"
    module src/app/main
    import  <- src/app/tracing
    import  <- dotenv
    import express <- express
    import get <- src/app/http item get
    import send <- src/app/http item post
    import Router <- express item Router
    import  <- src/app/deep
    import  <- debug
    import pino <- pino
    "use strict"
    require("./tracing")
    require("dotenv").config()
    let b = require("./deep").a.b
    let debug = require("debug")("app")
    let later = require(name)
    var pino
    try
      pino
    catch
    "#);
}

#[test]
fn es_exports() {
    insta::assert_snapshot!(ts(r#"
export const limit = 5, { x, y: z } = rest;
export function start() {}
export default async function handler(req) { return req }
export class Service {}
export interface Shape { a: string }
export enum Color { Red }
const inner = 1;
export { inner, start as begin };
export { User, Order as Purchase, default as Base } from './models';
export { default } from './main';
export * from './all';
export * as tools from './tools';
export type { T } from './types';
"#), @r#"
    module src/app/main
    import User <- src/app/models item User reexport
    import Purchase <- src/app/models item Order reexport
    import Base <- src/app/models item default reexport
    import default <- src/app/main item default reexport
    import  <- src/app/all wildcard reexport
    import tools <- src/app/tools reexport
    import T <- src/app/types item T reexport
    export limit = limit
    export x = x
    export z = z
    export start = start
    export default = handler
    export Service = Service
    export Color = Color
    export inner = inner
    export begin = start
    let limit = 5
    let x = rest.x
    let z = rest.y
    fn start()
    async fn handler(req) => req
      return req
    class Service
    interface Shape
      field a: string
    enum Color
      field Red: Color static
    let inner = 1
    "#);
}

#[test]
fn default_exports() {
    insta::assert_snapshot!(ts("export default { timeout: 5 };"), @r#"
    module src/app/main
    export default = {timeout: 5}
    "#);
    insta::assert_snapshot!(ts("export default class { run() {} }"), @r#"
    module src/app/main
    export default = default
    class default
      fn default::run()
    "#);
    insta::assert_snapshot!(ts("export default () => 1;"), @r#"
    module src/app/main
    export default = λ0
    fn λ0() => 1
    "#);
    insta::assert_snapshot!(ts("class A {}\nexport = A;"), @r#"
    module src/app/main
    export default = A
    class A
    "#);
}

#[test]
fn commonjs_exports() {
    insta::assert_snapshot!(js(r#"
exports.handler = async (event) => event.body;
module.exports.other = other;
module.exports = { start, stop: halt, run() { return 1 } };
module.exports = require('./lib');
exports = module.exports = create;
module.exports = class { go() {} };
"#), @r#"
    module src/app/main
    import  <- src/app/lib
    import  <- src/app/lib wildcard reexport
    export handler = λ0
    export other = other
    export start = start
    export stop = halt
    export run = λ1
    export default = {start: start, stop: halt, run: λ1}
    export default = require("./lib")
    export default = create
    export default = default
    exports.handler = λ0
    async fn λ0(event) => event.body
    module.exports.other = other
    module.exports = {start: start, stop: halt, run: λ1}
    fn λ1() => 1
      return 1
    module.exports = require("./lib")
    exports = create
    module.exports = create
    module.exports = default
    class default
      fn default::go()
    "#);
}

#[test]
fn classes() {
    insta::assert_snapshot!(ts(r#"
@Controller('users')
export class UsersController<T extends Base & Named> extends BaseController<User> implements OnInit {
  private readonly logger = new Logger(UsersController.name);
  static count: number = 0;
  #secret?: string;
  @Column({ length: 5 }) name!: string;
  handle = async (req: Request) => req.ip;

  constructor(private readonly http: HttpService, @Inject('CFG') protected cfg: Config, plain: string) {
    super(plain);
    this.plain = plain;
  }

  @Get(':id')
  @UseGuards(AuthGuard)
  async find(@Param('id') id: string, @Body() { email }: CreateDto): Promise<User | null> {
    return this.http.get(id);
  }

  find2(a: string): void;
  find2(a: any) {}
  get full(): string { return this.name }
  set full(value: string) { this.name = value }
  static { UsersController.count++; }
  *items() { yield 1; }
}
abstract class Shape { abstract area(): number; protected abstract side: number; }
class Strategy extends PassportStrategy(Jwt, 'jwt') {}
const Named = class { x = 1 };
use(class Inner {}, class extends Base {});
"#), @r#"
    module src/app/main
    export UsersController = UsersController
    @Controller("users")
    class UsersController<T: Base + Named> : BaseController<User>, OnInit
      private field logger = new Logger(UsersController.name)
      field count: number = 0 static
      private field #secret: string
      @Column({length: 5})
      field name: string
      field handle = λ0
      private field http: HttpService header
      internal field cfg: Config header
      field full: string getter λ4
      async fn λ0(req: Request) => req.ip
      constructor fn UsersController::new(http: HttpService, @Inject("CFG") cfg: Config, plain: string)
        this.http = http
        this.cfg = cfg
        this(plain)
        this.plain = plain
      @Get(":id")
      @UseGuards(AuthGuard)
      async fn UsersController::find(@Param("id") id: string, @Body() : CreateDto) -> Promise<User> => this.http.get(id)
        var email = {}1.email
        return this.http.get(id)
      fn UsersController::find2(a: any)
      fn UsersController::full() -> string => this.name
        return this.name
      fn UsersController::full(value: string)
        this.name = value
      block
        UsersController.count
        (++ UsersController.count)
      fn UsersController::items() => 1
    abstract class Shape
      internal field side: number
      bodiless fn Shape::area() -> number
    class Strategy : PassportStrategy<Jwt>
    PassportStrategy(Jwt, "jwt")
    class Named
      field x = 1
    use(Inner, ?())
    class Inner
    class  : Base
    "#);
}

#[test]
fn plain_javascript_classes() {
    insta::assert_snapshot!(js(r#"
class Cart extends Store {
  static limit = 3;
  #items = [];
  constructor(db) { super(); this.db = db; }
  async add(item) { await this.#items.push(item); }
  get size() { return this.#items.length }
}
"#), @r#"
    module src/app/main
    class Cart : Store
      field limit = 3 static
      private field #items = []
      field size getter λ2
      constructor fn Cart::new(db)
        this()
        this.db = db
      async fn Cart::add(item)
        this.#items.push(item)
      fn Cart::size() => this.#items.length
        return this.#items.length
    "#);
}

#[test]
fn interfaces_aliases_and_enums() {
    insta::assert_snapshot!(ts(r#"
interface User extends Person, Dated<string> {
  readonly id: string;
  email?: string | null;
  roles: Array<Role>;
  tags: string[];
  pair: [string, number];
  byId: Record<string, User>;
  index: { [key: string]: number };
  address: { street: string; zip: string };
  greet(name: string): void;
  callback: (x: number) => Promise<void>;
}
type Dto = { password: string };
type Both = Base & { extra: boolean };
type Id = string | number | undefined;
type State = 'on' | 'off';
type Schema = z.infer<typeof userSchema>;
type Keys = keyof User;
type Field = User['email'];
const enum Level { Low = 1, High = 'high' }
declare function outside(x: number): string;
declare module 'x' { interface Inner { a: string } }
namespace Tools { export const t = 1; }
"#), @r#"
    module src/app/main
    export t = t
    interface User : Person, Dated<string>
      field id: string
      field email: string
      field roles: []<Role>
      field tags: []<string>
      field pair: (,)<string, number>
      field byId: {}<string, User>
      field index: {}<string, number>
      field address: {}@239
      field callback: ()<Promise<void>>
      struct {}@239
        field street: string
        field zip: string
      bodiless fn User::greet(name: string) -> void
    struct Dto
      field password: string
    struct Both : Base
      field extra: boolean
    alias Id = |<string, number>
    alias State = string
    alias Schema = z.infer<typeof<userSchema>>
    alias Keys = keyof<User>
    alias Field = 
    enum Level
      field Low: Level = 1 static
      field High: Level = "high" static
    bodiless fn outside(x: number) -> string
    interface Inner
      field a: string
    let t = 1
    "#);
}

#[test]
fn functions_and_parameters() {
    insta::assert_snapshot!(ts(r#"
async function load<T>(id: string, retries = 3, ...rest: string[]): Promise<T> { return call(id); }
function overloaded(a: string): void;
function overloaded(a: any) {}
function* many() { yield* other(); }
const arrow = x => x + 1;
const both = ({ ip, path: p = '/', ...others }: Request, [first, , third] = []) => { log(ip); };
function typed(this: Window, a?: number) {}
const object = { run() { return 1 }, async *gen() {}, get v() { return 2 }, f: function named() {}, [key]: 1, 'a-b': 2, ...base, ['c']: 3 };
(function () { iife(); })();
"#), @r#"
    module src/app/main
    async fn load<T>(id: string, retries = 3, *rest: []<string>) -> Promise<T> => call(id)
      return call(id)
    fn overloaded(a: any)
    fn many() => other()
    let arrow = λ3
    fn λ3(x) => (x + 1)
    let both = λ4
    fn λ4(: Request,  = [])
      var ip = {}0.ip
      var p = ({}0.path | "/")
      var others = {...{}0}
      var first = {}1.#0
      var third = {}1.#2
      log(ip)
    fn typed(a: number)
    let object = {run: λ6, gen: λ7, v: λ8, f: λ9, [key]: 1, "a-b": 2, c: 3, ...base}
    fn λ6() => 1
      return 1
    async fn λ7()
    fn λ8() => 2
      return 2
    fn named()
    λ10()
    fn λ10()
      iife()
    "#);
}

#[test]
fn bindings() {
    insta::assert_snapshot!(ts(r#"
const a = 1, b: number = 2;
let c;
var { d, e: { f }, g = 5, ['h']: h, ...others } = source();
const [i, , j = 2, ...k] = list;
const { data }: Reply = await fetch(url);
c = 3;
this.client = new Client();
headers['X-Key'] = value;
total += 2;
cache ??= create();
count++;
({ x: o.p, y } = z);
first = second = third;
"#), @r#"
    module src/app/main
    let a = 1
    let b: number = 2
    var c
    var d = source().d
    var f = source().e.f
    var g = (source().g | 5)
    var h = source().h
    var others = {...source()}
    let i = list.#0
    let j = (list.#2 | 2)
    let k = [each(list)]
    let data = (fetch(url) as Reply).data
    c = 3
    this.client = new Client()
    headers["X-Key"] = value
    total += 2
    cache = (cache | create())
    count
    (++ count)
    o.p = z.x
    y = z.y
    first = third
    second = third
    "#);
}

#[test]
fn expressions() {
    insta::assert_snapshot!(ts(r#"
a?.b?.[c]?.(d)!;
x as Foo;
y satisfies Bar;
z as const;
<Foo>old;
typeof v === 'string';
'key' in obj;
err instanceof HttpError;
/^v\d+$/i;
new Map<string, User>();
new Plain;
f<T>(...args, last);
tag`a ${b}\n`;
`just text`;
`user ${u.id}: ${await name()}`;
[1, ...more, null, undefined];
-1; !done; void 0; delete o.x;
(1, two);
import.meta.url;
super_(() => ({ a }));
await Promise.all(xs.map(async (x) => { await go(x) }));
chain.one(1).two({ timeout: 5_000 }).three;
'it\'s\t' + "\u0041";
"#), @r#"
    module src/app/main
    a.b[c](d)
    (x as Foo)
    y
    z
    (old as Foo)
    ((typeof v) === "string")
    ("key" in obj)
    (err instanceof HttpError)
    "^v\\d+$"
    new Map<string, User>()
    new Plain()
    f<T>(...args, last)
    tag(`a ${b}\n`)
    "just text"
    `user ${u.id}: ${name()}`
    [1, each(more), null, null]
    (- 1)
    (! done)
    (void 0)
    (delete o.x)
    1
    two
    import.meta.url
    super_(λ0)
    fn λ0() => {a: a}
    Promise.all(xs.map(λ1))
    async fn λ1(x)
      go(x)
    chain.one(1).two({timeout: 5_000}).three
    ("it's\t" + "A")
    "#);
}

#[test]
fn choices_and_conditions() {
    insta::assert_snapshot!(ts(r#"
const a = process.env.PORT || config.port || 8080;
const b = given ?? fallback;
const c = test || other ? yes : no;
const d = x === 1 || y === 2;
const e = user && user.name;
const f = user && (a || b);
if (a || b && !(c || d)) go();
"#), @r#"
    module src/app/main
    let a = (process.env.PORT | config.port | 8080)
    let b = (given | fallback)
    let c = (yes | no)
    (test || other)
    let d = ((x === 1) || (y === 2))
    let e = (user && user.name)
    let f = (user && (a | b))
    branch (a || (b && (! (c || d))))
      go()
    "#);
}

#[test]
fn control_flow() {
    insta::assert_snapshot!(ts(r#"
function run(kind) {
  if (a) { one(); } else if (b) two(); else { three(); }
  switch (kind) { case 'x': four(); break; case y: default: five(); }
  try { six(); } catch (error: unknown) { throw new Wrapped(error); } finally { seven(); }
  try { eight(); } catch ({ message }) { nine(message); }
  outer: for (const item of items) { continue outer; }
  { const inner = 1; }
  if (!a) return;
  return ten(), eleven();
}
"#), @r#"
    module src/app/main
    fn run(kind) => eleven()
      branch a
        one()
      branch b
        two()
      branch
        three()
      branch (kind === "x")
        four()
        break
      branch (kind === y)
      branch
        five()
      try
        six()
      catch
        caught error: unknown
        throw new Wrapped(error)
      finally
        seven()
      try
        eight()
      catch
        caught message
        nine(message)
      loop items bounded
        each item = each(items)
        continue
      block
        let inner = 1
      branch (! a)
        return
      return eleven()
      ten()
    "#);
}

#[test]
fn loops_and_what_limits_them() {
    insta::assert_snapshot!(ts(r#"
for (let i = 0; i < max; i++) { go(i); }
for (;;) { if (done) break; }
for (let tries = 0; ; tries++) go();
for await (const [key, value] of pairs) go(key);
for (const name in object) go(name);
while (true) { go(); }
while (attempt <= limit && !done) { attempt += 1; }
while (this.left > 0) { this.left--; }
while (queue.length > 0) { go(); }
while (Date.now() - start < limit) go();
while (n--) go();
do { go(); } while (!ok);
while (!ok && tries < 5) { tries = tries + 1; }
"#), @r#"
    module src/app/main
    block
      loop (i < max) bounded
        i
        (++ i)
        go(i)
      var i = 0
    block
      loop
        branch done
          break
    block
      loop
        tries
        (++ tries)
        go()
      var tries = 0
    loop pairs bounded
      each key = each(pairs).#0
      each value = each(pairs).#1
      go(key)
    loop object bounded
      each name = ?(object)
      go(name)
    loop
      true
      go()
    loop ((attempt <= limit) && (! done)) bounded
      attempt += 1
    loop (this.left > 0) bounded
      this.left
      (-- this.left)
    loop (queue.length > 0)
      go()
    loop ((Date.now() - start) < limit) bounded
      go()
    loop (-- n) bounded
      n
      go()
    loop (! ok)
      go()
    loop ((! ok) && (tries < 5)) bounded
      tries = (tries + 1)
    "#);
}

#[test]
fn jsx_keeps_its_expressions() {
    let text = "'use client';\nconst page = <Page title='t' user={user} {...rest}>text {load(id)} <b onClick={() => go()}/></Page>;";
    insta::assert_snapshot!(dump(&unit("a/page.tsx", text)), @r#"
    module a/page
    "use client"
    let page = ?("t", user, rest, load(id), ?(λ0))
    fn λ0() => go()
    "#);
    insta::assert_snapshot!(dump(&unit("a/page.jsx", text)), @r#"
    module a/page
    "use client"
    let page = ?("t", user, rest, load(id), ?(λ0))
    fn λ0() => go()
    "#);
}

#[test]
fn flow_types_in_javascript_are_read() {
    let unit = unit("a.js", "function f(x: string): number { return g(x); }");
    assert!(unit.unread.is_empty());
    insta::assert_snapshot!(dump(&unit), @r#"
    module a
    fn f(x: string) -> number => g(x)
      return g(x)
    "#);
}

#[test]
fn comments_that_address_groundrule_are_kept() {
    let unit = unit("a.ts", "// groundrule: allow(timeouts) -- reason\nf(); // plain\n");
    assert_eq!(unit.comments.len(), 1);
}

#[test]
fn what_cannot_be_read_is_noted_and_the_rest_is_lowered() {
    let text = "const a = f(1);\nconst = = ;\nconst b = g(2);";
    let unit = unit("a.ts", text);
    assert!(!unit.unread.is_empty());
    let dumped = dump(&unit);
    assert!(dumped.contains("let a = f(1)") && dumped.contains("g(2)"), "{dumped}");
}

#[test]
fn hostile_sources_are_survived() {
    let deep = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(100_000), close.repeat(100_000))
    };
    let sources = [
        String::new(),
        "\u{FEFF}".to_owned(),
        String::from_utf8_lossy(&[0xff, 0xfe, b'(', 0x00, b'`', b'$', b'{', 0x80]).into_owned(),
        deep("(", "x", ")"),
        deep("[", "x", "]"),
        deep("{", "x", "}"),
        deep("f(", "x", ")"),
        deep("!", "x", ""),
        deep("if (a) {", "x", "}"),
        deep("() => ", "x", ""),
        deep("x = ", "y", ""),
        deep("a ? ", "b", " : c"),
        deep("`${", "x", "}`"),
        deep("class A { m() { ", "", "}}"),
        deep("x", ".then(f)", ""),
        format!("x{}", ".then(f)".repeat(100_000)),
        format!("module{}.exports = 1", ".exports".repeat(100_000)),
        format!("const x = {}require('y'){}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("x = a{}", " + b".repeat(100_000)),
        format!("x = a{}", " || b".repeat(100_000)),
        format!("if (a) b; {}", "else if (c) d; ".repeat(100_000)),
        format!("const {} = x", deep("[", "a", "]")),
        format!("let x: {}", deep("Array<", "string", ">")),
        format!("let x: {}", deep("{ a: ", "string", "}")),
        format!("type T = a{}", " | b".repeat(100_000)),
        format!("let x = {}", deep("<a>", "", "</a>")),
        "const { a, b: { c }".to_owned(),
        "export const f = async ({ a }: { a: str".to_owned(),
        "`${a".to_owned(),
        "'abc\\".to_owned(),
        "@Dec(".to_owned(),
    ];
    for text in &sources {
        let paths: &[&str] = match text {
            // One grammar is enough for what takes long.
            long if long.len() > 1000 && !long.contains("<a>") => &["a.ts"],
            _ => &["a.ts", "a.tsx", "a.js"],
        };
        for path in paths {
            unit(path, text);
        }
    }
}

#[test]
fn every_prefix_of_a_source_is_survived() {
    let text = "import a, { b as c } from 'd';\n@E('f') export class G<H> extends I { constructor(private j: K) { super() } @L() m({ n = 1 }: { n: number }) { return `o${this.j?.n!}` } }\nfor (const [p] of q) { try { r ||= s } catch { switch (t) { case 1: } } }";
    for end in 0..text.len() {
        unit("a.ts", &text[..end]);
        unit("a.js", &text[..end]);
    }
}
