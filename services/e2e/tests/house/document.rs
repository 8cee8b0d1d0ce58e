/// The whole API is a snapshot: a change of it is seen in review.
#[test]
fn the_openapi_document_changes_only_on_purpose() {
    insta::assert_json_snapshot!("openapi", server::http::document());
}

#[test]
fn each_operation_of_the_api_has_a_name_of_its_own() {
    let document = serde_json::to_value(server::http::document()).expect("it is JSON");
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths
        .values()
        .flat_map(|item| item.as_object().into_iter().flatten());
    let named = operations.filter_map(|(_, operation)| operation.get("operationId")?.as_str());
    let mut names: Vec<&str> = named.collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(all > 100 && names.len() == all, "{} of {all}", names.len());
}
