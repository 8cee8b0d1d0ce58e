//! What every page keeps: it is whole, asks for nothing, and takes no text for markup.

use domain::report::{day_view, month_of_office, month_of_person};
use jiff::civil::date;
use quick_xml::{Reader, events::Event};
use report::{day, exception, month, reconciliation};

use crate::made;

const HOSTILE: &str = "</td></style><script src=//x>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;\u{0}\u{202e}{{7*7}}";

/// All pages; the persons' and the unit's names end with `ending`.
fn pages(ending: &str) -> Vec<(&'static str, String)> {
    let mut head = made::head();
    head.unit += ending;
    head.printed_by += ending;
    let mut office = made::office(50);
    for of in &mut office {
        of.who.name += ending;
        of.who.case_number += ending;
        of.who.office += ending;
    }
    let view = day_view(date(2026, 3, 21), &office, made::now());
    let person = month_of_person(made::march(), &office[2], made::now());
    let sheet = month_of_office(head.unit.clone(), made::march(), &office, made::now());
    let mut exceptions = made::exceptions();
    for one in &mut exceptions.out_of_area {
        one.who.name += ending;
        one.finding.zh += ending;
    }
    let mut reconciled = made::reconciliation();
    for one in &mut reconciled.mismatches {
        one.who.name += ending;
    }
    let all = [
        ("day", day::page(&view, &made::zone(), &head)),
        ("person", month::page_of_person(&person, &head)),
        ("office", month::page_of_office(&sheet, &head)),
        ("exceptions", exception::page(&exceptions, &head)),
        ("reconciliation", reconciliation::page(&reconciled, &head)),
        ("measured", made::measured(ending).page()),
    ];
    all.map(|(name, page)| (name, page.expect("a page"))).into()
}

/// The names of a page's elements and attributes, in order. The templates are written so that HTML is also XML.
fn skeleton(page: &str) -> Vec<String> {
    let mut reader = Reader::from_str(page);
    reader.config_mut().check_end_names = true;
    let (mut names, mut depth) = (Vec::new(), 0);
    loop {
        let event = reader.read_event().expect("well-formed");
        depth += i32::from(matches!(event, Event::Start(_)));
        depth -= i32::from(matches!(event, Event::End(_)));
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            names.push(tag.name().as_ref().to_owned());
            for attribute in tag.attributes() {
                let attribute = attribute.expect("well-formed");
                names.push(format!("@{}", attribute.key.as_ref()));
            }
        }
        if event == Event::Eof {
            break;
        }
    }
    assert_eq!(depth, 0, "every element is closed");
    names
}

#[test]
fn every_page_is_whole_and_asks_for_nothing() {
    for (name, page) in pages("") {
        let names = skeleton(&page);
        for forbidden in [
            "script", "link", "img", "iframe", "object", "form", "@src", "@href", "@style",
        ] {
            assert!(
                !names.iter().any(|one| one == forbidden),
                "{name}: {forbidden}"
            );
        }
        assert!(!names.iter().any(|one| one.starts_with("@on")), "{name}");
        assert!(
            !page.contains("url(") && !page.contains("@import") && !page.contains("http://"),
            "{name}"
        );
        assert!(
            page.contains("counter(pages)") && page.contains("size: A4"),
            "{name}"
        );
        assert_eq!(names.iter().filter(|one| *one == "h1").count(), 1, "{name}");
    }
}

#[test]
fn no_name_is_ever_markup() {
    for ((name, plain), (_, hostile)) in pages("").into_iter().zip(pages(HOSTILE)) {
        assert_eq!(skeleton(&plain), skeleton(&hostile), "{name}");
        assert!(
            !hostile.contains("<script") && !hostile.contains("<img") && !hostile.contains('\0'),
            "{name}"
        );
        assert!(
            hostile.contains("&#60;script"),
            "{name}: it is shown as it is written"
        );
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(pages(""), pages(""));
}

#[test]
fn what_does_not_balance_says_so_with_the_name() {
    let page = reconciliation::page(&made::reconciliation(), &made::head()).expect("a page");
    assert!(page.contains("不符 does not balance"));
    let named = page.split("不符人员").nth(1).expect("its table");
    assert!(named.contains("测试对象 30") && !named.contains("测试对象 21"));
}

#[test]
fn a_plot_names_its_lines_and_draws_what_is_outside_at_its_edge() {
    let page = made::measured("标准包").page().expect("a page");
    assert_eq!(page.matches("<polyline").count(), 2, "{page}");
    assert_eq!(
        page.matches("<circle").count(),
        4,
        "three dots, one in the legend"
    );
    assert_eq!(page.matches(">标准包</text>").count(), 3);
    assert!(page.contains(">0.01 %</text>") && page.contains(">1e-4</text>"));
    assert!(!page.contains("NaN"), "{page}");
}
