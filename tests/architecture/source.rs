//! The source as a tree of modules, and the file in which a path's item is defined.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The name of the library in its own binary.
const LIBRARY: &str = "latent_explorer";
/// Imports of imports that are followed at most; more would be a circle of re-exports.
const MAX_REEXPORTS: usize = 16;

/// The target of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An item of this crate: the file that defines it, below `src`.
    Item(PathBuf),
    /// A module of this crate.
    Module(Vec<String>),
    /// An item of another crate, by its full path.
    Foreign(Vec<String>),
}

/// One use of a path.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The file that it stands in, below `src`.
    pub from: PathBuf,
    /// The line that it stands on, from 1.
    pub line: usize,
    /// Its target.
    pub to: Target,
    /// True if only tests are compiled with it.
    pub in_tests: bool,
}

/// A module: of a file, or between braces.
#[derive(Debug, Default)]
struct Module {
    file: PathBuf,
    items: BTreeSet<String>,
    imports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    paths: Vec<(Vec<String>, usize, bool)>,
}

/// All modules of a crate by their paths.
#[derive(Debug, Default)]
pub struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
    /// The types that are defined outside of tests: name and file.
    pub types: Vec<(String, PathBuf)>,
    /// The files named `mod.rs` that hold more than declarations.
    pub busy_mod_files: BTreeSet<PathBuf>,
}

impl Crate {
    /// Reads all Rust files below `root`.
    pub fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        source_files(root, &mut files);
        files.sort();
        let sources = files.iter().map(|file| {
            (file.strip_prefix(root).unwrap().to_owned(), fs::read_to_string(file).unwrap())
        });
        Self::parse(sources)
    }

    /// The crate of these files, each with its path below `src`.
    pub fn parse(sources: impl IntoIterator<Item = (PathBuf, String)>) -> Self {
        let parsed: Vec<(PathBuf, syn::File)> = sources
            .into_iter()
            .map(|(path, source)| {
                let file = syn::parse_file(&source);
                (path.clone(), file.unwrap_or_else(|e| panic!("{}: {e}", path.display())))
            })
            .collect();
        let tests: BTreeSet<Vec<String>> =
            parsed.iter().flat_map(|(path, file)| test_files(path, file)).collect();
        let mut tree = Self::default();
        for (path, file) in &parsed {
            let module = module_path(path);
            let in_tests = tests.contains(&module);
            let declares = |item: &syn::Item| {
                let is_module = matches!(item, syn::Item::Mod(m) if m.content.is_none());
                is_module || matches!(item, syn::Item::Use(_)) || only_in_tests(attributes(item))
            };
            if path.ends_with("mod.rs") && !file.items.iter().all(declares) {
                tree.busy_mod_files.insert(path.clone());
            }
            tree.modules.entry(module.clone()).or_default().file = path.clone();
            let mut reader = Reader { tree: &mut tree, module, file: path, in_tests };
            file.items.iter().for_each(|item| reader.visit_item(item));
        }
        tree
    }

    /// Every use of a path that leads somewhere known.
    pub fn references(&self) -> Vec<Reference> {
        let of_module = |(place, module): (&Vec<String>, &Module)| -> Vec<Reference> {
            let reference = |(path, line, in_tests): &(Vec<String>, usize, bool)| {
                let to = self.resolve(place, path, MAX_REEXPORTS)?;
                Some(Reference { from: module.file.clone(), line: *line, to, in_tests: *in_tests })
            };
            module.paths.iter().filter_map(reference).collect()
        };
        self.modules.iter().flat_map(of_module).collect()
    }

    /// The target of `path` as it stands in the module `place`.
    fn resolve(&self, place: &[String], path: &[String], depth: usize) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let (head, rest) = path.split_first()?;
        match head.as_str() {
            // A path from the root that cannot be resolved completely still gives its module.
            "crate" | LIBRARY => {
                self.within(&[], rest, depth).or_else(|| Some(Target::Module(rest.to_vec())))
            }
            "self" => self.within(place, rest, depth),
            "super" => {
                let parent = place.len().checked_sub(1)?;
                let mut up = vec!["self".to_owned()];
                up.extend_from_slice(rest);
                match rest.first().is_some_and(|next| next == "super") {
                    true => self.resolve(&place[..parent], rest, depth),
                    false => self.resolve(&place[..parent], &up, depth),
                }
            }
            _ => self.within(place, path, depth).or_else(|| {
                let foreign = path.len() > 1 && head.chars().all(|c| c.is_lowercase() || c == '_');
                foreign.then(|| Target::Foreign(path.to_vec()))
            }),
        }
    }

    /// The target of `path` from the inside of a module.
    fn within(&self, place: &[String], path: &[String], depth: usize) -> Option<Target> {
        let Some((head, rest)) = path.split_first() else {
            return Some(Target::Module(place.to_vec()));
        };
        let child: Vec<String> = place.iter().chain([head]).cloned().collect();
        if self.modules.contains_key(&child) {
            return self.within(&child, rest, depth);
        }
        let module = self.modules.get(place)?;
        if module.items.contains(head) {
            return Some(Target::Item(module.file.clone()));
        }
        let through = |import: &[String]| {
            let whole: Vec<String> = import.iter().chain(rest).cloned().collect();
            // A name that imports itself from another crate, as in `use rayon;`, leads there at once.
            (whole != path).then(|| self.resolve(place, &whole, depth)).flatten()
        };
        if let Some(import) = module.imports.get(head) {
            return through(import);
        }
        module.globs.iter().find_map(|glob| {
            let glob: Vec<String> = glob.iter().chain([head]).cloned().collect();
            through(&glob).filter(|target| !matches!(target, Target::Foreign(_)))
        })
    }
}

