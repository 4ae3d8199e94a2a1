//! Paths inside a repository: relative, with forward slashes, the root being `"."`.

/// The folder that holds the file or folder at `path`.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// The last segment.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// `path` as seen from `folder`, when it lies inside.
pub(crate) fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    match folder {
        "." => Some(path),
        _ if path == folder => Some("."),
        _ => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Whether `path` is `folder` or lies inside.
pub(crate) fn is_inside(path: &str, folder: &str) -> bool {
    below(path, folder).is_some()
}

/// The number of segments; none for the root.
pub(crate) fn depth(folder: &str) -> usize {
    if folder == "." { 0 } else { folder.split('/').count() }
}

/// The folder and those around it, innermost first, the root last.
pub(crate) fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |&at| (at != ".").then(|| folder_of(at)))
}

/// `relative` as seen from `folder`, with `.` and `..` resolved; none when it leaves the root.
/// Backslashes count as separators, since project files of .NET use them.
pub(crate) fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = if folder == "." { Vec::new() } else { folder.split('/').collect() };
    for part in relative.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(if parts.is_empty() { ".".to_string() } else { parts.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_stay_inside_the_root() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a", "..").as_deref(), Some("."));
        assert_eq!(join("a", "../.."), None);
        assert_eq!(join(".", "./x\\y").as_deref(), Some("x/y"));
    }

    #[test]
    fn only_whole_segments_are_inside() {
        assert!(is_inside("src/cart/x.ts", "src/cart"));
        assert!(!is_inside("src/cartservice/x.ts", "src/cart"));
        assert!(is_inside("x", "."));
        assert_eq!(ancestors("a/b").collect::<Vec<_>>(), ["a/b", "a", "."]);
    }
}
