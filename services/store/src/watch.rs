//! What alerts are found in: a person's check-ins, phones and companions.

use domain::{
    CheckinId, DeviceId, DutyId, MediaId, Micros, OfficerId, OrgUnitId, PersonId, PositionId,
    alert::{Activation, Repeat, Settings, watch::Seen},
    area::{Reading, Report},
    org::UnitPath,
    positioning::{Sighting, Source},
    verdict::Verdict,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{inserted, parse},
    position,
};

sql! {
    // What was found of the place counts only for the check-in that is looked at.
    SEEN = "SELECT k.id, k.duty_id, k.device_id, k.submitted_at, k.verdict, k.decision, CASE WHEN k.id = $4 THEN k.findings END AS findings,
                   d.opens_at, d.closes_at, d.unannounced, v.channel,
                   p.id AS position_id, p.at, p.said_at, p.datum, p.lat_deg, p.lon_deg, p.accuracy_m, p.mock
            FROM checkin k JOIN duty d ON d.id = k.duty_id JOIN device v ON v.id = k.device_id LEFT JOIN position p ON p.checkin_id = k.id
            WHERE k.person_id = $1 AND k.opened_at > $2 AND k.submitted_at IS NOT NULL ORDER BY k.opened_at DESC, k.id DESC LIMIT $3";
    // His own phones, and whoever's had one of the marks.
    ACTIVATIONS = "SELECT id, person_id, thumbprint, handset, channel, activated_at FROM device
                   WHERE activated_at > $4 AND (person_id = $1 OR thumbprint = $2 OR handset = $3)
                   ORDER BY activated_at DESC, id DESC LIMIT $5";
    REPEATS = "SELECT m.id, m.person_id, m.owner_id, m.created_at, k.id AS checkin_id, k.duty_id
               FROM media_seen s JOIN media m ON m.id = s.media_id LEFT JOIN checkin k ON k.id = m.owner_id AND m.owner = 'checkin'
               WHERE s.sha256 = $1";
    GROUP_OF = "SELECT case_group FROM case_group WHERE person_id = $1";
    LEAVE_GROUP = "DELETE FROM case_group WHERE person_id = $1";
    JOIN_GROUP = "INSERT INTO case_group (person_id, case_group) VALUES ($1, $2)";
    COMPANIONS = "SELECT g.person_id FROM case_group g JOIN person p ON p.id = g.person_id
                  WHERE g.case_group = $1 AND g.person_id <> $2 AND p.ended_at IS NULL ORDER BY g.person_id LIMIT $3";
    SETTINGS_OF = "SELECT s.settings FROM person p JOIN org_unit own ON own.id = p.unit_id
                   JOIN org_unit u ON substr(own.path, 1, length(u.path)) = u.path JOIN alert_settings s ON s.unit_id = u.id
                   WHERE p.id = $1 AND s.version = (SELECT MAX(n.version) FROM alert_settings n WHERE n.unit_id = s.unit_id)
                   ORDER BY length(u.path) DESC";
    SETTINGS = "SELECT s.settings FROM alert_settings s JOIN org_unit u ON u.id = s.unit_id
                WHERE substr($1, 1, length(u.path)) = u.path
                  AND s.version = (SELECT MAX(n.version) FROM alert_settings n WHERE n.unit_id = s.unit_id)
                ORDER BY length(u.path) DESC";
    OF_UNIT = "SELECT version, settings, set_by, set_at FROM alert_settings WHERE unit_id = $1 ORDER BY version DESC LIMIT 1";
    SET = "INSERT INTO alert_settings (unit_id, version, settings, set_by, set_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
}

/// What a unit set for itself, and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: i32,
    pub settings: Settings,
    pub set_by: OfficerId,
    pub set_at: Micros,
}

