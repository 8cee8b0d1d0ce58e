use app::positioning::{EVERY_S, Taken};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{area::Reading, positioning::FIXES_MAX};
use edge::{Device, Idempotent, Json, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Hand in fixes that were taken between check-ins. Refused unless the head of the county approved it and the approval holds at this moment;
/// fixes whose own time lies outside of it are not stored.
#[utoipa::path(post, path = "/v1/positions", tag = "phone", security(("phone" = [])), request_body = wire::Positions,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::PositionsTaken), (status = "4XX", body = wire::Problem)))]
async fn receive(
    State(site): State<Site>,
    Device(device): Device,
    asked: Idempotent<wire::Positions>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let fixes = taken(&body)?;
        let received = app::positioning::receive(&site.cx, &device, &fixes).await?;
        Ok::<_, Problem>(wire::PositionsTaken {
            stored: received.stored,
            left_out: received.left_out,
        })
    };
    once.run(&site, &device, StatusCode::CREATED, work).await
}

/// Whether the phone is to take its position between check-ins, until when, and how often.
#[utoipa::path(get, path = "/v1/positions/policy", tag = "phone", security(("phone" = [])),
    responses((status = 200, body = wire::PositioningPolicy), (status = "4XX", body = wire::Problem)))]
async fn policy(
    State(site): State<Site>,
    Device(device): Device,
) -> Result<Json<wire::PositioningPolicy>, Problem> {
    let approval = app::positioning::policy(&site.cx, &device).await?;
    Ok(Json(wire::PositioningPolicy {
        now: site.cx.now().into(),
        approved: approval.is_some(),
        every_s: approval.as_ref().map(|_| EVERY_S),
        until: approval.map(|approval| approval.over_at().into()),
    }))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(receive))
        .routes(routes!(policy))
}

/// A location as a phone gives it; a fault names the field below `path`.
pub fn reading(location: &wire::Location, path: &str) -> Result<Reading, Problem> {
    let degrees = (location.latitude, location.longitude);
    Reading::new(location.datum, degrees, location.accuracy_m, location.mock)
        .map_err(|error| app::Error::from(error.within(path)).into())
}

fn taken(body: &wire::Positions) -> Result<Vec<Taken>, Problem> {
    if !(1..=FIXES_MAX).contains(&body.fixes.len()) {
        return Err(app::Error::Invalid {
            field: "fixes",
            expected: "must hold 1 to 100 fixes",
        }
        .into());
    }
    let fixes = body.fixes.iter().enumerate();
    fixes
        .map(|(index, fix)| {
            Ok(Taken {
                at: fix.at.0,
                reading: reading(&fix.location, &format!("fixes[{index}].location"))?,
            })
        })
        .collect()
}
