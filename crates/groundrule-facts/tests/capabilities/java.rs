//! Java.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpCall,
        path: "Prices.java",
        packages: &[],
        text: "package shop;\n\nimport org.springframework.web.client.RestTemplate;\n\nclass Prices {\n    private final RestTemplate client = new RestTemplate();\n}\n",
    },
    Sample {
        shows: Capability::GrpcCall,
        path: "Prices.java",
        packages: &["io.grpc:grpc-stub"],
        text: "package shop;\n\nimport io.grpc.ManagedChannel;\n\nclass Prices {\n    Object read(ManagedChannel channel, Request request) {\n        return PricesGrpc.newBlockingStub(channel).read(request);\n    }\n}\n",
    },
    Sample {
        shows: Capability::Connection,
        path: "Cache.java",
        packages: &["redis.clients:jedis"],
        text: "package shop;\n\nimport redis.clients.jedis.JedisPool;\n\nclass Cache {\n    private final JedisPool pool = new JedisPool(\"cache\", 6379);\n}\n",
    },
    Sample {
        shows: Capability::RetryPolicy,
        path: "Prices.java",
        packages: &["org.springframework.retry:spring-retry"],
        text: "package shop;\n\nimport org.springframework.retry.annotation.Backoff;\nimport org.springframework.retry.annotation.Retryable;\nimport org.springframework.web.client.RestTemplate;\n\nclass Prices {\n    private final RestTemplate client = new RestTemplate();\n\n    @Retryable(maxAttempts = 3, backoff = @Backoff(delay = 200, multiplier = 2))\n    String price() {\n        return client.getForObject(\"https://prices.example\", String.class);\n    }\n}\n",
    },
    Sample {
        shows: Capability::RetryLoop,
        path: "Prices.java",
        packages: &[],
        text: "package shop;\n\nimport org.springframework.web.client.RestTemplate;\n\nclass Prices {\n    private final RestTemplate client = new RestTemplate();\n\n    String price() {\n        while (true) {\n            try {\n                return client.getForObject(\"https://prices.example\", String.class);\n            } catch (Exception failed) {\n                continue;\n            }\n        }\n    }\n}\n",
    },
    Sample {
        shows: Capability::LogStatement,
        path: "Greeter.java",
        packages: &[],
        text: "package shop;\n\nimport org.slf4j.Logger;\nimport org.slf4j.LoggerFactory;\n\nclass Greeter {\n    private static final Logger log = LoggerFactory.getLogger(Greeter.class);\n\n    record Customer(long id, String email) {}\n\n    void greet(Customer customer) {\n        log.info(\"greeting {}\", customer);\n    }\n}\n",
    },
    Sample {
        shows: Capability::HttpRoute,
        path: "Orders.java",
        packages: &[],
        text: "package shop;\n\nimport org.springframework.web.bind.annotation.*;\n\n@RestController\n@RequestMapping(\"/v1\")\nclass Orders {\n    @GetMapping(\"/orders\")\n    List<String> all() {\n        return List.of();\n    }\n}\n",
    },
    Sample {
        shows: Capability::Handler,
        path: "Orders.java",
        packages: &[],
        text: "package shop;\n\nimport org.springframework.data.jpa.repository.JpaRepository;\nimport org.springframework.web.bind.annotation.*;\n\ninterface OrderRepository extends JpaRepository<Order, Long> {}\n\n@RestController\nclass Orders {\n    private OrderRepository orders;\n\n    @PostMapping(\"/v1/orders\")\n    void create(@RequestBody Order order) {\n        orders.save(order);\n    }\n}\n",
    },
    Sample {
        shows: Capability::MessageConsumer,
        path: "Paid.java",
        packages: &[],
        text: "package shop;\n\nimport org.springframework.data.jpa.repository.JpaRepository;\nimport org.springframework.kafka.annotation.KafkaListener;\n\ninterface OrderRepository extends JpaRepository<Order, Long> {}\n\nclass Paid {\n    private OrderRepository orders;\n\n    @KafkaListener(topics = \"paid\")\n    void on(Order order) {\n        orders.save(order);\n    }\n}\n",
    },
    Sample {
        shows: Capability::Tracing,
        path: "Application.java",
        packages: &["io.micrometer:micrometer-tracing-bridge-otel"],
        text: "package shop;\n\nclass Application {\n    public static void main(String[] args) {}\n}\n",
    },
];
