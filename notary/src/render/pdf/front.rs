//! The first page: what a window reads at a glance, and the codes that it scans.

use verifier::core::Claim;
use verifier::registry::{ClaimValue, DocumentKind, HolderKind};

use super::face::Weight;
use super::flow::{COLUMN, Cell, Flow, MARGIN};
use super::paper::{Paper, day, moment};
use super::sheet::{HEIGHT, Ink, Mark, PIXEL, Sheet, Style, WIDTH, corners};
use super::signs;
use super::{PdfError, records};
use crate::render::code128;
use crate::render::{QUIET_ZONE, Symbol};

/// The frame's distance from the paper's edge.
const FRAME: f32 = 28.3;
/// Where the codes begin; what is above may go on on the next page.
const CODES: f32 = 596.0;
/// Side of the square that the QR code may fill: at most 121 modules of 5 pixels, 0.42 mm each.
const QR_SIDE: f32 = 121.0 * 5.0 * PIXEL;
/// Pixels a module of the small QR code.
const SMALL_MODULE: f32 = 9.0;
/// Pixels a module of the Code 128.
const BAR_MODULE: f32 = 4.0;
/// Height of its bars.
const BAR_HEIGHT: f32 = 36.0;
/// The most claims that stand in large type; more are set smaller.
const LARGE_CLAIMS: usize = 6;

/// The line that stands on every page.
pub(super) const DISCLAIMER: &str = "本证书仅反映查询期内已归集信息，不构成信用评级或担保。";

/// Draws the first page, and pages that it runs over onto.
pub(super) fn front(sheet: &mut Sheet, paper: &Paper<'_>, head: &(String, String)) -> Result<(), PdfError> {
    frame(sheet);
    title(sheet, paper);
    codes(sheet, paper)?;
    let mut flow = Flow::new(sheet, 144.0, CODES - 6.0, head.clone());
    parties(&mut flow, paper);
    dates(&mut flow, paper);
    match paper.core.kind() {
        DocumentKind::CreditReport => claims(&mut flow, paper),
        DocumentKind::CreditCommitment => commitment(&mut flow, paper),
        DocumentKind::File => file(&mut flow, paper),
    }
    Ok(())
}

fn frame(sheet: &mut Sheet) {
    let (w, h) = (WIDTH - 2.0 * FRAME, HEIGHT - 2.0 * FRAME);
    sheet.frame(FRAME, FRAME, w, h, Ink::Red, 1.8);
    sheet.frame(FRAME + 4.0, FRAME + 4.0, w - 8.0, h - 8.0, Ink::Red, 0.5);
}

fn title(sheet: &mut Sheet, paper: &Paper<'_>) {
    let style = Style { weight: Weight::Title, size: 28.0, ink: Ink::Red };
    sheet.centred(WIDTH / 2.0, 72.0, style, "社会信用区块链证书");
    sheet.centred(WIDTH / 2.0, 85.0, Style::grey(7.5), "SOCIAL CREDIT BLOCKCHAIN CERTIFICATE");
    let kind = match paper.core.kind() {
        DocumentKind::File => "文件存证",
        _ => paper.core.title(),
    };
    let style = Style { weight: Weight::Title, size: 14.0, ink: Ink::Black };
    sheet.centred(WIDTH / 2.0, 106.0, style, kind);
    sheet.rule(MARGIN, 114.0, WIDTH - MARGIN, Ink::Red, 0.8);
    let (number, check) = (paper.core.number().to_string(), paper.window.check_code().as_str().to_owned());
    let mut x = MARGIN;
    for (label, text) in [("证书编号", number), ("查验码", check)] {
        sheet.text(x, 130.0, Style::grey(9.0), label);
        x += sheet.width(Style::grey(9.0), label) + 7.0;
        sheet.text(x, 130.0, Style::bold(11.5), text.as_str());
        x = MARGIN + COLUMN - 7.0 - sheet.width(Style::bold(11.5), "0000000000") - 27.0;
    }
}

