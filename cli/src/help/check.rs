//! The help of `check`.

use super::texts::CommandText;

/// `check`
pub const CHECK: CommandText = CommandText {
    name: "check",
    about: [
        "批量核查：一张表，一个时点，一份可核验的结果",
        "Check many: one table, one moment, one answer that anyone can verify",
    ],
    more: [
        "表中写统一社会信用代码、证书编号或窗口码（可带名称），CSV 或 XLSX，最多 5000 行。\n写出 check-*.csv（给人看）、check-*.json（摘要）、check-*.xzc（摘要的证书）。任何人都可核验：xinzheng-verify --trust trust.xzt --document check-*.json check-*.xzc\n同一张表、同一时点、同一账本，结果逐字节相同。",
        "The table has unified social credit codes, certificate numbers or window codes (and names, if you like): CSV or XLSX, at most 5,000 rows.\nWrites check-*.csv (for people), check-*.json (the summary) and check-*.xzc (the summary's certificate). Anyone can verify it: xinzheng-verify --trust trust.xzt --document check-*.json check-*.xzc\nThe same table, moment and ledger give the same bytes.",
    ],
    examples: &[
        (
            "xinzheng check office bidders.csv --at \"2026-11-22 10:00\" --purpose BIDDING --out result",
            ["开标时点的投标人核查", "All bidders, as of the opening of bids"],
        ),
        ("xinzheng check office codes.xlsx --out result", ["按现在核查", "As of now"]),
    ],
    args: &[
        ("dir", ["机构文件夹", "Folder of the office"]),
        ("file", ["要核查的表格", "The table to check"]),
        (
            "at",
            [
                "核查时点，如 \"2026-11-22 10:00\"（北京时间）；默认现在",
                "The moment to check at, such as \"2026-11-22 10:00\" (Beijing time); now by default",
            ],
        ),
        (
            "purpose",
            [
                "只认此用途的证书，如 BIDDING、ADMIN_APPROVAL",
                "Only certificates of this purpose, such as BIDDING, ADMIN_APPROVAL",
            ],
        ),
        (
            "kind",
            [
                "只认此类文档的证书；默认信用报告",
                "Only certificates of this kind of document; credit reports by default",
            ],
        ),
        ("out", ["结果文件夹", "Folder for the answer"]),
        ("force", ["覆盖已有的文件", "Write over files that are there"]),
    ],
};
