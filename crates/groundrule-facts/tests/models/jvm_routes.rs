//! Routes in Java and Kotlin.

use crate::support::{Repository, routes};

#[test]
fn spring_joins_class_and_method_and_reads_constants() {
    let paths = "package a;\nclass Paths { static final String V1 = \"/v1\"; }\n";
    let text = r#"package a;

import org.springframework.web.bind.annotation.*;

@RestController
@RequestMapping(Paths.V1 + "/orders")
class Orders {
    @GetMapping
    String list() { return ""; }

    @PostMapping({"", "/batch"})
    String create() { return ""; }

    @RequestMapping(value = "/{id}", method = {RequestMethod.PUT, RequestMethod.PATCH})
    String put() { return ""; }
}
"#;
    let repository = Repository {
        files: &[
            ("Orders.java", text),
            ("Paths.java", paths),
            ("application.properties", "server.servlet.context-path=/shop\n"),
        ],
        ..Repository::default()
    };
    assert_eq!(
        repository.routes(),
        [
            "8 GET /shop/v1/orders",
            "11 POST /shop/v1/orders",
            "11 POST /shop/v1/orders/batch",
            "14 PATCH /shop/v1/orders/{id}",
            "14 PUT /shop/v1/orders/{id}",
        ]
    );
}

#[test]
fn spring_takes_routes_from_an_interface() {
    let text = r#"package a

import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RequestMapping
import org.springframework.web.bind.annotation.RestController

@RequestMapping("/v1")
interface Api {
    @GetMapping("/users")
    fun users(): String
}

@RestController
class Users : Api {
    override fun users() = ""
}
"#;
    assert_eq!(routes("A.kt", text), ["9 GET /v1/users"]);
}

#[test]
fn a_composed_annotation_means_what_it_is_made_of() {
    let api = r#"package a

import org.springframework.web.bind.annotation.RequestMapping
import org.springframework.web.bind.annotation.RestController

@RestController
@RequestMapping("\${api.base-path:}/v1/shop")
annotation class ShopApi
"#;
    let text = r#"package a

import org.springframework.web.bind.annotation.GetMapping

@ShopApi
class Orders {
    @GetMapping("/orders")
    fun list() = ""
}
"#;
    let repository =
        Repository { files: &[("Orders.kt", text), ("ShopApi.kt", api)], ..Repository::default() };
    assert_eq!(repository.routes(), ["7 GET /v1/shop/orders"]);
}

#[test]
fn a_path_that_is_made_of_itself_comes_to_an_end() {
    let text = r#"package a

import io.ktor.server.routing.Route
import io.ktor.server.routing.get

fun Route.orders(path: String, depth: Int) {
    get(path) { call.respond("") }
    if (depth > 0) orders("$path/more", depth - 1)
}
"#;
    assert!(routes("A.kt", text)[0].starts_with("7 GET "));
}

#[test]
fn functional_routers_of_spring_nest() {
    let kotlin = r#"package a

import org.springframework.web.reactive.function.server.coRouter

fun routes(h: Handler) = coRouter {
    "/v1".nest {
        GET("/users", h::list)
        POST("/users") { h.create(it) }
    }
    GET("/plain", h::plain)
}
"#;
    assert_eq!(routes("A.kt", kotlin), ["7 GET /v1/users", "8 POST /v1/users", "10 GET /plain"]);
    let java = r#"package a;

import static org.springframework.web.servlet.function.RequestPredicates.*;
import static org.springframework.web.servlet.function.RouterFunctions.*;

class Routes {
    RouterFunction<ServerResponse> built(Handler h) {
        return route()
            .GET("/a", h::get)
            .path("/v1", b -> b.POST("/b", h::post))
            .build();
    }

    RouterFunction<ServerResponse> old(Handler h) {
        return route(GET("/c").and(accept(JSON)), h::get).andRoute(POST("/d"), h::post);
    }
}
"#;
    assert_eq!(
        routes("Routes.java", java),
        ["9 GET /a", "10 POST /v1/b", "15 GET /c", "15 POST /d"]
    );
}

#[test]
fn jax_rs_puts_the_application_path_first() {
    let app = r#"package a;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

@ApplicationPath("/api")
class App extends Application {}
"#;
    let text = r#"package a;

import jakarta.ws.rs.*;

@Path("/v1/orders")
class Orders {
    @GET
    String list() { return ""; }

    @POST
    @Path("{id}/pay")
    String pay() { return ""; }
}
"#;
    let repository =
        Repository { files: &[("App.java", app), ("Orders.java", text)], ..Repository::default() };
    assert_eq!(repository.routes(), ["7 GET /api/v1/orders", "10 POST /api/v1/orders/{id}/pay"]);
}

#[test]
fn ktor_nests_and_follows_extensions() {
    let main = r#"package a

import io.ktor.server.routing.*

fun Application.module() {
    routing {
        get("/health") { }
        route("/v1") {
            authenticate("jwt") { orders() }
        }
    }
}
"#;
    let orders = r#"package a

import io.ktor.server.routing.*

fun Route.orders() {
    route("/orders") {
        get { }
        post("/{id}") { }
    }
}
"#;
    let repository =
        Repository { files: &[("Main.kt", main), ("Orders.kt", orders)], ..Repository::default() };
    assert_eq!(
        repository.routes(),
        ["7 GET /health", "7 GET /v1/orders", "8 POST /v1/orders/{id}"]
    );
}

#[test]
fn micronaut_javalin_and_vertx_declare_in_their_ways() {
    let micronaut = r#"package a

import io.micronaut.http.annotation.*

@Controller("/v1/orders")
class Orders {
    @Get("/{id}")
    fun get() = ""

    @Post
    fun create() = ""
}
"#;
    assert_eq!(routes("A.kt", micronaut), ["7 GET /v1/orders/{id}", "10 POST /v1/orders"]);
    let javalin = r#"package a;

import static io.javalin.apibuilder.ApiBuilder.*;
import io.javalin.Javalin;

class A {
    void f() {
        Javalin app = Javalin.create().start(7000);
        app.get("/a", ctx -> {});
        app.routes(() -> path("v1", () -> { post("b", ctx -> {}); }));
    }
}
"#;
    assert_eq!(routes("A.java", javalin), ["9 GET /a", "10 POST /v1/b"]);
    let vertx = r#"package a;

import io.vertx.ext.web.Router;

class A {
    void f() {
        Router router = Router.router(vertx);
        router.get("/a").handler(this::a);
        Router v1 = Router.router(vertx);
        v1.post("/b").handler(this::b);
        router.mountSubRouter("/v1", v1);
    }
}
"#;
    assert_eq!(routes("A.java", vertx), ["8 GET /a", "10 POST /v1/b"]);
}
