//! Python.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpCall,
        path: "app.py",
        packages: &["requests"],
        text: "import requests\n\nprice = requests.get('https://prices.example')\n",
    },
    Sample {
        shows: Capability::GrpcCall,
        path: "app.py",
        packages: &["grpcio"],
        text: "import grpc\nimport prices_pb2_grpc\n\nstub = prices_pb2_grpc.PricesStub(grpc.insecure_channel('prices:50051'))\nprice = stub.Read(None)\n",
    },
    Sample {
        shows: Capability::Connection,
        path: "app.py",
        packages: &["redis"],
        text: "import redis\n\ncache = redis.Redis(host='cache')\n",
    },
    Sample {
        shows: Capability::RetryPolicy,
        path: "app.py",
        packages: &["requests", "tenacity"],
        text: "import requests\nfrom tenacity import retry, stop_after_attempt, wait_exponential\n\n\n@retry(stop=stop_after_attempt(3), wait=wait_exponential())\ndef price():\n    return requests.get('https://prices.example', timeout=2)\n",
    },
    Sample {
        shows: Capability::RetryLoop,
        path: "app.py",
        packages: &["requests"],
        text: "import requests\n\n\ndef price():\n    while True:\n        try:\n            return requests.get('https://prices.example')\n        except requests.RequestException:\n            continue\n",
    },
    Sample {
        shows: Capability::LogStatement,
        path: "app.py",
        packages: &[],
        text: "import logging\nfrom dataclasses import dataclass\n\nlog = logging.getLogger(__name__)\n\n\n@dataclass\nclass Customer:\n    id: int\n    email: str\n\n\ndef greet(customer: Customer):\n    log.info('greeting %s', customer)\n",
    },
    Sample {
        shows: Capability::HttpRoute,
        path: "app.py",
        packages: &["flask"],
        text: "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/v1/orders')\ndef orders():\n    return []\n",
    },
    Sample {
        shows: Capability::Handler,
        path: "app.py",
        packages: &["flask"],
        text: "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n@app.post('/v1/orders')\ndef create():\n    session.add(Order(request.get_json()))\n    session.commit()\n    return '', 201\n",
    },
    Sample {
        shows: Capability::MessageConsumer,
        path: "app.py",
        packages: &["celery"],
        text: "from celery import shared_task\n\n\n@shared_task\ndef paid(order_id):\n    repository.save(order_id)\n",
    },
    Sample {
        shows: Capability::Tracing,
        path: "app.py",
        packages: &["opentelemetry-sdk"],
        text: "from opentelemetry import trace\nfrom opentelemetry.sdk.trace import TracerProvider\nfrom opentelemetry.sdk.trace.export import BatchSpanProcessor\nfrom opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter\n\nprovider = TracerProvider()\nprovider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))\ntrace.set_tracer_provider(provider)\n",
    },
];
