//! Layouts of whole repositories, as they are met: which parts a person would call services.

use crate::repo::{Repo, folders, service, services, uses};

const GO_MAIN: &str = "package main\n\nfunc main() {\n}\n";

/// The service's entry as `path:line`.
fn entry(files: &[(&str, &str)], folder: &str) -> String {
    let repository = Repo::new(files).discover();
    let entry = service(&repository, folder).entry.clone().unwrap();
    format!("{}:{}", entry.path, entry.line)
}

#[test]
fn a_script_that_an_image_starts_needs_no_guard() {
    for (command, path) in [
        ("CMD [\"python\", \"app.py\"]", "web/app.py"),
        ("CMD python -u app.py", "web/app.py"),
        ("ENTRYPOINT [\"python\"]\nCMD [\"app.py\"]", "web/app.py"),
        ("CMD [\"python3\", \"-m\", \"shop.jobs\"]", "web/shop/jobs.py"),
        ("CMD [\"python\", \"/srv/app.py\"]", "web/app.py"),
        ("CMD exec gunicorn --bind :8080 shop.jobs:build", "web/shop/jobs.py"),
    ] {
        let docker = format!("FROM python:3.13\nWORKDIR /srv\nCOPY . .\n{command}\n");
        let files = [
            ("web/requirements.txt", "requests==2.32.3\n"),
            ("web/Dockerfile", docker.as_str()),
            (path, "import requests\n\nrequests.get('https://prices.example')\n"),
        ];
        assert_eq!(entry(&files, "web"), format!("{path}:1"), "{command}");
    }
}

#[test]
fn a_script_is_found_where_the_image_copies_it_from() {
    let files = [
        ("requirements.txt", "requests==2.32.3\n"),
        (
            "deploy/Dockerfile",
            "FROM python:3.13\nCOPY requirements.txt .\nCOPY src/ /srv\nCMD [\"python\", \"poll.py\"]\n",
        ),
        (
            "docker-compose.yml",
            "services:\n  poll:\n    build:\n      context: .\n      dockerfile: deploy/Dockerfile\n",
        ),
        ("src/poll.py", "import requests\n\nrequests.get('https://prices.example')\n"),
    ];
    assert_eq!(entry(&files, "."), "src/poll.py:1");
}

#[test]
fn a_script_without_an_image_is_no_service_beside_one() {
    let files = [
        ("web/requirements.txt", "flask==3.1.0\n"),
        ("web/app.py", "import flask\n\napp = flask.Flask(__name__)\n"),
        ("scrape/requirements.txt", "aiohttp==3.9.0\n"),
        ("scrape/main.py", "import aiohttp\n\nif __name__ == '__main__':\n    print(1)\n"),
    ];
    assert_eq!(services(&files), ["web"]);
    assert_eq!(entry(&files, "web"), "web/app.py:3");
}

#[test]
fn one_dockerfile_may_build_the_programs_that_deployment_files_name() {
    let docker = "FROM golang\nARG TARGET\nCOPY . .\nRUN go build -o ./bin/shop-${TARGET} ./cmd/shop-${TARGET}\nCMD [\"/shop\"]\n";
    let files = [
        ("go.mod", "module example.com/shop\n\nrequire google.golang.org/grpc v1.60.0\n"),
        ("cmd/shop-api/main.go", GO_MAIN),
        ("cmd/shop-engine/main.go", GO_MAIN),
        ("cmd/shop-cli/main.go", GO_MAIN),
        ("build/servers.dockerfile", docker),
        (
            "docker-compose.yml",
            "services:\n  api:\n    image: example/shop-api:1\n  engine:\n    image: example/shop-engine:1\n",
        ),
    ];
    assert_eq!(services(&files), ["cmd/shop-api", "cmd/shop-engine"]);
}

#[test]
fn a_dockerfile_is_named_after_what_it_builds() {
    let files = [
        ("go.mod", "module example.com/shop\n\nrequire google.golang.org/grpc v1.60.0\n"),
        ("cmd/agent/main.go", GO_MAIN),
        ("cmd/server/main.go", GO_MAIN),
        ("cmd/check/go/main.go", GO_MAIN),
        ("docker/Dockerfile.agent.alpine", "FROM alpine\nCOPY dist/agent /\nCMD [\"/agent\"]\n"),
        ("docker/server.dockerfile", "FROM alpine\nCOPY dist/server /\nCMD [\"/server\"]\n"),
        ("docker/e2e-go.dockerfile", "FROM golang\nCMD [\"go\", \"test\"]\n"),
    ];
    assert_eq!(services(&files), ["cmd/agent", "cmd/server"]);
}

