//! Patterns over qualified names, and tables that are looked up by a callee's last part.

use groundrule_unit::Name;
use rustc_hash::{FxHashMap, FxHashSet};

/// A table of rows found by qualified name. A look-up starts with the last part of the name, so
/// that only names which can match are resolved at all.
#[derive(Debug)]
pub struct PatternTable<T> {
    exact: FxHashMap<Name, Vec<usize>>,
    /// Last parts of exact patterns.
    last: FxHashSet<Name>,
    globs: Globs,
    rows: Vec<T>,
}

/// Patterns with stars, each with a number, found by the last part of what they match.
#[derive(Debug, Default)]
pub struct Globs {
    /// Those whose last part is written out.
    by_last: FxHashMap<Name, Vec<Glob>>,
    /// Those with a star in their last part.
    open: Vec<Glob>,
}

/// A pattern with a star, taken apart so that most names are refused by a glance at their ends.
#[derive(Debug)]
struct Glob {
    pattern: Name,
    ends: Ends,
    /// The pattern's last part.
    last: Name,
    last_ends: Ends,
    row: usize,
}

/// The lengths of what a pattern has before its first star and after its last.
#[derive(Clone, Copy, Debug)]
struct Ends {
    front: usize,
    back: usize,
}

impl Ends {
    fn of(pattern: &str) -> Self {
        Self {
            front: pattern.find('*').unwrap_or(pattern.len()),
            back: pattern.rfind('*').map_or(0, |star| pattern.len() - star - 1),
        }
    }

    /// Whether a text starts and ends as the pattern does.
    fn fit(self, pattern: &str, text: &str) -> bool {
        let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
        text.starts_with(&pattern[..self.front])
            && text.ends_with(&pattern[pattern.len() - self.back..])
    }
}

impl Glob {
    fn new(pattern: Name, row: usize) -> Self {
        let last = Name::new(last_part(&pattern));
        Self { ends: Ends::of(&pattern), last_ends: Ends::of(&last), pattern, last, row }
    }

    fn matches(&self, path: &str) -> bool {
        self.ends.fit(&self.pattern, path) && glob_matches(&self.pattern, path)
    }

    fn may_end_in(&self, last: &str) -> bool {
        self.last_ends.fit(&self.last, last) && glob_matches(&self.last, last)
    }

    fn ends_in_stars(&self) -> bool {
        self.last.trim_matches('*').is_empty()
    }
}

impl Globs {
    /// Adds a pattern.
    pub fn add(&mut self, pattern: Name, row: usize) {
        let glob = Glob::new(pattern, row);
        match glob.last.contains('*') {
            true => self.open.push(glob),
            false => self.by_last.entry(glob.last.clone()).or_default().push(glob),
        }
    }

    /// Whether some pattern matches the name.
    pub fn matches(&self, path: &str) -> bool {
        self.candidates(path).any(|glob| glob.matches(path))
    }

    /// The numbers of the patterns that match the name, rising.
    fn rows(&self, path: &str) -> Vec<usize> {
        let matching = self.candidates(path).filter(|glob| glob.matches(path));
        let mut rows: Vec<usize> = matching.map(|glob| glob.row).collect();
        rows.sort_unstable();
        rows
    }

    fn candidates(&self, path: &str) -> impl Iterator<Item = &Glob> {
        self.by_last.get(last_part(path)).into_iter().flatten().chain(&self.open)
    }

    fn iter(&self) -> impl Iterator<Item = &Glob> {
        self.by_last.values().flatten().chain(&self.open)
    }
}

impl<T> Default for PatternTable<T> {
    fn default() -> Self {
        Self {
            exact: FxHashMap::default(),
            last: FxHashSet::default(),
            globs: Globs::default(),
            rows: Vec::new(),
        }
    }
}

impl<T> PatternTable<T> {
    /// Adds a row under patterns. Later rows come after earlier ones in look-ups.
    pub fn add(&mut self, patterns: &[String], row: T) {
        let at = self.rows.len();
        self.rows.push(row);
        for pattern in patterns.iter().flat_map(|pattern| expand(pattern)) {
            if pattern.contains('*') {
                self.globs.add(pattern, at);
            } else {
                self.last.insert(Name::new(last_part(&pattern)));
                self.exact.entry(pattern).or_default().push(at);
            }
        }
    }

    /// Whether a callee that ends in that part could match at all.
    pub fn may_match(&self, last: &str) -> bool {
        self.is_last(last) || self.globs.open.iter().any(|glob| glob.may_end_in(last))
    }

    /// Whether a callee that ends in that part could match, patterns that end in nothing but stars
    /// left aside.
    pub fn may_match_named(&self, last: &str) -> bool {
        let mut open = self.globs.open.iter();
        self.is_last(last) || open.any(|glob| !glob.ends_in_stars() && glob.may_end_in(last))
    }

