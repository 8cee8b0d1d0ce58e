use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn filed() -> Correction {
    Correction {
        id: CorrectionId(Uuid::nil()),
        unit: OrgUnitId(Uuid::nil()),
        person: None,
        checkin: None,
        kind: CorrectionKind::Opinion,
        found: "未按规定组织签到".into(),
        asked: "限期改正".into(),
        filed_by: OfficerId(Uuid::nil()),
        filed_from: OrgUnitId(Uuid::nil()),
        filed_at: Micros(0),
        first_due_at: due(Micros(0), 15),
        steps: Vec::new(),
    }
}

fn taken(step: Step) -> Taken {
    Taken {
        by: OfficerId(Uuid::nil()),
        at: Micros(1),
        step,
    }
}

fn reply(adoption: Adoption, why_not: Option<&str>) -> Step {
    Step::Reply {
        adoption,
        text: "已改正".into(),
        why_not: why_not.map(Into::into),
    }
}

fn insist(days: u16) -> Step {
    Step::Insist {
        text: "请补充说明".into(),
        due_at: due(Micros(1), days),
    }
}

fn withdraw() -> Step {
    Step::Withdraw {
        reason: "事实有误".into(),
    }
}

#[test]
fn what_is_not_adopted_is_answered_with_reasons() {
    for adoption in [Adoption::Part, Adoption::Nothing] {
        let bare = filed().take(taken(reply(adoption, None)));
        assert_eq!(bare, Err(Refusal::CorrectionReasons));
        let reasoned = filed().take(taken(reply(adoption, Some("已有其他措施"))));
        assert_eq!(reasoned.expect("it has reasons").state(), State::Replied);
    }
    let whole = filed().take(taken(reply(Adoption::Whole, None)));
    assert_eq!(whole.expect("nothing is owed").state(), State::Replied);
}

#[test]
fn a_reply_that_does_not_content_is_owed_again_until_a_new_day() {
    let replied = filed().take(taken(reply(Adoption::Whole, None)));
    let replied = replied.expect("a reply");
    assert!(!replied.overdue(Micros(i64::MAX)), "nothing is owed now");
    let again = replied.take(taken(insist(30))).expect("not content");
    assert_eq!(again.state(), State::Filed);
    assert_eq!(again.due_at(), due(Micros(1), 30));
    assert!(again.overdue(due(Micros(2), 30)) && !again.overdue(due(Micros(1), 30)));
}

#[test]
fn what_was_answered_is_not_taken_back() {
    assert!(filed().take(taken(withdraw())).is_ok());
    let again = [reply(Adoption::Whole, None), insist(15)];
    let again = again
        .into_iter()
        .try_fold(filed(), |one, step| one.take(taken(step)));
    assert_eq!(
        again.expect("asked again").take(taken(withdraw())),
        Err(Refusal::CorrectionState {
            state: State::Filed
        })
    );
}

#[test]
fn procurators_ask_again_a_few_times_only() {
    let mut correction = filed();
    for _ in 0..INSISTED_MAX {
        for step in [reply(Adoption::Whole, None), insist(15)] {
            correction = correction.take(taken(step)).expect("it may be");
        }
    }
    let replied = correction.take(taken(reply(Adoption::Whole, None)));
    let replied = replied.expect("a reply");
    assert_eq!(
        replied.clone().take(taken(insist(15))),
        Err(Refusal::CorrectionInsisted)
    );
    assert!(replied.take(taken(Step::Accept)).is_ok());
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(reply(Adoption::Whole, None)),
        Just(reply(Adoption::Nothing, Some("无此职权"))),
        (1..=REPLY_DAYS_MAX).prop_map(insist),
        Just(Step::Accept),
        Just(withdraw()),
    ]
}

proptest! {
    /// Whatever is tried in whatever order: sides take turns, what is over stays over, and nothing is accepted that was not answered.
    #[test]
    fn sides_take_turns_and_what_is_over_stays_over(steps in prop::collection::vec(any_step(), 0..20)) {
        let mut correction = filed();
        for step in steps {
            let (before, by_unit) = (correction.state(), step.by_unit());
            match correction.clone().take(taken(step)) {
                Ok(after) => {
                    prop_assert!(matches!(before, State::Filed | State::Replied));
                    prop_assert_eq!(by_unit, after.state() == State::Replied);
                    prop_assert_eq!(after.steps.len(), correction.steps.len() + 1);
                    correction = after;
                }
                Err(refusal) => prop_assert!(refusal.code().starts_with("correction-")),
            }
        }
        let accepted = correction.state() == State::Accepted;
        prop_assert!(!accepted || correction.steps.iter().any(|one| one.step.by_unit()));
        let insisted = correction.steps.iter().filter(|one| matches!(one.step, Step::Insist { .. })).count();
        prop_assert!(insisted <= INSISTED_MAX);
    }
}
