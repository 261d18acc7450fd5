//! What a check says to people where its code alone does not say it.

use verifier::text::Lang;
use verifier::verdict::{Check, Code, Detail};

#[test]
fn a_gateways_answer_is_not_called_a_chain() {
    let check = |text: &str| Check { code: Code::AnchorUnchecked, detail: Detail::Text(text.to_owned()) };
    assert_eq!(check("http gateway").message(Lang::Zh), "网关存证：已附答复，未离线验证");
    assert!(check("http gateway").message(Lang::En).starts_with("Kept by a gateway"));
    for lang in [Lang::Zh, Lang::En] {
        assert_eq!(check("evm fisco-city").message(lang), Code::AnchorUnchecked.message(lang));
    }
}
