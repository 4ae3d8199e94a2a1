//! The filter: whether anything in a file can matter, told from its text before it is parsed.
//!
//! Parsing is what a scan costs. What matters is derived from library models, policies and what
//! linking asks for, never from a list kept by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use groundrule_facts::{Models, Wanted};
use groundrule_unit::{Language, Layout, Name};
use groundrule_workspace::FileKind;

/// Words before a name that declare it, in some language.
const DECLARING: &[&str] = &[
    "class",
    "interface",
    "struct",
    "enum",
    "record",
    "trait",
    "object",
    "type",
    "func",
    "def",
    "fn",
    "fun",
    "function",
    "const",
    "let",
    "var",
    "val",
    "static",
    "message",
    "impl",
    "mod",
];
/// Words before a name and its parenthesis that call it: any other word is a type that it returns.
const CALLING: &[&str] = &[
    "return", "new", "await", "throw", "else", "yield", "in", "case", "go", "defer", "not", "and",
    "or", "if", "while", "is", "as", "when", "do",
];

/// Decides which files are parsed.
#[derive(Debug)]
pub(crate) enum Filter {
    /// All of them.
    Everything,
    /// Those that hold a literal of some model.
    Literals(Box<Literals>),
    /// Those that declare one of the names, that call one, that extend or handle one, that are one
    /// of the modules, or that declare one and hold a capitalised word with it.
    Names {
        declared: Search,
        called: Search,
        extended: Search,
        modules: BTreeSet<Name>,
        methods: Search,
        of: Words,
    },
}

/// The capitalised words that go with each name.
type Words = BTreeMap<Name, Vec<String>>;

/// The texts one of which a file must hold.
#[derive(Debug)]
pub(crate) struct Literals {
    sources: BTreeMap<Language, AhoCorasick>,
    documents: AhoCorasick,
    /// Build and deployment files of services: they are read whatever they hold.
    always: BTreeSet<Arc<str>>,
}

impl Filter {
    /// What the models look for. A file that passes may matter; one that does not cannot, unless
    /// linking asks for it by name.
    pub(crate) fn new(models: &Models, layout: &Layout) -> Self {
        let automaton = |texts: BTreeSet<Name>, ignore_case: bool| {
            AhoCorasick::builder()
                .ascii_case_insensitive(ignore_case)
                .build(texts.iter().map(Name::as_str))
                .ok()
        };
        let mut sources = BTreeMap::new();
        for language in Language::ALL {
            let Some(built) = automaton(models.literals(language), false) else {
                return Self::Everything;
            };
            sources.insert(language, built);
        }
        let Some(documents) = automaton(models.document_literals(), true) else {
            return Self::Everything;
        };
        let deployed = layout.services.iter().flat_map(|s| s.deployment.iter().chain(&s.manifests));
        let always = deployed.cloned().collect();
        Self::Literals(Box::new(Literals { sources, documents, always }))
    }

    pub(crate) fn everything() -> Self {
        Self::Everything
    }

    /// What linking asks for.
    pub(crate) fn names(wanted: &Wanted) -> Self {
        let mut of = Words::new();
        for (name, word) in &wanted.methods {
            let mut word = word.to_string();
            if let Some(first) = word.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            of.entry(name.clone()).or_default().push(word);
        }
        Self::Names {
            methods: Search::new(of.keys()),
            of,
            declared: Search::new(&wanted.declared),
            called: Search::new(&wanted.called),
            extended: Search::new(&wanted.extended),
            modules: wanted.modules.clone(),
        }
    }

    /// Whether a file is parsed whatever it holds.
    pub(crate) fn always(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Literals(literals) => literals.always.contains(path),
            Self::Names { .. } => false,
        }
    }

    /// Whether a file is to be parsed.
    pub(crate) fn wants(&self, path: &str, kind: FileKind, text: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Literals(literals) => match kind {
                FileKind::Source(Language::Protobuf) => text.contains("service"),
                FileKind::Source(language) => {
                    literals.sources.get(&language).is_none_or(|search| search.is_match(text))
                }
                _ => literals.always.contains(path) || literals.documents.is_match(text),
            },
            Self::Names { declared, called, extended, modules, methods, of } => {
                matches!(kind, FileKind::Source(_))
                    && (is_module(modules, path)
                        || declared.any(text, declares)
                        || called.any(text, |_, _, after| after.starts_with('('))
                        || extended.any(text, |before, _, _| extends(before))
                        || methods.any(text, |before, name, after| {
                            declares(before, name, after)
                                && of.get(name).is_some_and(|words| {
                                    words.iter().any(|word| text.contains(word.as_str()))
                                })
                        }))
            }
        }
    }
}

/// Whether a file is one of the modules: a script by its path without its ending, that of its
/// folder for an index; Python's also from any folder on.
fn is_module(modules: &BTreeSet<Name>, path: &str) -> bool {
    let Some((module, ending)) = path.rsplit_once('.') else { return false };
    if ending != "py" {
        return modules.contains(module.strip_suffix("/index").unwrap_or(module));
    }
    let dotted = module.strip_suffix("/__init__").unwrap_or(module).replace('/', ".");
    std::iter::successors(Some(dotted.as_str()), |from| Some(from.split_once('.')?.1))
        .any(|module| modules.contains(module))
}