fn parties(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    const LABEL: f32 = 84.0;
    let core = paper.core;
    if let Some(holder) = core.holder() {
        let name = if holder.kind() == HolderKind::Person {
            "信用主体（姓名已脱敏）"
        } else {
            "信用主体"
        };
        flow.row(&[
            Cell::label(LABEL, name),
            Cell::value(COLUMN - LABEL, holder.name()).styled(Style::regular(15.0)),
        ]);
        let code =
            if holder.kind() == HolderKind::Person { "身份摘要" } else { "统一社会信用代码" };
        flow.row(&[
            Cell::label(LABEL, code),
            Cell::value(COLUMN * 0.5 - LABEL * 0.5, holder.code()).styled(Style::bold(11.5)),
            Cell::label(56.0, "主体类型"),
            Cell::value(COLUMN * 0.5 - LABEL * 0.5 - 56.0, holder.kind().zh()),
        ]);
    }
    let purpose = core.purpose().map(|purpose| format!("仅限用于：{}", purpose.zh()));
    let audience = core.audience().map(|audience| format!("{}（{}）", audience.name(), audience.code()));
    if purpose.is_some() || audience.is_some() {
        flow.row(&[
            Cell::label(LABEL, "用途"),
            Cell::value(COLUMN - LABEL, purpose.unwrap_or_else(|| "未限定用途".to_owned()))
                .styled(Style::bold(11.5)),
        ]);
        flow.row(&[
            Cell::label(LABEL, "接收单位"),
            Cell::value(COLUMN - LABEL, audience.unwrap_or_else(|| "未限定接收单位".to_owned())),
        ]);
    }
    flow.space(8.0);
}

/// What a window looks for first, side by side.
fn dates(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    let core = paper.core;
    let period = core.period().map(|(from, to)| format!("{}至{}", from.display_words(), to.display_words()));
    let until = moment(core.expires_at());
    let mut boxes = Vec::new();
    if let Some(time) = core.data_as_of() {
        boxes.push((
            "数据截至",
            "Data as of",
            moment(time),
            period.map(|period| format!("查询期：{period}")),
        ));
    } else {
        let sealed = format!("封存：{}", moment(paper.sealed_at));
        boxes.push(("签发时间", "Issued", moment(core.issued_at()), Some(sealed)));
    }
    let issued = core.data_as_of().map(|_| format!("签发：{}", moment(core.issued_at())));
    boxes.push(("有效期至", "Valid until", until, issued));
    let gap = 10.0;
    let width = (COLUMN - gap) / 2.0;
    flow.need(46.0);
    for (n, (label, english, text, below)) in boxes.into_iter().enumerate() {
        let x = MARGIN + n as f32 * (width + gap);
        flow.sheet.frame(x, flow.y, width, 44.0, Ink::Black, 1.0);
        flow.sheet.text(x + 8.0, flow.y + 17.0, Style::bold(10.0), label);
        flow.sheet.text(x + 8.0, flow.y + 28.0, Style::grey(6.5), english);
        let base = flow.y + if below.is_some() { 20.0 } else { 27.5 };
        flow.sheet.text(x + 58.0, base, Style::bold(15.0), text);
        if let Some(below) = below {
            let size = 8.0_f32.min((width - 66.0) / flow.sheet.width(Style::regular(1.0), &below).max(1.0));
            flow.sheet.text(x + 58.0, flow.y + 36.0, Style::regular(size), below);
        }
    }
    flow.y += 56.0;
}

fn claims(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    let claims = paper.core.claims();
    flow.heading("报告载明事项", "What the report states", 40.0);
    // Few claims share the room that there is, and leave some for the line below.
    let room = flow.bottom - flow.y - 34.0;
    let height = if claims.len() <= LARGE_CLAIMS {
        (room / claims.len().max(1) as f32).clamp(29.0, 42.0)
    } else {
        21.0
    };
    for claim in claims {
        flow.need(height);
        print_claim(flow, claim, height);
    }
    if claims.is_empty() {
        flow.paragraph(Style::regular(9.5), "本证书未载明单独事项，内容见后附报告。");
    }
    flow.space(6.0);
    let counted = paper.core.counters().iter().map(|(counter, count)| format!("{} {count} 条", counter.zh()));
    let counted = counted.collect::<Vec<_>>().join("；");
    let summary = if counted.is_empty() {
        "报告所列信息：无".to_owned()
    } else {
        format!("报告所列信息：{counted}")
    };
    flow.paragraph(Style::regular(8.5), &format!("{summary}。“未纳入本报告”不等于没有记录。"));
}