/// The newest submitted check-ins of a person that were opened after an instant, the newest first; findings of `looked_at` only.
pub async fn seen(
    tx: &mut Tx,
    person: PersonId,
    looked_at: CheckinId,
    after: Micros,
    limit: u32,
) -> Result<Vec<Seen>> {
    on!(tx, |c| sqlx::query_as::<_, SeenRow>(SEEN)
        .bind(person.0)
        .bind(after.0)
        .bind(i64::from(limit))
        .bind(looked_at.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| row.seen(person))
    .collect()
}

/// Activations after an instant of the person's own phones and of phones that share a mark with this one, itself included.
pub async fn activations(
    tx: &mut Tx,
    of: &Activation,
    (thumbprint, handset): (&str, Option<&str>),
    after: Micros,
    limit: u32,
) -> Result<Vec<Activation>> {
    on!(tx, |c| sqlx::query_as::<_, ActivationRow>(ACTIVATIONS)
        .bind(of.person.0)
        .bind(thumbprint)
        .bind(handset)
        .bind(after.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(Activation::try_from)
    .collect()
}

/// The earlier media with this SHA-256, as a part of this name.
pub async fn repeat(tx: &mut Tx, part: &str, sha256: &[u8; 32]) -> Result<Option<Repeat>> {
    let row = on!(tx, |c| sqlx::query_as::<_, RepeatRow>(REPEATS)
        .bind(sha256.as_slice())
        .fetch_optional(c)
        .await?);
    Ok(row.map(|row| Repeat {
        part: part.to_owned(),
        media: MediaId(row.id),
        person: PersonId(row.person_id),
        checkin: row.checkin_id.map(CheckinId),
        duty: row.duty_id.map(DutyId),
        at: Micros(row.created_at),
        near: false,
    }))
}

pub async fn group_of(tx: &mut Tx, person: PersonId) -> Result<Option<String>> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(GROUP_OF)
        .bind(person.0)
        .fetch_optional(c)
        .await?))
}

/// Puts a person into a case group, or into none.
pub async fn set_group(tx: &mut Tx, person: PersonId, group: Option<&str>) -> Result<()> {
    on!(tx, |c| sqlx::query(LEAVE_GROUP)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected());
    if let Some(group) = group {
        on!(tx, |c| sqlx::query(JOIN_GROUP)
            .bind(person.0)
            .bind(group)
            .execute(c)
            .await?
            .rows_affected());
    }
    Ok(())
}

/// Where the other supervised members of a case group were in `from..until`.
pub async fn group_sightings(
    tx: &mut Tx,
    (group, person): (&str, PersonId),
    span: (Micros, Micros),
    (persons, positions): (u32, u32),
) -> Result<Vec<Sighting>> {
    let others = on!(tx, |c| sqlx::query_scalar::<_, Uuid>(COMPANIONS)
        .bind(group)
        .bind(person.0)
        .bind(i64::from(persons))
        .fetch_all(c)
        .await?);
    let mut all = Vec::new();
    for other in others {
        all.extend(position::of_person(tx, PersonId(other), span, None, positions).await?);
    }
    Ok(all)
}

/// What holds for a unit: its own settings and those of the units above it.
pub async fn settings(tx: &mut Tx, path: &UnitPath) -> Result<Settings> {
    let found = on!(tx, |c| sqlx::query_scalar::<_, Json<Settings>>(SETTINGS)
        .bind(&path.0)
        .fetch_all(c)
        .await?);
    Ok(Settings::nearest(found.into_iter().map(|found| found.0)))
}

/// What holds for a person's unit, as [`settings`].
pub async fn settings_of(tx: &mut Tx, person: PersonId) -> Result<Settings> {
    let found = on!(tx, |c| sqlx::query_scalar::<_, Json<Settings>>(SETTINGS_OF)
        .bind(person.0)
        .fetch_all(c)
        .await?);
    Ok(Settings::nearest(found.into_iter().map(|found| found.0)))
}

/// What a unit set for itself, if it did.
pub async fn of_unit(tx: &mut Tx, unit: OrgUnitId) -> Result<Option<Version>> {
    let row = on!(tx, |c| sqlx::query_as::<_, VersionRow>(OF_UNIT)
        .bind(unit.0)
        .fetch_optional(c)
        .await?);
    Ok(row.map(|row| Version {
        number: row.version,
        settings: row.settings.0,
        set_by: OfficerId(row.set_by),
        set_at: Micros(row.set_at),
    }))
}

