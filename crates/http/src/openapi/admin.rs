//! What moderators' apps call.

use super::described::{AdminAccount, AdminReport};
use super::operation::Kind::{Flag, Id, OneOf, Text};
use super::operation::{Kind, Operation, Param, delete, get, post};

const fn of(name: &'static str, kind: Kind) -> Param {
    Param::new(name, kind)
}

#[rustfmt::skip]
pub const OPERATIONS: &[Operation] = &[
    get("/api/v1/admin/accounts/{id}", "An account").needs("admin:read:accounts").gives::<AdminAccount>(),
    delete("/api/v1/admin/accounts/{id}", "Delete a suspended member for good").needs("admin:write:accounts").gives::<AdminAccount>(),
    post("/api/v1/admin/accounts/{id}/action", "Warn, disable, limit or suspend").needs("admin:write:accounts").takes(&[
        of("type", OneOf(&["none", "disable", "silence", "suspend"])).must(), of("report_id", Id), of("text", Text),
        of("warning_preset_id", Id), of("send_email_notification", Flag),
    ]),
    post("/api/v1/admin/accounts/{id}/approve", "Let somebody in who waits").needs("admin:write:accounts").gives::<AdminAccount>(),
    post("/api/v1/admin/accounts/{id}/reject", "Do not let somebody in").needs("admin:write:accounts").gives::<AdminAccount>(),
    post("/api/v1/admin/accounts/{id}/enable", "Let somebody sign in again").needs("admin:write:accounts").gives::<AdminAccount>(),
    post("/api/v1/admin/accounts/{id}/unsilence", "Limit an account no more").needs("admin:write:accounts").gives::<AdminAccount>(),
    post("/api/v1/admin/accounts/{id}/unsuspend", "Suspend an account no more").needs("admin:write:accounts").gives::<AdminAccount>(),
    get("/api/v1/admin/reports", "Reports").needs("admin:read:reports").paged(100).lists::<AdminReport>()
        .takes(&[of("resolved", Flag), of("account_id", Id), of("target_account_id", Id)]),
    get("/api/v1/admin/reports/{id}", "A report").needs("admin:read:reports").gives::<AdminReport>(),
    post("/api/v1/admin/reports/{id}/resolve", "Settle a report").needs("admin:write:reports").gives::<AdminReport>(),
];
