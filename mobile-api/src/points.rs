use app::points::Sheet;
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    Micros, PointsEntryId,
    points::{Fact, Month},
};
use edge::{Device, Idempotent, Json, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// A month of the person's points, entry by entry. From the first look at a past month on he has 30 days to appeal.
#[utoipa::path(get, path = "/v1/points/{month}", tag = "phone", security(("phone" = [])), params(("month" = String, Path)),
    responses((status = 200, body = wire::PointsMonth), (status = "4XX", body = wire::Problem)))]
async fn own(
    State(site): State<Site>,
    Device(device): Device,
    Path(of): Path<Month>,
) -> Result<Json<wire::PointsMonth>, Problem> {
    let sheet = app::points::own(&site.cx, &device, of).await?;
    Ok(Json(month(sheet)))
}

/// Contest an entry that took points: another officer decides.
#[utoipa::path(post, path = "/v1/points/{id}/appeal", tag = "phone", security(("phone" = [])), request_body = wire::NewAppeal,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = wire::PointsAppeal), (status = "4XX", body = wire::Problem)))]
async fn appeal(
    State(site): State<Site>,
    Device(device): Device,
    Path(id): Path<PointsEntryId>,
    asked: Idempotent<wire::NewAppeal>,
) -> Result<Response, Problem> {
    let Idempotent { body, once } = asked;
    let work = async {
        let filed = app::points::appeal(&site.cx, &device, id, body.text).await?;
        Ok::<_, app::Error>(wire::PointsAppeal {
            entry: filed.entry,
            person: None,
            text: filed.text.into(),
            filed_at: filed.filed_at.into(),
            finding: None,
            reason: String::new(),
        })
    };
    once.run(&site, &device, StatusCode::CREATED, work).await
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(own))
        .routes(routes!(appeal))
}

fn month(sheet: Sheet) -> wire::PointsMonth {
    let Sheet {
        statement,
        entries,
        proposals,
        suggestion,
        book,
        zone,
    } = sheet;
    let title = |code: &str| {
        let item = book.item(code);
        let (zh, en) = item.map_or((code, code), |item| (item.zh.as_str(), item.en.as_str()));
        wire::Spoken {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    };
    let told = |fact: Option<&Fact>| {
        let (zh, en) = fact.map(|fact| fact.explain(&zone)).unwrap_or_default();
        wire::Spoken { zh, en }
    };
    let lines = statement.lines.into_iter().map(|line| {
        let entry = entries.iter().find(|entry| entry.id == line.entry);
        let decision = entry.and_then(|entry| entry.change.decision());
        wire::PointsLine {
            entry: line.entry,
            title: title(&line.item),
            fact: told(entry.and_then(|entry| entry.change.fact())),
            item: line.item,
            at: entry.map_or(Micros(0), |entry| entry.at).into(),
            points: line.points,
            counted: line.counted,
            reversed_by: line.reversed_by,
            by: decision.map(|decision| decision.by),
            reason: decision
                .map(|decision| decision.reason.clone())
                .unwrap_or_default(),
        }
    });
    let proposals = proposals.into_iter().map(|proposal| wire::PointsProposal {
        key: proposal.fact.key(),
        title: title(&proposal.item),
        fact: told(Some(&proposal.fact)),
        points: proposal.points,
        item: proposal.item,
    });
    let suggestion = suggestion.map(|suggestion| {
        let (zh, en) = suggestion.explain();
        wire::LevelSuggestion {
            to: suggestion.to,
            message: wire::Spoken { zh, en },
        }
    });
    wire::PointsMonth {
        person: statement.person,
        month: statement.month,
        book: statement.book,
        opening: statement.opening,
        base: statement.base,
        lines: lines.collect(),
        total: statement.total,
        closing: statement.closing,
        proposals: proposals.collect(),
        suggestion,
    }
}
