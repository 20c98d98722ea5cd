//! The schemas that answers and other schemas name.

use utoipa::ToSchema;
use utoipa::openapi::schema::ComponentsBuilder;

use super::described::*;
use super::operation::Empty;
use crate::mastodon::entities::{
    account, card, filter, group, media, notification, poll, quote, report, small, status,
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
        AdminAccount,
        AdminReport,
    );
    with!(
        components,
        account::Account,
        account::Field,
        account::Muted,
        account::Own,
        account::Source,
        account::Role,
        account::Profile,
        announcements::Announcement,
        announcements::Reaction,
        card::PreviewCard,
        card::Author,
        circle::FamiliarFollowers,
        conversations::Conversation,
        discovery::Link,
        discovery::Suggestion,
        entities::Emoji,
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
        status::Application,
        status::EditedPoll,
        status::Named,
        status::Own,
        status::Status,
        status::StatusEdit,
        status::Tagged,
        status::Title,
        tags::FeaturedTag,
    )
}