/// The rule on the left; a sign, a word and a box on the right.
fn print_claim(flow: &mut Flow<'_>, claim: &Claim, height: f32) {
    const SIGN: f32 = 182.0;
    let large = height > 25.0;
    let (y, words) = (flow.y, COLUMN - SIGN);
    let style = Style::bold(if large { 13.0 } else { 10.5 });
    let base = y + height / 2.0 + style.size * if large { 0.12 } else { 0.36 };
    let x = MARGIN + 8.0;
    flow.sheet.text(x, base, style, claim.rule().zh());
    if large {
        flow.sheet.text(x, base + 10.5, Style::grey(6.5), claim.rule().en());
    }
    let right = MARGIN + words;
    let (value, small) = said(claim);
    let size = if large { 11.0 } else { 9.0 };
    let middle = y + height / 2.0;
    match claim.value() {
        ClaimValue::No => flow.sheet.filled(right, y, SIGN, height, Ink::Black),
        ClaimValue::NotCovered => {
            flow.sheet.put(signs::hatching(right, y, SIGN, height));
            flow.sheet.filled(right + 14.0, y + 3.0, SIGN - 28.0, height - 6.0, Ink::White);
        }
        _ => {}
    }
    let (left, top) = (right + 24.0, middle - size / 2.0);
    let ink = if claim.value() == ClaimValue::No { Ink::White } else { Ink::Black };
    match claim.value() {
        ClaimValue::Yes => flow.sheet.put(signs::tick(left, top, size, ink)),
        ClaimValue::No => flow.sheet.put(signs::cross(left, top, size, ink)),
        ClaimValue::UnderObjection => flow.sheet.put(signs::warning(left, top, size)),
        ClaimValue::Partial => signs::half(left, top, size).into_iter().for_each(|mark| flow.sheet.put(mark)),
        ClaimValue::NotCovered => flow.sheet.put(Mark::Drawn {
            lines: vec![vec![(left, middle), (left + size * 0.8, middle)]],
            ink,
            width: size * 0.16,
            dash: None,
        }),
    }
    let style = Style::bold(if large { 13.0 } else { 10.5 }).ink(ink);
    let base = middle + style.size * if small.is_empty() { 0.36 } else { 0.14 };
    flow.sheet.text(left + size + 7.0, base, style, value);
    flow.sheet.text(left + size + 7.0, middle + 11.0, Style::regular(6.8).ink(ink), small);
    flow.sheet.frame(MARGIN, y, words, height, Ink::Black, 0.7);
    flow.sheet.frame(right, y, SIGN, height, Ink::Black, 1.2);
    flow.y += height;
}

/// The word of a claim, and what has to be said with it.
fn said(claim: &Claim) -> (&'static str, String) {
    let small = match (claim.value(), claim.counts()) {
        (_, Some((kept, all))) => format!("共 {all} 件，全部履行 {kept} 件"),
        (ClaimValue::NotCovered, _) => "未归集，不等于没有记录".to_owned(),
        (ClaimValue::Partial, _) => "仅就已归集部分成立，其余未纳入".to_owned(),
        (ClaimValue::UnderObjection, _) => "核实期间暂缓作为依据".to_owned(),
        _ => String::new(),
    };
    (claim.value().zh(), small)
}