#[test]
fn the_program_that_serves_is_a_modules_own() {
    let files = [
        ("go.mod", "module example.com/pagoda\n\nrequire github.com/labstack/echo/v4 v4.0.0\n"),
        ("cmd/admin/main.go", GO_MAIN),
        ("cmd/a-server/main.go", GO_MAIN),
        ("cmd/web/main.go", GO_MAIN),
    ];
    assert_eq!(entry(&files, "."), "cmd/web/main.go:3");
}

#[test]
fn programs_of_go_from_before_modules_are_found() {
    let files = [
        ("cmd/paymentsvc/main.go", GO_MAIN),
        ("service.go", "package payment\n"),
        ("docker/payment/Dockerfile", "FROM golang:1.7\nCOPY . /go\nCMD [\"/app\"]\n"),
    ];
    assert_eq!(entry(&files, "."), "cmd/paymentsvc/main.go:3");
}

#[test]
fn rocket_launches_without_a_main() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"delta\"\n[dependencies]\nrocket = \"0.5\"\n"),
        ("build.rs", "fn main() {\n}\n"),
        ("src/main.rs", "use rocket::launch;\n\n#[launch]\nasync fn rocket() -> _ {\n}\n"),
        ("Dockerfile", "FROM rust\nCOPY . .\nCMD [\"delta\"]\n"),
    ];
    assert_eq!(entry(&files, "."), "src/main.rs:3");
}

