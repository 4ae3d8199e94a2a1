//! Go.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpCall,
        path: "main.go",
        packages: &[],
        text: "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.Get(\"https://prices.example\")\n}\n",
    },
    Sample {
        shows: Capability::GrpcCall,
        path: "main.go",
        packages: &["google.golang.org/grpc"],
        text: "package main\n\nimport (\n\t\"context\"\n\n\t\"google.golang.org/grpc\"\n\n\tpb \"example.com/shop/pb\"\n)\n\nfunc main() {\n\tconn, _ := grpc.NewClient(\"prices:50051\")\n\tclient := pb.NewPricesClient(conn)\n\tclient.Read(context.Background(), &pb.Request{})\n}\n",
    },
    Sample {
        shows: Capability::Connection,
        path: "main.go",
        packages: &["github.com/redis/go-redis/v9"],
        text: "package main\n\nimport \"github.com/redis/go-redis/v9\"\n\nfunc main() {\n\tredis.NewClient(&redis.Options{Addr: \"cache:6379\"})\n}\n",
    },
    Sample {
        shows: Capability::RetryPolicy,
        path: "main.go",
        packages: &["github.com/hashicorp/go-retryablehttp"],
        text: "package main\n\nimport \"github.com/hashicorp/go-retryablehttp\"\n\nfunc main() {\n\tclient := retryablehttp.NewClient()\n\tclient.RetryMax = 3\n\tclient.Get(\"https://prices.example\")\n}\n",
    },
    Sample {
        shows: Capability::RetryLoop,
        path: "main.go",
        packages: &[],
        text: "package main\n\nimport \"net/http\"\n\nfunc price() *http.Response {\n\tfor {\n\t\tanswer, err := http.Get(\"https://prices.example\")\n\t\tif err == nil {\n\t\t\treturn answer\n\t\t}\n\t}\n}\n",
    },
    Sample {
        shows: Capability::LogStatement,
        path: "main.go",
        packages: &[],
        text: "package main\n\nimport \"log\"\n\ntype Customer struct {\n\tID    int\n\temail string\n}\n\nfunc greet(customer Customer) {\n\tlog.Printf(\"greeting %v\", customer)\n}\n",
    },
    Sample {
        shows: Capability::HttpRoute,
        path: "main.go",
        packages: &[],
        text: "package main\n\nimport \"net/http\"\n\nfunc orders(w http.ResponseWriter, r *http.Request) {}\n\nfunc main() {\n\thttp.HandleFunc(\"GET /v1/orders\", orders)\n\thttp.ListenAndServe(\":8080\", nil)\n}\n",
    },
    Sample {
        shows: Capability::Handler,
        path: "main.go",
        packages: &[],
        text: "package main\n\nimport (\n\t\"database/sql\"\n\t\"net/http\"\n)\n\nvar db *sql.DB\n\nfunc create(w http.ResponseWriter, r *http.Request) {\n\tdb.Exec(\"INSERT INTO orders (item) VALUES ($1)\", r.FormValue(\"item\"))\n}\n\nfunc main() {\n\thttp.HandleFunc(\"POST /v1/orders\", create)\n}\n",
    },
    Sample {
        shows: Capability::MessageConsumer,
        path: "main.go",
        packages: &["github.com/segmentio/kafka-go"],
        text: "package main\n\nimport (\n\t\"context\"\n\t\"database/sql\"\n\n\t\"github.com/segmentio/kafka-go\"\n)\n\nfunc consume(db *sql.DB) {\n\treader := kafka.NewReader(kafka.ReaderConfig{Topic: \"paid\"})\n\tfor {\n\t\tmessage, _ := reader.ReadMessage(context.Background())\n\t\tdb.Exec(\"INSERT INTO paid (id) VALUES ($1)\", message.Key)\n\t}\n}\n",
    },
    Sample {
        shows: Capability::Tracing,
        path: "main.go",
        packages: &["go.opentelemetry.io/otel/sdk"],
        text: "package main\n\nimport (\n\t\"context\"\n\n\t\"go.opentelemetry.io/otel\"\n\t\"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc\"\n\tsdktrace \"go.opentelemetry.io/otel/sdk/trace\"\n)\n\nfunc main() {\n\texporter, _ := otlptracegrpc.New(context.Background())\n\totel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)))\n}\n",
    },
];
