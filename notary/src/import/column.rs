//! The columns of the national layout: titles, other names that they go by, and which member of a document each fills.
//!
//! ```text
//! 承诺人代码   also 统一社会信用代码   /committer/uscc, /committer/person_id   at most 18 characters   needed
//! ```

use crate::document::read::{NAME_MAX, TEXT_MAX};

macro_rules! columns {
    ($($column:ident $title:literal [$($alias:literal)*] [$($pointer:literal)*] $max:expr, $needed:literal;)+) => {
        /// A column of the layout, in its order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column {
            $(#[doc = $title] $column,)+
        }

        impl Column {
            /// All of them, in the order of the layout.
            pub const ALL: [Column; 20] = [$(Column::$column,)+];

            /// Its title.
            pub fn title(self) -> &'static str {
                match self { $(Column::$column => $title,)+ }
            }

            /// Other titles that it goes by.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Column::$column => &[$($alias),*],)+ }
            }

            /// The members of a document that it fills, as JSON pointers.
            pub fn pointers(self) -> &'static [&'static str] {
                match self { $(Column::$column => &[$($pointer),*],)+ }
            }

            /// The most characters.
            pub fn max(self) -> usize {
                match self { $(Column::$column => $max,)+ }
            }

            /// Whether every row fills it in.
            pub fn needed(self) -> bool {
                match self { $(Column::$column => $needed,)+ }
            }
        }
    };
}

columns! {
    Code "承诺编码" ["承诺书编码" "承诺编号" "信用承诺编码"] ["/code"] 20, true;
    Name "承诺人名称" ["承诺人" "承诺主体名称" "承诺人姓名" "信用主体名称"] ["/committer/name"] NAME_MAX, true;
    Kind "承诺人类别" ["承诺主体类别" "承诺人类型" "主体类别"] ["/committer/kind"] 20, true;
    CommitterCode "承诺人代码" ["统一社会信用代码" "承诺人统一社会信用代码" "承诺主体代码" "承诺人证件号码"] ["/committer/uscc" "/committer/person_id" "/committer"] 18, true;
    Type "承诺类型" ["承诺类别" "信用承诺类型"] ["/type"] 20, true;
    Reason "承诺事由" ["承诺事项"] ["/reason"] 512, true;
    Content "承诺内容" ["承诺具体内容"] ["/content"] TEXT_MAX, true;
    Liability "违诺责任" ["违诺责任内容" "违反承诺责任"] ["/liability"] TEXT_MAX, true;
    MadeOn "承诺作出日期" ["作出承诺日期" "承诺日期" "承诺做出日期"] ["/made_on"] 32, true;
    ValidTo "承诺有效期" ["承诺有效期至" "承诺截止日期" "有效期至"] ["/valid_to"] 32, false;
    State "承诺履行状态" ["履行状态" "承诺履约状态"] ["/collected/fulfilment/state" "/collected/fulfilment"] 20, false;
    Unperformed "未履行的承诺内容" ["未履行承诺内容" "未履行内容"] ["/collected/fulfilment/unperformed"] TEXT_MAX, false;
    Pursued "违诺责任追究内容" ["违诺责任追究" "责任追究内容"] ["/collected/fulfilment/pursued"] TEXT_MAX, false;
    DeterminedOn "承诺履行状态认定日期" ["履行状态认定日期" "认定日期"] ["/collected/fulfilment/determined_on"] 32, false;
    DeterminedBy "认定单位" ["认定单位名称" "承诺履行状态认定单位"] ["/collected/fulfilment/determined_by/name"] NAME_MAX, false;
    DeterminedByCode "认定单位代码" ["认定单位统一社会信用代码"] ["/collected/fulfilment/determined_by/uscc"] 18, false;
    AcceptedBy "承诺受理单位" ["受理单位" "受理单位名称" "承诺受理单位名称"] ["/accepted_by/name"] NAME_MAX, true;
    AcceptedByCode "承诺受理单位代码" ["受理单位代码" "承诺受理单位统一社会信用代码" "受理单位统一社会信用代码"] ["/accepted_by/uscc"] 18, true;
    Publicity "公开类型" ["公开属性" "公示类型"] ["/publicity"] 20, true;
    Remark "备注" ["备注信息"] ["/collected/remark"] 512, false;
}

impl Column {
    /// The column with this title or alias, however it is decorated: `*承诺编码（必填）`.
    pub fn from_head(cell: &str) -> Option<Column> {
        let plain = plain(cell);
        Column::ALL.into_iter().find(|c| c.title() == plain || c.aliases().contains(&plain.as_str()))
    }

    /// The column that fills the member at this JSON pointer, or one above it.
    pub fn from_pointer(pointer: &str) -> Option<Column> {
        let within = |place: &str| {
            pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // The longest wins: a unit's name is its own column.
        let longest = |column: Column| column.pointers().iter().filter(|p| within(p)).map(|p| p.len()).max();
        let found = Column::ALL.into_iter().filter_map(|column| Some((longest(column)?, column)));
        found.max_by_key(|(length, _)| *length).map(|(_, column)| column)
    }

    /// Its place in the layout, from 0.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A title without white space, marks of necessity and what stands in brackets.
pub(crate) fn plain(cell: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    for c in cell.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            '*' | '＊' | '\u{feff}' | '\u{200b}' | ':' | '：' => {}
            c if depth == 0 && !c.is_whitespace() => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_title_means_two_columns() {
        let mut seen = BTreeSet::new();
        for column in Column::ALL {
            for title in column.aliases().iter().chain([&column.title()]) {
                assert!(seen.insert(*title), "{title}");
                assert_eq!(Column::from_head(&format!(" *{title}（必填）")), Some(column));
            }
        }
        assert_eq!(Column::from_head("序号"), None);
        assert_eq!(Column::ALL.map(Column::index), std::array::from_fn(|n| n));
    }

    #[test]
    fn a_place_in_a_document_is_a_column() {
        assert_eq!(Column::from_pointer("/accepted_by/uscc"), Some(Column::AcceptedByCode));
        assert_eq!(Column::from_pointer("/committer/uscc"), Some(Column::CommitterCode));
        assert_eq!(
            Column::from_pointer("/collected/fulfilment/determined_by/name"),
            Some(Column::DeterminedBy)
        );
        assert_eq!(Column::from_pointer(""), None);
        assert_eq!(Column::from_pointer("/matter"), None);
    }
}
