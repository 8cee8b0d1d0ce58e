use std::fmt::Write;

use app::{AuthFault, Error, roster::RowFault};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Micros, Refusal, channel::Channel};
use serde_json::{Map, Value, json};
use wire::At;

/// An answer that is not what was asked for: RFC 9457 with the headers that belong to it.
#[derive(Debug)]
pub struct Problem {
    body: Box<wire::Problem>,
    headers: HeaderMap,
}

/// Goes with the answer for those on its way who look at it.
#[derive(Clone)]
pub struct ProblemName(pub String);

/// A problem by its stable name. `title` is Chinese, `detail` English.
pub fn named(status: StatusCode, name: &str, title: &str, detail: impl Into<String>) -> Problem {
    let body = wire::Problem {
        kind: format!("{}{name}", wire::Problem::URN),
        status: status.as_u16(),
        title: title.to_owned(),
        detail: detail.into(),
        instance: None,
        facts: Map::new(),
    };
    Problem {
        body: Box::new(body),
        headers: HeaderMap::new(),
    }
}

impl Problem {
    /// As it stands within another answer.
    pub fn into_body(self) -> wire::Problem {
        *self.body
    }

    /// A fact that programs read, such as `offset`.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.facts.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    fn at(self, name: &str, at: Micros) -> Self {
        let value = serde_json::to_value(At(at)).unwrap_or_default();
        self.fact(name, value)
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    #[must_use]
    fn retry_after(self, seconds: i64) -> Self {
        self.header("retry-after", &seconds.max(1).to_string())
    }

    /// `NAME` of the stable type.
    pub fn name(&self) -> &str {
        self.body.name()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&*self.body)).into_response();
        let name = ProblemName(self.body.name().to_owned());
        response.extensions_mut().insert(name);
        response.headers_mut().extend(self.headers);
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(wire::PROBLEM_JSON),
        );
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, title) = refusal_words(&refusal);
        let problem = named(status, refusal.code(), title, sentence(&refusal));
        match refusal {
            Refusal::WindowNotOpen { opens_at } => problem.at("opens_at", opens_at),
            Refusal::WindowClosed { closed_at } => problem.at("closed_at", closed_at),
            Refusal::TooManyTries { retry_at } => problem
                .at("retry_at", retry_at)
                .retry_after(domain::checkin::TRY_DELAY_MS / 1_000),
            Refusal::StateConflict { state } => problem.fact("state", state.as_str()),
            Refusal::PartUnknown { part }
            | Refusal::PartMissing { part }
            | Refusal::PartMismatch { part }
            | Refusal::MediaRepeated { part } => problem.fact("part", part),
            Refusal::PartOffset { part, offset } => {
                let text = offset.to_string();
                problem
                    .fact("part", part)
                    .fact("offset", offset)
                    .header(wire::UPLOAD_OFFSET, &text)
            }
            Refusal::PartTooLarge { part, limit } => {
                problem.fact("part", part).fact("limit", limit)
            }
            Refusal::EnrolmentTooSmall { pictures, phrases } => {
                problem.fact("pictures", pictures).fact("phrases", phrases)
            }
            Refusal::SupervisionEnded { ended_at } => problem.at("ended_at", ended_at),
            Refusal::TransferDecided { state } => problem.fact("state", state.as_str()),
            Refusal::AlertState { state } => problem.fact("state", state.as_str()),
            Refusal::ChannelNotAllowed { channels } => {
                let channels: Vec<&str> = channels.iter().map(Channel::as_str).collect();
                problem.fact("channels", channels)
            }
            Refusal::AreaEnded { ended_at } | Refusal::PositioningEnded { ended_at } => {
                problem.at("ended_at", ended_at)
            }
            Refusal::AreasFull { max } => problem.fact("max", max),
            Refusal::CorrectionState { state } => problem.fact("state", state.as_str()),
            Refusal::LeaveState { state } => problem.fact("state", state.as_str()),
            Refusal::LeaveAbove { level } => problem.fact("level", level.as_str()),
            Refusal::LeaveBegun { from } | Refusal::LeaveNotBegun { from } => {
                problem.at("from", from)
            }
            Refusal::CaseHeld { until }
            | Refusal::LeaveOver { until }
            | Refusal::AppealLate { until } => problem.at("until", until),
            Refusal::PointsSettled { entry } => problem.fact("entry", entry.to_string()),
            Refusal::PositioningNotApproved
            | Refusal::LeaveUnreviewed
            | Refusal::LeaveStanding
            | Refusal::MeasureWithdrawn
            | Refusal::CorrectionReasons
            | Refusal::CorrectionInsisted
            | Refusal::PointsNeedOfficer
            | Refusal::PointsFinal
            | Refusal::AppealNothingTaken
            | Refusal::AppealFiled
            | Refusal::AppealOwnDecision
            | Refusal::SecondLookOwed
            | Refusal::AskedEnough
            | Refusal::DutyMet
            | Refusal::TransferNowhere
            | Refusal::TransferPending
            | Refusal::CalendarOvertaken
            | Refusal::AlreadyRecused
            | Refusal::OwnRecusal
            | Refusal::VerdictPending
            | Refusal::SeeOfficer
            | Refusal::SessionExpired
            | Refusal::SessionUsed
            | Refusal::NonceMismatch
            | Refusal::NotEnrolled
            | Refusal::ActivationCode
            | Refusal::DeviceRevoked
            | Refusal::DeviceKeyTaken
            | Refusal::EnrolmentUsed
            | Refusal::FaceEnrolled
            | Refusal::PhrasesIncomplete
            | Refusal::CaseNumberTaken { .. }
            | Refusal::LoginTaken { .. } => problem,
        }
    }
}

