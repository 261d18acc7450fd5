//! Documents by the number: each is good, no two are the same, all are dated in the past.

use serde_json::{Value, json};

/// A `credit-commitment/v1` with the 20-digit code that ends in `number`.
pub fn commitment(number: u32) -> String {
    let document = json!({
        "schema": "credit-commitment/v1",
        "code": format!("61990020250102{number:06}"),
        "type": "VOLUNTARY",
        "committer": {"kind": "ORG", "name": "示例检测技术有限公司", "uscc": "91619900MA0DEM11X7"},
        "matter": {"code": "SX00006", "name": "食品经营许可"},
        "reason": "办理食品经营许可",
        "content": "承诺已具备许可条件,所提交材料真实、合法、有效。",
        "liability": "违反承诺的,自愿接受依法撤销许可等处理。",
        "made_on": "2025-01-02",
        "valid_to": null,
        "accepted_by": {"name": "示例县行政审批服务局", "uscc": "11619900990000068X"},
        "publicity": "PUBLIC",
        "signature_evidence": {"method": "ESIGN", "digest": format!("sha256:{number:064x}")}
    });
    document.to_string()
}

/// A `credit-report/v1` with one permit and one penalty; its `report_no` ends in `number`.
pub fn report(number: u32) -> String {
    let office = json!({"name": "示例县行政审批服务局", "uscc": "11619900990000068X"});
    let market = json!({"name": "示例县市场监督管理局", "uscc": "11619900990000121R"});
    let covered =
        |kind: &str| json!({"field": "ALL", "item_kind": kind, "status": "COVERED", "as_of": "2025-01-01"});
    let none: Value = json!([]);
    let permit = json!({
        "item_id": "XK-0003", "act": "PERMIT", "doc_no": "示审许可〔2024〕3号", "title": "食品经营许可",
        "content": "准予食品销售", "decided_on": "2024-03-12", "valid_from": "2024-03-12", "valid_to": "2029-03-11",
        "organ": office, "source": office, "flags": []
    });
    let penalty = json!({
        "item_id": "CF-0011", "act": "PENALTY", "doc_no": "示市监罚〔2024〕11号", "category": "罚款",
        "content": "没收违法所得,并处罚款", "amount_wan_yuan": "1.2000", "decided_on": "2024-04-20",
        "severity": "ORDINARY", "organ": market, "source": market, "flags": []
    });
    let document = json!({
        "schema": "credit-report/v1",
        "report_no": format!("20250102091531A{number:07}"),
        "kind": "GENERAL",
        "template": {"id": "public-credit-report", "version": "2022"},
        "purpose": "FINANCING",
        "audience": null,
        "issuer": {"name": "示例县公共信用信息中心", "uscc": "12619900990000084G"},
        "region": "619900",
        "subject": {
            "kind": "ORG", "name": "渭水样例食品有限公司", "uscc": "91619900MA0DEM021U", "legal_representative": "魏水生",
            "established_on": "2018-09-11", "registration_status": "存续", "former_names": [], "labels": []
        },
        "period": {"from": "2022-01-02", "to": "2025-01-01"},
        "fields": "ALL",
        "data_as_of": "2025-01-01T23:59:59+08:00",
        "generated_at": "2025-01-02T09:15:31+08:00",
        "sources": [{
            "unit": "示例县市场监督管理局", "uscc": "11619900990000121R", "item_kind": "行政处罚",
            "channel": "UNIT_SHARE", "latest_at": "2025-01-01T08:00:00+08:00"
        }],
        "coverage": [covered("行政许可"), covered("行政处罚"), covered("严重失信主体名单"), covered("经营异常名录")],
        "summary": {
            "permits": 1, "penalties": 1, "honest": 0, "serious_dishonest": 0, "abnormal": 0, "commitments": 0,
            "ratings": 0, "judgments": 0, "other": 0
        },
        "sections": {
            "admin": [permit, penalty], "honest": none, "serious": none, "abnormal": none, "commitments": none,
            "ratings": none, "judgments": none, "other": none, "advice": none, "local": none
        },
        "excluded_note": []
    });
    document.to_string()
}