/// Names that are looked for as whole words.
#[derive(Debug)]
pub(crate) struct Search(Option<AhoCorasick>);

impl Search {
    fn new<'n>(names: impl IntoIterator<Item = &'n Name>) -> Self {
        let names: Vec<&str> =
            names.into_iter().filter(|n| !n.is_empty()).map(Name::as_str).collect();
        if names.is_empty() {
            return Self(None);
        }
        // Too many names for an automaton are no reason to stop: then nothing is found.
        Self(AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(names).ok())
    }

    /// Whether some whole word satisfies the test, which gets the line before it, the word, and
    /// what follows it.
    fn any(&self, text: &str, test: impl Fn(&str, &str, &str) -> bool) -> bool {
        let Some(search) = &self.0 else { return false };
        search.find_iter(text).any(|found| {
            let (before, word, after) =
                (&text[..found.start()], &text[found.range()], &text[found.end()..]);
            if before.ends_with(is_word) || after.starts_with(is_word) {
                return false;
            }
            let line = before.rfind('\n').map_or(0, |at| at + 1);
            test(&before[line..], word, after.trim_start_matches([' ', '\t']))
        })
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a name is probably declared between what stands before it on its line and what follows.
fn declares(before: &str, _name: &str, after: &str) -> bool {
    let start = before.trim_start();
    let last = before.trim_end();
    let word = last.rsplit(|c: char| !is_word(c)).next().unwrap_or_default();
    if DECLARING.contains(&word) {
        return true;
    }
    let assigned = (after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>"))
        || after.starts_with(':');
    if assigned && (start.is_empty() || !start.contains(['(', '='])) {
        return true;
    }
    // Methods: a receiver in Go, a return type in Java and C#, and nothing at all in TypeScript.
    after.starts_with(['(', '<'])
        && (start.is_empty()
            || (start.starts_with("func") && last.ends_with(')'))
            || (last.len() < before.len()
                && (last.ends_with(['>', ']', '?'])
                    || (!word.is_empty() && !CALLING.contains(&word)))))
}

/// Whether what stands before a name on its line says that something extends, implements or
/// handles it.
fn extends(before: &str) -> bool {
    before.contains([':', '@'])
        || ["implements", "extends", "impl", "class"].iter().any(|word| before.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(declared: &[&str], called: &[&str], text: &str) -> bool {
        let names = |names: &[&str]| names.iter().copied().map(Name::new).collect();
        let wanted =
            Wanted { declared: names(declared), called: names(called), ..Wanted::default() };
        Filter::names(&wanted).wants("a", FileKind::Source(Language::Go), text)
    }

    #[test]
    fn declarations_of_every_language_are_found() {
        for text in [
            "class Order:",
            "type Order struct {",
            "data class Order(val x: Int)",
            "public record Order(String id) {}",
            "export interface Order {",
            "pub struct Order {",
            "Order = namedtuple()",
            "message Order {",
            "func (s *Server) Order(ctx context.Context) {",
            "  public Map<String, Order2> Order(int x) {",
            "  Order(x: number): string {",
            "Order: Final = 3",
        ] {
            assert!(wants(&["Order"], &[], text), "{text}");
        }
    }

    #[test]
    fn implementations_and_handlers_are_found() {
        for text in [
            "class SqlOrders : Orders {",
            "class SqlOrders implements Orders {",
            ") : Base(), Orders {",
            "class SqlOrders(Orders):",
            "impl Orders for Sql {",
            "@CommandHandler(Orders)",
        ] {
            let wanted = Wanted { extended: [Name::new("Orders")].into(), ..Wanted::default() };
            let filter = Filter::names(&wanted);
            assert!(filter.wants("a", FileKind::Source(Language::Java), text), "{text}");
            let other = "return new Orders()";
            assert!(!filter.wants("a", FileKind::Source(Language::Java), other));
        }
    }

    #[test]
    fn modules_are_found_by_their_paths() {
        let wanted = Wanted { modules: [Name::new("src/login")].into(), ..Wanted::default() };
        let filter = Filter::names(&wanted);
        let wants = |path| filter.wants(path, FileKind::Source(Language::TypeScript), "x");
        assert!(wants("src/login.js"));
        assert!(wants("src/login/index.ts"));
        assert!(!wants("src/login.controller.js"));
    }

    #[test]
    fn uses_are_no_declarations() {
        for text in [
            "return Order(3)",
            "x = new Order(3)",
            "List<Order> all;",
            "class OrderService:",
            "class PreOrder:",
            "if (a == Order) {",
            "f(Order)",
        ] {
            assert!(!wants(&["Order"], &[], text), "{text}");
        }
    }

    #[test]
    fn callers_are_found() {
        assert!(wants(&[], &["fetch"], "x = fetch (1)"));
        assert!(!wants(&[], &["fetch"], "prefetch(1)"));
        assert!(!wants(&[], &["fetch"], "import fetch"));
    }
}