/// 409: the state of things; 422: what was sent; 429: too often; 413: too much.
fn refusal_words(refusal: &Refusal) -> (StatusCode, &'static str) {
    const CONFLICT: StatusCode = StatusCode::CONFLICT;
    const CONTENT: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    match refusal {
        Refusal::WindowNotOpen { .. } => (CONFLICT, "还没到签到时间"),
        Refusal::WindowClosed { .. } => (CONFLICT, "签到时间已过，请联系司法所"),
        Refusal::DutyMet => (CONFLICT, "本次签到已完成，无需重复"),
        Refusal::VerdictPending => (CONFLICT, "上一次签到正在核验，请稍候"),
        Refusal::TooManyTries { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "尝试次数较多，请稍等片刻再试",
        ),
        Refusal::SeeOfficer => (CONFLICT, "多次未能核验，请联系司法所工作人员"),
        Refusal::SessionExpired => (CONFLICT, "本次采集已超时，请重新开始"),
        Refusal::SessionUsed => (CONFLICT, "本次采集已提交过"),
        Refusal::NonceMismatch => (CONTENT, "采集会话不符，请重新开始"),
        Refusal::StateConflict { .. } => (CONFLICT, "当前状态不能进行此操作"),
        Refusal::PartUnknown { .. } => (CONTENT, "不需要此项内容"),
        Refusal::PartMissing { .. } => (CONTENT, "内容不完整，请补传"),
        Refusal::PartMismatch { .. } => (CONTENT, "内容校验不一致，请重新上传"),
        Refusal::PartOffset { .. } => (CONFLICT, "请从断点继续上传"),
        Refusal::PartTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "文件太大"),
        Refusal::MediaRepeated { .. } => (CONTENT, "不能使用以前提交过的照片或录音，请重新采集"),
        Refusal::NotEnrolled => (CONFLICT, "尚未建档采集，请联系司法所"),
        Refusal::ActivationCode => (CONTENT, "激活码无效或已过期，请向工作人员重新索取"),
        Refusal::DeviceRevoked => (CONFLICT, "此手机已停用，请联系司法所"),
        Refusal::DeviceKeyTaken => (CONFLICT, "此手机已绑定，不能重复激活"),
        Refusal::EnrolmentTooSmall { .. } => (CONTENT, "采集样本不足"),
        Refusal::EnrolmentUsed => (CONFLICT, "本次建档已提交"),
        Refusal::FaceEnrolled => (
            CONFLICT,
            "此人脸已以他人身份建档，请核实身份；确属双胞胎等情形的，由县级说明理由后重新提交",
        ),
        Refusal::PhrasesIncomplete => (CONTENT, "录音须读全0到9"),
        Refusal::CaseHeld { .. } => (CONFLICT, "另一名工作人员正在核查此案，请稍后或处理下一件"),
        Refusal::CaseNumberTaken { .. } => (CONFLICT, "案号已登记"),
        Refusal::LoginTaken { .. } => (CONFLICT, "登录名已被使用"),
        Refusal::SupervisionEnded { .. } => (CONFLICT, "矫正已解除或终止"),
        Refusal::TransferNowhere => (CONFLICT, "该对象已在此单位"),
        Refusal::TransferPending => (CONFLICT, "该对象已有待处理的执行地变更"),
        Refusal::TransferDecided { .. } => (CONFLICT, "该执行地变更已处理"),
        Refusal::CalendarOvertaken => (CONFLICT, "该年度日历刚被他人修改，请刷新后再试"),
        Refusal::AlertState { .. } => (CONFLICT, "该预警已处理"),
        Refusal::ChannelNotAllowed { .. } => (CONFLICT, "本次签到不能通过此方式完成"),
        Refusal::AlreadyRecused => (CONFLICT, "该工作人员已回避此案"),
        Refusal::AreaEnded { .. } => (CONFLICT, "该区域已停用"),
        Refusal::AreasFull { .. } => (CONFLICT, "该对象的区域数量已达上限"),
        Refusal::PositioningNotApproved => (CONFLICT, "未经批准，不接收连续定位"),
        Refusal::PositioningEnded { .. } => (CONFLICT, "该电子定位批准已结束"),
        Refusal::LeaveState { .. } => (CONFLICT, "该请假已处理，不能进行此操作"),
        Refusal::LeaveAbove { .. } => (CONFLICT, "该请假须由上级机构审批"),
        Refusal::LeaveUnreviewed => (CONFLICT, "批准前须先记录集体评议"),
        Refusal::LeaveBegun { .. } => (CONFLICT, "请假已开始，请办理销假"),
        Refusal::LeaveNotBegun { .. } => (CONFLICT, "请假尚未开始"),
        Refusal::LeaveOver { .. } => (CONFLICT, "请假时间已过"),
        Refusal::LeaveStanding => (CONFLICT, "经常性外出许可不适用此操作"),
        Refusal::PointsSettled { .. } => (CONFLICT, "该事项已记入积分"),
        Refusal::MeasureWithdrawn => (CONFLICT, "该处置记录已撤回"),
        Refusal::CorrectionState { .. } => (CONFLICT, "该监督文书当前不能进行此操作"),
        Refusal::CorrectionReasons => (CONTENT, "未全部采纳的，须说明理由"),
        Refusal::CorrectionInsisted => (CONFLICT, "已多次要求补充回复，请通过上级机关处理"),
        Refusal::PointsNeedOfficer => (CONFLICT, "须由工作人员决定"),
        Refusal::PointsFinal => (CONFLICT, "该记录不能再冲正"),
        Refusal::AppealNothingTaken => (CONFLICT, "没有可申诉的不利决定"),
        Refusal::AppealFiled => (CONFLICT, "已申诉过"),
        Refusal::SecondLookOwed => (CONFLICT, "您的意见已记录，须由另一名工作人员独立核查"),
        Refusal::AskedEnough => (CONFLICT, "不能再要求重新签到，请认可或不予认可"),
        Refusal::AppealLate { .. } => (CONFLICT, "申诉期限已过"),
        Refusal::AppealOwnDecision => (CONFLICT, "不能处理针对本人决定的申诉"),
        Refusal::OwnRecusal => (CONFLICT, "不能解除本人的回避"),
    }
}

