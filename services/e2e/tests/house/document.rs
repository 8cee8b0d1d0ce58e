/// The whole API is a snapshot: a change of it is seen in review.
#[test]
fn the_openapi_document_changes_only_on_purpose() {
    insta::assert_json_snapshot!("openapi", server::http::document());
}
