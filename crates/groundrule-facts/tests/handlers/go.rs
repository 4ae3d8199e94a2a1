use crate::{keys, repeats};

#[test]
fn an_interface_is_followed_to_what_implements_it() {
    let found = repeats(&[
        (
            "main.go",
            r#"
package main

import (
	"shop/orders"

	"github.com/gin-gonic/gin"
)

func main() {
	r := gin.Default()
	h := orders.NewHandler(orders.NewStore())
	r.POST("/orders", h.Create)
	r.POST("/orders/preview", h.Preview)
}
"#,
        ),
        (
            "orders/handler.go",
            r#"
package orders

import "github.com/gin-gonic/gin"

type Store interface {
	Add(o Order) error
}

type Order struct {
	Name string
}

type Handler struct {
	store Store
}

func NewHandler(store Store) *Handler {
	return &Handler{store: store}
}

func (h *Handler) Create(c *gin.Context) {
	var o Order
	if err := c.BindJSON(&o); err != nil {
		return
	}
	if err := h.store.Add(o); err != nil {
		c.AbortWithStatus(500)
	}
}

func (h *Handler) Preview(c *gin.Context) {
	var o Order
	if err := c.BindJSON(&o); err != nil {
		return
	}
	c.JSON(200, o)
}
"#,
        ),
        (
            "orders/store.go",
            r#"
package orders

import "database/sql"

type sqlStore struct {
	db *sql.DB
}

func NewStore() *sqlStore { return &sqlStore{} }

func (s *sqlStore) Add(o Order) error {
	_, err := s.db.Exec(`INSERT INTO orders (id, name) VALUES (gen_random_uuid(), $1)`, o.Name)
	return err
}
"#,
        ),
    ]);
    assert_eq!(found, ["POST /orders: Writes None", "POST /orders/preview: Reads Unknown"]);
}

#[test]
fn a_migration_keeps_what_the_client_sends_unique() {
    let found = repeats(&[
        (
            "main.go",
            r#"
package main

import (
	"encoding/json"
	"net/http"
)

type NewUser struct {
	Email string `json:"email"`
}

func main() {
	http.HandleFunc("POST /users", create)
}

func create(w http.ResponseWriter, r *http.Request) {
	var u NewUser
	json.NewDecoder(r.Body).Decode(&u)
	db.Exec("INSERT INTO users (id, email) VALUES ($1, $2)", newID(), u.Email)
}
"#,
        ),
        (
            "migrations/1.sql",
            "CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);",
        ),
    ]);
    assert_eq!(found, ["POST /users: Writes Unique users(email)"]);
}

#[test]
fn a_header_read_by_the_handler_is_listed() {
    let found = keys(&[(
        "main.go",
        r#"
package main

import "net/http"

const keyHeader = "Idempotency-Key"

func main() {
	http.HandleFunc("POST /payments", pay)
}

func pay(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get(keyHeader)
	store(key)
}
"#,
    )]);
    assert_eq!(found, ["header idempotency-key"]);
}
