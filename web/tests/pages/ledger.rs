//! `/batches` and what belongs to it.

use super::*;

#[test]
fn batches_show_what_their_files_say() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let (second, _) = issue(&house, sample("report-general-clean.json"));
    let index = house.office.index_of(&accepted.number).unwrap().unwrap();
    let last = house.office.batch_count() - 1;
    let list = house.browser().get("/batches").text();
    for number in 0..=last {
        let batch = house.office.batch(number).unwrap();
        let page = house.browser().get(&format!("/batches/{number}")).text();
        html::check("batch", &page);
        let root = batch.root().to_base64().replace('+', "&#43;");
        for text in [&page, &list] {
            assert!(text.replace('+', "&#43;").contains(&root), "{text}");
        }
        assert!(page.contains(&batch.before.root.to_base64()) && page.contains("/ledger/batch/"), "{page}");
        for line in batch.file.checkpoint_note().signatures() {
            assert!(page.contains(line.name().as_str()) && page.contains(&line.id().to_string()));
        }
    }
    assert!(house.office.index_of(&second.number).unwrap().unwrap() > index);
    let older = house.browser().get("/batches?from=0").text();
    assert!(older.contains("/batches/0\"") && !older.contains(&format!("/batches/{last}\"")));
    assert_eq!(house.browser().get("/batches?from=x").status, 400);
    assert_eq!(house.browser().get("/batches?from=18446744073709551615").status, 200);
}

#[test]
fn a_certificate_finds_its_place() {
    let house = House::new();
    let (accepted, issued) = issue(&house, sample("report-full.json"));
    issue(&house, sample("report-general-clean.json"));
    let index = issued.certificate.index();
    let asks: [(&dyn Fn() -> Answer, bool); 3] = [
        (&|| house.browser().get(&format!("/batches/entry?index={index}")), false),
        (&|| upload(house.at, "/batches/entry", &[], &issued.certificate.encode(), "zh"), true),
        (&|| house.browser().post("/batches/entry", &[("text", &qr_text(&house, &issued))]), true),
    ];
    for (ask, by_certificate) in asks {
        // The ledger may have grown between the page and a look at what it is about: a list was published.
        let (answer, entry) = loop {
            let before = house.office.entry(index).unwrap();
            let answer = ask();
            let entry = house.office.entry(index).unwrap();
            if entry.proof == before.proof {
                break (answer, entry);
            }
        };
        assert_eq!(answer.status, 200);
        let page = answer.text();
        html::check("entry", &page);
        assert!(page.contains(&entry.leaf.to_base64()) && page.contains("与签名的根一致"), "{page}");
        assert_eq!(page.matches("class=\"way-result\"").count(), entry.proof.path().len());
        assert_eq!(page.contains("所给证书就是这条存证"), by_certificate);
    }
    // Its number says nothing of its place, and a code would be a look-up.
    let answer = house.browser().post("/batches/entry", &[("text", &window_code(&accepted))]);
    assert_eq!(answer.status, 400);
    html::check("entry", &answer.text());
}

#[test]
fn a_certificate_of_another_office_has_no_place_here() {
    let (house, other) = (House::new(), House::new());
    issue(&house, sample("report-full.json"));
    let (_, issued) = issue(&other, sample("report-full.json"));
    let answer = upload(house.at, "/batches/entry", &[], &issued.certificate.encode(), "zh");
    let page = answer.text();
    html::check("entry", &page);
    assert!(!page.contains("所给证书就是这条存证") && !page.contains("id=\"place-holds\""), "{page}");
}

#[test]
fn how_to_check_names_the_root_that_certificates_are_judged_by() {
    let house = House::new();
    let page = house.browser().get("/how-to-check").text();
    let root = house.office.trust().root().unwrap();
    assert_eq!(inside(&page, "root-fingerprint"), verifier::trust::fingerprint(root));
    assert!(page.replace("&#43;", "+").contains(&format!("--root {}", root.encode())), "{page}");
}