impl From<AuthFault> for Problem {
    fn from(fault: AuthFault) -> Self {
        const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
        let detail = sentence(&fault);
        match fault {
            AuthFault::Credentials => named(
                UNAUTHORIZED,
                "credentials",
                "登录名、密码或验证码不正确",
                detail,
            ),
            AuthFault::Locked { until } => named(
                StatusCode::TOO_MANY_REQUESTS,
                "locked",
                "登录失败次数过多，请稍后再试",
                detail,
            )
            .at("until", until)
            .retry_after(app::officer::LOCK_MS / 1_000),
            AuthFault::Session => named(UNAUTHORIZED, "session", "登录已失效，请重新登录", detail)
                .header("www-authenticate", "Bearer"),
            AuthFault::Token => named(
                UNAUTHORIZED,
                "access-token",
                "访问令牌无效，请重新获取",
                detail,
            )
            .header("www-authenticate", "DPoP error=\"invalid_token\""),
            AuthFault::Proof(_) => named(UNAUTHORIZED, "dpop-proof", "设备签名无效", detail)
                .header("www-authenticate", "DPoP error=\"invalid_dpop_proof\""),
            AuthFault::Nonce => named(
                UNAUTHORIZED,
                "use-dpop-nonce",
                "请使用新的随机数重试",
                detail,
            )
            .header("www-authenticate", "DPoP error=\"use_dpop_nonce\""),
            AuthFault::Replayed => named(UNAUTHORIZED, "dpop-replayed", "设备签名已使用过", detail)
                .header("www-authenticate", "DPoP error=\"invalid_dpop_proof\""),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = sentence(&error);
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Unauthenticated(fault) => fault.into(),
            Error::NotFound(_) => named(StatusCode::NOT_FOUND, "not-found", "没有找到", detail),
            Error::Forbidden => named(StatusCode::FORBIDDEN, "forbidden", "没有权限", detail),
            Error::Invalid { field, .. } => named(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "填写有误",
                detail,
            )
            .fact("field", field),
            Error::Field { field, .. } => named(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "填写有误",
                detail,
            )
            .fact("field", field),
            Error::Area(wrong) => named(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "填写有误",
                detail,
            )
            .fact("field", wrong.field),
            Error::Plan(wrong) => named(
                StatusCode::UNPROCESSABLE_ENTITY,
                "plan",
                "矫正方案无法执行",
                detail,
            )
            .fact("field", wrong.field),
            Error::Rows { faults, count } => {
                let shown: Vec<Value> = faults.into_iter().map(row).collect();
                named(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "rows",
                    "表格中有错误，未导入任何内容",
                    detail,
                )
                .fact("errors", shown)
                .fact("count", count)
            }
            Error::Table(wrong) => named(
                StatusCode::UNPROCESSABLE_ENTITY,
                "table",
                "表格无法读取",
                sentence(&wrong),
            ),
            Error::Busy { retry_after_s } => named(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "系统繁忙，请稍后再试",
                "too much to do right now",
            )
            .retry_after(i64::from(retry_after_s)),
            Error::MediaFull => named(
                StatusCode::SERVICE_UNAVAILABLE,
                "media-full",
                "存储空间不足，请联系司法所",
                "no room for pictures and recordings",
            )
            .retry_after(60),
            Error::IdempotencyMismatch => named(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-mismatch",
                "重复请求的内容不一致",
                detail,
            ),
            Error::IdempotencyInProgress => named(
                StatusCode::CONFLICT,
                "idempotency-in-progress",
                "相同请求正在处理",
                detail,
            )
            .retry_after(1),
            Error::Engine(_)
            | Error::Store(_)
            | Error::Media(_)
            | Error::Report(_)
            | Error::Sealed(_)
            | Error::Internal(_) => {
                tracing::error!(error = ?error, "A request failed");
                named(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "系统出错，请稍后再试",
                    "something failed on our side",
                )
            }
        }
    }
}

fn row(fault: RowFault) -> Value {
    let wire = wire::RowFault {
        row: fault.row,
        column: fault.column,
        message: wire::Spoken {
            zh: fault.zh,
            en: fault.en,
        },
    };
    serde_json::to_value(wire).unwrap_or_default()
}

/// A message as a sentence.
fn sentence(message: &impl std::fmt::Display) -> String {
    let mut text = String::new();
    // Writing to a string never fails.
    let _ = write!(text, "{message}");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), chars.as_str())
    })
}

impl From<axum::extract::rejection::JsonRejection> for Problem {
    fn from(rejection: axum::extract::rejection::JsonRejection) -> Self {
        let status = rejection.status();
        let name = match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "media-type",
            StatusCode::PAYLOAD_TOO_LARGE => "too-large",
            _ => "json",
        };
        named(status, name, "请求内容无法读取", rejection.body_text())
    }
}

impl From<Problem> for Value {
    fn from(problem: Problem) -> Self {
        json!(&*problem.body)
    }
}
