//! Bodies of requests with places that are filled.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Error, Message, Secret};

/// A JSON value in whose texts places are filled. A filled text stays one JSON text, whatever is put into it.
pub struct Template {
    body: Value,
    secrets: BTreeMap<String, Secret>,
}

/// The message's data lack a field that the template wants, or it is no text, number or truth value.
#[derive(Debug, PartialEq, Eq)]
pub struct Lacking;

enum Piece<'a> {
    Text(&'a str),
    Place(Place<'a>),
}

enum Place<'a> {
    To,
    Zh,
    En,
    TitleZh,
    TitleEn,
    Id,
    Data,
    Field(&'a str),
    Secret(&'a Secret),
}

impl Template {
    /// Errors: [`Error::Place`], [`Error::Brace`].
    pub fn new(body: &Value, secrets: &BTreeMap<String, Secret>) -> Result<Self, Error> {
        let template = Self {
            body: body.clone(),
            secrets: secrets.clone(),
        };
        template.check(&template.body)?;
        Ok(template)
    }

    pub fn fill(&self, to: &str, message: &Message) -> Result<Value, Lacking> {
        self.filled(&self.body, to, message)
    }

    fn check(&self, value: &Value) -> Result<(), Error> {
        match value {
            Value::String(text) => self.pieces(text).map(drop),
            Value::Array(items) => items.iter().try_for_each(|item| self.check(item)),
            Value::Object(fields) => fields.values().try_for_each(|field| self.check(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn filled(&self, value: &Value, to: &str, message: &Message) -> Result<Value, Lacking> {
        Ok(match value {
            Value::String(text) => {
                let pieces = self
                    .pieces(text)
                    .expect("the template was checked when made");
                let pieces = pieces.into_iter().map(|piece| match piece {
                    Piece::Text(text) => Ok(text.to_owned()),
                    Piece::Place(place) => place.text(to, message),
                });
                Value::String(pieces.collect::<Result<_, _>>()?)
            }
            Value::Array(items) => {
                let items = items.iter().map(|item| self.filled(item, to, message));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, field)| {
                    let field = self.filled(field, to, message)?;
                    Ok((name.clone(), field))
                });
                Value::Object(fields.collect::<Result<Map<_, _>, _>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }

    /// Cut a text into what stays and what is filled. What is filled in is not looked at again.
    fn pieces<'a>(&'a self, mut text: &'a str) -> Result<Vec<Piece<'a>>, Error> {
        let mut pieces = Vec::new();
        while let Some(at) = text.find(['{', '}']) {
            let (before, rest) = text.split_at(at);
            pieces.push(Piece::Text(before));
            if rest.starts_with("{{") || rest.starts_with("}}") {
                pieces.push(Piece::Text(&rest[..1]));
                text = &rest[2..];
                continue;
            }
            let inside = rest.strip_prefix('{').ok_or(Error::Brace)?;
            let (name, after) = inside.split_once('}').ok_or(Error::Brace)?;
            pieces.push(Piece::Place(self.place(name)?));
            text = after;
        }
        pieces.push(Piece::Text(text));
        Ok(pieces)
    }

    fn place<'a>(&'a self, name: &'a str) -> Result<Place<'a>, Error> {
        let secret = |name: &str| self.secrets.get(name).map(Place::Secret);
        let place = match name {
            "to" => Some(Place::To),
            "zh" => Some(Place::Zh),
            "en" => Some(Place::En),
            "title_zh" => Some(Place::TitleZh),
            "title_en" => Some(Place::TitleEn),
            "id" => Some(Place::Id),
            "data" => Some(Place::Data),
            _ => match name.split_once('.') {
                Some(("data", field)) if !field.is_empty() => Some(Place::Field(field)),
                Some(("secret", name)) => secret(name),
                _ => None,
            },
        };
        place.ok_or_else(|| Error::Place {
            place: name.to_owned(),
        })
    }
}

impl Place<'_> {
    fn text(&self, to: &str, message: &Message) -> Result<String, Lacking> {
        Ok(match self {
            Self::To => to.to_owned(),
            Self::Zh => message.body.zh.clone(),
            Self::En => message.body.en.clone(),
            Self::TitleZh => message.title.zh.clone(),
            Self::TitleEn => message.title.en.clone(),
            Self::Id => message.id.clone(),
            Self::Data => serde_json::to_string(&message.data).expect("JSON values are JSON"),
            Self::Field(name) => plain(message.data.get(*name)).ok_or(Lacking)?,
            Self::Secret(secret) => secret.expose().to_owned(),
        })
    }
}

/// A text, number or truth value as a text.
pub fn plain(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{Address, Text};

    fn message(zh: &str, data: Value) -> Message {
        let Value::Object(data) = data else {
            panic!("data are an object")
        };
        Message {
            id: "m-1".into(),
            kind: "duty.due".into(),
            at_unix_s: 0,
            to: Address::Sms("13800000000".into()),
            title: Text::default(),
            body: Text {
                zh: zh.into(),
                en: "Check in".into(),
            },
            data,
        }
    }

    fn fill(body: &Value, message: &Message) -> Result<Value, Lacking> {
        let secrets = BTreeMap::from([("key".to_owned(), Secret::from("hush"))]);
        let template = Template::new(body, &secrets).expect("the template is good");
        template.fill("13800000000", message)
    }

    #[test]
    fn places_are_filled_at_any_depth() {
        let body = json!({
            "phones": ["{to}"], "text": "【签到】{zh}/{en}", "n": 1, "on": true, "none": null,
            "extra": { "ref": "{id}", "at": "{data.at} {data.count}", "all": "{data}", "key": "{secret.key}", "literal": "{{to}}" },
        });
        let message = message("请签到", json!({ "at": "08:00", "count": 2 }));
        let expected = json!({
            "phones": ["13800000000"], "text": "【签到】请签到/Check in", "n": 1, "on": true, "none": null,
            "extra": { "ref": "m-1", "at": "08:00 2", "all": r#"{"at":"08:00","count":2}"#, "key": "hush", "literal": "{to}" },
        });
        assert_eq!(fill(&body, &message), Ok(expected));
    }

    #[test]
    fn quotes_newlines_and_places_in_a_text_change_nothing_around_it() {
        let text = "a\"}],\n\"x\":{id} \\ {to}\u{0}";
        let message = message(text, json!({}));
        let filled = fill(&json!({ "text": "{zh}", "id": "{id}" }), &message);
        assert_eq!(filled, Ok(json!({ "text": text, "id": "m-1" })));
    }

    #[test]
    fn data_that_are_missing_or_no_plain_value_are_not_made_up() {
        let body = json!("{data.at}");
        for data in [json!({}), json!({ "at": null }), json!({ "at": [1] })] {
            assert_eq!(fill(&body, &message("", data)), Err(Lacking));
        }
    }

    #[test]
    fn unknown_places_and_lone_braces_are_refused_when_configured() {
        let make = |text: &str| Template::new(&json!([{ "a": text }]), &BTreeMap::new());
        for text in [
            "{name}",
            "{}",
            "{data.}",
            "{secret.key}",
            "{\"code\":\"{zh}\"}",
        ] {
            assert!(matches!(make(text), Err(Error::Place { .. })), "{text}");
        }
        for text in ["{", "}", "{zh", "zh}", "{{}"] {
            assert!(matches!(make(text), Err(Error::Brace)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_arrives_as_it_is(text in ".*") {
            let filled = fill(&json!({ "t": "{zh}" }), &message(&text, json!({})));
            prop_assert_eq!(filled, Ok(json!({ "t": text })));
        }
    }
}
