//! The paths (`a::b::c`) in the sources, found by parsing whole files and skipping only items under
//! `#[cfg(test)]`.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Attribute, Expr, ExprLit, ImplItem, Item, ItemMod, ItemUse, Lit, Macro, Meta, MetaNameValue, Path, Token, UseTree,
    buffer::{Cursor, TokenBuffer},
    punctuated::Punctuated,
    visit::{self, Visit},
};

/// The paths of every source file that is not only compiled for tests.
pub struct SourcePaths {
    files: BTreeMap<String, FilePaths>,
    /// What the files import: the path by which another file can name it, and the path where it comes from.
    aliases: BTreeMap<Vec<String>, Vec<String>>,
}

/// The paths in a source file.
#[derive(Default)]
pub struct FilePaths {
    paths: BTreeSet<Vec<String>>,
}

impl SourcePaths {
    /// Parses source files, each with its path below `src` and its text.
    pub fn parse(sources: &[(String, String)]) -> Self {
        let mut files = BTreeMap::new();
        let mut aliases = BTreeMap::new();
        let mut test_files = Vec::new();
        for (name, text) in sources {
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut visitor = Visitor { file: name.clone(), module: module_path(name), ..Visitor::default() };
            if !is_test_only(&file.attrs) {
                visitor.visit_file(&file);
            }
            test_files.extend(visitor.test_files);
            aliases.extend(visitor.aliases);
            files.insert(name.clone(), FilePaths { paths: visitor.paths });
        }
        files.retain(|name, _| !test_files.iter().any(|test| name.strip_suffix(".rs") == Some(test)));
        Self { files, aliases }
    }

    /// The files with their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &FilePaths)> {
        self.files.iter().map(|(name, paths)| (name.as_str(), paths))
    }

    /// The modules directly below another one, each with those among them that it refers to. What the file of the
    /// parent imports belongs to the module that defines it, and what it defines itself to none of them.
    pub fn imports_between_children(&self, parent: &str) -> BTreeMap<String, BTreeSet<String>> {
        let parent: Vec<String> = std::iter::once("crate").chain(parent.split("::")).map(str::to_owned).collect();
        let child_of = |path: &[String]| path.strip_prefix(&parent[..])?.first().cloned();
        let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (file, paths) in &self.files {
            let module = [vec!["crate".to_owned()], module_path(file)].concat();
            if let Some(child) = child_of(&module) {
                let imported = paths.paths.iter().filter_map(|path| child_of(&self.definition(path)));
                imports.entry(child).or_default().extend(imported);
            }
        }
        let children: BTreeSet<String> = imports.keys().cloned().collect();
        for (child, imported) in &mut imports {
            imported.retain(|module| module != child && children.contains(module));
        }
        imports
    }

    /// The path where something is defined: imports that the path leads through are replaced.
    fn definition(&self, path: &[String]) -> Vec<String> {
        let mut path = path.to_vec();
        // A name and a module can be imported from each other; the bound ends such a circle.
        for _ in 0..8 {
            let mut begins = (2..=path.len()).map(|length| path.split_at(length));
            let found = begins.find_map(|(begin, rest)| Some([&self.aliases.get(begin)?[..], rest].concat()));
            match found {
                Some(target) if target != path => path = target,
                _ => break,
            }
        }
        path
    }
}

impl FilePaths {
    /// The top-level modules of this crate that the file refers to.
    pub fn crate_modules(&self) -> BTreeSet<&str> {
        let in_crate = self.paths.iter().filter(|path| path[0] == "crate");
        in_crate.filter_map(|path| path.get(1)).map(String::as_str).collect()
    }

    /// Whether the file refers to something whose path begins like this. A path of one segment is not a crate
    /// but something local, such as a variable with the name of the crate.
    pub fn uses(&self, begin: &[&str]) -> bool {
        let length = begin.len().max(2);
        self.paths.iter().any(|path| path.len() >= length && path.iter().zip(begin).all(|(a, b)| a == b))
    }
}

