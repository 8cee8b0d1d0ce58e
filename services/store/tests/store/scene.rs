use std::sync::atomic::{AtomicU64, Ordering};

use domain::{
    CheckinId, DeviceId, DutyId, Micros, OfficerId, OrgUnitId, PersonId, PlanId,
    access::{Officer, Role, Scope},
    challenge::{Can, PRESENCE_SEED_LEN, Presence, Prompt},
    channel::{Channel, Channels},
    checkin::{Checkin, State},
    duty::Duty,
    evidence::Measurement,
    order::{Category, SupervisionOrder},
    org::{Level, OrgUnit, UnitPath},
    person::{Device, Person},
    plan::{
        Factors, On, QuietHours, Recurrence, Rule, Seed, SupervisionLevel, SupervisionPlan, Times,
    },
    verdict::{Reason, Verdict, Weighed},
};
use jiff::civil::{date, time};
use store::{Error, Store, StoreConfig, Tx, checkin::Conclusion, officer::Credentials};
use uuid::Uuid;

/// Ids that grow and never repeat within a test run.
pub fn id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

pub const fn at(seconds: i64) -> Micros {
    Micros::from_unix_s(seconds)
}

pub async fn open(url: &str) -> Store {
    let store = Store::open(url, &StoreConfig::default())
        .await
        .expect("the database is there");
    store.migrate().await.expect("the migrations fit");
    store
}

pub fn unit(parent: Option<&OrgUnit>, level: Level) -> OrgUnit {
    let unit = OrgUnitId(id());
    OrgUnit {
        id: unit,
        parent: parent.map(|parent| parent.id),
        level,
        name: format!("unit {unit}"),
        path: parent.map_or_else(|| UnitPath::root(unit), |parent| parent.path.child(unit)),
    }
}

/// Sees all persons of a unit and below.
pub fn scope(unit: &OrgUnit) -> Scope {
    Scope {
        path: unit.path.clone(),
        officer: OfficerId(Uuid::nil()),
        minors: true,
    }
}

pub fn person(unit: &OrgUnit) -> Person {
    let id = id();
    Person {
        id: PersonId(id),
        unit: unit.id,
        name: "赵一".into(),
        case_number: format!("case {id}"),
        order: SupervisionOrder {
            category: Category::Probation,
            level: SupervisionLevel::General,
            starts_on: date(2026, 1, 1),
            ends_on: date(2027, 12, 31),
        },
        minor: false,
        registered_at: at(0),
        ended: None,
    }
}

pub fn plan(person: &Person, version: i32) -> SupervisionPlan {
    SupervisionPlan {
        id: PlanId(id()),
        person: person.id,
        version,
        zone: "Asia/Shanghai".into(),
        quiet: QuietHours::default(),
        rules: vec![Rule {
            days: Recurrence::daily(),
            times: Times::Window {
                opens: time(8, 0, 0, 0),
                closes: time(9, 0, 0, 0),
            },
            on: On::Any,
            grace_min: 30,
            factors: Factors::FaceAndVoice,
            channels: Channels::ALL,
            location_required: false,
        }],
        seed: Seed([version as u8; 32]),
        effective_from: date(2026, 3, version as i8),
        written_at: at(1),
    }
}

pub fn duty(plan: &SupervisionPlan, opens_s: i64) -> Duty {
    Duty {
        id: DutyId(id()),
        person: plan.person,
        plan: plan.id,
        rule: 0,
        opens_at: at(opens_s),
        closes_at: at(opens_s + 3_600),
        late_until: at(opens_s + 5_400),
        factors: Factors::FaceAndVoice,
        channels: Channels::ALL,
        location_required: false,
        unannounced: false,
    }
}

pub fn device(person: PersonId) -> Device {
    let id = id();
    Device {
        id: DeviceId(id),
        person,
        thumbprint: format!("thumbprint {id}"),
        label: "a phone".into(),
        activated_at: at(1),
        revoked_at: None,
        handset: None,
        channel: Channel::App,
    }
}

/// One office with an officer, a person, his plan, a duty from second 1,000 on, and his phone.
pub struct Scene {
    pub store: Store,
    pub unit: OrgUnit,
    pub officer: Officer,
    pub person: Person,
    pub plan: SupervisionPlan,
    pub duty: Duty,
    pub device: Device,
}

