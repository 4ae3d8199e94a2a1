//! Imports, exports and module names.

use groundrule_unit::Name;

use super::{js, ts};
use crate::{
    Source,
    dump::{dump, source},
    typescript::lower,
};

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
    insta::assert_snapshot!(dump(&lower(&source)), @r#"
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
const axios = require('axios');
axios.default.get(require('./page').default, import('lazy').then(f));
"#), @r#"
    module src/app/main
    import  <- src/app/tracing
    import require(dotenv) <- dotenv
    import express <- express
    import get <- src/app/http item get
    import send <- src/app/http item post
    import Router <- express item Router
    import require(src/app/deep) <- src/app/deep
    import require(debug) <- debug
    import require(pino) <- pino
    import axios <- axios
    import require(src/app/page) <- src/app/page
    import require(lazy) <- lazy
    "use strict"
    require(dotenv).config()
    let b = require(src/app/deep).a.b
    let debug = require(debug)("app")
    let later = require(name)
    var pino
    try
      pino = require(pino)
    catch
    axios.get(require(src/app/page).default, require(lazy).then(f))
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
    import require(src/app/lib) <- src/app/lib
    import  <- src/app/lib wildcard reexport
    export handler = λ0
    export other = other
    export start = start
    export stop = halt
    export run = λ1
    export default = {start: start, stop: halt, run: λ1}
    export default = require(src/app/lib)
    export default = create
    export default = default
    exports.handler = λ0
    async fn λ0(event) => event.body
    module.exports.other = other
    module.exports = {start: start, stop: halt, run: λ1}
    fn λ1() => 1
      return 1
    module.exports = require(src/app/lib)
    exports = create
    module.exports = create
    module.exports = default
    class default
      fn default::go()
    "#);
}
