//! Entry points: the statement that starts a program, found by a cheap search in one file.

use groundrule_unit::Place;

use crate::manifests::Text;
use crate::paths::{depth, folder_of};
use crate::tree::{SourceFile, Tree};

/// The statement that starts the program in this file, if one does.
pub(crate) fn find(tree: &Tree, path: &str) -> Option<Place> {
    let file = tree.file(path)?;
    let text = tree.read_file(file).ok()?;
    find_in(file, &text)
}

/// The same for a file among several, best one first: fewest folders, then by path.
pub(crate) fn first<'a>(
    tree: &Tree,
    files: impl Iterator<Item = &'a SourceFile>,
    limit: usize,
) -> Option<Place> {
    let mut files: Vec<&SourceFile> = files.collect();
    files.sort_by_key(|file| (depth(folder_of(&file.path)), file.path.clone()));
    files.into_iter().take(limit).find_map(|file| find(tree, &file.path))
}

fn find_in(file: &SourceFile, text: &str) -> Option<Place> {
    let (_, ending) = file.path.rsplit_once('.')?;
    let starts: &[fn(&str) -> bool] = match ending {
        "go" => {
            let is_main = |line: &str| {
                let (code, _) = line.split_once("//").unwrap_or((line, ""));
                code.trim_end() == "package main"
            };
            if !text.split('\n').any(is_main) {
                return None;
            }
            &[|line| line.starts_with("func main(")]
        }
        // An application class says more than the `main` below it, which may be inherited.
        "java" => &[
            |line| line.contains("static void main(") || line.contains("void main(String"),
            |line| line.starts_with("@SpringBootApplication"),
            is_lambda,
        ],
        "kt" => &[
            |line| line.starts_with("fun main(") || line.starts_with("suspend fun main("),
            |line| line.contains("fun main(args"),
            |line| line.starts_with("@SpringBootApplication"),
            is_lambda,
        ],
        "cs" => &[
            |line| line.contains("static") && line.contains(" Main("),
            |line| {
                line.contains("WebApplication.Create")
                    || line.contains("Host.Create")
                    || line.contains("new HostBuilder(")
                    || line.contains("FunctionsApplication.Create")
                    || line.contains("DistributedApplication.Create")
            },
            |line| line.contains("Main(string[]"),
        ],
        "rs" => &[|line| {
            let line = line.strip_prefix("pub ").unwrap_or(line);
            line.starts_with("fn main(")
                || line.starts_with("async fn main(")
                || matches!(line.trim_end(), "#[launch]" | "#[rocket::launch]")
        }],
        "py" => &[
            |line| line.starts_with("if __name__"),
            |line| {
                makes_application(line)
                    || line.contains("get_wsgi_application()")
                    || line.contains("get_asgi_application()")
            },
            |line| {
                ["uvicorn.run(", "run_app(", ".serve_forever()", ".wait_for_termination()"]
                    .iter()
                    .any(|start| line.contains(start))
            },
            // The application is made by a function or is of a class of the project's own.
            |line| {
                let made = line.strip_prefix("app = ").or(line.strip_prefix("application = "));
                made.is_some_and(|made| made.contains("create_app(") || made.contains("App("))
                    || line.contains(" = create_app(")
            },
            |line| line.starts_with("def lambda_handler("),
            |line| line.starts_with("class ") && line.contains("HttpUser)"),
            |line| line.starts_with("func.FunctionApp(") || line.contains("= func.FunctionApp("),
        ],
        "js" | "ts" | "mjs" | "cjs" | "mts" => &[
            |line| line.contains(".listen("),
            |line| line.contains("createServer(") || line.contains("NestFactory.create"),
            |line| line.starts_with("bootstrap()") || line.starts_with("main()"),
            |line| line.starts_with("app.start(") || line.starts_with("server.start("),
            |line| line.starts_with("new ") && line.contains("Server("),
            // A load script of k6.
            |line| line.contains("from 'k6") || line.contains("from \"k6"),
        ],
        _ => return None,
    };
    let text = Text::new(&file.path, text);
    starts.iter().find_map(|is_start| {
        text.lines().find(|(_, line)| !is_comment(line) && is_start(line.trim_start())).map(
            |(at, line)| {
                let indent = line.len() - line.trim_start().len();
                text.place(at + indent..at + line.trim_end().len())
            },
        )
    })
}

/// `app = Flask(…)`, `app = fastapi.FastAPI(…)`, `app: FastAPI = FastAPI(…)`.
fn makes_application(line: &str) -> bool {
    line.split_once("= ").is_some_and(|(_, made)| {
        let callee = made.split('(').next().unwrap_or_default();
        made.len() > callee.len()
            && matches!(
                callee.rsplit('.').next(),
                Some("Flask" | "FastAPI" | "Sanic" | "Quart" | "Starlette" | "Celery" | "Litestar")
            )
    })
}

/// A handler that AWS Lambda calls.
fn is_lambda(line: &str) -> bool {
    line.contains("RequestHandler<") || line.contains("RequestStreamHandler")
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//")
        || line.starts_with('#') && !line.starts_with("#[")
        || line.starts_with('*')
}