pub fn source_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// `a/b.rs` and `a/b/mod.rs` are `a::b`; `lib.rs` is the root.
fn module_path(path: &Path) -> Vec<String> {
    let parts = path.with_extension("");
    let mut parts: Vec<String> =
        parts.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.pop_if(|last| last == "mod" || last == "lib");
    parts
}

/// The modules in files of their own that only tests are compiled with.
fn test_files(path: &Path, file: &syn::File) -> Vec<Vec<String>> {
    let test = |item: &syn::Item| match item {
        syn::Item::Mod(m) if m.content.is_none() && only_in_tests(&m.attrs) => {
            Some(module_path(path).into_iter().chain([m.ident.to_string()]).collect())
        }
        _ => None,
    };
    file.items.iter().filter_map(test).collect()
}

fn only_in_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|what| what.is_ident("test"))
    })
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

/// Collects what one module defines, imports and names.
struct Reader<'a> {
    tree: &'a mut Crate,
    module: Vec<String>,
    file: &'a Path,
    in_tests: bool,
}

impl Reader<'_> {
    fn module(&mut self) -> &mut Module {
        self.tree.modules.entry(self.module.clone()).or_default()
    }

    fn define(&mut self, name: &syn::Ident) {
        let name = name.to_string();
        self.module().items.insert(name);
    }

    fn define_type(&mut self, name: &syn::Ident) {
        self.define(name);
        if !self.in_tests {
            self.tree.types.push((name.to_string(), self.file.to_owned()));
        }
    }

    fn name(&mut self, path: Vec<String>, line: usize) {
        let in_tests = self.in_tests;
        self.module().paths.push((path, line, in_tests));
    }

    fn import(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| -> Vec<String> {
            before.iter().cloned().chain([name.to_string()]).collect()
        };
        match tree {
            syn::UseTree::Path(path) => self.import(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, before));
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                let last = before.last().cloned().unwrap_or_default();
                self.bring(last, before.to_vec(), name.span());
            }
            syn::UseTree::Name(name) => {
                self.bring(name.ident.to_string(), with(&name.ident), name.span());
            }
            syn::UseTree::Rename(rename) => {
                self.bring(rename.rename.to_string(), with(&rename.ident), rename.span());
            }
            syn::UseTree::Glob(glob) => {
                self.name(before.to_vec(), glob.span().start().line);
                self.module().globs.push(before.to_vec());
            }
        }
    }

    fn bring(&mut self, name: String, path: Vec<String>, span: proc_macro2::Span) {
        self.name(path.clone(), span.start().line);
        self.module().imports.insert(name, path);
    }

    /// The paths among the tokens of a macro's call.
    fn tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let colon =
            |at: usize| matches!(trees.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            at += 1;
            match tree {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut path = vec![first.to_string()];
                    while colon(at)
                        && colon(at + 1)
                        && let Some(TokenTree::Ident(next)) = trees.get(at + 2)
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    self.name(path, first.span().start().line);
                }
                _ => (),
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let before = self.in_tests;
        self.in_tests |= only_in_tests(attributes(item));
        match item {
            syn::Item::Const(item) => self.define(&item.ident),
            syn::Item::Static(item) => self.define(&item.ident),
            syn::Item::Fn(item) => self.define(&item.sig.ident),
            syn::Item::Struct(item) => self.define_type(&item.ident),
            syn::Item::Enum(item) => self.define_type(&item.ident),
            syn::Item::Trait(item) => self.define_type(&item.ident),
            syn::Item::Type(item) => self.define_type(&item.ident),
            syn::Item::Macro(syn::ItemMacro { ident: Some(name), .. }) => self.define(name),
            _ => (),
        }
        match item {
            syn::Item::Mod(syn::ItemMod { ident, content: Some((_, items)), .. }) => {
                self.module.push(ident.to_string());
                let file = self.file.to_owned();
                self.module().file = file;
                items.iter().for_each(|item| self.visit_item(item));
                self.module.pop();
            }
            syn::Item::Use(item) => self.import(&item.tree, &[]),
            item => visit::visit_item(self, item),
        }
        self.in_tests = before;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.name(names, path.span().start().line);
        visit::visit_path(self, path);
    }

    /// Visibility says nothing of what is used.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }
}
