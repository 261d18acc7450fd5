//! Both verifiers have the same codes, which do the same, and the same sentences for them.

use serde_json::{Value, json};
use verifier::misbehaviour::ForkCode;
use verifier::text::Lang;
use verifier::verdict::{Code, Effect};

use crate::node::Judge;

#[test]
fn codes_and_sentences_are_the_same() {
    let answers = Judge::new(true).ask(&[json!({"ask": "messages"}), json!({"ask": "codes"})]);
    let (messages, codes) = (&answers[0]["ok"], &answers[1]["ok"]);
    for code in Code::ALL {
        let name = code.as_str();
        let said = json!([code.message(Lang::Zh), code.message(Lang::En)]);
        assert_eq!(messages[name], said, "{name}");
        let effect = match code.effect() {
            Effect::Holds => "holds",
            Effect::Warns => "warns",
            Effect::Leaves => "open",
            Effect::Fails => "fails",
        };
        assert_eq!(codes[name][0], effect, "{name}");
    }
    let count = |all: &Value| all.as_object().unwrap().len();
    assert_eq!((count(messages), count(codes)), (Code::ALL.len(), Code::ALL.len()));
}

#[test]
fn what_a_proof_of_misbehaviour_shows_is_said_in_the_same_words() {
    let answers = Judge::new(true).ask(&[json!({"ask": "forks"})]);
    let said = answers[0]["ok"].as_object().unwrap();
    for code in ForkCode::ALL {
        let words = json!([code.message(Lang::Zh), code.message(Lang::En)]);
        assert_eq!(said[code.as_str()], words, "{}", code.as_str());
    }
    assert_eq!(said.len(), ForkCode::ALL.len());
}