fn commitment(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    flow.heading("承诺要点", "The commitment", 60.0);
    let kind = paper.text("/type").and_then(records::commitment).map(str::to_owned);
    let matter = paper.member("/matter").and_then(|matter| matter.get("name")?.as_str().map(str::to_owned));
    let rows = [
        ("承诺类型", kind),
        ("承诺事项", matter),
        ("承诺编码", paper.text("/code").map(str::to_owned)),
        ("作出承诺日期", paper.text("/made_on").map(day)),
        ("承诺有效期至", paper.text("/valid_to").map(day)),
        ("承诺受理单位", paper.member("/accepted_by").and_then(records::unit)),
        ("承诺内容", paper.text("/content").map(shortened)),
    ];
    for (label, value) in rows {
        let Some(value) = value else { continue };
        let style = Style::regular(if label == "承诺事项" { 13.0 } else { 10.0 });
        flow.row(&[Cell::label(84.0, label), Cell::value(COLUMN - 84.0, value).styled(style)]);
    }
    // The office's word of the day of printing: its note over the file covers it, the attached certificate does not.
    if let Some(line) = paper.issuer.fulfilment {
        let said = line.strip_prefix("履行情况").unwrap_or(line).to_owned();
        flow.row(&[Cell::label(84.0, "履行情况"), Cell::value(COLUMN - 84.0, said)]);
    }
    flow.space(4.0);
    flow.paragraph(Style::regular(8.5), "承诺书全文及签署凭据见后页；履行情况以核验时的最新状态为准。");
}

/// The beginning of a text that stands in full on the next page.
fn shortened(text: &str) -> String {
    const MOST: usize = 120;
    let start: String = text.chars().take(MOST).filter(|c| *c != '\n').collect();
    if text.chars().count() > MOST { format!("{start}……（全文见后页）") } else { start }
}

fn file(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    flow.heading("存证文件", "The file", 60.0);
    let style = Style::regular(13.0);
    flow.row(&[Cell::label(84.0, "文件名称"), Cell::value(COLUMN - 84.0, paper.core.title()).styled(style)]);
    let size = paper.member("/size").and_then(|size| size.as_u64()).map(|size| format!("{size} 字节"));
    for (label, value) in [("媒体类型", paper.text("/media_type").map(str::to_owned)), ("文件大小", size)]
    {
        let Some(value) = value else { continue };
        flow.row(&[Cell::label(84.0, label), Cell::value(COLUMN - 84.0, value).styled(Style::regular(10.0))]);
    }
    if let Some(digest) = paper.text("/sha256") {
        flow.row(&[Cell::label(84.0, "SHA-256"), Cell::value(COLUMN - 84.0, digest)]);
    }
    flow.space(4.0);
    flow.paragraph(
        Style::regular(8.5),
        "核验时请同时出示原文件，由核验程序比对摘要值；只改动一个字节，比对即不一致。",
    );
}

