//! Which crate may depend on which: the floors, and the rooms of four libraries.

/// One crate of the house and what its manifest asks for.
pub struct Crate {
    pub name: String,
    pub uses: Vec<Use>,
}

/// One entry of a manifest.
pub struct Use {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Normal,
    Build,
    /// For tests and benchmarks.
    Dev,
}

/// Which crates of the house one of them may see.
enum Sees {
    /// All on lower floors.
    Below,
    /// These; its tests also those of lower floors, to build what they test on.
    These(&'static [&'static str]),
    /// These, in tests too.
    Only(&'static [&'static str]),
}

struct Place {
    name: &'static str,
    floor: u8,
    sees: Sees,
}

const fn place(name: &'static str, floor: u8, sees: Sees) -> Place {
    Place { name, floor, sees }
}

/// What any test may use.
const TESTKIT: &str = "testkit";

/// The house. `services/ARCHITECTURE.md` shows it as a picture.
const HOUSE: [Place; 24] = [
    place("domain", 1, Sees::Only(&[])),
    place("models", 1, Sees::Only(&[])),
    place("seal", 1, Sees::Only(&[])),
    place("store", 2, Sees::Below),
    place("media", 2, Sees::Below),
    place("sheet", 2, Sees::Only(&[])),
    place("report", 2, Sees::Only(&["domain"])),
    place("engine", 2, Sees::Below),
    place("notify", 2, Sees::Below),
    place("ledger", 2, Sees::Below),
    place("attack", 2, Sees::Only(&["domain"])),
    place("wire", 2, Sees::Only(&["domain"])),
    place("phone", 3, Sees::Only(&["domain", "wire"])),
    place("app", 3, Sees::Below),
    place("simulate", 4, Sees::Below),
    place("edge", 4, Sees::These(&["app", "domain", "wire"])),
    place(
        "console",
        5,
        Sees::These(&["app", "domain", "edge", "wire"]),
    ),
    place(
        "mobile-api",
        5,
        Sees::These(&["app", "domain", "edge", "wire"]),
    ),
    place(
        "rollcall",
        5,
        Sees::These(&["app", "domain", "edge", "wire"]),
    ),
    place("server", 6, Sees::Below),
    // Outside: they see the house from its door.
    place(TESTKIT, 0, Sees::Only(&[])),
    place("loadtests", 7, Sees::Only(&["domain", "phone", "wire"])),
    place("e2e", 7, Sees::These(&["domain", "phone", "wire"])),
    place("xtask", 7, Sees::Only(&[TESTKIT])),
];

/// A library that only some crates may use.
pub struct Room {
    pub library: &'static str,
    crates: &'static [&'static str],
    /// Crates that may use it in tests alone.
    tests: &'static [&'static str],
}

pub const ROOMS: [Room; 4] = [
    Room {
        library: "sqlx",
        crates: &["store", TESTKIT],
        // It looks at what is really stored.
        tests: &["e2e"],
    },
    Room {
        library: "ort",
        crates: &["engine"],
        tests: &[],
    },
    Room {
        library: "aws-sdk-s3",
        crates: &["media"],
        tests: &[],
    },
    Room {
        library: "axum",
        crates: &["edge", "console", "mobile-api", "rollcall", "server"],
        tests: &["phone", "loadtests", "e2e"],
    },
];

impl Room {
    /// May this crate use the library, at least in tests?
    pub fn admits(&self, name: &str) -> bool {
        self.crates.contains(&name) || self.tests.contains(&name)
    }

    fn fault(&self, name: &str, kind: Kind) -> Option<String> {
        let allowed = match kind {
            Kind::Normal | Kind::Build => self.crates.contains(&name),
            Kind::Dev => self.admits(name),
        };
        let library = self.library;
        let rooms = self.crates.join(", ");
        (!allowed).then(|| format!("{name} may not use {library}: its room is {rooms}"))
    }
}

/// All that `domain` may use: no I/O, async, clock or database; `rrule` and its `chrono` for recurrences, `rand_chacha` for numbers that follow
/// from a seed, `geographiclib-rs` for distances on the ellipsoid.
const DOMAIN_USES: [&str; 9] = [
    "chrono",
    "geographiclib-rs",
    "jiff",
    "rand_chacha",
    "rrule",
    "serde",
    "serde_json",
    "thiserror",
    "uuid",
];

/// One sentence for each broken rule, naming the crate and the rule.
pub fn faults(crates: &[Crate]) -> Vec<String> {
    let mut faults = Vec::new();
    for one in crates {
        let Some(from) = find(&one.name) else {
            faults.push(format!(
                "{} has no floor: give it a place in xtask's check",
                one.name
            ));
            continue;
        };
        for used in &one.uses {
            let member = crates.iter().any(|other| other.name == used.name);
            if let Some(to) = find(&used.name).filter(|_| member) {
                faults.extend(floor_fault(from, to, used.kind));
            } else if let Some(room) = ROOMS.iter().find(|room| room.library == used.name) {
                faults.extend(room.fault(from.name, used.kind));
            }
            let alien =
                !member && used.kind != Kind::Dev && !DOMAIN_USES.contains(&used.name.as_str());
            if from.name == "domain" && alien {
                faults.push(format!(
                    "domain may not use {}: it knows no I/O, async, clock or database",
                    used.name
                ));
            }
        }
    }
    faults
}

fn find(name: &str) -> Option<&'static Place> {
    HOUSE.iter().find(|place| place.name == name)
}

