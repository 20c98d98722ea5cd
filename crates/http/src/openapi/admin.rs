//! What moderators' apps call.

use super::operation::Kind::{Flag, Group, Id, Ids, ManyOf, Number, OneOf, Text, Time};
use super::operation::{Kind, Operation, Param, delete, get, post, update};
use crate::mastodon::admin::trends::AdminLink;
use crate::mastodon::entities::admin::{
    AdminAccount, AdminCanonicalEmailBlock, AdminCohort, AdminDimension, AdminDomainAllow, AdminDomainBlock,
    AdminEmailDomainBlock, AdminIpBlock, AdminMeasure, AdminReport, AdminTag,
};
use crate::mastodon::entities::status::Status;

const fn of(name: &'static str, kind: Kind) -> Param {
    Param::new(name, kind)
}

const STATUS: Kind = OneOf(&["active", "pending", "disabled", "silenced", "suspended"]);
const SEVERITY: Kind = OneOf(&["silence", "suspend", "noop"]);
const GATE: Kind = OneOf(&["sign_up_requires_approval", "sign_up_block", "no_access"]);
const TRENDS: &[Param] = &[of("limit", Number(1, 20, Some(10))), of("offset", Number(0, 1_000, Some(0)))];

#[rustfmt::skip]
pub const OPERATIONS: &[Operation] = &[
    get("/api/v1/admin/accounts", "Accounts that meet all that is said").needs("admin:read:accounts").paged(100).lists::<AdminAccount>().takes(&[
        of("local", Flag), of("remote", Flag), of("active", Flag), of("pending", Flag), of("disabled", Flag),
        of("silenced", Flag), of("suspended", Flag), of("staff", Flag), of("username", Text), of("display_name", Text),
        of("by_domain", Text), of("email", Text),
    ]),
    get("/api/v2/admin/accounts", "Accounts that meet all that is said").needs("admin:read:accounts").paged(100).lists::<AdminAccount>().takes(&[
        of("origin", OneOf(&["local", "remote"])), of("status", STATUS), of("permissions", OneOf(&["staff"])),
        of("role_ids", Ids), of("username", Text), of("display_name", Text), of("by_domain", Text), of("email", Text),
    ]),
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
    update("/api/v1/admin/reports/{id}", "Say what a report is about").needs("admin:write:reports").gives::<AdminReport>()
        .takes(&[of("category", OneOf(&["spam", "legal", "violation", "other"])), of("rule_ids", Ids)]),
    post("/api/v1/admin/reports/{id}/assign_to_self", "See to a report").needs("admin:write:reports").gives::<AdminReport>(),
    post("/api/v1/admin/reports/{id}/unassign", "Leave a report to others").needs("admin:write:reports").gives::<AdminReport>(),
    post("/api/v1/admin/reports/{id}/resolve", "Settle a report").needs("admin:write:reports").gives::<AdminReport>(),
    post("/api/v1/admin/reports/{id}/reopen", "Open a settled report again").needs("admin:write:reports").gives::<AdminReport>(),
    get("/api/v1/admin/domain_blocks", "Rules for other servers").needs("admin:read:domain_blocks").paged(100).lists::<AdminDomainBlock>(),
    post("/api/v1/admin/domain_blocks", "Make a rule for a server").needs("admin:write:domain_blocks").gives::<AdminDomainBlock>().takes(&[
        of("domain", Text).must(), of("severity", SEVERITY), of("reject_media", Flag), of("reject_reports", Flag),
        of("private_comment", Text), of("public_comment", Text), of("obfuscate", Flag),
    ]),
    get("/api/v1/admin/domain_blocks/{id}", "A rule for a server").needs("admin:read:domain_blocks").gives::<AdminDomainBlock>(),
    update("/api/v1/admin/domain_blocks/{id}", "Change a rule for a server").needs("admin:write:domain_blocks").gives::<AdminDomainBlock>().takes(&[
        of("severity", SEVERITY), of("reject_media", Flag), of("reject_reports", Flag), of("private_comment", Text),
        of("public_comment", Text), of("obfuscate", Flag),
    ]),
    delete("/api/v1/admin/domain_blocks/{id}", "Lift a rule for a server").needs("admin:write:domain_blocks"),
    get("/api/v1/admin/domain_allows", "Servers that are let in where only those are").needs("admin:read:domain_allows").paged(100).lists::<AdminDomainAllow>(),
    post("/api/v1/admin/domain_allows", "Let a server in").needs("admin:write:domain_allows").gives::<AdminDomainAllow>().takes(&[of("domain", Text).must()]),
    get("/api/v1/admin/domain_allows/{id}", "A server that is let in").needs("admin:read:domain_allows").gives::<AdminDomainAllow>(),
    delete("/api/v1/admin/domain_allows/{id}", "Let a server in no more").needs("admin:write:domain_allows"),
    get("/api/v1/admin/email_domain_blocks", "Mail providers with which nobody joins").needs("admin:read:email_domain_blocks").paged(100).lists::<AdminEmailDomainBlock>(),
    post("/api/v1/admin/email_domain_blocks", "Let nobody join with a mail provider").needs("admin:write:email_domain_blocks").gives::<AdminEmailDomainBlock>()
        .takes(&[of("domain", Text).must(), of("allow_with_approval", Flag)]),
    get("/api/v1/admin/email_domain_blocks/{id}", "A mail provider with which nobody joins").needs("admin:read:email_domain_blocks").gives::<AdminEmailDomainBlock>(),
    delete("/api/v1/admin/email_domain_blocks/{id}", "Let people join with a mail provider again").needs("admin:write:email_domain_blocks"),
    get("/api/v1/admin/canonical_email_blocks", "Addresses with which nobody joins").needs("admin:read:canonical_email_blocks").paged(100).lists::<AdminCanonicalEmailBlock>(),
    post("/api/v1/admin/canonical_email_blocks", "Let nobody join with an address").needs("admin:write:canonical_email_blocks").gives::<AdminCanonicalEmailBlock>()
        .takes(&[of("email", Text), of("canonical_email_hash", Text)]),
    post("/api/v1/admin/canonical_email_blocks/test", "Whether an address is blocked").needs("admin:read:canonical_email_blocks").lists::<AdminCanonicalEmailBlock>()
        .takes(&[of("email", Text).must()]),
    get("/api/v1/admin/canonical_email_blocks/{id}", "An address with which nobody joins").needs("admin:read:canonical_email_blocks").gives::<AdminCanonicalEmailBlock>(),
    delete("/api/v1/admin/canonical_email_blocks/{id}", "Let somebody join with an address again").needs("admin:write:canonical_email_blocks"),
    get("/api/v1/admin/ip_blocks", "Networks that may not do everything").needs("admin:read:ip_blocks").paged(100).lists::<AdminIpBlock>(),
    post("/api/v1/admin/ip_blocks", "Bound what a network may do").needs("admin:write:ip_blocks").gives::<AdminIpBlock>()
        .takes(&[of("ip", Text).must(), of("severity", GATE).must(), of("comment", Text), of("expires_in", Number(0, i64::MAX, None))]),
    get("/api/v1/admin/ip_blocks/{id}", "A network that may not do everything").needs("admin:read:ip_blocks").gives::<AdminIpBlock>(),
    update("/api/v1/admin/ip_blocks/{id}", "Change what a network may do").needs("admin:write:ip_blocks").gives::<AdminIpBlock>()
        .takes(&[of("ip", Text), of("severity", GATE), of("comment", Text), of("expires_in", Number(0, i64::MAX, None))]),
    delete("/api/v1/admin/ip_blocks/{id}", "Bound a network no more").needs("admin:write:ip_blocks"),
    post("/api/v1/admin/measures", "What is counted by day").needs("admin:read").lists::<AdminMeasure>().takes(&[
        of("keys", ManyOf(&["new_users", "opened_reports", "resolved_reports", "instance_accounts", "tag_accounts", "tag_uses"])).must(),
        of("start_at", Time).must(), of("end_at", Time).must(), of("tag_accounts", Group(&[of("id", Id)])),
        of("tag_uses", Group(&[of("id", Id)])), of("instance_accounts", Group(&[of("domain", Text)])),
    ]),
    post("/api/v1/admin/dimensions", "What the node is made of").needs("admin:read").lists::<AdminDimension>().takes(&[
        of("keys", ManyOf(&["languages", "software_versions", "space_usage"])).must(),
        of("start_at", Time).must(), of("end_at", Time).must(), of("limit", Number(1, 100, Some(10))),
    ]),
    post("/api/v1/admin/retention", "How many who joined are still here").needs("admin:read").lists::<AdminCohort>()
        .takes(&[of("start_at", Time), of("end_at", Time), of("frequency", OneOf(&["day", "month"]))]),
    get("/api/v1/admin/trends/tags", "Hashtags that many use").needs("admin:read").lists::<AdminTag>().takes(TRENDS),
    get("/api/v1/admin/trends/links", "Pages that many lead to").needs("admin:read").lists::<AdminLink>().takes(TRENDS),
    get("/api/v1/admin/trends/statuses", "Posts are not ranked here: none").needs("admin:read").lists::<Status>(),
    get("/api/v1/admin/tags", "Hashtags").needs("admin:read").paged(100).lists::<AdminTag>(),
    get("/api/v1/admin/tags/{id}", "A hashtag").needs("admin:read").gives::<AdminTag>(),
];