/// The module of a source file, from the root of the crate on.
fn module_path(file: &str) -> Vec<String> {
    let mut path: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    path.pop_if(|last| matches!(last.as_str(), "mod" | "lib" | "main"));
    path
}

/// The file of a module that is declared in another file, without `.rs`.
fn module_file(declared_in: &str, module: &ItemMod) -> String {
    let folder = declared_in.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = module.attrs.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), .. })
            if path.is_ident("path") =>
        {
            Some(text.value())
        }
        _ => None,
    });
    match path {
        Some(path) => [folder, path.trim_end_matches(".rs")].join("/"),
        None => [module_path(declared_in), vec![module.ident.to_string()]].concat().join("/"),
    }
}

/// Whether the attributes contain a `cfg` that holds only for tests.
fn is_test_only(attributes: &[Attribute]) -> bool {
    let cfg = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    cfg.filter_map(|attribute| attribute.parse_args::<Meta>().ok()).any(|condition| requires_test(&condition))
}

fn requires_test(condition: &Meta) -> bool {
    let nested = || {
        let list = condition.require_list().ok()?;
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()
    };
    if condition.path().is_ident("all") {
        nested().is_some_and(|conditions| conditions.iter().any(requires_test))
    } else if condition.path().is_ident("any") {
        nested().is_some_and(|conditions| conditions.iter().all(requires_test))
    } else {
        condition.path().is_ident("test")
    }
}

fn item_attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[derive(Default)]
struct Visitor {
    /// The file that is visited.
    file: String,
    /// The module that is visited, from the root of the crate on.
    module: Vec<String>,
    /// The modules that are declared in this file; a path may begin with them.
    local_modules: BTreeSet<String>,
    paths: BTreeSet<Vec<String>>,
    aliases: BTreeMap<Vec<String>, Vec<String>>,
    /// Other files that are only compiled for tests, without `.rs`.
    test_files: Vec<String>,
}

impl Visitor {
    /// Records a path; `self` and `super` are resolved.
    fn record(&mut self, path: Vec<String>) {
        let resolved = self.resolve(path);
        self.paths.insert(resolved);
    }

    /// Records what an import names, and the name that it has in this file.
    fn record_import(&mut self, path: Vec<String>, name: String) {
        let target = self.resolve(path);
        let module = std::iter::once("crate".to_owned()).chain(self.module.iter().cloned());
        self.aliases.insert(module.chain([name]).collect(), target.clone());
        self.paths.insert(target);
    }

    /// The path from the root of the crate on, if it begins with `self`, `super` or a module of this file.
    fn resolve(&self, path: Vec<String>) -> Vec<String> {
        let mut base = self.module.clone();
        let mut rest = &path[..];
        match rest.first().map(String::as_str) {
            Some("self") => rest = &rest[1..],
            Some("super") => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            Some(first) if self.local_modules.contains(first) => {}
            _ => return path,
        }
        std::iter::once("crate".to_owned()).chain(base).chain(rest.iter().cloned()).collect()
    }

    fn record_use_tree(&mut self, tree: &UseTree, prefix: &[String]) {
        let with = |name: String| [prefix, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.record_use_tree(&path.tree, &with(path.ident.to_string())),
            UseTree::Name(name) if name.ident == "self" => {
                let module = prefix.last().cloned().unwrap_or_default();
                self.record_import(prefix.to_vec(), module);
            }
            UseTree::Name(name) => self.record_import(with(name.ident.to_string()), name.ident.to_string()),
            UseTree::Rename(rename) => self.record_import(with(rename.ident.to_string()), rename.rename.to_string()),
            UseTree::Glob(_) => self.record(prefix.to_vec()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.record_use_tree(tree, prefix)),
        }
    }

