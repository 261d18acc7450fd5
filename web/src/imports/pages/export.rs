//! `/operator/export.csv`, `.xlsx`: what the office has, in the national layout.

use std::io::{BufWriter, Write};

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, block};
use notary::import::{Column, Format, Writer};
use notary::office::Office;
use notary::operator_log::{Action, Outcome};
use notary::people::Role;

use super::super::Held;
use super::download;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// The table, once the look at it is in the operator log.
pub async fn export(
    signed_in: SignedIn,
    shared: Data<Shared>,
    format: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let format = if format.as_str() == "xlsx" { Format::Xlsx } else { Format::Csv };
    let (office, actor) = (shared.clone(), signed_in.actor());
    let held = block(move || {
        let office = office.office();
        office.operator_log().append(&actor, Action::CommitmentsExported, "commitments", Outcome::Done)?;
        written(office, format)
    });
    let held = held.await.map_err(|_| Common::Internal.problem())??;
    let today = shared.office().now().china_date();
    Ok(download(&held, &format!("commitments-{today}"), format))
}

/// Some hundred rows at a time go through memory.
fn written(office: &Office, format: Format) -> Result<Held, Problem> {
    let broken = |error: std::io::Error| {
        tracing::error!(target: "imports", %error, "the disk");
        Common::Busy.problem().retry_after(30)
    };
    let held = Held::new(office.dir()).map_err(broken)?;
    let file = BufWriter::new(held.writer().map_err(broken)?);
    let mut writer = Writer::new(file, format).map_err(broken)?;
    writer.row(Column::ALL.map(Column::title)).map_err(broken)?;
    let mut from = Some(0);
    while let Some(start) = from {
        let found = office.commitments(start)?;
        for row in &found.rows {
            writer.row(row.iter().map(String::as_str)).map_err(broken)?;
        }
        from = found.next;
    }
    writer.finish().and_then(|mut file| file.flush()).map_err(broken)?;
    Ok(held)
}