/// [`Error::Conflict`] when somebody set the same version at the same time.
pub async fn set(tx: &mut Tx, unit: OrgUnitId, version: &Version) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(SET)
        .bind(unit.0)
        .bind(version.number)
        .bind(Json(&version.settings))
        .bind(version.set_by.0)
        .bind(version.set_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct VersionRow {
    version: i32,
    settings: Json<Settings>,
    set_by: Uuid,
    set_at: i64,
}

#[derive(FromRow)]
struct RepeatRow {
    id: Uuid,
    person_id: Uuid,
    created_at: i64,
    checkin_id: Option<Uuid>,
    duty_id: Option<Uuid>,
}

#[derive(FromRow)]
struct ActivationRow {
    id: Uuid,
    person_id: Uuid,
    thumbprint: String,
    handset: Option<String>,
    channel: String,
    activated_at: i64,
}

impl TryFrom<ActivationRow> for Activation {
    type Error = Error;

    fn try_from(row: ActivationRow) -> Result<Self> {
        Ok(Self {
            person: PersonId(row.person_id),
            device: DeviceId(row.id),
            channel: parse("device.channel", &row.channel)?,
            marks: [Some(row.thumbprint), row.handset]
                .into_iter()
                .flatten()
                .collect(),
            at: Micros(row.activated_at),
        })
    }
}

#[derive(FromRow)]
struct SeenRow {
    id: Uuid,
    duty_id: Uuid,
    device_id: Uuid,
    submitted_at: i64,
    verdict: Option<Json<Verdict>>,
    decision: Option<String>,
    findings: Option<Json<Report>>,
    opens_at: i64,
    closes_at: i64,
    unannounced: bool,
    channel: String,
    position_id: Option<Uuid>,
    at: Option<i64>,
    said_at: Option<i64>,
    datum: Option<String>,
    lat_deg: Option<f64>,
    lon_deg: Option<f64>,
    accuracy_m: Option<f64>,
    mock: Option<bool>,
}

impl SeenRow {
    fn seen(self, person: PersonId) -> Result<Seen> {
        let decision = self.decision.as_deref();
        let decision = decision.map(|decision| parse("checkin.decision", decision));
        let report = self.findings.as_ref().map(|report| report.0.clone());
        let findings = report.unwrap_or_default().findings;
        let reasons = match self.verdict.as_ref().map(|verdict| &verdict.0) {
            Some(Verdict::Review { reasons }) => reasons.clone(),
            Some(Verdict::Verified | Verdict::Retry { .. }) | None => Vec::new(),
        };
        Ok(Seen {
            checkin: CheckinId(self.id),
            duty: DutyId(self.duty_id),
            opens_at: Micros(self.opens_at),
            closes_at: Micros(self.closes_at),
            unannounced: self.unannounced,
            channel: parse("device.channel", &self.channel)?,
            submitted_at: Micros(self.submitted_at),
            reasons,
            decision: decision.transpose()?,
            position: self.sighting(person)?,
            findings: findings.into_iter().map(|one| one.finding).collect(),
        })
    }

    fn sighting(&self, person: PersonId) -> Result<Option<Sighting>> {
        let (Some(id), Some(at), Some(datum)) = (self.position_id, self.at, &self.datum) else {
            return Ok(None);
        };
        let (Some(lat), Some(lon), Some(accuracy_m)) =
            (self.lat_deg, self.lon_deg, self.accuracy_m)
        else {
            return Ok(None);
        };
        let reading = Reading::new(
            parse("position.datum", datum)?,
            (lat, lon),
            accuracy_m,
            self.mock,
        );
        Ok(Some(Sighting {
            id: PositionId(id),
            person,
            device: DeviceId(self.device_id),
            at: Micros(at),
            said_at: self.said_at.map(Micros),
            reading: reading.map_err(|why| Error::corrupt("position", why))?,
            source: Source::Checkin(CheckinId(self.id)),
        }))
    }
}
