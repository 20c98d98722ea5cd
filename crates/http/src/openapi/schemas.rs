//! The schemas that answers and other schemas name.

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Components, ComponentsBuilder, Schema, SchemaType, Type};

use super::described::*;
use super::operation::Empty;
use crate::mastodon::admin::trends;
use crate::mastodon::entities::{
    account, admin, card, filter, group, media, notification, poll, quote, report, small, status,
};
use crate::mastodon::{
    announcements, circle, conversations, discovery, entities, posts, push, requests, scheduled, search, tags,
};

/// Adds the schemas of several types.
macro_rules! with {
    ($components:expr, $($kind:ty),+ $(,)?) => {
        $components$(.schema(<$kind as ToSchema>::name(), <$kind as utoipa::PartialSchema>::schema()))+
    };
}

/// Texts of which there are only some: the schema, the property, and what it may say.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("Admin_Cohort", "frequency", &["day", "month"]),
    ("Admin_DomainBlock", "severity", &["silence", "suspend", "noop"]),
    ("Admin_IpBlock", "severity", &["sign_up_requires_approval", "sign_up_block", "no_access"]),
    ("Admin_Report", "category", CATEGORIES),
    ("AccountWarning", "action", &["none", "disable", "silence", "suspend"]),
    ("Challenge", "state", &["planned", "open", "closed", "answered"]),
    ("DomainBlock", "severity", &["silence", "suspend"]),
    ("Experiment", "state", &["planned", "running", "learned"]),
    ("Experiment", "outcome", &["hoped", "didnt", "mixed", "stopped", "too_early"]),
    ("Experiment", "standing", &["waiting", "confirmed", "refused"]),
    ("Filter", "filter_action", &["warn", "hide", "blur"]),
    ("Hat", "hat", HATS),
    ("List", "replies_policy", &["followed", "list", "none"]),
    ("MediaAttachment", "type", &["image", "gifv", "video", "audio", "unknown"]),
    ("Notification", "type", KINDS),
    ("NotificationGroup", "type", KINDS),
    ("Notification_Outloud", "type", &["outcome", "trying", "look_again", "waiting", "given", "adopted"]),
    ("NotificationPolicy", "for_limited_accounts", VERDICTS),
    ("NotificationPolicy", "for_new_accounts", VERDICTS),
    ("NotificationPolicy", "for_not_followers", VERDICTS),
    ("NotificationPolicy", "for_not_following", VERDICTS),
    ("NotificationPolicy", "for_private_mentions", VERDICTS),
    ("Preferences", "posting:default:quote_policy", &["public", "followers", "nobody"]),
    ("Preferences", "posting:default:visibility", VISIBILITIES),
    ("QuoteApproval", "current_user", &["automatic", "manual", "denied", "unknown"]),
    ("RelationshipSeveranceEvent", "type", &["domain_block", "user_domain_block", "account_suspension"]),
    ("Report", "category", CATEGORIES),
    ("Status", "visibility", VISIBILITIES),
    ("Status_Outloud", "visibility", &["team", "organisation", "partners", "draft"]),
    ("View", "hat", HATS),
    ("WebPushSubscription", "policy", &["all", "followed", "follower", "none"]),
];

const HATS: &[&str] = &[
    "agenda_activist",
    "community_keeper",
    "critical_friend",
    "social_reporter",
    "external_messenger",
    "value_detective",
    "organisational_broker",
];
const CATEGORIES: &[&str] = &["spam", "legal", "violation", "other"];
const VERDICTS: &[&str] = &["accept", "filter", "drop"];
const VISIBILITIES: &[&str] = &["public", "unlisted", "private", "direct"];
const KINDS: &[&str] = &[
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "update",
    "poll",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
    "moderation_warning",
    "severed_relationships",
];

/// Says in the schemas which [`WORDS`] there are.
pub fn name_words(components: &mut Components) {
    for (schema, property, words) in WORDS {
        let found = components.schemas.get_mut(*schema).and_then(|schema| property_of(schema, property));
        if let Some(RefOr::T(Schema::Object(text))) = found {
            let or_null = matches!(&text.schema_type, SchemaType::Array(types) if types.contains(&Type::Null));
            let words = words.iter().map(|word| Value::from(*word));
            text.enum_values = Some(words.chain(or_null.then_some(Value::Null)).collect());
        }
    }
}

