//! The language of messages: zh-CN or en, by `--lang` or the locale.
//!
//! ```text
//! --lang en                                  en
//! LC_ALL=zh_CN.GB18030                       zh, and the console takes GB 18030
//! LANG=en_US.UTF-8                           en
//! nothing                                    zh
//! ```
//!
//! Here: choosing, and [`say!`], which words a message in both. Not here: the office's own messages, which come in both
//! languages from `notary`, and the verdicts' from `verifier`.

pub use verifier::text::Lang;
use verifier::time::Time;

/// The language of this word: `zh`, `zh-CN`, `en`.
///
/// # Errors
/// What would be right, for any other word.
pub fn parse(word: &str) -> Result<Lang, String> {
    match word.to_ascii_lowercase().replace('_', "-").as_str() {
        "zh" | "zh-cn" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        _ => Err("zh, en".to_string()),
    }
}

/// The language that the arguments name, before they are parsed (help and usage errors need it), else the locale's.
pub fn of_call(args: &[String], locale: &str) -> Lang {
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        let value =
            if arg == "--lang" { args.next().map(String::as_str) } else { arg.strip_prefix("--lang=") };
        if let Some(Ok(lang)) = value.map(parse) {
            return lang;
        }
    }
    of_locale(locale)
}

/// Chinese where the system says nothing: the offices that run this are Chinese.
fn of_locale(locale: &str) -> Lang {
    let language = locale.split(['_', '.', '-']).next().unwrap_or_default();
    if matches!(language, "" | "zh") { Lang::Zh } else { Lang::En }
}

/// The locale of messages as the environment names it, or nothing.
pub fn locale() -> String {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).unwrap_or_default()
}

/// A time as people write it in Beijing: `2026年11月22日 09:15`, `2026-11-22 09:15 (UTC+8)`.
pub fn moment(lang: Lang, time: Time) -> String {
    time.display_for(lang)
}

/// A message in the language at hand: `say!(lang, "已封存 {n} 条", "{n} entries sealed")`.
#[macro_export]
macro_rules! say {
    ($lang:expr, $zh:literal, $en:literal) => {
        match $lang {
            $crate::lang::Lang::Zh => format!($zh),
            $crate::lang::Lang::En => format!($en),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_comes_before_the_locale() {
        let call = |args: &[&str], locale: &str| {
            of_call(&args.iter().map(|arg| (*arg).to_string()).collect::<Vec<_>>(), locale)
        };
        assert_eq!(call(&["xinzheng", "seal", "D", "--lang", "en"], "zh_CN.UTF-8"), Lang::En);
        assert_eq!(call(&["xinzheng", "--lang=zh-CN", "seal"], "en_US.UTF-8"), Lang::Zh);
        assert_eq!(call(&["xinzheng", "seal"], "en_US.UTF-8"), Lang::En);
        assert_eq!(call(&["xinzheng", "seal"], "zh_CN.GBK"), Lang::Zh);
        assert_eq!(call(&["xinzheng", "seal"], ""), Lang::Zh);
        assert_eq!(call(&["xinzheng", "seal", "--lang", "fr"], "de_DE"), Lang::En);
    }
}
