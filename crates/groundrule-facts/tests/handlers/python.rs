use crate::{keys, repeats};

#[test]
fn a_create_without_a_key_has_no_guard() {
    let found = repeats(&[(
        "app.py",
        r#"
import uuid
from flask import Flask, request
app = Flask(__name__)

@app.route("/orders", methods=["POST"])
def create_order():
    body = request.get_json()
    order = {"id": str(uuid.uuid4()), "items": body["items"]}
    db.orders.insert_one(order)
    return order

@app.route("/orders/search", methods=["POST"])
def search():
    body = request.get_json()
    return list(db.orders.find({"name": body["name"]}))
"#,
    )]);
    assert_eq!(found, ["POST /orders: Writes None", "POST /orders/search: Reads Unknown"]);
}

#[test]
fn a_unique_column_that_the_client_fills_is_a_guard() {
    let found = repeats(&[
        (
            "app.py",
            r#"
from fastapi import FastAPI, Depends
from pydantic import BaseModel
from sqlalchemy.orm import Session
from models import User
app = FastAPI()

class NewUser(BaseModel):
    email: str
    name: str

@app.post("/users")
def create_user(body: NewUser, db: Session = Depends(get_db)):
    user = User(email=body.email, name=body.name)
    db.add(user)
    db.commit()
    return user
"#,
        ),
        (
            "models.py",
            r#"
from sqlalchemy import Column, Integer, String
from base import Base

class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String, unique=True)
    name = Column(String)
"#,
        ),
    ]);
    assert_eq!(found, ["POST /users: Writes Unique User(email)"]);
}

#[test]
fn a_look_before_the_write_is_a_check() {
    let found = repeats(&[(
        "app.py",
        r#"
from flask import Flask, request, abort
app = Flask(__name__)

@app.route("/coupons", methods=["POST"])
def create():
    code = request.json["code"]
    if db.coupons.find_one({"code": code}):
        abort(409)
        return
    db.coupons.insert_one({"code": code})
    return {}
"#,
    )]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("POST /coupons: Writes Check"), "{found:?}");
}

#[test]
fn headers_and_fields_that_identify_are_listed() {
    let found = keys(&[(
        "app.py",
        r#"
from flask import Flask, request
app = Flask(__name__)

@app.route("/payments", methods=["POST"])
def pay():
    key = request.headers.get("Idempotency-Key")
    uid = request.form["request_id"]
    db.payments.insert_one({"key": key, "uid": uid})
    return {}
"#,
    )]);
    assert_eq!(found, ["header idempotency-key", "body request_id"]);
}

#[test]
fn statements_and_their_conflicts_count() {
    let found = repeats(&[(
        "app.py",
        r#"
from flask import Flask, request
app = Flask(__name__)

@app.post("/a")
def a():
    cursor.execute("INSERT INTO events (id, body) VALUES (%s, %s)", (1, 2))
    return {}

@app.post("/b")
def b():
    cursor.execute("INSERT INTO events (id, body) VALUES (%s, %s) ON CONFLICT DO NOTHING", (1, 2))
    return {}
"#,
    )]);
    assert_eq!(found, ["POST /a: Writes None", "POST /b: Writes Unique insert"]);
}