/// A property of an object, of which other schemas may be a part.
fn property_of<'a>(schema: &'a mut RefOr<Schema>, name: &str) -> Option<&'a mut RefOr<Schema>> {
    match schema {
        RefOr::T(Schema::Object(object)) => object.properties.get_mut(name),
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().find_map(|part| property_of(part, name)),
        _ => None,
    }
}

pub fn all(components: ComponentsBuilder) -> ComponentsBuilder {
    let components = with!(
        components,
        Error,
        Problem,
        Empty,
        Application,
        RegisteredApplication,
        Token,
        ServerMetadata,
        UserInfo,
        Rule,
        AccountLimits,
        PostLimits,
        MediaLimits,
        PollLimits,
        V1Configuration,
        Configuration,
        Urls,
        Vapid,
        Translation,
        Instance,
        Usage,
        Users,
        Thumbnail,
        Registrations,
        Contact,
        V1Instance,
        V1Urls,
        V1Stats,
        InstanceText,
        TermsOfService,
        InstanceBlock,
        InstanceActivity,
        Language,
        Oembed,
        UnreadCount,
        Requests,
        NotificationPolicy,
        NotificationPolicyV1,
        Waiting,
    );
    with!(
        components,
        account::Account,
        account::Field,
        account::Muted,
        account::Own,
        account::Source,
        account::FullRole,
        account::ShownRole,
        account::Profile,
        admin::AdminAccount,
        admin::AdminCanonicalEmailBlock,
        admin::AdminCohort,
        admin::AdminDimension,
        admin::AdminDomainAllow,
        admin::AdminDomainBlock,
        admin::AdminEmailDomainBlock,
        admin::AdminIpBlock,
        admin::AdminMeasure,
        admin::AdminPart,
        admin::AdminPoint,
        admin::AdminReport,
        admin::AdminStay,
        admin::AdminTag,
        admin::BrokenRule,
        announcements::Announcement,
        announcements::Reaction,
        card::PreviewCard,
        card::Author,
        circle::FamiliarFollowers,
        conversations::Conversation,
        discovery::Link,
        discovery::Suggestion,
        entities::Emoji,
        entities::experiment::Experiment,
        entities::experiment::Licence,
        filter::Caught,
        filter::Filter,
        filter::FilterKeyword,
        filter::FilterStatus,
        filter::Single,
        group::Group,
        group::Grouped,
        group::Partial,
        media::Attachment,
        media::Focus,
        media::Meta,
        media::Size,
        notification::Notification,
        notification::Own,
        notification::Severed,
        notification::Warning,
        poll::Choice,
        poll::Own,
        poll::Poll,
        posts::AsyncRefresh,
        posts::Context,
        posts::Refresh,
        posts::Source,
        push::Subscription,
        quote::Approval,
        quote::Quote,
        report::Report,
        requests::Asked,
        scheduled::Scheduled,
        scheduled::Wanted,
        scheduled::WantedPoll,
        search::Results,
        small::Day,
        small::List,
        small::Marker,
        small::Preferences,
        small::Relationship,
        small::Tag,
        crate::outloud::entities::Completeness,
        crate::outloud::entities::Feeds,
        crate::outloud::entities::Hat,
        crate::outloud::entities::PurposeVersion,
        crate::outloud::entities::ShelfLink,
        crate::outloud::open_up::Check,
        crate::outloud::open_up::Checklist,
        crate::outloud::pairings::Pairing,
        crate::outloud::pairings::Seeking,
        crate::outloud::pairings::Wanted,
        crate::outloud::teams::Team,
        crate::outloud::entities::TagLink,
        crate::outloud::entities::TagPage,
        crate::outloud::entities::View,
        crate::outloud::entities::ViewList,
        status::Application,
        status::EditedPoll,
        status::Named,
        status::Outloud,
        status::Own,
        status::Status,
        status::StatusEdit,
        status::Tagged,
        status::Title,
        tags::FeaturedTag,
        crate::outloud::challenges::Challenge,
        crate::outloud::difference::Difference,
        crate::outloud::difference::Stranger,
        crate::outloud::experiments::Replication,
        crate::outloud::experiments::Server,
        crate::outloud::experiments::Travels,
        crate::outloud::settings::Settings,
        trends::AdminLink,
    )
}