    /// Records the paths in the arguments of a macro, which are not parsed.
    fn record_tokens(&mut self, mut cursor: Cursor<'_>) {
        while !cursor.eof() {
            if let Some((inside, _, _, rest)) = cursor.any_group() {
                self.record_tokens(inside);
                cursor = rest;
            } else if let Some((first, mut rest)) = cursor.ident() {
                let mut path = vec![first.to_string()];
                while let Some((segment, after)) = path_separator(rest).and_then(Cursor::ident) {
                    path.push(segment.to_string());
                    rest = after;
                }
                if path.len() > 1 {
                    self.record(path);
                }
                cursor = rest;
            } else {
                let Some((_, rest)) = cursor.token_tree() else { return };
                cursor = rest;
            }
        }
    }
}

/// What follows `::`.
fn path_separator(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let (first, rest) = cursor.punct()?;
    let (second, rest) = rest.punct()?;
    (first.as_char() == ':' && second.as_char() == ':').then_some(rest)
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_file(&mut self, file: &'ast syn::File) {
        let modules = file.items.iter().filter_map(|item| match item {
            Item::Mod(module) => Some(module.ident.to_string()),
            _ => None,
        });
        self.local_modules = modules.collect();
        visit::visit_file(self, file);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(item_attributes(item)) {
            visit::visit_item(self, item);
        } else if let Item::Mod(module @ ItemMod { content: None, .. }) = item {
            self.test_files.push(module_file(&self.file, module));
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_test = match item {
            ImplItem::Fn(function) => is_test_only(&function.attrs),
            ImplItem::Const(constant) => is_test_only(&constant.attrs),
            _ => false,
        };
        if !is_test {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.record_use_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.record(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.visit_path(&item.path);
        self.record_tokens(TokenBuffer::new2(item.tokens.clone()).begin());
    }
}

#[test]
fn paths_are_found_behind_test_items_and_inside_macros() {
    let text = "#[cfg(test)]\nuse crate::only_in_tests::A;\nmod local;\nuse super::sibling::{B, inner::C};\n\
                fn f() -> crate::model::D { format!(\"{}\", crate::app::g()); local::h() }\n\
                #[cfg(all(test, unix))]\nmod tests { use crate::ui::E; }\n#[cfg(not(test))]\nuse std::fs as files;\n";
    let sources = SourcePaths::parse(&[("store/file.rs".to_owned(), text.to_owned())]);
    let (_, paths) = sources.files().next().expect("the file");
    assert_eq!(paths.crate_modules().into_iter().collect::<Vec<_>>(), ["app", "model", "store"]);
    assert!(paths.uses(&["std", "fs"]) && !paths.uses(&["std", "net"]));
}

#[test]
fn files_of_test_modules_are_skipped() {
    let declarations = "#[cfg(test)]\n#[path = \"file_tests.rs\"]\nmod tests;\n#[cfg(test)]\nmod more;\nmod product;\n";
    let files = ["store/file.rs", "store/file_tests.rs", "store/file/more.rs", "store/file/product.rs"];
    let text = |file: &str| if file == files[0] { declarations } else { "use crate::ui::A;\n" }.to_owned();
    let sources = SourcePaths::parse(&files.map(|file| (file.to_owned(), text(file))));
    assert_eq!(sources.files().map(|(file, _)| file).collect::<Vec<_>>(), ["store/file.rs", "store/file/product.rs"]);
}

#[test]
fn imports_between_children_follow_reexports_to_the_file_that_defines_a_name() {
    let files = [
        ("app/mod.rs", "mod state;\nmod event;\nmod screen;\npub use event::Event as Happening;\npub struct App;\n"),
        ("app/event.rs", "use super::App;\npub struct Event;\n"),
        ("app/state.rs", "use super::{App, Happening, state::local};\n"),
        ("app/screen/mod.rs", "pub use super::state as known;\n"),
        ("app/screen/help.rs", "fn f() { super::known::g() }\n"),
    ];
    let sources = SourcePaths::parse(&files.map(|(file, text)| (file.to_owned(), text.to_owned())));
    let imports = sources.imports_between_children("app");
    let imports: Vec<(&str, Vec<&str>)> = imports
        .iter()
        .map(|(module, imported)| (module.as_str(), imported.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(imports, [("event", vec![]), ("screen", vec!["state"]), ("state", vec!["event"])]);
}
