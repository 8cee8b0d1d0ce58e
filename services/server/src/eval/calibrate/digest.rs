//! What a calibration was fitted on, as one number.

use std::{fs, path::Path};

use anyhow::Context;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// SHA-256, hex, of the SHA-256 of the manifest, if there is one, followed by those of the files, in their order.
pub fn of(manifest: Option<&Path>, files: &[impl AsRef<Path>]) -> anyhow::Result<String> {
    let mut whole = Sha256::new();
    for path in manifest.into_iter().chain(files.iter().map(AsRef::as_ref)) {
        let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        whole.update(Sha256::digest(&bytes));
    }
    Ok(HEXLOWER.encode(&whole.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_another_order_and_another_manifest_are_other_data() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let (index, a, b) = (file("i", "a,b"), file("a", "1"), file("b", "2"));
        let first = of(Some(&index), &[&a, &b]).unwrap();
        assert_eq!(first.len(), 64);
        assert_eq!(of(Some(&index), &[&a, &b]).unwrap(), first);
        assert_ne!(of(Some(&index), &[&b, &a]).unwrap(), first);
        assert_ne!(of(None, &[&a, &b]).unwrap(), first);
        fs::write(&b, "3").unwrap();
        assert_ne!(of(Some(&index), &[&a, &b]).unwrap(), first);
        assert!(of(None, &[folder.path().join("none")]).is_err());
    }
}
