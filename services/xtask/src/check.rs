//! The rules of the house that no compiler knows.

mod files;
mod graph;

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::chore::Workspace;
use files::File;
use graph::{Crate, Kind, Use};

/// Paths that are not ours, when git is not there to say so; nor is any `node_modules`.
const SKIPPED_FOLDERS: [&str; 2] = ["target", "report"];

/// Looks at the crates and at every file.
///
/// # Errors
/// Says how many rules are broken; each one was printed.
pub fn run(workspace: &Workspace) -> Result<()> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .current_dir(&workspace.root)
        .exec()?;
    let crates = crates(&metadata);
    let files = read(&workspace.root)?;
    let mut faults = graph::faults(&crates);
    faults.extend(files::rooms(&files, &folders(&metadata, &workspace.root)));
    faults.extend(files::faults(&files));
    for (path, lines) in files::long(&files) {
        println!(
            "long: {path} has {lines} lines; {} ask for a split",
            files::LINES_WANTED
        );
    }
    for fault in &faults {
        println!("broken: {fault}");
    }
    println!(
        "check: {} crates, {} files, {} rules broken",
        crates.len(),
        files.len(),
        faults.len()
    );
    ensure!(
        faults.is_empty(),
        "{} rules of the house are broken",
        faults.len()
    );
    Ok(())
}

fn crates(metadata: &Metadata) -> Vec<Crate> {
    let kind = |kind| match kind {
        DependencyKind::Development => Kind::Dev,
        DependencyKind::Build => Kind::Build,
        DependencyKind::Normal | DependencyKind::Unknown => Kind::Normal,
    };
    let packages = metadata.workspace_packages().into_iter();
    packages
        .map(|package| Crate {
            name: package.name.to_string(),
            uses: package
                .dependencies
                .iter()
                .map(|dependency| Use {
                    name: dependency.name.clone(),
                    kind: kind(dependency.kind),
                })
                .collect(),
        })
        .collect()
}

/// Each crate's name and its folder below the root.
fn folders(metadata: &Metadata, root: &Path) -> Vec<(String, String)> {
    let packages = metadata.workspace_packages().into_iter();
    packages
        .filter_map(|package| {
            let folder = package.manifest_path.parent()?.strip_prefix(root).ok()?;
            Some((package.name.to_string(), folder.to_string()))
        })
        .collect()
}

/// All files of the project: what git tracks or would track, or, without git, all but build output and hidden folders.
fn read(root: &Path) -> Result<Vec<File>> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output();
    let paths: BTreeSet<String> = match listed {
        Ok(listed) if listed.status.success() => String::from_utf8_lossy(&listed.stdout)
            .split_terminator('\0')
            .map(str::to_owned)
            .collect(),
        _ => {
            let mut paths = BTreeSet::new();
            walk(root, "", &mut paths)?;
            paths
        }
    };
    let files = paths.into_iter().filter_map(|path| {
        // A file that was deleted and not yet committed is still listed.
        let bytes = fs::read(root.join(&path)).ok()?;
        Some(File {
            path,
            len: bytes.len(),
            text: String::from_utf8(bytes).ok(),
        })
    });
    Ok(files.collect())
}

fn walk(root: &Path, below: &str, paths: &mut BTreeSet<String>) -> Result<()> {
    let folder = root.join(below);
    let entries =
        fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() {
            name.clone()
        } else {
            format!("{below}/{name}")
        };
        let kind = entry.file_type()?;
        if kind.is_file() {
            paths.insert(path);
        } else if kind.is_dir()
            && !name.starts_with('.')
            && name != "node_modules"
            && !SKIPPED_FOLDERS.contains(&path.as_str())
        {
            walk(root, &path, paths)?;
        }
    }
    Ok(())
}
