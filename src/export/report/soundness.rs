//! Structural checks of a report page, made by a parser.

use super::html::STYLE;
use base64::Engine;
use resvg::usvg::roxmltree::{Document, Node};
use std::collections::BTreeSet;

/// Elements of HTML that have no closing tag.
const VOID: [&str; 3] = ["meta", "img", "source"];

/// The page as XML: void elements closed, and without the doctype.
fn as_xml(page: &str) -> String {
    let page = page.strip_prefix("<!DOCTYPE html>").expect("it says that it is HTML");
    let mut parts = page.split('<');
    let mut xml = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        xml.push('<');
        match part.split_once('>').filter(|_| VOID.contains(&name)) {
            Some((tag, rest)) => xml += &format!("{tag}/>{rest}"),
            None => xml += part,
        }
    }
    xml
}

fn elements<'a>(document: &'a Document<'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(Node::is_element)
}

fn named<'a>(document: &'a Document<'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    elements(document).filter(move |node| node.tag_name().name() == name)
}

/// Asserts that ids are unique, references resolve, and nothing outside the file is referenced.
fn assert_closed_in_itself(document: &Document<'_>) {
    let ids: Vec<&str> = elements(document).filter_map(|node| node.attribute("id")).collect();
    let different: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(different.len(), ids.len(), "{ids:?}");
    for node in elements(document) {
        let name = node.tag_name().name();
        assert!(!["script", "link", "iframe", "object", "embed", "base"].contains(&name), "{name}");
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(!key.starts_with("on"), "{key}={value}");
            if ["src", "srcset", "href"].contains(&key) {
                assert!(
                    value.starts_with("data:image/"),
                    "{key}={}",
                    &value[..value.len().min(60)]
                );
            } else if let Some((_, rest)) = value.split_once("url(") {
                let id = rest.strip_prefix('#').and_then(|rest| rest.split(')').next());
                assert!(id.is_some_and(|id| different.contains(id)), "{key}={value}");
            }
        }
    }
}

/// The pictures of the page: for light pages, for dark ones.
fn pictures(document: &Document<'_>) -> Vec<[String; 2]> {
    let decoded = |node: Node<'_, '_>, key: &str| {
        let code = node.attribute(key).unwrap().strip_prefix("data:image/svg+xml;base64,").unwrap();
        let bytes = base64::engine::general_purpose::STANDARD.decode(code).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let pair = |picture: Node<'_, '_>| {
        let parts: Vec<Node<'_, '_>> = picture.children().filter(Node::is_element).collect();
        let [source, img] = parts.as_slice() else { panic!("{parts:?}") };
        assert_eq!(source.attribute("media"), Some("(prefers-color-scheme: dark)"));
        assert!(img.attribute("alt").is_some_and(|alt| !alt.is_empty()));
        [decoded(*img, "src"), decoded(*source, "srcset")]
    };
    named(document, "picture").map(pair).collect()
}

/// The names after a mark, such as `page` and `card` after `--`.
fn names<'a>(style: &'a str, mark: &str) -> BTreeSet<&'a str> {
    let name = |part: &'a str| part.split(|c: char| !c.is_alphanumeric()).next();
    style.split(mark).skip(1).filter_map(name).collect()
}

/// Panics with the problem unless the page is well formed, self-contained, has light and dark colours, tables with rows
/// as long as their headers, and headings in order.
pub fn assert_sound(page: &str) {
    let xml = as_xml(page);
    let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{error}"));
    assert_closed_in_itself(&document);
    for both in pictures(&document) {
        for picture in &both {
            assert_closed_in_itself(&Document::parse(picture).unwrap());
        }
        assert_ne!(both[0], both[1], "a dark page has a dark picture");
    }
    for table in named(&document, "table") {
        let rows = table.descendants().filter(|node| node.has_tag_name("tr"));
        let cells = |row: Node<'_, '_>| row.children().filter(Node::is_element).count();
        let lengths: BTreeSet<usize> = rows.map(cells).collect();
        assert!(lengths.len() == 1, "rows of {lengths:?} cells");
    }
    let level = |node: Node<'_, '_>| node.tag_name().name().strip_prefix('h')?.parse::<u8>().ok();
    let levels: Vec<u8> = elements(&document).filter_map(level).collect();
    assert!(levels[0] == 1 && levels[1..].iter().all(|level| *level > 1), "{levels:?}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    let described = |node: Node<'_, '_>| node.attribute("aria-label").is_some();
    assert!(named(&document, "svg").all(described));
}

#[test]
fn the_style_gives_every_colour_for_light_and_dark_rooms() {
    let (light, rest) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let dark = rest.split("* {").next().unwrap();
    let given = names(light, "--");
    assert_eq!(given, names(dark, "--"), "as many in the dark");
    let used = names(STYLE, "var(--");
    assert!(used.is_subset(&given), "{used:?} of {given:?}");
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
}

#[test]
fn what_is_not_sound_is_found() {
    let page = |body: &str| format!("<!DOCTYPE html><html><body><h1>A</h1>{body}</body></html>");
    assert_sound(&page("<p>a</p>"));
    for body in [
        "<p>a",
        "<p id=\"a\">a</p><p id=\"a\">b</p>",
        "<img src=\"https://example.org/a.png\">",
        "<a href=\"other.html\">a</a>",
        "<p onclick=\"go()\">a</p>",
        "<p style=\"fill:url(#none)\">a</p>",
        "<table><tr><th>a</th></tr><tr><td>b</td><td>c</td></tr></table>",
        "<h3>a</h3>",
        "a & b",
    ] {
        let page = page(body);
        assert!(std::panic::catch_unwind(|| assert_sound(&page)).is_err(), "{body}");
    }
}