/// The large QR code on the left; whose it is, where it is sealed and the window code on the right.
fn codes(sheet: &mut Sheet, paper: &Paper<'_>) -> Result<(), PdfError> {
    sheet.rule(MARGIN, CODES, WIDTH - MARGIN, Ink::Red, 0.8);
    let top = pixels(CODES + 10.0);
    let left = pixels(MARGIN - 4.0);
    match &paper.symbol {
        Some(symbol) => {
            let side = symbol.width() + 2 * QUIET_ZONE;
            let module = (QR_SIDE / PIXEL / side as f32).floor().max(1.0);
            sheet.put(modules(symbol, left, top, module));
            let drawn = side as f32 * module * PIXEL;
            let middle = left + drawn / 2.0;
            sheet.centred(middle, top + drawn + 7.0, Style::bold(9.0), "手机扫码核验（可离线）");
            sheet.centred(middle, top + drawn + 16.0, Style::grey(6.5), "Scan to verify, also offline");
        }
        None => {
            sheet.frame(left + 4.0, top, QR_SIDE - 8.0, 60.0, Ink::Black, 0.7);
            sheet.text(left + 14.0, top + 24.0, Style::bold(9.0), "本证书不带二维码");
            sheet.text(left + 14.0, top + 40.0, Style::regular(8.0), "请用窗口码或电子文件核验");
        }
    }
    let x = MARGIN + QR_SIDE + 12.0;
    let mut y = top + 10.0;
    let level = match paper.issuer.level {
        0 | 1 => "L1（签发机构签名）",
        2 => "L2（已封存入公开账本，账本有签发机构签名）",
        3 => "L3（公开账本另有独立机构见证）",
        _ => "L4（公开账本另有两类以上独立见证）",
    };
    let rows = [
        ("签发机构", paper.issuer.name.to_owned()),
        ("封存时间", moment(paper.sealed_at)),
        ("账本", paper.origin().to_owned()),
        ("账本序号", format!("第 {} 条，批次第 {} 至 {} 条", paper.index, paper.batch.0, paper.batch.1)),
        ("可信等级", format!("本页二维码 L1（签发机构签名）；所附电子证书 {level}")),
    ];
    let width = WIDTH - MARGIN - x - 46.0;
    for (label, value) in rows {
        sheet.text(x, y, Style::grey(8.0), label);
        for line in super::lines::lines(sheet.faces, Weight::Regular, &value, width / 8.5) {
            sheet.text(x + 46.0, y, Style::regular(8.5), line);
            y += 12.0;
        }
    }
    window_code(sheet, paper, x, top + QR_SIDE - 63.0)?;
    let y = HEIGHT - FRAME - 24.0;
    sheet.rule(MARGIN, y - 13.0, WIDTH - MARGIN, Ink::Grey, 0.4);
    sheet.centred(WIDTH / 2.0, y, Style::regular(9.0), DISCLAIMER);
    sheet.centred(
        WIDTH / 2.0,
        y + 12.0,
        Style::grey(7.0),
        "证书状态可能变更，以核验时的结果为准；本文件附有电子证书（.xzc），任何改动均可被核验程序发现。",
    );
    Ok(())
}

/// The 32 digits as a Code 128 and a small QR code, for a scanner that types.
fn window_code(sheet: &mut Sheet, paper: &Paper<'_>, x: f32, y: f32) -> Result<(), PdfError> {
    let digits = format!("{}{}", paper.core.number(), paper.window.check_code().as_str());
    let small = Symbol::new("", &digits).map_err(|_| PdfError::CodeTooLong)?;
    let (bars, width) = code128::bars(&digits).ok_or(PdfError::CodeTooLong)?;
    let (x, y) = (pixels(x), pixels(y));
    let module = BAR_MODULE * PIXEL;
    let first = x + code128::QUIET_ZONE as f32 * module / 2.0;
    let bars = bars
        .into_iter()
        .map(|(at, wide)| corners(first + at as f32 * module, y, wide as f32 * module, BAR_HEIGHT));
    sheet.put(Mark::Filled { polygons: bars.collect(), ink: Ink::Black });
    let grouped: Vec<String> =
        digits.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let middle = first + width as f32 * module / 2.0;
    sheet.centred(middle, y + BAR_HEIGHT + 10.0, Style::bold(8.5), &grouped.join(" "));
    sheet.centred(middle, y + BAR_HEIGHT + 20.0, Style::grey(7.0), "窗口码：扫描枪扫描，或登录核验页面输入");
    let side = (small.width() + 2 * QUIET_ZONE) as f32 * SMALL_MODULE * PIXEL;
    sheet.put(modules(&small, pixels(WIDTH - MARGIN - side + 4.0), pixels(y - 8.0), SMALL_MODULE));
    Ok(())
}

/// A symbol with its quiet zone, each module so many pixels wide.
fn modules(symbol: &Symbol, x: f32, y: f32, module: f32) -> Mark {
    let module = module * PIXEL;
    let mut polygons = Vec::new();
    for row in 0..symbol.width() {
        for (start, length) in symbol.runs(row) {
            let at = |modules: usize| (modules + QUIET_ZONE) as f32 * module;
            polygons.push(corners(x + at(start), y + at(row), length as f32 * module, module));
        }
    }
    Mark::Filled { polygons, ink: Ink::Black }
}

/// The next place at 300 dpi.
fn pixels(at: f32) -> f32 {
    (at / PIXEL).round() * PIXEL
}
