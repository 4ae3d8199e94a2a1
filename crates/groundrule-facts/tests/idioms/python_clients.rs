//! Python: clients, their deadlines and what repeats them.

use crate::repo::{deadlines, linked, loops, retries, retry, service, tracing};

#[test]
fn a_call_of_requests_has_the_deadline_that_it_is_given() {
    let linked = service(
        &["requests"],
        &[(
            "app.py",
            "import requests
from requests import get as fetch_it
requests.get('http://a')
requests.get('http://a', timeout=5)
requests.get('http://a', timeout=None)
fetch_it('http://a')
requests.request('POST', 'http://a', timeout=(1, 2))
",
        )],
    );
    assert_eq!(deadlines(&linked), ["3: None", "4: Finite", "5: None", "6: None", "7: Finite"]);
}

#[test]
fn an_attribute_of_a_session_is_no_deadline_but_an_adapter_is() {
    let linked = service(
        &["requests"],
        &[(
            "app.py",
            "import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

class TimeoutAdapter(HTTPAdapter):
    def send(self, request, **kwargs):
        kwargs.setdefault('timeout', 5)
        return super().send(request, **kwargs)

def plain():
    session = requests.Session()
    session.timeout = 5
    return session.get('http://a')

def adapted():
    session = requests.Session()
    session.mount('http://', TimeoutAdapter(timeout=5))
    session.mount('https://', HTTPAdapter(max_retries=Retry(total=3, backoff_factor=1)))
    return session.get('http://a')
",
        )],
    );
    assert_eq!(deadlines(&linked), ["13: None", "19: Finite"]);
    assert_eq!(retries(&linked), ["13: None", "19: Finite"]);
    assert_eq!(retry(&linked), "Finite");
}

#[test]
fn a_session_kept_in_a_field_or_extended_is_still_one() {
    let linked = service(
        &["requests"],
        &[(
            "client.py",
            "import requests

class Client:
    def __init__(self):
        self.session = requests.Session()

    def load(self):
        return self.session.post('http://a', json={})

class Api(requests.Session):
    def load(self):
        return self.get('http://a')
",
        )],
    );
    assert_eq!(deadlines(&linked), ["8: None", "12: None"]);
}

#[test]
fn httpx_and_aiohttp_bound_calls_by_default() {
    let linked = service(
        &["httpx", "aiohttp"],
        &[(
            "app.py",
            "import aiohttp
import httpx
httpx.get('http://a')
client = httpx.AsyncClient(timeout=None)
other = httpx.Client(timeout=httpx.Timeout(5.0))
async def load():
    async with httpx.AsyncClient() as client:
        await client.get('http://a')
    async with aiohttp.ClientSession() as session:
        await session.get('http://a')
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session:
        await session.get('http://a')
",
        )],
    );
    assert_eq!(
        deadlines(&linked),
        [
            "3: LibraryDefault",
            "4: None",
            "5: Finite",
            "7: LibraryDefault",
            "9: LibraryDefault",
            "11: Finite"
        ]
    );
}

#[test]
fn a_scope_bounds_what_it_holds_and_what_is_only_called_from_it() {
    let linked = service(
        &["grpcio"],
        &[(
            "app.py",
            "import asyncio
import urllib.request
import grpc
import shop_pb2_grpc

async def load(stub):
    return await stub_call()

async def stub_call():
    channel = grpc.aio.insecure_channel('a')
    stub = shop_pb2_grpc.ShopStub(channel)
    return await stub.List(None)

async def main():
    await asyncio.wait_for(load(None), timeout=3)
    urllib.request.urlopen('http://a')
    channel = grpc.insecure_channel('a')
    stub = shop_pb2_grpc.ShopStub(channel)
    stub.List(None)
    stub.List(None, timeout=2)
",
        )],
    );
    assert_eq!(deadlines(&linked), ["12: Finite", "16: None", "19: None", "20: Finite"]);
}

#[test]
fn a_default_timeout_of_sockets_counts_for_urllib() {
    let linked = service(
        &[],
        &[(
            "app.py",
            "import socket
import urllib.request
socket.setdefaulttimeout(10)
urllib.request.urlopen('http://a')
",
        )],
    );
    assert_eq!(deadlines(&linked), ["4: Finite"]);
}

#[test]
fn the_version_of_redis_decides_its_default() {
    let file = (
        "cache.py",
        "import redis\nr = redis.Redis(host='a')\ns = redis.Redis.from_url('redis://a', socket_timeout=1)\n",
    );
    assert_eq!(deadlines(&service(&["redis@5.0.1"], &[file])), ["2: None", "3: Finite"]);
    assert_eq!(deadlines(&service(&["redis@8.1.0"], &[file])), ["2: LibraryDefault", "3: Finite"]);
}

