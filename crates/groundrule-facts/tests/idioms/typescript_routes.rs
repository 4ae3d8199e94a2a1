//! TypeScript and JavaScript: routes with all that their paths are made of.

use groundrule_facts::Attributes;

use crate::repo::{routes, served, service};

#[test]
fn express_routers_are_mounted_under_paths() {
    let linked = service(
        &["express"],
        &[
            (
                "app.js",
                "const express = require('express');
const orders = require('./orders');
const app = express();
app.get('port');
app.use('/api/v1', orders);
app.use('/users', require('./users')(app));
require('./items')(app);
app.route('/things').get((req, res) => res.json([])).post(create);
function create(req, res) {}
",
            ),
            (
                "orders.js",
                "const { Router } = require('express');
const router = Router();
const auth = () => {};
router.post('/orders', auth, (req, res) => res.json({}));
module.exports = router;
",
            ),
            (
                "users.js",
                "const express = require('express');
module.exports = (app) => {
  const router = express.Router();
  router.get('/:id', (req, res) => res.json({}));
  return router;
};
",
            ),
            (
                "items.js",
                "module.exports = function (server) {
  server.delete('/items/:id', (req, res) => res.json({}));
};
",
            ),
        ],
    );
    assert_eq!(
        routes(&linked),
        [
            "DELETE /items/:id",
            "GET /things",
            "GET /users/:id",
            "POST /api/v1/orders",
            "POST /things",
        ]
    );
}

#[test]
fn fastify_plugins_have_prefixes_and_folders_may_be_some() {
    let linked = service(
        &["fastify"],
        &[
            (
                "src/app.ts",
                "import AutoLoad from '@fastify/autoload';
import { join } from 'path';
import { FastifyPluginAsync } from 'fastify';
import items from './items';
const app: FastifyPluginAsync = async (fastify, opts) => {
  fastify.register(AutoLoad, { dir: join(__dirname, 'routes'), options: opts });
  fastify.register(items, { prefix: '/v2' });
};
export default app;
",
            ),
            (
                "src/items.ts",
                "import fp from 'fastify-plugin';
export default async function plugin(instance, opts) {
  instance.get('/items', async () => []);
  instance.route({ method: 'POST', url: '/items', handler: async () => {} });
}
",
            ),
            (
                "src/routes/v1/orders/index.ts",
                "const orders = async (fastify, opts) => {
  fastify.post('/', async () => {});
};
export default orders;
",
            ),
            (
                "src/routes/root.ts",
                "export default async function (fastify, opts) {
  fastify.get('/ready', async () => {});
}
",
            ),
        ],
    );
    assert_eq!(
        routes(&linked),
        ["GET /ready", "GET /v2/items", "POST /v1/orders", "POST /v2/items"]
    );
}

#[test]
fn nest_controllers_stand_below_the_global_prefix_and_version() {
    let controller = (
        "a.controller.ts",
        "import { Controller, Get, Post, Version } from '@nestjs/common';
@Controller({ path: 'orders', version: '1' })
export class A {
  @Get(':id')
  one() {}
  @Post()
  create() {}
}
",
    );
    let main = |more: &str| {
        format!(
            "import {{ NestFactory }} from '@nestjs/core';
import {{ VersioningType }} from '@nestjs/common';
import {{ AppModule }} from './app.module';
async function bootstrap() {{
  const app = await NestFactory.create(AppModule);
  app.setGlobalPrefix('api');
  {more}
}}
bootstrap();
"
        )
    };
    let plain = main("");
    assert_eq!(
        routes(&service(&["@nestjs/common"], &[("main.ts", &plain), controller])),
        ["GET /api/orders/:id", "POST /api/orders"]
    );
    let versioned = main("app.enableVersioning({ type: VersioningType.URI });");
    assert_eq!(
        routes(&service(&["@nestjs/common"], &[("main.ts", &versioned), controller])),
        ["GET /api/v1/orders/:id", "POST /api/v1/orders"]
    );
}

#[test]
fn koa_hapi_and_hono_routes_have_their_prefixes() {
    let linked = service(
        &["koa", "@koa/router", "@hapi/hapi", "hono"],
        &[
            (
                "koa.js",
                "const Koa = require('koa');
const Router = require('@koa/router');
const router = new Router({ prefix: '/v1' });
const outer = new Router();
router.get('/koa', async (ctx) => {});
outer.use('/api', router.routes(), router.allowedMethods());
",
            ),
            (
                "hapi.js",
                "const Hapi = require('@hapi/hapi');
const server = Hapi.server({ port: 3000 });
server.route({ method: 'POST', path: '/hapi', handler: () => 1 });
server.route([{ method: ['GET', 'PUT'], path: '/many', handler: () => 1 }]);
",
            ),
            (
                "hono.ts",
                "import { Hono } from 'hono';
const app = new Hono().basePath('/v2');
const books = new Hono();
books.get('/books', (c) => c.json([]));
app.route('/lib', books);
app.post('/hono', (c) => c.json({}));
",
            ),
        ],
    );
    assert_eq!(
        routes(&linked),
        [
            "GET /api/v1/koa",
            "GET /many",
            "GET /v2/lib/books",
            "POST /hapi",
            "POST /v2/hono",
            "PUT /many",
        ]
    );
}