fn floor_fault(from: &Place, to: &Place, kind: Kind) -> Option<String> {
    let dev = kind == Kind::Dev;
    if to.name == TESTKIT {
        let Place { name, sees, .. } = from;
        let allowed = dev || matches!(sees, Sees::Only(list) if list.contains(&TESTKIT));
        return (!allowed).then(|| format!("{name} may not use {TESTKIT} outside tests"));
    }
    let below = to.floor < from.floor;
    let (allowed, rule) = match from.sees {
        Sees::Below => (
            below,
            "imports point down only, and crates of one floor never see each other".to_owned(),
        ),
        Sees::These(list) => (
            list.contains(&to.name) || (dev && below),
            format!("it reaches the house through {} alone", list.join(", ")),
        ),
        Sees::Only([]) => (false, "it stands alone".to_owned()),
        Sees::Only(list) => (
            list.contains(&to.name),
            format!("it may know {} alone", list.join(", ")),
        ),
    };
    let (name, floor) = (from.name, from.floor);
    (!allowed).then(|| {
        format!(
            "{name} (floor {floor}) may not depend on {} (floor {}): {rule}",
            to.name, to.floor
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A house in which `name` uses `used`, and everything that is used exists.
    fn house(name: &str, used: &str, kind: Kind) -> Vec<Crate> {
        let plain = |name: &str| Crate {
            name: name.to_owned(),
            uses: Vec::new(),
        };
        let mut crates: Vec<Crate> = HOUSE.iter().map(|place| plain(place.name)).collect();
        crates.retain(|one| one.name != name);
        crates.push(Crate {
            name: name.to_owned(),
            uses: vec![Use {
                name: used.to_owned(),
                kind,
            }],
        });
        crates
    }

    fn refused(name: &str, used: &str, kind: Kind) -> Option<String> {
        let mut faults = faults(&house(name, used, kind));
        assert!(faults.len() <= 1, "{faults:?}");
        faults.pop()
    }

    #[test]
    fn imports_point_down_only() {
        for (name, used) in [
            ("domain", "store"),
            ("store", "media"),
            ("media", "store"),
            ("engine", "wire"),
            ("store", "app"),
            ("app", "edge"),
            ("console", "mobile-api"),
            ("edge", "server"),
            ("models", "domain"),
        ] {
            let fault = refused(name, used, Kind::Normal).unwrap_or_default();
            assert!(
                fault.starts_with(&format!("{name} (floor ")),
                "{name} → {used}: {fault:?}"
            );
            assert!(fault.contains(used), "{fault:?}");
        }
        for (name, used) in [
            ("store", "domain"),
            ("media", "seal"),
            ("engine", "models"),
            ("app", "store"),
            ("server", "store"),
        ] {
            assert_eq!(refused(name, used, Kind::Normal), None, "{name} → {used}");
        }
    }

    #[test]
    fn floor_five_reaches_storage_through_app_but_its_tests_may_build_a_house() {
        for name in ["edge", "console", "mobile-api"] {
            assert!(refused(name, "store", Kind::Normal).is_some());
            assert_eq!(refused(name, "store", Kind::Dev), None);
            assert_eq!(refused(name, "app", Kind::Normal), None);
        }
    }

    #[test]
    fn clients_know_the_wire_alone() {
        for name in ["phone", "loadtests"] {
            assert_eq!(refused(name, "wire", Kind::Normal), None);
            assert!(refused(name, "app", Kind::Normal).is_some());
            assert!(refused(name, "app", Kind::Dev).is_some());
        }
        assert_eq!(refused("loadtests", "phone", Kind::Normal), None);
        assert!(refused("wire", "seal", Kind::Normal).is_some());
    }

    #[test]
    fn testkit_is_for_tests() {
        assert_eq!(refused("store", TESTKIT, Kind::Dev), None);
        assert_eq!(refused("domain", TESTKIT, Kind::Dev), None);
        assert_eq!(refused("xtask", TESTKIT, Kind::Normal), None);
        assert_eq!(
            refused("server", TESTKIT, Kind::Normal).as_deref(),
            Some("server may not use testkit outside tests")
        );
        assert!(refused(TESTKIT, "domain", Kind::Normal).is_some());
    }

    #[test]
    fn each_library_stays_in_its_room() {
        for room in &ROOMS {
            for place in HOUSE.iter().filter(|place| place.name != "domain") {
                let used = |kind| refused(place.name, room.library, kind).is_none();
                assert_eq!(
                    used(Kind::Normal),
                    room.crates.contains(&place.name),
                    "{} in {}",
                    room.library,
                    place.name
                );
                assert_eq!(
                    used(Kind::Dev),
                    room.admits(place.name),
                    "{} in {}",
                    room.library,
                    place.name
                );
            }
        }
        assert_eq!(
            refused("app", "sqlx", Kind::Normal).as_deref(),
            Some("app may not use sqlx: its room is store, testkit")
        );
        assert!(refused("app", "axum", Kind::Build).is_some());
    }

    #[test]
    fn domain_knows_no_framework_but_serde() {
        let fault = refused("domain", "tokio", Kind::Normal).unwrap_or_default();
        assert_eq!(
            fault,
            "domain may not use tokio: it knows no I/O, async, clock or database"
        );
        assert_eq!(refused("domain", "serde", Kind::Normal), None);
        assert_eq!(refused("domain", "proptest", Kind::Dev), None);
    }

    #[test]
    fn a_crate_without_a_floor_is_refused() {
        let fault = refused("attic", "domain", Kind::Normal).unwrap_or_default();
        assert_eq!(
            fault,
            "attic has no floor: give it a place in xtask's check"
        );
    }
}