#[test]
fn a_file_named_like_a_package_does_not_hide_it() {
    let linked = service(
        &["redis@5.0"],
        &[
            ("app/redis.py", "import redis\npool = redis.ConnectionPool(host='a')\n"),
            ("app/__init__.py", ""),
            ("app/main.py", "import redis\nr = redis.Redis()\n"),
        ],
    );
    assert_eq!(deadlines(&linked), ["2: None", "2: None"]);
}

#[test]
fn a_database_inside_the_process_is_no_outbound_call() {
    let linked = service(
        &["sqlalchemy"],
        &[(
            "db.py",
            "from sqlalchemy import create_engine
import os
a = create_engine('sqlite:///a.db')
b = create_engine(os.environ['URL'])
c = create_engine('postgresql://a/b', connect_args={'options': '-c statement_timeout=5000'})
d = create_engine('mysql+pymysql://a/b', connect_args={'connect_timeout': 5})
",
        )],
    );
    assert_eq!(deadlines(&linked), ["4: None", "5: Finite", "6: None"]);
}

#[test]
fn a_generated_client_has_no_deadline_of_its_own() {
    let linked = linked(
        &[],
        &["shop/generated_api/orders.py"],
        &[(
            "shop/app.py",
            "from shop.generated_api.orders import OrdersApi\napi = OrdersApi('http://a')\n",
        )],
    );
    assert_eq!(deadlines(&linked), ["2: None"]);
}

#[test]
fn a_retry_without_a_stop_or_a_wait_is_said() {
    let file = |decorator: &str| {
        format!(
            "import requests\nfrom tenacity import *\nimport tenacity\nimport backoff\n\n{decorator}\ndef load():\n    return requests.get('http://a')\n"
        )
    };
    let bounded = file(
        "@tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_exponential())",
    );
    assert_eq!(retry(&service(&["tenacity"], &[("a.py", &bounded)])), "Finite");
    let bare = file("@tenacity.retry");
    assert_eq!(retry(&service(&["tenacity"], &[("a.py", &bare)])), "Unbounded");
    let backoff = file("@backoff.on_exception(backoff.expo, Exception, max_tries=3)");
    assert_eq!(retry(&service(&["backoff"], &[("a.py", &backoff)])), "Finite");
}

#[test]
fn tracing_is_set_up_by_calls_imports_and_start_commands() {
    let traced = |text: &str| tracing(&service(&[], &[("main.py", text)]));
    assert_eq!(traced("import instana\n"), "SetUp");
    assert_eq!(traced("import ddtrace\nddtrace.patch_all()\n"), "SetUp");
    assert_eq!(
        traced("import sentry_sdk\nsentry_sdk.init(dsn='x', traces_sample_rate=0.1)\n"),
        "SetUp"
    );
    assert_ne!(traced("import sentry_sdk\nsentry_sdk.init(dsn='x')\n"), "SetUp");
    assert_ne!(traced("from opentelemetry import trace\nt = trace.get_tracer('x')\n"), "SetUp");
    let container = service(
        &[],
        &[
            ("main.py", "print('x')\n"),
            (
                "Dockerfile",
                "FROM python\nCMD [\"opentelemetry-instrument\", \"python\", \"main.py\"]\n",
            ),
        ],
    );
    assert_eq!(tracing(&container), "SetUp");
}

#[test]
fn visitors_that_are_handed_on_to_each_other_end_the_search_for_their_callers() {
    let linked = service(
        &["requests"],
        &[(
            "app.py",
            "import requests

class Sum:
    def visit(self, node):
        node.left.visit(node.right)

class Product:
    def visit(self, node):
        node.right.visit(node.left)

class Loader:
    def visit(self, node):
        node.left.visit(requests.get(node.left.url))
",
        )],
    );
    assert_eq!(deadlines(&linked), ["13: None"]);
}

#[test]
fn a_failure_with_one_item_is_no_try_of_the_loop_over_pages() {
    let linked = service(
        &["requests"],
        &[(
            "app.py",
            "import requests

def clean():
    while True:
        page = load()
        if not page:
            break
        for item in page:
            try:
                requests.delete(item.url, timeout=5)
            except requests.RequestException:
                failed.append(item)
",
        )],
    );
    assert!(loops(&linked).is_empty());
}
