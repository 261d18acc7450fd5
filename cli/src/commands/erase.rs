//! `erase`: destroy a document's key.

use std::io::IsTerminal;

use serde::Serialize;

use crate::args::{Common, Erase};
use crate::codes;
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::{console, say};

/// Journalled where none is given.
const REASON: &str = "xinzheng erase";

#[derive(Serialize)]
struct Erased<'a> {
    number: &'a str,
    erased: bool,
}

pub fn run(args: &Erase, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    if !args.yes && !common.json && !confirmed(&args.number, lang) {
        return Err(Failure::refused(
            codes::NOT_CONFIRMED,
            "未确认，没有任何改变",
            "not confirmed; nothing was changed",
        ));
    }
    let request = Request::Erase {
        number: args.number.clone(),
        reason: args.reason.clone().unwrap_or_else(|| REASON.to_string()),
    };
    let Response::Erased = Reach::new(&args.dir, common, lang)?.ask(request)? else {
        return Err(unexpected());
    };
    let number = &args.number;
    let text = say!(
        lang,
        "已销毁 {number} 的文档密钥。已发出的证书和它的状态不变；需要时请另行撤销\n",
        "the key of {number}'s document is destroyed. Certificates given out and its status are as before; revoke it if it must not be used\n"
    );
    Ok(Answer::new(&Erased { number, erased: true }, text))
}

/// Asks a person; a script has made up its mind.
fn confirmed(number: &str, lang: Lang) -> bool {
    if !std::io::stdin().is_terminal() {
        return true;
    }
    console::err(&say!(
        lang,
        "将销毁 {number} 的文档密钥，不能恢复。输入 y 确认：",
        "The key of {number}'s document will be destroyed for good. Type y to go on: "
    ));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes" | "是")
}