    fn is_last(&self, last: &str) -> bool {
        self.last.contains(last) || self.globs.by_last.contains_key(last)
    }

    /// The rows of the patterns that end in nothing but stars, which any call could match.
    pub fn stars(&self) -> impl Iterator<Item = &T> {
        let stars = self.globs.open.iter().filter(|glob| glob.ends_in_stars());
        stars.map(|glob| &self.rows[glob.row])
    }

    /// The rows whose patterns match the name: those of names written out, then those of patterns
    /// with stars, each in the order they were added.
    pub fn find(&self, path: &str) -> impl Iterator<Item = &T> {
        let exact = self.exact.get(path).into_iter().flatten().copied();
        exact.chain(self.globs.rows(path)).map(|at| &self.rows[at])
    }

    /// The index in [`Self::rows`] of the first row that matches the name.
    pub fn position(&self, path: &str) -> Option<usize> {
        let exact = self.exact.get(path).and_then(|rows| rows.first()).copied();
        exact.or_else(|| self.globs.rows(path).first().copied())
    }

    /// All rows.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The exact patterns.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.exact.keys()
    }

    /// The patterns with a star.
    pub fn globs(&self) -> impl Iterator<Item = &Name> {
        self.globs.iter().map(|glob| &glob.pattern)
    }
}

/// Writes out the braces of a pattern: `a.{b,c}` is `a.b` and `a.c`. Rust's `::` becomes a dot.
pub(crate) fn expand(pattern: &str) -> Vec<Name> {
    let pattern = pattern.replace("::", ".");
    let mut done = Vec::new();
    let mut open = vec![pattern];
    while let Some(next) = open.pop() {
        match (next.find('{'), next.find('}')) {
            (Some(start), Some(end)) if start < end => {
                let (front, back) = (&next[..start], &next[end + 1..]);
                let choices: Vec<&str> = next[start + 1..end].split(',').collect();
                for choice in choices.iter().rev() {
                    open.push(format!("{front}{}{back}", choice.trim()));
                }
            }
            _ => done.push(Name::new(next)),
        }
    }
    done
}

/// The part after the last dot.
pub(crate) fn last_part(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(_, last)| last)
}

/// Whether a name matches a pattern in which `*` stands for any characters but a dot, and `**`
/// for any at all.
pub(crate) fn glob_matches(glob: &str, path: &str) -> bool {
    let Some((front, rest)) = glob.split_once('*') else { return glob == path };
    let Some(path) = path.strip_prefix(front) else { return false };
    let (rest, dots) = match rest.strip_prefix('*') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let literal = rest.split('*').next().unwrap_or(rest);
    if literal.len() == rest.len() {
        return path.strip_suffix(rest).is_some_and(|skipped| dots || !skipped.contains('.'));
    }
    let limit = if dots { path.len() } else { path.find('.').unwrap_or(path.len()) };
    path.match_indices(literal)
        .take_while(|(at, _)| *at <= limit)
        .any(|(at, _)| glob_matches(rest, &path[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_expand_to_every_choice() {
        assert_eq!(expand("a.{b,c}.{d,e}"), ["a.b.d", "a.b.e", "a.c.d", "a.c.e"]);
        assert_eq!(expand("reqwest::Client::new"), ["reqwest.Client.new"]);
    }

    #[test]
    fn a_star_stays_within_one_part() {
        assert!(glob_matches("pkg.New*Client", "pkg.NewOrderClient"));
        assert!(!glob_matches("pkg.New*Client", "pkg.NewOrder.Client"));
        assert!(glob_matches("**.New*Client", "a.b/c.NewOrderClient"));
        assert!(!glob_matches("pkg.*", "pkg.a.b"));
        assert!(glob_matches("**_pb2.*Stub.*", "shop.orders_pb2.OrdersStub.Get"));
        assert!(!glob_matches("**_pb2.*Stub.*", "shop.orders_pb2.OrdersStub.a.b"));
        assert!(glob_matches("a*a*a", "aaa") && !glob_matches("a*a*a", "aa"));
        assert!(glob_matches("**", "") && !glob_matches("ü*", "üö."));
    }

    #[test]
    fn a_table_is_found_by_name() {
        let mut table = PatternTable::default();
        table.add(&["requests.{get,post}".to_owned()], 1);
        table.add(&["**.New*Client".to_owned()], 2);
        assert!(table.may_match("post") && table.may_match("NewXClient"));
        assert!(!table.may_match("put"));
        assert_eq!(table.find("requests.get").collect::<Vec<_>>(), [&1]);
        assert_eq!(table.find("x/pb.NewXClient").collect::<Vec<_>>(), [&2]);
    }
}
