//! A new migration is compiled in at the next build.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
