//! Python: routes with all that their paths are made of.

use crate::repo::{routes, service};

#[test]
fn flask_blueprints_are_mounted_and_classes_serve_their_methods() {
    let linked = service(
        &["flask", "flask-restful"],
        &[
            (
                "app.py",
                "from flask import Flask
from flask.views import MethodView
from flask_restful import Api, Resource
from orders import bp
app = Flask(__name__)
app.register_blueprint(bp, url_prefix='/v2/orders')
api = Api(app, prefix='/v1')

class Items(MethodView):
    def get(self): ...
    def post(self): ...

class Users(Resource):
    def get(self): ...

app.add_url_rule('/items', view_func=Items.as_view('items'))
api.add_resource(Users, '/users', '/people')
",
            ),
            (
                "orders.py",
                "from flask import Blueprint
bp = Blueprint('orders', __name__, url_prefix='/orders')

@bp.route('/<id>', methods=['GET', 'DELETE'])
def one(id): ...
",
            ),
        ],
    );
    assert_eq!(
        routes(&linked),
        [
            "DELETE /v2/orders/<id>",
            "GET /items",
            "GET /v1/people",
            "GET /v1/users",
            "GET /v2/orders/<id>",
            "POST /items",
        ]
    );
}

#[test]
fn fastapi_routers_concatenate_their_prefixes() {
    let linked = service(
        &["fastapi"],
        &[
            (
                "main.py",
                "from fastapi import FastAPI, APIRouter
from routers import orders, users
app = FastAPI()
api = APIRouter(prefix='/api')
api.include_router(orders.router, prefix='/v1')
api.include_router(router=users.router)
app.include_router(api)
sub = FastAPI()
app.mount('/v3', sub)

@sub.get('/x')
def x(): ...
",
            ),
            ("routers/__init__.py", ""),
            (
                "routers/orders.py",
                "from fastapi import APIRouter
router = APIRouter(prefix='/orders')

@router.post('')
async def create(): ...
",
            ),
            (
                "routers/users.py",
                "from fastapi import APIRouter
router = APIRouter()

@router.get('/users/{id}')
async def user(id): ...
",
            ),
        ],
    );
    assert_eq!(routes(&linked), ["GET /api/users/{id}", "GET /v3/x", "POST /api/v1/orders"]);
}

#[test]
fn django_urls_are_included_and_view_sets_registered() {
    let linked = service(
        &["django", "djangorestframework"],
        &[
            (
                "shop/urls.py",
                "from django.contrib import admin
from django.urls import include, path, re_path
urlpatterns = [
    path('admin/', admin.site.urls),
    path('api/v1/', include('orders.urls')),
    re_path(r'^legacy/', include('orders.legacy')),
]
",
            ),
            (
                "orders/urls.py",
                "from django.urls import include, path
from rest_framework.routers import DefaultRouter
from . import views
router = DefaultRouter()
router.register(r'orders', views.OrderViewSet)
urlpatterns = [
    path('', include(router.urls)),
    path('report/', views.report),
    path('items/', views.Items.as_view()),
]
",
            ),
            (
                "orders/legacy.py",
                "from django.conf.urls import url
from . import views
urlpatterns = [url(r'^report/(?P<pk>[0-9]+)/$', views.report)]
",
            ),
            (
                "orders/views.py",
                "from django.views.decorators.http import require_POST
from rest_framework import generics, viewsets
from rest_framework.decorators import action

class OrderViewSet(viewsets.ReadOnlyModelViewSet):
    def create(self, request): ...

    @action(detail=True, methods=['post'])
    def pay(self, request, pk=None): ...

class Items(generics.ListCreateAPIView):
    queryset = None

@require_POST
def report(request): ...
",
            ),
        ],
    );
    assert_eq!(
        routes(&linked),
        [
            "GET /api/v1/items",
            "GET /api/v1/orders",
            "GET /api/v1/orders/{pk}",
            "POST /api/v1/items",
            "POST /api/v1/orders",
            "POST /api/v1/orders/{pk}/pay",
            "POST /api/v1/report",
            "POST /legacy/report/{pk}",
        ]
    );
}

#[test]
fn lists_of_routes_are_followed_to_their_application() {
    let linked = service(
        &["aiohttp", "starlette"],
        &[
            (
                "a.py",
                "from aiohttp import web
async def handle(request): ...
app = web.Application()
sub = web.Application()
sub.add_routes([web.get('/x', handle), web.post('/y', handle)])
app.add_subapp('/v1', sub)
app.router.add_get('/z', handle)
",
            ),
            (
                "b.py",
                "from starlette.applications import Starlette
from starlette.routing import Mount, Route
async def home(request): ...
inner = [Route('/items', home, methods=['POST'])]
app = Starlette(routes=[Mount('/v2', routes=inner), Route('/other', home)])
",
            ),
        ],
    );
    assert_eq!(
        routes(&linked),
        ["GET /other", "GET /v1/x", "GET /z", "POST /v1/y", "POST /v2/items"]
    );
}

#[test]
fn sanic_puts_a_version_before_the_path() {
    let linked = service(
        &["sanic"],
        &[(
            "app.py",
            "from sanic import Blueprint, Sanic
app = Sanic('shop')
bp = Blueprint('orders', url_prefix='/orders', version=1)

@bp.post('/')
async def create(request): ...

@app.get('/items', version=2)
async def items(request): ...

app.blueprint(bp)
",
        )],
    );
    assert_eq!(routes(&linked), ["GET /v2/items", "POST /v1/orders"]);
}

#[test]
fn functions_on_azure_stand_below_api() {
    let linked = service(
        &["azure-functions"],
        &[(
            "function_app.py",
            "import azure.functions as func
app = func.FunctionApp()

@app.route(route='orders', methods=['POST'])
def create(req): ...
",
        )],
    );
    assert_eq!(routes(&linked), ["POST /api/orders"]);
}
