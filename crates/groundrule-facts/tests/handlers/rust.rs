use crate::{keys, repeats};

#[test]
fn statements_in_macros_are_writes() {
    let found = repeats(&[
        (
            "src/main.rs",
            r#"
use actix_web::{web, App, HttpResponse};

#[derive(serde::Deserialize)]
struct FormData {
    email: String,
    name: String,
}

fn run() {
    App::new()
        .route("/subscriptions", web::post().to(subscribe))
        .route("/search", web::post().to(search));
}

async fn subscribe(form: web::Form<FormData>, pool: web::Data<PgPool>) -> HttpResponse {
    insert_subscriber(&pool, &form).await;
    HttpResponse::Ok().finish()
}

async fn insert_subscriber(pool: &PgPool, form: &FormData) {
    sqlx::query!(
        "INSERT INTO subscriptions (id, email, name) VALUES ($1, $2, $3)",
        Uuid::new_v4(),
        form.email,
        form.name
    )
    .execute(pool)
    .await;
}

async fn search(form: web::Form<FormData>) -> HttpResponse {
    let rows = sqlx::query!("SELECT id FROM subscriptions WHERE name = $1", form.name);
    HttpResponse::Ok().finish()
}
"#,
        ),
        (
            "migrations/1.sql",
            "CREATE TABLE subscriptions(id uuid NOT NULL, PRIMARY KEY (id), email TEXT NOT NULL UNIQUE, name TEXT);",
        ),
    ]);
    assert_eq!(
        found,
        ["POST /subscriptions: Writes Unique subscriptions(email)", "POST /search: Reads Unknown",]
    );
}

#[test]
fn middleware_that_needs_a_user_covers_handlers_that_take_one() {
    let files = |handler: &'static str| {
        vec![
            (
                "src/main.rs",
                r#"
use actix_web::{web, App};
use crate::handlers::create;
use crate::keys::Keys;

fn run() {
    App::new().wrap(Keys::new()).route("/posts", web::post().to(create));
}
"#,
            ),
            ("src/handlers.rs", handler),
            (
                "src/keys.rs",
                r#"
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};

const HEADER: &str = "Idempotency-Key";

pub struct KeysService<S> {
    service: S,
}

impl<S> Service<ServiceRequest> for KeysService<S> {
    fn call(&self, req: ServiceRequest) -> Self::Future {
        let key = req.headers().get(HEADER);
        let user = {
            let extensions = req.extensions();
            extensions.get().map(|user: &User| user.id)
        };
        self.service.call(req)
    }
}
"#,
            ),
        ]
    };
    let known = files(
        "use actix_web::web;\npub async fn create(form: web::Json<Post>, user: User, pool: web::Data<Pool>) { insert_into(post::table).execute(&pool); }\n",
    );
    assert_eq!(keys(&known), ["header idempotency-key"]);
    let anonymous = files(
        "use actix_web::web;\npub async fn create(form: web::Json<Post>, pool: web::Data<Pool>) { insert_into(post::table).execute(&pool); }\n",
    );
    assert_eq!(keys(&anonymous), Vec::<String>::new());
}
