//! Bad input over HTTP: each has its exact answer, and nothing that was acknowledged is lost.

mod forger;
mod proof;
mod request;
mod submission;

use std::time::Duration;

use reqwest::{Response, StatusCode};

const WAIT: Duration = Duration::from_secs(20);

async fn problem(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    assert_eq!(answer.headers()["content-type"], wire::PROBLEM_JSON);
    (
        status,
        answer
            .json::<wire::Problem>()
            .await
            .expect("a problem")
            .name()
            .to_owned(),
    )
}
