use app::{Cx, checkin::Standing, contact::Shown, duty::Marked};
use domain::{
    Micros,
    checkin::State,
    verdict::{Verdict, VerdictKind},
};
use edge::Problem;

/// An attempt as its person sees it: the verdict in words, never the reasons for a review.
pub fn checkin(cx: &Cx, standing: Standing) -> Result<wire::Checkin, Problem> {
    let receipt = receipt(cx, &standing)?;
    let Standing {
        checkin,
        parts,
        appeal,
        appeal_until,
        ..
    } = standing;
    Ok(wire::Checkin {
        id: checkin.id,
        duty: checkin.duty,
        state: checkin.state,
        expires_at: checkin.expires_at.into(),
        submitted_at: checkin.submitted_at.map(Into::into),
        parts: parts
            .into_iter()
            .map(|part| wire::PartState {
                name: part.name,
                received: part.received,
            })
            .collect(),
        verdict: checkin
            .verdict
            .as_ref()
            .map(|verdict| told(verdict, checkin.state)),
        receipt,
        appeal: appeal.map(Into::into),
        appeal_until: appeal_until.map(Into::into),
    })
}

/// A signed proof of what was handed in and what became of it; none before the submission.
pub fn receipt(cx: &Cx, standing: &Standing) -> Result<Option<String>, Problem> {
    let Some(submitted_at) = standing.checkin.submitted_at else {
        return Ok(None);
    };
    let hex = |hash: &[u8; 32]| data_encoding::HEXLOWER.encode(hash);
    let claims = wire::ReceiptClaims {
        iss: "muster".to_owned(),
        iat: cx.now().unix_s(),
        checkin: standing.checkin.id,
        duty: standing.checkin.duty,
        person: standing.checkin.person,
        device: standing.checkin.device,
        submitted_at: submitted_at.into(),
        state: standing.checkin.state,
        attendance: standing.attendance,
        media: standing
            .digests
            .iter()
            .map(|(part, hash)| wire::MediaDigest {
                part: part.clone(),
                sha256: hex(hash),
            })
            .collect(),
    };
    Ok(Some(app::receipt::sign(cx, &claims)?))
}

fn told(verdict: &Verdict, state: State) -> wire::Verdict {
    let coaching = match verdict {
        Verdict::Retry { coaching } => coaching
            .iter()
            .map(|&code| wire::Coached {
                code,
                message: code.sentence().into(),
            })
            .collect(),
        Verdict::Verified | Verdict::Review { .. } => Vec::new(),
    };
    wire::Verdict {
        kind: verdict.kind(),
        message: words(verdict.kind(), state).into(),
        coaching,
    }
}

fn words(kind: VerdictKind, state: State) -> (&'static str, &'static str) {
    match (kind, state) {
        (_, State::Accepted) => (
            "工作人员已确认，签到有效。",
            "An officer has accepted this check-in.",
        ),
        (_, State::Declined) => (
            "工作人员未予确认，请联系司法所或申诉。",
            "An officer has not accepted this check-in; please call the justice office, or appeal.",
        ),
        (_, State::AskedAgain) => (
            "没有拍清楚，请再签到一次，不会影响您。",
            "The capture could not be told; please check in once more. This costs you nothing.",
        ),
        (VerdictKind::Verified, _) => ("签到成功。", "You are checked in."),
        (VerdictKind::Retry, _) => (
            "请再试一次，不会影响您。",
            "Please try again; this costs you nothing.",
        ),
        (VerdictKind::Review, _) => (
            "已收到，等待工作人员查看。",
            "Received; an officer will look at it.",
        ),
    }
}

/// A duty as its person sees it.
pub fn duty(marked: &Marked, now: Micros) -> wire::Duty {
    let duty = &marked.duty;
    wire::Duty {
        id: duty.id,
        opens_at: duty.opens_at.into(),
        closes_at: duty.closes_at.into(),
        late_until: duty.late_until.into(),
        factors: duty.factors,
        channels: duty.channels.into(),
        location_required: duty.location_required,
        phase: duty.phase(now),
        attendance: marked.attendance,
    }
}

/// Addresses as they are shown.
pub fn contacts(all: Vec<Shown>) -> Vec<wire::Contact> {
    all.into_iter()
        .map(|shown| wire::Contact {
            means: shown.means,
            masked: shown.masked,
            consents: shown.consents,
        })
        .collect()
}
