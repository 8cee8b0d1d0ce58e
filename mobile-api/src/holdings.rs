use app::holding::{Kind, Look, Looked};
use axum::extract::State;
use domain::access::Role;
use edge::{Device, Json, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What is stored of the person, until when, and who looked at it.
#[utoipa::path(get, path = "/v1/me", tag = "phone", security(("phone" = [])),
    responses((status = 200, body = wire::Holdings), (status = "4XX", body = wire::Problem)))]
async fn stored(
    State(site): State<Site>,
    Device(device): Device,
) -> Result<Json<wire::Holdings>, Problem> {
    let told = app::holding::own(&site.cx, &device).await?;
    let held = told.holdings.into_iter().map(|holding| wire::Held {
        kind: holding.kind.as_str().to_owned(),
        what: kind(holding.kind).into(),
        count: holding.count,
        newest_at: holding.newest_at.into(),
    });
    Ok(Json(wire::Holdings {
        held: held.collect(),
        until: until(told.kept_days),
        kept_days: told.kept_days,
        looks: told.looks.iter().map(look).collect(),
    }))
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(stored))
}

fn until(days: i32) -> wire::Spoken {
    wire::Spoken {
        zh: format!(
            "照片、录音、特征和位置都加密保存。矫正结束{days}天后全部删除，只留下考勤记录。"
        ),
        en: format!(
            "Pictures, recordings, templates and positions are kept encrypted and erased {days} days after supervision ends; \
             only the record of attendance stays."
        ),
    }
}

const fn kind(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Picture => ("照片", "Pictures"),
        Kind::Recording => ("录音", "Recordings"),
        Kind::Template => (
            "人脸和声音特征（不能还原成照片或录音）",
            "Templates of face and voice (no picture or sound can be made of them)",
        ),
        Kind::Position => ("签到时的位置", "Positions"),
    }
}

fn look(look: &Look) -> wire::Look {
    let what = match look.what {
        Looked::Media => ("看了照片或录音", "Looked at pictures or recordings"),
        Looked::Positions => ("看了位置", "Looked at positions"),
        Looked::Archive => ("导出了档案", "Took the file out"),
        Looked::Contact => ("查看了联系电话", "Looked at your telephone number"),
    };
    let (zh, en) = role(look.role);
    wire::Look {
        at: look.at.into(),
        what: what.into(),
        who: wire::Spoken {
            zh: format!("{} {zh}", look.unit),
            en: en.to_owned(),
        },
    }
}

const fn role(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::StationOfficer => ("司法所工作人员", "Officer of the justice office"),
        Role::CountyOfficer => ("县级工作人员", "Officer of the county"),
        Role::CountyHead => ("县级负责人", "Head of the county"),
        Role::Operator => ("指挥中心值班员", "Operator of the command centre"),
        Role::SocialWorker => ("社工", "Social worker"),
        Role::Procurator => ("检察官", "Procurator"),
        Role::Auditor => ("审计人员", "Auditor"),
        Role::Administrator => ("管理员", "Administrator"),
    }
}
