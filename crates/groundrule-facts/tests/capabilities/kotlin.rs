//! Kotlin.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpCall,
        path: "Prices.kt",
        packages: &[],
        text: "package shop\n\nimport io.ktor.client.HttpClient\nimport io.ktor.client.engine.cio.CIO\n\nval client = HttpClient(CIO)\n",
    },
    Sample {
        shows: Capability::GrpcCall,
        path: "Prices.kt",
        packages: &["io.grpc:grpc-kotlin-stub"],
        text: "package shop\n\nimport io.grpc.ManagedChannel\n\nsuspend fun read(channel: ManagedChannel, request: Request) =\n    PricesGrpcKt.PricesCoroutineStub(channel).read(request)\n",
    },
    Sample {
        shows: Capability::Connection,
        path: "Cache.kt",
        packages: &["redis.clients:jedis"],
        text: "package shop\n\nimport redis.clients.jedis.JedisPool\n\nval pool = JedisPool(\"cache\", 6379)\n",
    },
    Sample {
        shows: Capability::RetryPolicy,
        path: "Prices.kt",
        packages: &[],
        text: "package shop\n\nimport io.ktor.client.HttpClient\nimport io.ktor.client.engine.cio.CIO\nimport io.ktor.client.plugins.HttpRequestRetry\n\nval client = HttpClient(CIO) {\n    install(HttpRequestRetry) {\n        retryOnServerErrors(maxRetries = 3)\n        exponentialDelay()\n    }\n}\n",
    },
    Sample {
        shows: Capability::RetryLoop,
        path: "Prices.kt",
        packages: &[],
        text: "package shop\n\nimport org.springframework.web.client.RestTemplate\n\nval client = RestTemplate()\n\nfun price(): String? {\n    while (true) {\n        try {\n            return client.getForObject(\"https://prices.example\", String::class.java)\n        } catch (failed: Exception) {\n            continue\n        }\n    }\n}\n",
    },
    Sample {
        shows: Capability::LogStatement,
        path: "Greeter.kt",
        packages: &[],
        text: "package shop\n\nimport io.github.oshai.kotlinlogging.KotlinLogging\n\nprivate val log = KotlinLogging.logger {}\n\ndata class Customer(val id: Long, val email: String)\n\nfun greet(customer: Customer) {\n    log.info { \"greeting $customer\" }\n}\n",
    },
    Sample {
        shows: Capability::HttpRoute,
        path: "Orders.kt",
        packages: &[],
        text: "package shop\n\nimport io.ktor.server.application.Application\nimport io.ktor.server.response.respond\nimport io.ktor.server.routing.get\nimport io.ktor.server.routing.route\nimport io.ktor.server.routing.routing\n\nfun Application.module() {\n    routing {\n        route(\"/v1\") {\n            get(\"/orders\") { call.respond(listOf<String>()) }\n        }\n    }\n}\n",
    },
    Sample {
        shows: Capability::Handler,
        path: "Orders.kt",
        packages: &[],
        text: "package shop\n\nimport org.springframework.data.jpa.repository.JpaRepository\nimport org.springframework.web.bind.annotation.PostMapping\nimport org.springframework.web.bind.annotation.RequestBody\nimport org.springframework.web.bind.annotation.RestController\n\ninterface OrderRepository : JpaRepository<Order, Long>\n\n@RestController\nclass Orders(private val orders: OrderRepository) {\n    @PostMapping(\"/v1/orders\")\n    fun create(@RequestBody order: Order) {\n        orders.save(order)\n    }\n}\n",
    },
    Sample {
        shows: Capability::MessageConsumer,
        path: "Paid.kt",
        packages: &[],
        text: "package shop\n\nimport org.springframework.data.jpa.repository.JpaRepository\nimport org.springframework.kafka.annotation.KafkaListener\n\ninterface OrderRepository : JpaRepository<Order, Long>\n\nclass Paid(private val orders: OrderRepository) {\n    @KafkaListener(topics = [\"paid\"])\n    fun on(order: Order) {\n        orders.save(order)\n    }\n}\n",
    },
    Sample {
        shows: Capability::Tracing,
        path: "Application.kt",
        packages: &["io.micrometer:micrometer-tracing-bridge-otel"],
        text: "package shop\n\nfun main() {\n}\n",
    },
];
