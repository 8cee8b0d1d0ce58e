//! One search among 100,000 faces on one core (goal: 10 ms), and among the 1,700 of a large county.

use divan::{Bencher, counter::ItemsCount};
use engine::{Embedding, gallery::Gallery};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

const PERSONS: u32 = 100_000;
const COUNTY: u32 = 1_700;
const FOUND: usize = 10;

fn main() {
    divan::main();
}

fn embedding(random: &mut Xoshiro256PlusPlus, dimension: usize) -> Embedding {
    let values = (0..dimension).map(|_| random.random_range(-1.0..1.0_f32));
    Embedding::normalise(values.collect()).expect("a direction")
}

fn gallery(dimension: usize) -> (Gallery<u32>, Embedding) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut gallery = Gallery::new();
    for person in 0..PERSONS {
        gallery.put(person, &embedding(&mut random, dimension));
    }
    (gallery, embedding(&mut random, dimension))
}

#[divan::bench(args = [128, 512])]
fn of_a_house(bencher: Bencher<'_, '_>, dimension: usize) {
    let (gallery, probe) = gallery(dimension);
    bencher
        .counter(ItemsCount::new(PERSONS))
        .bench_local(|| gallery.nearest(divan::black_box(&probe), FOUND));
}

#[divan::bench(args = [128, 512])]
fn of_a_county(bencher: Bencher<'_, '_>, dimension: usize) {
    let (gallery, probe) = gallery(dimension);
    bencher
        .counter(ItemsCount::new(COUNTY))
        .bench_local(|| gallery.nearest_of(divan::black_box(&probe), FOUND, 0..COUNTY));
}
