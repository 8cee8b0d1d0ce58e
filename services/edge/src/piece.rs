use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
};

use crate::{Problem, named};

/// One piece of an upload: the bytes, and where they belong.
pub struct Piece {
    pub offset: u64,
    pub bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Piece {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let offset = request
            .headers()
            .get(wire::UPLOAD_OFFSET)
            .and_then(|offset| offset.to_str().ok()?.parse().ok());
        let offset = offset.ok_or_else(|| {
            named(
                StatusCode::BAD_REQUEST,
                "upload-offset",
                "缺少断点位置",
                "A piece needs its Upload-Offset, a number of bytes.",
            )
        })?;
        let bytes = axum::body::to_bytes(request.into_body(), wire::CHUNK_LEN_MAX).await;
        let bytes = bytes.map_err(|_| {
            let detail = format!(
                "A piece has at most {} bytes, and must arrive whole.",
                wire::CHUNK_LEN_MAX
            );
            named(
                StatusCode::PAYLOAD_TOO_LARGE,
                "piece",
                "分片太大或未传完",
                detail,
            )
            .fact("chunk_len_max", wire::CHUNK_LEN_MAX)
        })?;
        Ok(Self { offset, bytes })
    }
}

/// The answer to a piece that is stored durably: where the next one begins.
pub fn received(len: u64) -> Response {
    (
        StatusCode::NO_CONTENT,
        [(
            HeaderName::from_static(wire::UPLOAD_OFFSET),
            len.to_string(),
        )],
    )
        .into_response()
}
