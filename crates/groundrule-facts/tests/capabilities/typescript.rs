//! TypeScript and JavaScript.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpCall,
        path: "app.ts",
        packages: &["axios"],
        text: "import axios from \"axios\";\n\nexport const price = () => axios.get(\"https://prices.example\");\n",
    },
    Sample {
        shows: Capability::GrpcCall,
        path: "app.js",
        packages: &["@grpc/grpc-js"],
        text: "const grpc = require(\"@grpc/grpc-js\");\n\nconst shop = grpc.loadPackageDefinition(definition).shop;\nconst client = new shop.Prices(\"prices:50051\", grpc.credentials.createInsecure());\nclient.read({}, () => {});\n",
    },
    Sample {
        shows: Capability::Connection,
        path: "app.ts",
        packages: &["pg"],
        text: "import { Pool } from \"pg\";\n\nexport const pool = new Pool({ host: \"db\" });\n",
    },
    Sample {
        shows: Capability::RetryPolicy,
        path: "app.ts",
        packages: &["axios", "axios-retry"],
        text: "import axios from \"axios\";\nimport axiosRetry from \"axios-retry\";\n\nconst client = axios.create({ timeout: 1000 });\naxiosRetry(client, { retries: 3, retryDelay: axiosRetry.exponentialDelay });\n",
    },
    Sample {
        shows: Capability::RetryLoop,
        path: "app.ts",
        packages: &[],
        text: "export async function price() {\n  while (true) {\n    try {\n      return await fetch(\"https://prices.example\");\n    } catch {\n      continue;\n    }\n  }\n}\n",
    },
    Sample {
        shows: Capability::LogStatement,
        path: "app.ts",
        packages: &[],
        text: "interface Customer {\n  id: number;\n  email: string;\n}\n\nexport function greet(customer: Customer) {\n  console.log(\"greeting\", customer);\n}\n",
    },
    Sample {
        shows: Capability::HttpRoute,
        path: "app.ts",
        packages: &["express"],
        text: "import express from \"express\";\n\nconst app = express();\napp.get(\"/v1/orders\", (request, response) => response.json([]));\napp.listen(8080);\n",
    },
    Sample {
        shows: Capability::Handler,
        path: "app.ts",
        packages: &["express"],
        text: "import express from \"express\";\nimport { orders } from \"./store\";\n\nconst app = express();\napp.post(\"/v1/orders\", async (request, response) => {\n  await orders.insertOne(request.body);\n  response.status(201).end();\n});\napp.listen(8080);\n",
    },
    Sample {
        shows: Capability::MessageConsumer,
        path: "app.ts",
        packages: &["kafkajs"],
        text: "import { Kafka } from \"kafkajs\";\nimport { orders } from \"./store\";\n\nconst consumer = new Kafka({ brokers: [\"kafka:9092\"] }).consumer({ groupId: \"shop\" });\nconsumer.run({\n  eachMessage: async ({ message }) => {\n    await orders.insertOne(message.value);\n  },\n});\n",
    },
    Sample {
        shows: Capability::Tracing,
        path: "app.ts",
        packages: &["@opentelemetry/sdk-node"],
        text: "import { OTLPTraceExporter } from \"@opentelemetry/exporter-trace-otlp-http\";\nimport { NodeSDK } from \"@opentelemetry/sdk-node\";\n\nconst sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter() });\nsdk.start();\n",
    },
];