impl Scene {
    pub async fn new(url: &str) -> Self {
        let store = open(url).await;
        let unit = unit(None, Level::County);
        let officer = Officer {
            id: OfficerId(id()),
            unit: unit.id,
            login: "li".into(),
            name: "李".into(),
            role: Role::StationOfficer,
        };
        let credentials = Credentials {
            password_hash: "$argon2id$".into(),
            totp_sealed: vec![1, 2, 3],
        };
        let person = person(&unit);
        let plan = plan(&person, 1);
        let duty = duty(&plan, 1_000);
        let device = device(person.id);
        let mut tx = store.write().await.expect("a fresh database takes it");
        store::unit::insert(&mut tx, &unit, at(0))
            .await
            .expect("a fresh database takes it");
        store::officer::insert(&mut tx, &officer, &credentials, at(0))
            .await
            .expect("a fresh database takes it");
        store::person::insert(&mut tx, &person)
            .await
            .expect("a fresh database takes it");
        store::plan::insert(&mut tx, &plan)
            .await
            .expect("a fresh database takes it");
        store::duty::insert_missing(&mut tx, std::slice::from_ref(&duty))
            .await
            .expect("a fresh database takes it");
        store::device::insert(&mut tx, &device, &[4; 65])
            .await
            .expect("a fresh database takes it");
        tx.commit().await.expect("a fresh database takes it");
        Self {
            store,
            unit,
            officer,
            person,
            plan,
            duty,
            device,
        }
    }

    /// A fresh attempt at the duty, open for ten minutes from second 1,000 on.
    pub fn checkin(&self) -> Checkin {
        let id = id();
        Checkin {
            id: CheckinId(id),
            duty: self.duty.id,
            person: self.person.id,
            device: self.device.id,
            state: State::Open,
            claim: 0,
            prompt: Prompt::try_from("12345678".to_owned()).expect("eight digits"),
            presence: Some(presence()),
            nonce: format!("nonce {id}"),
            opened_at: at(1_000),
            expires_at: at(1_600),
            submitted_at: None,
            verdict: None,
            concluded_at: None,
        }
    }

    /// So many attempts, submitted one second after the other from second 1,001 on.
    pub async fn submitted(&self, count: u32) -> Vec<CheckinId> {
        let mut tx = self.store.write().await.expect("a fresh database takes it");
        let mut ids = Vec::new();
        for number in 0..count {
            let mut checkin = self.checkin();
            checkin.expires_at = at(100_000);
            store::checkin::open(&mut tx, &checkin)
                .await
                .expect("a fresh database takes it");
            submit(&mut tx, checkin.id, at(1_001 + i64::from(number))).await;
            ids.push(checkin.id);
        }
        tx.commit().await.expect("a fresh database takes it");
        ids
    }
}

/// What a phone that can is asked for.
pub fn presence() -> Presence {
    let can = Can {
        turn: true,
        flash: true,
    };
    Presence::draw(&[3; PRESENCE_SEED_LEN], can).expect("it can")
}

pub async fn submit(tx: &mut Tx, id: CheckinId, now: Micros) {
    let facts = serde_json::json!({ "device": { "os": "Android 9" } });
    let facts = facts.as_object().expect("an object");
    store::checkin::submit(tx, id, facts, now)
        .await
        .expect("a fresh database takes it");
}

pub const VERIFIED: Verdict = Verdict::Verified;

pub fn review() -> Verdict {
    Verdict::Review {
        reasons: vec![Reason::FaceMismatch],
    }
}

pub fn nothing_seen() -> Weighed {
    Weighed {
        seen: Measurement::absent(),
        fused: None,
    }
}

pub fn conclusion<'a>(weighed: &'a Weighed, verdict: &'a Verdict, at: Micros) -> Conclusion<'a> {
    let by = domain::checkin::Move::Conclude(verdict.kind());
    Conclusion {
        state: domain::checkin::next(State::Running, by).expect("a running attempt is concluded"),
        weighed,
        verdict,
        place: None,
        at,
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it reads better where a call is asserted"
)]
pub fn conflict<T>(result: store::Result<T>) -> bool {
    matches!(result, Err(Error::Conflict))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it reads better where a call is asserted"
)]
pub fn lost<T>(result: store::Result<T>) -> bool {
    matches!(result, Err(Error::Lost))
}
