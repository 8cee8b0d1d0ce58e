//! What the installer itself brings: scripts, pinned requirements, the run-time library and the sample faces.

/// Conversion scripts that a pack can name.
pub(super) const CONVERSIONS: [(&str, &str); 3] = [
    ("centerface", include_str!("../../convert/centerface.py")),
    ("dlib_resnet", include_str!("../../convert/dlib_resnet.py")),
    ("resemblyzer", include_str!("../../convert/resemblyzer.py")),
];

/// What the conversions import, and the tool that takes a member out of an archive: path below the script folder, text.
pub(super) const SUPPORT: [(&str, &str); 5] = [
    ("archive.py", include_str!("../../convert/archive.py")),
    ("graph.py", include_str!("../../convert/graph.py")),
    (
        "torch_checkpoint.py",
        include_str!("../../convert/torch_checkpoint.py"),
    ),
    (
        "backend/setuptools/__init__.py",
        include_str!("../../convert/backend/setuptools/__init__.py"),
    ),
    (
        "backend/setuptools/build_meta.py",
        include_str!("../../convert/backend/setuptools/build_meta.py"),
    ),
];

/// Folder below the scripts that stands in front of the module path while pip downloads.
pub(super) const BACKEND: &str = "backend";

/// Python packages that the conversions import, with their hashes.
pub(super) const CONVERT_REQUIREMENTS: &str = include_str!("../../requirements/convert.txt");

/// A package archive of a Python registry, pinned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub sha256: &'a str,
}

/// One file to be taken out of a package.
#[derive(Debug)]
pub(super) struct Pinned {
    /// Path below the home.
    pub path: &'static str,
    pub sha256: &'static str,
    pub package: Package<'static>,
    pub member: &'static str,
}

/// ONNX Runtime's library, which lies inside its Python wheel. The wheel's Python version does not matter.
#[derive(Debug)]
pub(super) struct Runtime {
    pub os: &'static str,
    pub arch: &'static str,
    pub library: Pinned,
}

/// Tags of the ONNX Runtime wheels that hold the library; any interpreter can fetch them.
pub(super) const RUNTIME_TAGS: [&str; 4] = [
    "--only-binary=:all:",
    "--python-version=3.12",
    "--implementation=cp",
    "--abi=cp312",
];
/// Their platform tags, before the machine's name.
pub(super) const RUNTIME_GLIBC: [&str; 2] = ["manylinux_2_28", "manylinux_2_27"];

const RUNTIME_PATH: &str = "runtime/libonnxruntime.so";
const RUNTIME_MEMBER: &str = "onnxruntime/capi/libonnxruntime.so.1.24.4";

pub(super) const RUNTIMES: [Runtime; 2] = [
    Runtime {
        os: "linux",
        arch: "x86_64",
        library: Pinned {
            path: RUNTIME_PATH,
            sha256: "2d518e11c7767f9fdc4413bdbeb45acf30db504ff76a82fc19d9238a3f9f6c24",
            package: Package {
                name: "onnxruntime",
                version: "1.24.4",
                sha256: "0d640eb9f3782689b55cfa715094474cd5662f2f137be6a6f847a594b6e9705c",
            },
            member: RUNTIME_MEMBER,
        },
    },
    Runtime {
        os: "linux",
        arch: "aarch64",
        library: Pinned {
            path: RUNTIME_PATH,
            sha256: "f373ae5fd4d878ed17ebea26e5480bd3d0a15e3bd6bc94b878e6c1b73998d22a",
            package: Package {
                name: "onnxruntime",
                version: "1.24.4",
                sha256: "1a5c5a544b22f90859c88617ecb30e161ee3349fcc73878854f43d77f00558b5",
            },
            member: RUNTIME_MEMBER,
        },
    },
];

const SAMPLE_PACKAGE: Package<'static> = Package {
    name: "face_recognition",
    version: "1.3.0",
    sha256: "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
};

/// Portraits for a demonstration: three of one president, one of another.
pub(super) const SAMPLE_FACES: [Pinned; 4] = [
    Pinned {
        path: "samples/faces/obama.jpg",
        sha256: "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
        package: SAMPLE_PACKAGE,
        member: "tests/test_images/obama.jpg",
    },
    Pinned {
        path: "samples/faces/obama2.jpg",
        sha256: "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
        package: SAMPLE_PACKAGE,
        member: "tests/test_images/obama2.jpg",
    },
    Pinned {
        path: "samples/faces/obama3.jpg",
        sha256: "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
        package: SAMPLE_PACKAGE,
        member: "tests/test_images/obama3.jpg",
    },
    Pinned {
        path: "samples/faces/biden.jpg",
        sha256: "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
        package: SAMPLE_PACKAGE,
        member: "tests/test_images/biden.jpg",
    },
];
