//! Commitments and what belongs to them, in the shape that goes through the door.

use notary::commitment::{BadMatter, Due, Listed, Matter, Present, PublicRow, Template, View, word};
use notary::refusal::{Lang, Refusal};

use super::{BadRow, DueRow, EventRow, FoundRow, MatterRow, One, PresentShown, Row, Said, TemplateRow};

pub(super) fn said(code: &str, message: impl Fn(Lang) -> String) -> Said {
    Said { code: code.to_string(), zh: message(Lang::Zh), en: message(Lang::En) }
}

pub(super) fn present(present: &Present) -> PresentShown {
    PresentShown {
        stage: present.stage.code().to_string(),
        stage_zh: present.stage.word(Lang::Zh),
        stage_en: present.stage.word(Lang::En),
        state: present.state.spelling().to_string(),
        word_zh: present.word(Lang::Zh),
        word_en: present.word(Lang::En),
        as_of: present.as_of.to_string(),
        determined_on: present.determined_on.map(|day| day.to_string()),
        unit: present.unit.as_ref().map(|(name, _)| name.clone()),
        unit_code: present.unit.as_ref().map(|(_, code)| code.clone()),
        unperformed: present.unperformed.clone(),
        liability: present.liability.clone(),
        disputed: present.disputed,
        counts: present.counts,
        window_ends: present.window_ends.map(|day| day.to_string()),
    }
}

pub(super) fn one(view: View) -> One {
    let commitment = &view.commitment;
    let events = view.events.iter().map(|seen| {
        let fields = seen.event.fields();
        EventRow {
            sequence: fields.sequence,
            at: fields.at.display_china(),
            kind: fields.kind.word().to_string(),
            kind_zh: word(fields.kind, Lang::Zh).to_string(),
            kind_en: word(fields.kind, Lang::En).to_string(),
            by: fields.by.clone(),
            reason_code: fields.reason_code.clone(),
            reason: fields.reason.clone(),
            basis: fields.basis.clone(),
            detail: fields.detail.clone(),
            index: seen.index,
        }
    });
    let kind = commitment.commitment_type;
    let publicity = commitment.publicity;
    One {
        code: commitment.code.to_string(),
        number: view.number.to_string(),
        status: view.status.map(|status| status.name().to_string()),
        commitment_type: (kind.spelling().to_string(), kind.label().to_string()),
        committer: commitment.committer.name.clone(),
        reason: commitment.reason.clone(),
        accepted_by: commitment.accepted_by.name.clone(),
        made_on: commitment.made_on.to_string(),
        valid_to: view.valid_to.map(|day| day.to_string()),
        publicity: (publicity.spelling().to_string(), publicity.label().to_string()),
        publicised: view.publicised.map(|day| day.to_string()),
        present: present(&view.present),
        supplement_due: view.supplement_due.map(|day| day.to_string()),
        missing: view.missing.clone(),
        seen: view.seen,
        next: view.next.iter().map(|kind| kind.word().to_string()).collect(),
        remarks: view.remarks.iter().map(|remark| said(remark.code(), |lang| remark.message(lang))).collect(),
        events: events.collect(),
    }
}

pub(super) fn row(listed: &Listed) -> Row {
    let kind = listed.commitment_type;
    Row {
        code: listed.code.to_string(),
        number: listed.number.to_string(),
        status: listed.status.map(|status| status.name().to_string()),
        commitment_type: (kind.spelling().to_string(), kind.label().to_string()),
        committer: listed.committer.clone(),
        made_on: listed.made_on.to_string(),
        present: present(&listed.present),
    }
}

pub(super) fn due(due: &Due) -> DueRow {
    DueRow {
        what: due.what.code().to_string(),
        what_zh: due.what.word(Lang::Zh).to_string(),
        what_en: due.what.word(Lang::En).to_string(),
        code: due.code.to_string(),
        number: due.number.to_string(),
        committer: due.committer.clone(),
        since: due.since.to_string(),
        due: due.due.map(|day| day.to_string()),
        left: due.left,
        overdue: due.overdue,
        soon: due.soon,
    }
}

pub(super) fn found(row: &PublicRow) -> FoundRow {
    let kind = row.commitment_type;
    FoundRow {
        code: row.code.to_string(),
        number: row.number.to_string(),
        committer: row.committer.clone(),
        commitment_type: (kind.spelling().to_string(), kind.label().to_string()),
        reason: row.reason.clone(),
        made_on: row.made_on.to_string(),
        accepted_by: row.accepted_by.clone(),
        publicised: row.publicised.to_string(),
        word_zh: row.present.public_word(Lang::Zh),
        word_en: row.present.public_word(Lang::En),
    }
}

pub(super) fn template(template: &Template) -> TemplateRow {
    TemplateRow {
        id: template.id.clone(),
        version: template.version.clone(),
        name: template.name.clone(),
        digest: template.digest.to_string(),
        measurable: template.measurable,
        at: template.at.display_china(),
        by: template.by.clone(),
    }
}

pub(super) fn matter(matter: &Matter) -> MatterRow {
    let pair = |code: &str, label: &str| (code.to_string(), label.to_string());
    MatterRow {
        code: matter.code.clone(),
        name: matter.name.clone(),
        department: matter.department.clone(),
        department_code: matter.department_code.to_string(),
        commitment_type: pair(matter.commitment_type.spelling(), matter.commitment_type.label()),
        basis: matter.basis.clone(),
        template: matter.template.as_ref().map(|(id, _)| id.clone()),
        template_version: matter.template.as_ref().map(|(_, version)| version.clone()),
        check_within: matter.check_within.as_ref().map(|within| within.written()),
        publicity: pair(matter.publicity.spelling(), matter.publicity.label()),
        excluded: matter.excluded.map(|word| pair(word.code(), word.label())),
        area: matter.area.map(|word| pair(word.code(), word.label())),
        government: matter.government.map(|word| pair(word.code(), word.label())),
    }
}

pub(super) fn bad_row(bad: &BadMatter) -> BadRow {
    let fault = |(title, value, refusal): &(&'static str, String, Refusal)| {
        let reason = said(refusal.code().as_str(), |lang| refusal.message(lang));
        ((*title).to_string(), value.clone(), reason)
    };
    BadRow { row: bad.row, faults: bad.faults.iter().map(fault).collect() }
}
