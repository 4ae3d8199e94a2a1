//! Routes in Go.

use crate::support::{Repository, routes};

#[test]
fn patterns_of_the_standard_library_may_name_a_method() {
    let text = r#"package main

import "net/http"

func main() {
    mux := http.NewServeMux()
    mux.HandleFunc("GET /v1/orders/{id}", get)
    mux.HandleFunc("/orders", list)
    http.HandleFunc("/root", root)
    api := http.NewServeMux()
    api.HandleFunc("/users", users)
    mux.Handle("/v2/", http.StripPrefix("/v2", api))
}
"#;
    assert_eq!(
        routes("main.go", text),
        ["7 GET /v1/orders/{id}", "8 ANY /orders", "9 ANY /root", "11 ANY /v2/users"]
    );
}

#[test]
fn chi_nests_mounts_and_groups() {
    let main = r#"package main

import (
    "github.com/acme/shop/orders"
    "github.com/go-chi/chi/v5"
)

func main() {
    r := chi.NewRouter()
    r.Route("/v1", func(r chi.Router) {
        r.Use(auth)
        r.Get("/users", list)
        r.Group(func(r chi.Router) { r.Post("/users", create) })
        r.With(admin).Delete("/users/{id}", remove)
        r.Mount("/orders", orders.Routes())
    })
    r.Method("PUT", "/raw", handler)
    r.MethodFunc("PATCH", "/raw", handler)
}
"#;
    let orders = r#"package orders

import "github.com/go-chi/chi/v5"

func Routes() chi.Router {
    r := chi.NewRouter()
    r.Get("/{id}", get)
    addMore(r)
    return r
}

func addMore(r chi.Router) { r.Post("/", create) }
"#;
    let repository = Repository {
        files: &[("main.go", main), ("orders/routes.go", orders)],
        ..Repository::default()
    };
    assert_eq!(
        repository.routes(),
        [
            "12 GET /v1/users",
            "13 POST /v1/users",
            "14 DELETE /v1/users/{id}",
            "17 PUT /raw",
            "18 PATCH /raw",
            "7 GET /v1/orders/{id}",
            "12 POST /v1/orders",
        ]
    );
}

#[test]
fn gorilla_names_methods_before_or_after_the_handler() {
    let text = r#"package main

import (
    "net/http"

    "github.com/gorilla/mux"
)

func main() {
    r := mux.NewRouter()
    api := r.PathPrefix("/api").Subrouter()
    api.HandleFunc("/users", list).Methods("GET", http.MethodPost)
    api.Path("/things").Methods("PUT").HandlerFunc(put)
    api.Methods("DELETE").Path("/gone").HandlerFunc(gone)
    r.Handle("/any", handler)
}
"#;
    assert_eq!(
        routes("main.go", text),
        [
            "12 GET /api/users",
            "12 POST /api/users",
            "13 PUT /api/things",
            "14 DELETE /api/gone",
            "15 ANY /any",
        ]
    );
}

#[test]
fn gin_echo_and_fiber_group() {
    let text = r#"package main

import (
    "github.com/gin-gonic/gin"
    "github.com/gofiber/fiber/v2"
    "github.com/labstack/echo/v4"
)

type api struct{ router *gin.Engine }

func (a *api) routes() {
    v1 := a.router.Group("/v1")
    {
        v1.POST("/orders", auth, a.create)
    }
    a.router.Handle("PUT", "/raw", a.create)
}

func e() {
    e := echo.New()
    g := e.Group("/v2", auth)
    g.GET("/users", list, mw)
    e.Add("POST", "/raw", create)
}

func f() {
    app := fiber.New()
    v := app.Group("/api").Group("/v3")
    v.Get("/x", auth, get)
    app.Route("/r", func(r fiber.Router) { r.Post("/y", post) })
}
"#;
    assert_eq!(
        routes("main.go", text),
        [
            "14 POST /v1/orders",
            "16 PUT /raw",
            "22 GET /v2/users",
            "23 POST /raw",
            "29 GET /api/v3/x",
            "30 POST /r/y",
        ]
    );
}

#[test]
fn a_router_in_a_field_keeps_its_prefix() {
    let text = r#"package main

import "github.com/gin-gonic/gin"

type server struct{ api *gin.RouterGroup }

func newServer() *server {
    engine := gin.Default()
    return &server{api: engine.Group("/v1")}
}

func (s *server) register() { s.api.GET("/x", s.get) }
"#;
    assert_eq!(routes("main.go", text), ["12 GET /v1/x"]);
}

#[test]
fn a_base_path_that_only_a_deployment_sets_is_left_out() {
    let text = r#"package main

import (
    "net/http"
    "os"
    "path"
)

const admin = "/admin"

func main() {
    basePath := os.Getenv("BASE_PATH")
    http.HandleFunc(basePath+"/orders", list)
    http.HandleFunc(os.Getenv("ROOT_URL")+"/users", list)
    http.HandleFunc(path.Join(admin, "/login"), list)
    http.HandleFunc(os.Getenv("API_PREFIX")+"/open", list)
}
"#;
    assert_eq!(
        routes("main.go", text),
        ["13 ANY /orders", "14 ANY /users", "15 ANY /admin/login", "16 ANY /{}/open ?"]
    );
}

#[test]
fn a_table_of_routes_and_a_helper_of_the_project_declare_one_route_each_time() {
    let text = r#"package main

import (
    "net/http"
    "github.com/gorilla/mux"
)

type Route struct {
    Method  string
    Pattern string
    Handler http.HandlerFunc
}
type Routes []Route

var routes = Routes{
    {"GET", "/v1/things", list},
    Route{Method: "POST", Pattern: "/things", Handler: create},
}

func NewRouter() *mux.Router {
    router := mux.NewRouter()
    for _, route := range routes {
        var handler http.Handler
        handler = route.Handler
        router.Methods(route.Method).Path(route.Pattern).Handler(handler)
    }
    return router
}

type App struct{ Router *mux.Router }

func (a *App) Get(path string, f http.HandlerFunc) { a.Router.HandleFunc(path, f).Methods("GET") }
func (a *App) setup() {
    a.Get("/projects", list)
    a.Get("/v2/projects", list)
}
"#;
    assert_eq!(
        routes("main.go", text),
        ["16 GET /v1/things", "17 POST /things", "34 GET /projects", "35 GET /v2/projects"]
    );
}