#[test]
fn a_service_is_named_by_what_runs_in_it() {
    let files = [
        ("package.json", r#"{"name":"shop-e2e","devDependencies":{"@playwright/test":"1"}}"#),
        ("pyproject.toml", "[project]\nname = \"shop\"\ndependencies = [\"fastapi\"]\n"),
        ("src/shop/main.py", "app = FastAPI()\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["."]);
    assert_eq!(service(&repository, ".").name, "shop");
}

#[test]
fn workloads_of_kubernetes_make_programs_services() {
    let files = [
        ("go.mod", "module example.com/shop\n"),
        ("cmd/worker/main.go", GO_MAIN),
        ("cmd/migrate/main.go", GO_MAIN),
        (
            "k8s/worker.yaml",
            "kind: Deployment\nmetadata:\n  name: worker\nspec:\n  template:\n    spec:\n      containers:\n      - name: worker\n        image: example/worker\n",
        ),
    ];
    assert_eq!(services(&files), ["cmd/worker"]);
}

#[test]
fn packages_of_a_pnpm_workspace_are_told_apart() {
    let files = [
        ("package.json", r#"{"name":"shop","private":true}"#),
        ("pnpm-workspace.yaml", "packages:\n  - 'apps/*'\n  - 'packages/*'\n"),
        (
            "apps/api/package.json",
            r#"{"name":"api","private":true,"scripts":{"start":"node dist/main.js"},"dependencies":{"fastify":"4","@shop/core":"workspace:*"}}"#,
        ),
        ("apps/api/src/main.ts", "app.listen({ port: 8080 });\n"),
        (
            "apps/web/package.json",
            r#"{"name":"web","private":true,"dependencies":{"react":"18","vite":"5"}}"#,
        ),
        ("packages/core/package.json", r#"{"name":"@shop/core","private":true}"#),
        ("packages/core/src/index.ts", "export const x = 1;\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["apps/api"]);
    assert_eq!(uses(&repository, "apps/api"), ["packages/core"]);
}

#[test]
fn web_projects_of_a_solution_are_services_and_what_they_reference_is_not() {
    let web = "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<ItemGroup><ProjectReference Include=\"..\\Shop.Core\\Shop.Core.csproj\" /></ItemGroup>\n</Project>\n";
    let files = [
        ("Shop.sln", "\n"),
        ("src/Shop.Api/Shop.Api.csproj", web),
        ("src/Shop.Api/Program.cs", "WebApplication.CreateBuilder(args);\n"),
        ("src/Shop.Admin/Shop.Admin.csproj", web),
        ("src/Shop.Admin/Program.cs", "WebApplication.CreateBuilder(args);\n"),
        ("src/Shop.Core/Shop.Core.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>"),
        ("src/Shop.Core/Order.cs", "record Order();\n"),
        ("tests/Shop.Tests/Shop.Tests.csproj", web),
        ("tests/Shop.Tests/Program.cs", "WebApplication.CreateBuilder(args);\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["src/Shop.Admin", "src/Shop.Api"]);
    assert_eq!(uses(&repository, "src/Shop.Api"), ["src/Shop.Core"]);
}

#[test]
fn a_build_of_its_own_may_be_part_of_a_larger_one() {
    let build = |more: &str| {
        format!(
            "plugins {{\n    id(\"org.springframework.boot\") version \"3.3.0\"\n}}\ndependencies {{\n{more}}}\n"
        )
    };
    let api = build("    implementation(project(\":common\"))\n");
    let files = [
        ("settings.gradle.kts", "include(\"common\", \"api\")\n"),
        ("api/settings.gradle.kts", "rootProject.name = \"api\"\n"),
        ("api/build.gradle.kts", api.as_str()),
        ("api/src/main/kotlin/Application.kt", "@SpringBootApplication\nclass Application\n"),
        ("common/settings.gradle.kts", "rootProject.name = \"common\"\n"),
        ("common/build.gradle.kts", "plugins {\n    kotlin(\"jvm\")\n}\n"),
        ("common/src/main/kotlin/Rates.kt", "class Rates\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["api"]);
    assert_eq!(uses(&repository, "api"), ["common"]);
}

#[test]
fn modules_of_maven_may_name_their_group_by_their_parents() {
    let parent =
        "<parent><groupId>shop</groupId><artifactId>root</artifactId><version>1</version></parent>";
    let common = format!("<project><artifactId>common</artifactId>{parent}</project>");
    let api = format!(
        "<project><artifactId>api</artifactId>{parent}<dependencies>\
         <dependency><groupId>${{project.parent.groupId}}</groupId><artifactId>common</artifactId></dependency>\
         <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>\
         </dependencies></project>"
    );
    let files = [
        (
            "pom.xml",
            "<project><groupId>shop</groupId><artifactId>root</artifactId><version>1</version><packaging>pom</packaging></project>",
        ),
        ("common/pom.xml", common.as_str()),
        ("common/src/main/java/Rates.java", "class Rates {}\n"),
        ("api/pom.xml", api.as_str()),
        (
            "api/src/main/java/ApiApplication.java",
            "@SpringBootApplication\nclass ApiApplication {\n  public static void main(String[] a) {}\n}\n",
        ),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["api"]);
    assert_eq!(uses(&repository, "api"), ["common"]);
}

#[test]
fn a_project_of_dotnet_may_be_linked_as_a_package() {
    let files = [
        (
            "src/Api/Api.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><ItemGroup><PackageReference Include=\"Shop.Messaging\" Version=\"1.0\" /></ItemGroup></Project>",
        ),
        ("src/Api/Program.cs", "WebApplication.CreateBuilder(args);\n"),
        (
            "src/Messaging/Messaging.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><PackageId>Shop.Messaging</PackageId></PropertyGroup></Project>",
        ),
        ("src/Messaging/Bus.cs", "class Bus {}\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(uses(&repository, "src/Api"), ["src/Messaging"]);
}

#[test]
fn a_package_inside_a_service_that_is_loaded_by_its_path_is_a_part_of_it() {
    let files = [
        (
            "server/package.json",
            r#"{"name":"server","private":true,"scripts":{"start":"node index.js"},"dependencies":{"express":"4"}}"#,
        ),
        ("server/index.js", "require('./services/mail');\napp.listen(1);\n"),
        ("server/services/mail/package.json", r#"{"name":"mail","dependencies":{"axios":"1"}}"#),
        ("server/services/mail/index.js", "module.exports = 1;\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert_eq!(folders(&repository), ["server"]);
    let running = repository.layout.services_running("server/services/mail/index.js");
    assert_eq!(running.iter().map(|s| &*s.folder).collect::<Vec<_>>(), ["server"]);
}

#[test]
fn a_module_named_like_a_build_file_builds_nothing() {
    let files = [
        ("requirements.txt", "flask==3.1.0\n"),
        ("app.py", "app = Flask(__name__)\n"),
        ("shop/handlers/setup.py", "from flask import request\n\n\ndef setup():\n    pass\n"),
        ("shop/handlers/orders.py", "import requests\n"),
    ];
    let repository = Repo::new(&files).discover();
    assert!(repository.layout.libraries.is_empty());
    assert_eq!(repository.layout.services_running("shop/handlers/orders.py").len(), 1);
}