#[test]
fn a_files_place_is_its_route_in_next() {
    let linked = service(
        &["next"],
        &[
            (
                "app/api/v1/orders/[id]/route.ts",
                "export async function GET(request: Request) { return Response.json({}); }\nexport const POST = async () => {};\n",
            ),
            (
                "src/pages/api/users/index.ts",
                "export default function handler(req, res) { res.status(200).json({}); }\n",
            ),
            ("app/page.tsx", "export default function Page() { return null; }\n"),
        ],
    );
    assert_eq!(
        routes(&linked),
        ["ANY /api/users", "GET /api/v1/orders/{id}", "POST /api/v1/orders/{id}"]
    );
}

#[test]
fn functions_on_azure_stand_below_the_prefix_of_their_host() {
    let code = (
        "src/index.ts",
        "import { app } from '@azure/functions';
app.get('users', { route: 'users/{id}', handler: async () => ({}) });
app.deleteRequest('gone', { handler: async () => ({}) });
app.http('both', { methods: ['POST'], authLevel: 'anonymous', handler: async () => ({}) });
",
    );
    assert_eq!(
        routes(&service(&["@azure/functions"], &[code])),
        ["DELETE /api/gone", "GET /api/users/{id}", "POST /api/both"]
    );
    let host = ("host.json", "{\"extensions\": {\"http\": {\"routePrefix\": \"v1\"}}}");
    assert_eq!(
        routes(&service(&["@azure/functions"], &[code, host])),
        ["DELETE /v1/gone", "GET /v1/users/{id}", "POST /v1/both"]
    );
}

#[test]
fn a_page_may_be_rendered_by_a_helper_of_another_file() {
    let linked = service(
        &["express"],
        &[
            (
                "app.js",
                "const express = require('express');
const login = require('./login');
const home = require('./home');
const { response } = require('./response');
const app = express();
app.get('/login', login.show);
app.get('/home', home.mine.get);
app.get('/style', (req, res) => response(req, res, 'style'));
app.get('/data', (req, res) => { if (!req.query.id) return renderError(req, res); res.json({}); });
",
            ),
            ("login/index.js", "module.exports.show = require('./show');\n"),
            ("login/show.js", "module.exports = (req, res) => { res.render('login'); };\n"),
            ("home.ts", "import * as mine from './mine';\nexport = { mine };\n"),
            (
                "mine.js",
                "const { response } = require('./response');
async function get(req, res) { response(req, res, 'mine'); }
module.exports = { get };
",
            ),
            (
                "response.js",
                "function response(req, res, view) { render(res, view); }
function render(res, view) { res.render(view); }
function renderError(req, res) { res.render('error'); }
module.exports = { response, renderError };
",
            ),
        ],
    );
    assert_eq!(
        served(&linked),
        ["GET /data: Api", "GET /home: Page", "GET /login: Page", "GET /style: Page"]
    );
}

#[test]
fn a_table_of_routes_and_a_helper_of_the_project_declare_one_route_each_time() {
    let linked = service(
        &["express"],
        &[
            (
                "app.js",
                "const express = require('express');
const routes = require('./routes');
const app = express();
const router = express.Router();
routes.forEach((route) => { router[route.method](route.path, route.handler); });
for (const { path, handler } of [{ path: '/v1/a', handler: f }, { path: '/b', handler: f }]) {
  router.post(path, handler);
}
app.use('/api', router);
class Base {
  constructor() { this.app = express.Router(); }
  get(path, handler) { this.app.get(path, this.guarded(handler)); }
  route(options) { this.app[options.method](options.path, this.guarded(options.handler.bind(this))); }
}
class Things extends Base {
  constructor() {
    super();
    this.get('/things', this.list);
    this.route({ method: 'post', path: '/v2/things', handler: this.list });
  }
  list(req, res) { res.json({}); }
}
",
            ),
            (
                "routes.js",
                "const f = (req, res) => res.json({});
module.exports = [
  { method: 'get', path: '/users', handler: f },
  { method: 'delete', path: '/users/:id', handler: f },
];
",
            ),
        ],
    );
    assert_eq!(
        routes(&linked),
        [
            "DELETE /api/users/:id",
            "GET /api/users",
            "GET /things",
            "POST /api/b",
            "POST /api/v1/a",
            "POST /v2/things",
        ]
    );
    let handlers = linked.subjects.iter().filter_map(|subject| match &subject.attributes {
        Attributes::HttpRoute(route) if route.path.ends_with("/things") => Some(&*route.handler),
        _ => None,
    });
    assert_eq!(handlers.collect::<Vec<_>>(), ["list", "list"]);
}
