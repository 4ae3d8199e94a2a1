//! The examples of a page: its fenced code blocks, grouped into small services by heading.

/// The blocks under one heading: the files of one small service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The heading, without its marks.
    pub heading: String,
    /// The heading's line in the page, 1-based.
    pub line: u32,
    pub files: Vec<ExampleFile>,
}

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// From the block's `title`, else made up from its language.
    pub path: String,
    pub text: String,
    /// The line of the page on which the text starts, 1-based.
    pub line: u32,
}

/// The names that blocks without a title get, by language tag. Blocks in other languages are no
/// files of an example unless they have a title.
const NAMES: [(&str, &str); 18] = [
    ("python", "app.py"),
    ("py", "app.py"),
    ("go", "main.go"),
    ("typescript", "app.ts"),
    ("ts", "app.ts"),
    ("tsx", "app.tsx"),
    ("javascript", "app.js"),
    ("js", "app.js"),
    ("java", "App.java"),
    ("kotlin", "App.kt"),
    ("csharp", "Program.cs"),
    ("cs", "Program.cs"),
    ("rust", "src/main.rs"),
    ("proto", "api.proto"),
    ("protobuf", "api.proto"),
    ("dockerfile", "Dockerfile"),
    ("sql", "schema.sql"),
    ("xml", "pom.xml"),
];

/// The examples of a page, in its order. Headings without blocks are none.
pub fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut current = Example { heading: String::new(), line: 1, files: Vec::new() };
    let mut block: Option<Block> = None;
    for (line, content) in (1..).zip(page.split('\n')) {
        let content = content.strip_suffix('\r').unwrap_or(content);
        if let Some(open) = &mut block {
            if open.is_closed_by(content) {
                current
                    .files
                    .extend(block.take().and_then(|block| block.into_file(&current.files)));
            } else {
                open.push(content);
            }
        } else if let Some(opened) = Block::open(content, line) {
            block = Some(opened);
        } else if let Some(heading) = heading_of(content) {
            let next = Example { heading: heading.to_owned(), line, files: Vec::new() };
            examples.push(std::mem::replace(&mut current, next));
        }
    }
    examples.push(current);
    examples.retain(|example| !example.files.is_empty());
    examples
}

fn heading_of(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && text.starts_with(' ')).then(|| text.trim())
}

/// A fenced block that is being read.
struct Block {
    fence: String,
    indent: usize,
    info: String,
    text: String,
    line: u32,
}

impl Block {
    fn open(line: &str, number: u32) -> Option<Self> {
        let trimmed = line.trim_start_matches(' ');
        let indent = line.len() - trimmed.len();
        let mark = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = trimmed.chars().take_while(|c| *c == mark).count();
        (length >= 3).then(|| Self {
            fence: trimmed[..length].to_owned(),
            indent,
            info: trimmed[length..].trim().to_owned(),
            text: String::new(),
            line: number + 1,
        })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.starts_with(&self.fence) && line.chars().all(|c| self.fence.starts_with(c))
    }

    fn push(&mut self, line: &str) {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        self.text.push_str(&line[spaces.min(self.indent)..]);
        self.text.push('\n');
    }

    fn into_file(self, others: &[ExampleFile]) -> Option<ExampleFile> {
        let language = self.info.split_whitespace().next().unwrap_or_default();
        let path = match self.title() {
            Some(title) => title.to_owned(),
            None => {
                let (_, name) = NAMES.iter().find(|(tag, _)| *tag == language)?;
                free_name(name, others)
            }
        };
        Some(ExampleFile { path, text: self.text, line: self.line })
    }

    /// `title="app.py"`.
    fn title(&self) -> Option<&str> {
        let (_, rest) = self.info.split_once("title=\"")?;
        let (title, _) = rest.split_once('"')?;
        let inside = !title.starts_with('/') && !title.split('/').any(|part| part == "..");
        Some(title).filter(|title| !title.is_empty() && inside)
    }
}

/// The name, or the name with a number where it is taken.
fn free_name(name: &str, others: &[ExampleFile]) -> String {
    let taken = |name: &str| others.iter().any(|file| file.path == name);
    if !taken(name) {
        return name.to_owned();
    }
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let numbered = |number: usize| match end {
        "" => format!("{stem}{number}"),
        end => format!("{stem}{number}.{end}"),
    };
    (2..).map(numbered).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Title\n\nText.\n\n## Good\n\n```python title=\"web/app.py\"\nx = 1\n```\n\n\
        ```go\npackage main\n```\n\n```go\npackage main\n```\n\n```text\nno file\n```\n\n## Bad\n\n\
        ~~~rust\nfn main() {}\n# no heading\n~~~\n";

    #[test]
    fn blocks_under_one_heading_are_one_service() {
        let examples = examples(PAGE);
        let shape: Vec<(&str, Vec<&str>)> = examples
            .iter()
            .map(|e| (e.heading.as_str(), e.files.iter().map(|f| f.path.as_str()).collect()))
            .collect();
        assert_eq!(
            shape,
            [("Good", vec!["web/app.py", "main.go", "main2.go"]), ("Bad", vec!["src/main.rs"])]
        );
    }

    #[test]
    fn a_block_knows_where_it_stands_in_the_page() {
        let examples = examples(PAGE);
        let file = &examples[0].files[0];
        assert_eq!((file.line, file.text.as_str()), (8, "x = 1\n"));
        assert_eq!(PAGE.split('\n').nth(7), Some("x = 1"));
    }

    #[test]
    fn a_title_cannot_leave_the_example() {
        let page = "```python title=\"../../etc/passwd\"\nx\n```\n";
        assert_eq!(examples(page)[0].files[0].path, "app.py");
    }

    #[test]
    fn a_fence_that_is_never_closed_is_no_file() {
        assert!(examples("## A\n```go\npackage main\n").is_empty());
    }
}
