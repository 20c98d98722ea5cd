//! What members' apps call.

use super::described::{
    Application, Instance, InstanceActivity, InstanceBlock, InstanceText, Language, NotificationPolicy,
    NotificationPolicyV1, Oembed, RegisteredApplication, Requests, Rule, ServerMetadata, TermsOfService, Token,
    UnreadCount, UserInfo, V1Instance,
};
use super::operation::Access::{self, AnyMember, MoreForMembers};
use super::operation::Answer::{Events, Flag as Truth, Never, Plain, Socket, Table, Texts as Words};
use super::operation::Kind::*;
use super::operation::{Empty, Kind, Operation, Param, delete, get, post, put, update};
use crate::mastodon::announcements::Announcement;
use crate::mastodon::circle::FamiliarFollowers;
use crate::mastodon::conversations::Conversation;
use crate::mastodon::discovery::{Link, Suggestion};
use crate::mastodon::entities::Emoji;
use crate::mastodon::entities::account::{Account, Muted, Own, Profile};
use crate::mastodon::entities::card::PreviewCard;
use crate::mastodon::entities::filter::{Filter, FilterKeyword, FilterStatus, Single};
use crate::mastodon::entities::group::Grouped;
use crate::mastodon::entities::media::Attachment;
use crate::mastodon::entities::notification::Notification;
use crate::mastodon::entities::poll::Poll;
use crate::mastodon::entities::report::Report;
use crate::mastodon::entities::small::{List, Marker, Preferences, Relationship, Tag};
use crate::mastodon::entities::status::{Status, StatusEdit};
use crate::mastodon::posts::{Context, Refresh, Source};
use crate::mastodon::push::Subscription;
use crate::mastodon::requests::Asked;
use crate::mastodon::scheduled::Scheduled;
use crate::mastodon::search::Results;
use crate::mastodon::tags::FeaturedTag;
use crate::outloud::challenges::Challenge;
use crate::outloud::difference::Difference;
use crate::outloud::entities::{Hat, PurposeVersion, ShelfLink, TagLink, TagPage, View};
use crate::outloud::experiments::{Replication, Travels};
use crate::outloud::open_up::Checklist;
use crate::outloud::pairings::{Pairing, Seeking, Wanted};
use crate::outloud::settings::Settings;
use crate::outloud::teams::Team;

const fn of(name: &'static str, kind: Kind) -> Param {
    Param::new(name, kind)
}

const VISIBILITY: Kind = OneOf(&["public", "unlisted", "private", "direct", "organisation", "team", "partners"]);
const QUOTE_POLICY: Kind = OneOf(&["public", "followers", "nobody"]);
const CONTEXT: Kind = ManyOf(&["home", "notifications", "public", "thread", "account"]);
const VERDICT: Kind = OneOf(&["accept", "filter", "drop"]);

const HAT: Kind = OneOf(&[
    "agenda_activist",
    "community_keeper",
    "critical_friend",
    "social_reporter",
    "external_messenger",
    "value_detective",
    "organisational_broker",
]);
const SAID: &[Param] = &[of("text", Text).must()];

const SEVERAL: &[Param] = &[of("id", Ids)];
const TRENDS: &[Param] = &[of("limit", Number(1, 20, Some(10))), of("offset", Number(0, 1_000, Some(0)))];
const PUBLIC: &[Param] = &[of("local", Flag), of("remote", Flag), of("only_media", Flag)];

const PROFILE: &[Param] = &[
    of("display_name", Text),
    of("note", Text),
    of("avatar", File),
    of("avatar_description", Text),
    of("header", File),
    of("header_description", Text),
    of("locked", Flag),
    of("bot", Flag),
    of("discoverable", Flag),
    of("indexable", Flag),
    of("hide_collections", Flag),
    of("show_media", Flag),
    of("show_media_replies", Flag),
    of("show_featured", Flag),
    of("attribution_domains", Texts),
    of("fields_attributes", Groups(&[of("name", Text), of("value", Text)])),
];

const CREDENTIALS: &[Param] = &[
    of("display_name", Text),
    of("note", Text),
    of("avatar", File),
    of("avatar_description", Text),
    of("header", File),
    of("header_description", Text),
    of("locked", Flag),
    of("bot", Flag),
    of("discoverable", Flag),
    of("indexable", Flag),
    of("hide_collections", Flag),
    of("show_media", Flag),
    of("show_media_replies", Flag),
    of("show_featured", Flag),
    of("attribution_domains", Texts),
    of("fields_attributes", Groups(&[of("name", Text), of("value", Text)])),
    of(
        "source",
        Group(&[
            of("privacy", VISIBILITY),
            of("sensitive", Flag),
            of("language", Text),
            of("quote_policy", QUOTE_POLICY),
        ]),
    ),
];

const POLL: Param = of(
    "poll",
    Group(&[
        of("options", Texts).must(),
        of("expires_in", Number(0, i64::MAX, None)).must(),
        of("multiple", Flag),
        of("hide_totals", Flag),
    ]),
);

/// What only this software knows.
const OUTLOUD: Param = of(
    "outloud",
    Group(&[of("hat", HAT), of("tag_sharing", Flag), of("team_id", Id), of("experiment", Group(EXPERIMENT))]),
);

const EXPERIMENT: &[Param] = &[
    of("believe", Text),
    of("leads_to", Text),
    of("test", Text),
    of("share", Text),
    of("state", OneOf(&["planned", "running"])),
    of("asks", ManyOf(&["testers", "critical_friend"])),
    of("place", Text),
    of("organisation", Text),
    of("licence", OneOf(&["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "OGL-UK-3.0"])),
    of("look_again_on", Text),
    of("tries", Id),
    of("changed", Text),
];
const STATES: Kind = OneOf(&["planned", "running", "learned"]);
const OUTCOMES: Kind = OneOf(&["hoped", "didnt", "mixed", "stopped", "too_early"]);

const POST: &[Param] = &[
    of("status", Text),
    of("content_type", OneOf(&["text/plain", "text/markdown"])),
    of("spoiler_text", Text),
    of("sensitive", Flag),
    of("language", Text),
    of("visibility", VISIBILITY),
    of("in_reply_to_id", Id),
    of("quoted_status_id", Id),
    // As others call it.
    of("quote_id", Id),
    of("quote_approval_policy", QUOTE_POLICY),
    of("media_ids", Ids),
    POLL,
    of("scheduled_at", Time),
    OUTLOUD,
];

const REVISION: &[Param] = &[
    of("status", Text),
    of("content_type", OneOf(&["text/plain", "text/markdown"])),
    of("spoiler_text", Text),
    of("sensitive", Flag),
    of("language", Text),
    of("quote_approval_policy", QUOTE_POLICY),
    of("media_ids", Ids),
    of("media_attributes", Groups(&[of("id", Id).must(), of("description", Text), of("focus", Text)])),
    POLL,
    OUTLOUD,
];

const FILTER: &[Param] = &[
    of("title", Text),
    of("context", CONTEXT),
    of("filter_action", OneOf(&["warn", "hide", "blur"])),
    of("expires_in", Number(0, i64::MAX, None)),
    of(
        "keywords_attributes",
        Groups(&[of("id", Id), of("keyword", Text), of("whole_word", Flag), of("_destroy", Flag)]),
    ),
];

const SINGLE: &[Param] = &[
    of("phrase", Text),
    of("context", CONTEXT),
    of("irreversible", Flag),
    of("whole_word", Flag),
    of("expires_in", Number(0, i64::MAX, None)),
];

const KEYWORD: &[Param] = &[of("keyword", Text), of("whole_word", Flag)];
const LIST: &[Param] =
    &[of("title", Text), of("replies_policy", OneOf(&["followed", "list", "none"])), of("exclusive", Flag)];

const KINDS: &[Param] =
    &[of("types", Texts), of("exclude_types", Texts), of("account_id", Id), of("include_filtered", Flag)];

const GROUPS: &[Param] = &[
    of("types", Texts),
    of("exclude_types", Texts),
    of("grouped_types", Texts),
    of("account_id", Id),
    of("include_filtered", Flag),
    of("expand_accounts", OneOf(&["full", "partial_avatars"])),
];

const UNREAD: &[Param] = &[
    of("limit", Number(1, 1_000, Some(100))),
    of("types", Texts),
    of("exclude_types", Texts),
    of("grouped_types", Texts),
    of("account_id", Id),
    of("include_filtered", Flag),
];

const ALERTS: Param = of(
    "alerts",
    Group(&[
        of("mention", Flag),
        of("quote", Flag),
        of("status", Flag),
        of("reblog", Flag),
        of("follow", Flag),
        of("follow_request", Flag),
        of("favourite", Flag),
        of("poll", Flag),
        of("update", Flag),
        of("quoted_update", Flag),
        of("admin.sign_up", Flag),
        of("admin.report", Flag),
    ]),
);
const HEARD: Kind = OneOf(&["all", "followed", "follower", "none"]);
const ABOUT: Param = of("data", Group(&[ALERTS, of("policy", HEARD)]));

const SOCKET: &str = "The token stands in the header, in `access_token`, or as the protocol that is asked for. Streams are asked for in the \
    query, and later by frames of JSON: `{\"type\": \"subscribe\", \"stream\": \"hashtag\", \"tag\": \"tea\"}`, and `unsubscribe`. Their names are \
    `user`, `user:notification`, `public`, `public:local`, `public:remote` (each of the three also with `:media`), `hashtag` and `hashtag:local` \
    with `tag`, `list` with `list`, and `direct`. What is told comes as `{\"stream\": [\"hashtag\", \"tea\"], \"event\": \"update\", \"payload\": \
    \"…\"}`: the payload is an entity, written as a text of JSON, or an id. The same stream is told once, and called as it was called first. \
    Events: `update` and `status.update` (Status), `delete` (id), `notification` (Notification), `notifications_merged`, `filters_changed` \
    (no payload), `conversation` (Conversation), `announcement` (Announcement), `announcement.reaction`, `announcement.delete` (id). What \
    cannot be had is answered with `{\"error\", \"status\"}`. The connection ends with the token, and where too much waits to be taken.";
const STREAM: &str = "`user`, `public`, `hashtag` (with `tag`), `list` (with `list`) or `direct`. It does not end: lines `event: …` and `data: …`, \
    and comments (`:thump`) in between that say that it is there. The events are those of `/api/v1/streaming`; where there is nothing to say \
    the data are `undefined`.";
const PART: &str = "`user/notification`, `public/local`, `public/remote` or `hashtag/local` (with `tag`): as `/api/v1/streaming/{name}`.";

/// Rows of a page; those that the handlers have.
const POSTS: i64 = 20;
const ACCOUNTS: i64 = 40;
const TEXTS: i64 = 20;
const TAGS: i64 = 100;
const DOMAINS: i64 = 100;

#[rustfmt::skip]
pub const OPERATIONS: &[Operation] = &[
    // Apps and tokens.
    get("/.well-known/oauth-authorization-server", "Where to sign in").gives::<ServerMetadata>(),
    post("/api/v1/apps", "Register an app").gives::<RegisteredApplication>()
        .takes(&[of("client_name", Text).must(), of("redirect_uris", Texts).must(), of("scopes", Text), of("website", Url)]),
    get("/api/v1/apps/verify_credentials", "The app that a token belongs to").access(Access::App("")).gives::<Application>(),
    post("/oauth/token", "Get a token for a code, or one for the app itself").gives::<Token>().takes(&[
        of("grant_type", OneOf(&["authorization_code", "client_credentials"])).must(), of("client_id", Text),
        of("client_secret", Secret), of("code", Secret), of("redirect_uri", Text), of("code_verifier", Secret), of("scope", Text),
    ]),
    post("/oauth/revoke", "Take a token back").takes(&[of("client_id", Text), of("client_secret", Secret), of("token", Secret)]),
    get("/oauth/userinfo", "Who signed in").needs("profile").gives::<UserInfo>(),
    post("/oauth/userinfo", "Who signed in").needs("profile").gives::<UserInfo>(),
    post("/api/v1/accounts", "Join").access(Access::App("write:accounts")).gives::<Token>().takes(&[
        of("username", Text).must(), of("email", Text).must(), of("password", Secret).must(), of("agreement", Flag).must(),
        of("locale", Text), of("reason", Text), of("outloud", Group(&[of("tag_sharing", Flag)])),
    ]),
    post("/api/v1/emails/confirmations", "Send the letter that confirms an address again").access(AnyMember).takes(&[of("email", Text)]),
    get("/api/v1/emails/check_confirmation", "Whether the address is confirmed").needs("read:accounts").answers(Truth),

    // The node.
    get("/api/v1/instance", "The node").gives::<V1Instance>().deprecated(),
    get("/api/v2/instance", "The node").gives::<Instance>(),
    get("/api/v1/instance/rules", "Its rules").lists::<Rule>(),
    get("/api/v1/instance/extended_description", "What it says about itself").gives::<InstanceText>(),
    get("/api/v1/instance/privacy_policy", "Its privacy policy").gives::<InstanceText>(),
    get("/api/v1/instance/terms_of_service", "Its terms that hold").gives::<TermsOfService>(),
    get("/api/v1/instance/terms_of_service/{date}", "Its terms of a day").gives::<TermsOfService>(),
    get("/api/v1/instance/domain_blocks", "Which servers it shuts out, where it tells").access(MoreForMembers).lists::<InstanceBlock>()
        .tells("Whoever runs the node says whether everybody is told, members alone (with any token), or nobody: then there is nothing here (404)."),
    get("/api/v1/instance/activity", "Its last twelve weeks").lists::<InstanceActivity>(),
    get("/api/v1/instance/peers", "Other servers that it knows").answers(Words),
    get("/api/v1/peers/search", "Those of them that begin so").takes(&[of("q", Text)]).answers(Words),
    get("/api/v1/instance/languages", "Languages it is in").lists::<Language>(),
    get("/api/v1/instance/translation_languages", "From which languages it translates into which: none").gives::<Empty>(),
    get("/api/v1/custom_emojis", "Its own emoji").lists::<Emoji>(),
    get("/api/oembed", "A post for another page").gives::<Oembed>()
        .takes(&[of("url", Url).must(), of("maxwidth", Number(1, 10_000, Some(400))), of("maxheight", Number(1, 10_000, None))]),
    get("/api/v1/directory", "Who wants to be found").lists::<Account>().takes(&[
        of("order", OneOf(&["active", "new"])), of("local", Flag), of("limit", Number(1, 80, Some(40))), of("offset", Number(0, 1_000, Some(0))),
    ]),
    get("/api/v1/trends", "Hashtags that many use").takes(TRENDS).lists::<Tag>().deprecated(),
    get("/api/v1/trends/tags", "Hashtags that many use").takes(TRENDS).lists::<Tag>(),
    get("/api/v1/trends/links", "Pages that many lead to").takes(TRENDS).lists::<Link>(),
    get("/api/v1/trends/statuses", "Posts that are favourited much: this node ranks none").takes(TRENDS).lists::<Status>(),
    get("/api/v1/announcements", "What it tells its members").access(AnyMember).takes(&[of("with_dismissed", Flag)]).lists::<Announcement>(),
    post("/api/v1/announcements/{id}/dismiss", "Be done with an announcement").needs("write:accounts"),
    put("/api/v1/announcements/{id}/reactions/{name}", "React to an announcement").needs("write:favourites"),
    delete("/api/v1/announcements/{id}/reactions/{name}", "Take a reaction back").needs("write:favourites"),

    // Oneself.
    get("/api/v1/accounts/verify_credentials", "Oneself").needs("read:accounts").gives::<Own>(),
    update("/api/v1/accounts/update_credentials", "Change one's profile, and how one likes to post").needs("write:accounts").takes(CREDENTIALS).gives::<Own>(),
    get("/api/v1/profile", "One's profile, to edit it").needs("read:accounts").gives::<Profile>(),
    update("/api/v1/profile", "Change one's profile").needs("write:accounts").takes(PROFILE).gives::<Profile>(),
    delete("/api/v1/profile/avatar", "Go without a picture").needs("write:accounts").gives::<Own>(),
    delete("/api/v1/profile/header", "Go without a header").needs("write:accounts").gives::<Own>(),
    get("/api/v1/preferences", "How one likes to post and read").needs("read:accounts").gives::<Preferences>(),

    // Accounts.
    get("/api/v1/accounts", "Several accounts").open("read:accounts").takes(SEVERAL).lists::<Account>(),
    get("/api/v1/accounts/lookup", "The account with a handle").open("read:accounts").takes(&[of("acct", Text).must()]).gives::<Account>(),
    get("/api/v1/accounts/search", "Accounts that are called so").needs("read:accounts").lists::<Account>().takes(&[
        of("q", Text).must(), of("limit", Number(1, 80, Some(40))), of("offset", Number(0, 1_000, Some(0))),
        of("resolve", Flag), of("following", Flag),
    ]),
    get("/api/v1/accounts/relationships", "How one stands to accounts").needs("read:follows").lists::<Relationship>()
        .takes(&[of("id", Ids), of("with_suspended", Flag)]),
    get("/api/v1/accounts/familiar_followers", "Whom one follows among those who follow accounts").needs("read:follows").takes(SEVERAL).lists::<FamiliarFollowers>(),
    get("/api/v1/accounts/{id}", "An account").open("read:accounts").gives::<Account>(),
    get("/api/v1/accounts/{id}/statuses", "What somebody posted").open("read:statuses").paged(POSTS).lists::<Status>().takes(&[
        of("only_media", Flag), of("exclude_replies", Flag), of("exclude_reblogs", Flag), of("pinned", Flag), of("tagged", Text),
    ]),
    get("/api/v1/accounts/{id}/followers", "Who follows an account").open("read:accounts").paged(ACCOUNTS).lists::<Account>(),
    get("/api/v1/accounts/{id}/following", "Whom an account follows").open("read:accounts").paged(ACCOUNTS).lists::<Account>(),
    get("/api/v1/accounts/{id}/featured_tags", "Hashtags on a profile").open("read:accounts").lists::<FeaturedTag>(),
    get("/api/v1/accounts/{id}/endorsements", "Accounts on a profile").open("read:accounts").paged(ACCOUNTS).lists::<Account>(),
    get("/api/v1/accounts/{id}/lists", "One's lists that have an account").needs("read:lists").lists::<List>(),
    post("/api/v1/accounts/{id}/follow", "Follow").needs("write:follows").gives::<Relationship>()
        .takes(&[of("reblogs", Flag), of("notify", Flag), of("languages", Texts)]),
    post("/api/v1/accounts/{id}/unfollow", "Follow no more").needs("write:follows").gives::<Relationship>(),
    post("/api/v1/accounts/{id}/remove_from_followers", "Be followed no more").needs("write:follows").gives::<Relationship>(),
    post("/api/v1/accounts/{id}/block", "Block").needs("write:blocks").gives::<Relationship>(),
    post("/api/v1/accounts/{id}/unblock", "Block no more").needs("write:blocks").gives::<Relationship>(),
    post("/api/v1/accounts/{id}/mute", "Mute; for so many seconds, where it is to end").needs("write:mutes").gives::<Relationship>()
        .takes(&[of("notifications", Flag), of("duration", Number(0, i64::MAX, Some(0)))]),
    post("/api/v1/accounts/{id}/unmute", "Mute no more").needs("write:mutes").gives::<Relationship>(),
    post("/api/v1/accounts/{id}/note", "Note something about an account").needs("write:accounts").takes(&[of("comment", Text)]).gives::<Relationship>(),
    post("/api/v1/accounts/{id}/endorse", "Show an account on one's profile").needs("write:accounts").gives::<Relationship>(),
    post("/api/v1/accounts/{id}/unendorse", "Show an account no more").needs("write:accounts").gives::<Relationship>(),
    post("/api/v1/accounts/{id}/pin", "Show an account on one's profile").needs("write:accounts").gives::<Relationship>().deprecated(),
    post("/api/v1/accounts/{id}/unpin", "Show an account no more").needs("write:accounts").gives::<Relationship>().deprecated(),
    get("/api/v1/endorsements", "Accounts on one's profile").needs("read:accounts").paged(ACCOUNTS).lists::<Account>(),
    get("/api/v1/follow_requests", "Who asks to follow").needs("read:follows").paged(ACCOUNTS).lists::<Account>(),
    post("/api/v1/follow_requests/{id}/authorize", "Let somebody follow").needs("write:follows").gives::<Relationship>(),
    post("/api/v1/follow_requests/{id}/reject", "Do not let somebody follow").needs("write:follows").gives::<Relationship>(),
    get("/api/v1/blocks", "Whom one blocks").needs("read:blocks").paged(ACCOUNTS).lists::<Account>(),
    get("/api/v1/mutes", "Whom one mutes").needs("read:mutes").paged(ACCOUNTS).lists::<Muted>(),
    get("/api/v1/domain_blocks", "Which servers one blocks").needs("read:blocks").paged(DOMAINS).answers(Words),
    post("/api/v1/domain_blocks", "Block a server").needs("write:blocks").takes(&[of("domain", Text).must()]),
    delete("/api/v1/domain_blocks", "Block a server no more").needs("write:blocks").takes(&[of("domain", Text).must()]),
    get("/api/v1/suggestions", "Whom one may want to know").needs("read").takes(&[of("limit", Number(1, 80, Some(40)))]).lists::<Account>().deprecated(),
    get("/api/v2/suggestions", "Whom one may want to know, and why").needs("read").takes(&[of("limit", Number(1, 80, Some(40)))]).lists::<Suggestion>(),
    delete("/api/v1/suggestions/{id}", "Do not suggest an account again").needs("read"),
    post("/api/v1/reports", "Report somebody to the moderators").needs("write:reports").gives::<Report>().takes(&[
        of("account_id", Id).must(), of("status_ids", Ids), of("comment", Text), of("forward", Flag),
        of("category", OneOf(&["spam", "legal", "violation", "other"])), of("rule_ids", Ids),
    ]),

    // Posts.
    post("/api/v1/statuses", "Post, or have something posted later").needs("write:statuses").takes(POST).gives_either::<Status, Scheduled>(),
    get("/api/v1/statuses", "Several posts").open("read:statuses").takes(SEVERAL).lists::<Status>(),
    get("/api/v1/statuses/{id}", "A post").open("read:statuses").gives::<Status>(),
    update("/api/v1/statuses/{id}", "Edit a post; what is not said is gone").needs("write:statuses").takes(REVISION).gives::<Status>(),
    delete("/api/v1/statuses/{id}", "Delete a post").needs("write:statuses").takes(&[of("delete_media", Flag)]).gives::<Status>(),
    get("/api/v1/statuses/{id}/context", "What was said before and after").open("read:statuses").gives::<Context>(),
    get("/api/v1_alpha/async_refreshes/{id}", "How the search for a conversation stands").needs("read:statuses").gives::<Refresh>(),
    get("/api/v1/statuses/{id}/source", "One's post as written").needs("read:statuses").gives::<Source>(),
    get("/api/v1/statuses/{id}/history", "The versions of a post, the first one first").open("read:statuses").lists::<StatusEdit>(),
    get("/api/v1/statuses/{id}/card", "The page that a post leads to, if it does").open("read:statuses").gives_either::<PreviewCard, Empty>().deprecated(),
    post("/api/v1/statuses/{id}/translate", "This node translates nothing").open("read:statuses").takes(&[of("lang", Text)]).answers(Never),
    post("/api/v1/statuses/{id}/favourite", "Favourite").needs("write:favourites").gives::<Status>(),
    post("/api/v1/statuses/{id}/unfavourite", "Favourite no more").needs("write:favourites").gives::<Status>(),
    post("/api/v1/statuses/{id}/reblog", "Boost").needs("write:statuses").takes(&[of("visibility", VISIBILITY)]).gives::<Status>(),
    post("/api/v1/statuses/{id}/unreblog", "Take a boost back").needs("write:statuses").gives::<Status>(),
    post("/api/v1/statuses/{id}/bookmark", "Bookmark").needs("write:bookmarks").gives::<Status>(),
    post("/api/v1/statuses/{id}/unbookmark", "Bookmark no more").needs("write:bookmarks").gives::<Status>(),
    post("/api/v1/statuses/{id}/pin", "Pin to one's profile").needs("write:accounts").gives::<Status>(),
    post("/api/v1/statuses/{id}/unpin", "Pin no more").needs("write:accounts").gives::<Status>(),
    post("/api/v1/statuses/{id}/mute", "Hear no more of a conversation").needs("write:mutes").gives::<Status>(),
    post("/api/v1/statuses/{id}/unmute", "Hear of a conversation again").needs("write:mutes").gives::<Status>(),
    get("/api/v1/statuses/{id}/favourited_by", "Who favourited a post").open("read:statuses").paged(ACCOUNTS).lists::<Account>(),
    get("/api/v1/statuses/{id}/reblogged_by", "Who boosted a post").open("read:statuses").paged(ACCOUNTS).lists::<Account>(),
    get("/api/v1/statuses/{id}/quotes", "Who quotes a post").open("read:statuses").paged(POSTS).lists::<Status>(),
    post("/api/v1/statuses/{id}/quotes/{quoting}/revoke", "Take back that one is quoted").needs("write:statuses").gives::<Status>(),
    put("/api/v1/statuses/{id}/interaction_policy", "Say who may quote a post").needs("write:statuses").takes(&[of("quote_approval_policy", QUOTE_POLICY).must()]).gives::<Status>(),
    get("/api/v1/favourites", "What one favourited").needs("read:favourites").paged(POSTS).lists::<Status>(),
    get("/api/v1/bookmarks", "What one bookmarked").needs("read:bookmarks").paged(POSTS).lists::<Status>(),
    get("/api/v1/polls/{id}", "A poll").open("read:statuses").gives::<Poll>(),
    post("/api/v1/polls/{id}/votes", "Vote").needs("write:statuses").takes(&[of("choices", Numbers).must()]).gives::<Poll>(),
    get("/api/v1/scheduled_statuses", "Posts that wait for their time").needs("read:statuses").paged(POSTS).lists::<Scheduled>(),
    get("/api/v1/scheduled_statuses/{id}", "A post that waits for its time").needs("read:statuses").gives::<Scheduled>(),
    update("/api/v1/scheduled_statuses/{id}", "Set another time").needs("write:statuses").takes(&[of("scheduled_at", Time)]).gives::<Scheduled>(),
    delete("/api/v1/scheduled_statuses/{id}", "Do not post it").needs("write:statuses"),

    // Files.
    post("/api/v2/media", "Upload a file").needs("write:media").gives::<Attachment>()
        .takes(&[of("file", File).must(), of("description", Text), of("focus", Text), of("thumbnail", File)]),
    post("/api/v1/media", "Upload a file").needs("write:media").gives::<Attachment>().deprecated()
        .takes(&[of("file", File).must(), of("description", Text), of("focus", Text), of("thumbnail", File)]),
    get("/api/v1/media/{id}", "A file of one's own").needs("write:media").gives::<Attachment>(),
    update("/api/v1/media/{id}", "Describe a file").needs("write:media").takes(&[of("description", Text), of("focus", Text)]).gives::<Attachment>(),
    delete("/api/v1/media/{id}", "Discard a file that no post has").needs("write:media"),

    // Timelines.
    get("/api/v1/timelines/home", "What those write whom one follows").needs("read:statuses").paged(POSTS).lists::<Status>(),
    get("/api/v1/timelines/public", "What is public").open("read:statuses").paged(POSTS).takes(PUBLIC).lists::<Status>(),
    get("/api/v1/timelines/tag/{name}", "What has a hashtag").open("read:statuses").paged(POSTS).lists::<Status>().takes(&[
        of("any", Texts), of("all", Texts), of("none", Texts), of("local", Flag), of("remote", Flag), of("only_media", Flag),
    ]),
    get("/api/v1/timelines/link", "What leads to a page").open("read:statuses").paged(POSTS).takes(&[of("url", Url).must()]).lists::<Status>(),
    get("/api/v1/timelines/list/{id}", "What those of a list write").needs("read:lists").paged(POSTS).lists::<Status>(),
    get("/api/v1/timelines/direct", "What is written to one").needs("read:statuses").paged(POSTS).lists::<Status>().deprecated(),
    get("/api/v1/conversations", "One's conversations").needs("read:statuses").paged(POSTS).lists::<Conversation>(),
    delete("/api/v1/conversations/{id}", "Put a conversation away").needs("write:conversations"),
    post("/api/v1/conversations/{id}/read", "Mark a conversation as read").needs("write:conversations").gives::<Conversation>(),
    post("/api/v1/conversations/{id}/unread", "Mark a conversation as not read").needs("write:conversations").gives::<Conversation>(),
    get("/api/v1/markers", "How far one read").needs("read:statuses").takes(&[of("timeline", ManyOf(&["home", "notifications"]))]).maps::<Marker>(),
    post("/api/v1/markers", "Say how far one read").needs("write:statuses").maps::<Marker>()
        .takes(&[of("home", Group(&[of("last_read_id", Id)])), of("notifications", Group(&[of("last_read_id", Id)]))]),

    // Lists.
    get("/api/v1/lists", "One's lists").needs("read:lists").lists::<List>(),
    post("/api/v1/lists", "Make a list").needs("write:lists").gives::<List>()
        .takes(&[of("title", Text).must(), of("replies_policy", OneOf(&["followed", "list", "none"])), of("exclusive", Flag)]),
    get("/api/v1/lists/{id}", "A list").needs("read:lists").gives::<List>(),
    update("/api/v1/lists/{id}", "Change a list").needs("write:lists").takes(LIST).gives::<List>(),
    delete("/api/v1/lists/{id}", "Delete a list").needs("write:lists"),
    get("/api/v1/lists/{id}/accounts", "Who is in a list; with a limit of 0 all of them").needs("read:lists").paged(ACCOUNTS).lists::<Account>(),
    post("/api/v1/lists/{id}/accounts", "Put accounts into a list").needs("write:lists").takes(&[of("account_ids", Ids)]),
    delete("/api/v1/lists/{id}/accounts", "Take accounts out of a list").needs("write:lists").takes(&[of("account_ids", Ids)]),

    // Filters.
    get("/api/v2/filters", "One's filters").needs("read:filters").lists::<Filter>(),
    post("/api/v2/filters", "Make a filter").needs("write:filters").takes(FILTER).gives::<Filter>(),
    get("/api/v2/filters/{id}", "A filter").needs("read:filters").gives::<Filter>(),
    update("/api/v2/filters/{id}", "Change a filter").needs("write:filters").takes(FILTER).gives::<Filter>(),
    delete("/api/v2/filters/{id}", "Delete a filter").needs("write:filters"),
    get("/api/v2/filters/{id}/keywords", "What a filter looks for").needs("read:filters").lists::<FilterKeyword>(),
    post("/api/v2/filters/{id}/keywords", "Have a filter look for more").needs("write:filters").takes(KEYWORD).gives::<FilterKeyword>(),
    get("/api/v2/filters/keywords/{id}", "A keyword").needs("read:filters").gives::<FilterKeyword>(),
    update("/api/v2/filters/keywords/{id}", "Change a keyword").needs("write:filters").takes(KEYWORD).gives::<FilterKeyword>(),
    delete("/api/v2/filters/keywords/{id}", "Delete a keyword").needs("write:filters"),
    get("/api/v2/filters/{id}/statuses", "Posts that a filter catches whatever is in them").needs("read:filters").lists::<FilterStatus>(),
    post("/api/v2/filters/{id}/statuses", "Have a filter catch a post").needs("write:filters").takes(&[of("status_id", Id).must()]).gives::<FilterStatus>(),
    get("/api/v2/filters/statuses/{id}", "A post that a filter catches").needs("read:filters").gives::<FilterStatus>(),
    delete("/api/v2/filters/statuses/{id}", "Catch a post no more").needs("write:filters").gives::<FilterStatus>(),
    get("/api/v1/filters", "One's filters, one for each keyword").needs("read:filters").lists::<Single>().deprecated(),
    post("/api/v1/filters", "Make a filter").needs("write:filters").takes(SINGLE).gives::<Single>().deprecated(),
    get("/api/v1/filters/{id}", "A filter").needs("read:filters").gives::<Single>().deprecated(),
    update("/api/v1/filters/{id}", "Change a filter").needs("write:filters").takes(SINGLE).gives::<Single>().deprecated(),
    delete("/api/v1/filters/{id}", "Delete a filter").needs("write:filters").deprecated(),

    // Hashtags.
    get("/api/v1/tags/{name}", "A hashtag").access(MoreForMembers).gives::<Tag>()
        .tells("One that nobody has used is answered as well, without uses: whether it was ever used in private cannot be told. A member, with any token, is told whether they follow and feature it."),
    post("/api/v1/tags/{name}/follow", "Follow a hashtag").needs("write:follows").gives::<Tag>(),
    post("/api/v1/tags/{name}/unfollow", "Follow a hashtag no more").needs("write:follows").gives::<Tag>(),
    post("/api/v1/tags/{name}/feature", "Show a hashtag on one's profile").needs("write:accounts").gives::<Tag>(),
    post("/api/v1/tags/{name}/unfeature", "Show a hashtag no more").needs("write:accounts").gives::<Tag>(),
    get("/api/v1/followed_tags", "Hashtags that one follows").needs("read:follows").paged(TAGS).lists::<Tag>(),
    get("/api/v1/featured_tags", "Hashtags on one's profile").needs("read:accounts").lists::<FeaturedTag>(),
    post("/api/v1/featured_tags", "Show a hashtag on one's profile").needs("write:accounts").takes(&[of("name", Text).must()]).gives::<FeaturedTag>(),
    get("/api/v1/featured_tags/suggestions", "Hashtags that one used lately").needs("read:accounts").lists::<Tag>(),
    delete("/api/v1/featured_tags/{id}", "Show a hashtag no more").needs("write:accounts"),
    get("/api/v2/search", "Accounts, hashtags and posts").open("read:search").gives::<Results>().takes(&[
        of("q", Text).must(), of("type", OneOf(&["accounts", "hashtags", "statuses"])), of("resolve", Flag), of("following", Flag),
        of("account_id", Id), of("exclude_unreviewed", Flag), of("max_id", Id), of("min_id", Id),
        of("limit", Number(1, 80, Some(20))), of("offset", Number(0, 1_000, Some(0))),
    ]),

    // Notifications.
    get("/api/v1/notifications", "One's notifications").needs("read:notifications").paged(ACCOUNTS).takes(KINDS).lists::<Notification>(),
    get("/api/v1/notifications/unread_count", "How many one has not read").needs("read:notifications").takes(UNREAD).gives::<UnreadCount>(),
    get("/api/v1/notifications/{id}", "A notification").needs("read:notifications").gives::<Notification>(),
    post("/api/v1/notifications/{id}/dismiss", "Be done with a notification").needs("write:notifications"),
    post("/api/v1/notifications/dismiss", "Be done with a notification").needs("write:notifications").takes(&[of("id", Id).must()]).deprecated(),
    delete("/api/v1/notifications/destroy_multiple", "Be done with several").needs("write:notifications").takes(&[of("ids", Ids)]),
    post("/api/v1/notifications/clear", "Be done with all").needs("write:notifications"),
    get("/api/v2/notifications", "One's notifications as groups").needs("read:notifications").paged(ACCOUNTS).takes(GROUPS).gives::<Grouped>(),
    get("/api/v2/notifications/unread_count", "How many groups one has not read").needs("read:notifications").takes(UNREAD).gives::<UnreadCount>(),
    get("/api/v2/notifications/{group_key}", "A group").needs("read:notifications").gives::<Grouped>(),
    get("/api/v2/notifications/{group_key}/accounts", "Everybody of a group").needs("read:notifications").paged(ACCOUNTS).lists::<Account>(),
    post("/api/v2/notifications/{group_key}/dismiss", "Be done with a group").needs("write:notifications"),
    get("/api/v2/notifications/policy", "Whom one hears").needs("read:notifications").gives::<NotificationPolicy>(),
    update("/api/v2/notifications/policy", "Say whom one hears").needs("write:notifications").gives::<NotificationPolicy>().takes(&[
        of("for_not_following", VERDICT), of("for_not_followers", VERDICT), of("for_new_accounts", VERDICT),
        of("for_private_mentions", VERDICT), of("for_limited_accounts", VERDICT),
    ]),
    get("/api/v1/notifications/policy", "Whom one hears").needs("read:notifications").gives::<NotificationPolicyV1>().deprecated(),
    update("/api/v1/notifications/policy", "Say whom one hears").needs("write:notifications").gives::<NotificationPolicyV1>().deprecated().takes(&[
        of("filter_not_following", Flag), of("filter_not_followers", Flag), of("filter_new_accounts", Flag), of("filter_private_mentions", Flag),
    ]),
    get("/api/v1/notifications/requests", "Strangers who want to be heard").needs("read:notifications").paged(ACCOUNTS).lists::<Asked>(),
    get("/api/v1/notifications/requests/merged", "Whether those accepted are among the notifications").needs("read:notifications").gives::<Requests>(),
    post("/api/v1/notifications/requests/accept", "Hear several").needs("write:notifications").takes(SEVERAL),
    post("/api/v1/notifications/requests/dismiss", "Do not hear several").needs("write:notifications").takes(SEVERAL),
    get("/api/v1/notifications/requests/{id}", "A stranger who wants to be heard").needs("read:notifications").gives::<Asked>(),
    post("/api/v1/notifications/requests/{id}/accept", "Hear somebody").needs("write:notifications"),
    post("/api/v1/notifications/requests/{id}/dismiss", "Do not hear somebody").needs("write:notifications"),
    get("/api/v1/push/subscription", "Where this token's notifications are pushed to").needs("push").gives::<Subscription>(),
    post("/api/v1/push/subscription", "Have notifications pushed").needs("push").gives::<Subscription>().takes(&[
        of("subscription", Group(&[
            of("endpoint", Url).must(), of("keys", Group(&[of("p256dh", Text).must(), of("auth", Text).must()])).must(), of("standard", Flag),
        ])).must(),
        ABOUT, of("policy", HEARD),
    ]),
    update("/api/v1/push/subscription", "Say what is pushed").needs("push").takes(&[ABOUT, of("policy", HEARD)]).gives::<Subscription>(),
    delete("/api/v1/push/subscription", "Have nothing pushed").needs("push"),

    // What only this software has.
    get("/api/outloud/v1/settings", "How far what one says goes").needs("read:accounts").gives::<Settings>(),
    update("/api/outloud/v1/settings", "Say how far what one says goes").needs("write:accounts").takes(&[of("tag_sharing", Flag)]).gives::<Settings>(),

    get("/api/outloud/v1/challenges", "Challenges").open("read:statuses").lists::<Challenge>().takes(&[
        of("state", OneOf(&["planned", "open", "closed", "answered"])), of("order", OneOf(&["newest", "neglected", "followed"])),
        of("limit", Number(1, 40, Some(40))),
    ]),
    post("/api/outloud/v1/challenges", "Ask a question").needs("write:statuses").gives::<Challenge>().takes(&[
        of("name", Text).must(), of("question", Text).must(), of("purpose", Text), of("tag", Text), of("opens_at", Moment), of("closes_at", Moment),
    ]),
    get("/api/outloud/v1/challenges/{name}", "A challenge").open("read:statuses").gives::<Challenge>(),
    update("/api/outloud/v1/challenges/{name}", "Change a challenge").needs("write:statuses").gives::<Challenge>().takes(&[
        of("question", Text), of("tag", Text), of("closes_at", Moment), of("adoptable", Flag),
    ]),
    delete("/api/outloud/v1/challenges/{name}", "Take a challenge away").needs("write:statuses"),
    post("/api/outloud/v1/challenges/{name}/close", "Take nothing more in, and say what came").needs("write:statuses").gives::<Challenge>(),
    post("/api/outloud/v1/challenges/{name}/answer", "Say what came of it").needs("write:statuses").takes(&[of("answer", Text).must()]).gives::<Challenge>(),
    post("/api/outloud/v1/challenges/{name}/adopt", "Look after a challenge").needs("write:statuses").gives::<Challenge>(),
    get("/api/outloud/v1/challenges/{name}/contributions", "What people contributed").open("read:statuses").paged(POSTS).lists::<Status>().takes(&[
        of("state", OneOf(&["accepted", "waiting", "refused"])),
    ]),
    post("/api/outloud/v1/challenges/{name}/contributions/{id}/accept", "Pass a contribution on").needs("write:statuses").gives::<Challenge>(),
    post("/api/outloud/v1/challenges/{name}/contributions/{id}/refuse", "Do not pass it on").needs("write:statuses").gives::<Challenge>(),
    get("/api/outloud/v1/challenges/{name}/blocks", "Who has no say").needs("read:blocks").lists::<Account>(),
    post("/api/outloud/v1/challenges/{name}/blocks", "Give somebody no say").needs("write:blocks").takes(&[of("account_id", Id).must()]).gives::<Challenge>(),
    delete("/api/outloud/v1/challenges/{name}/blocks/{id}", "Give them a say again").needs("write:blocks").gives::<Challenge>(),
    get("/api/outloud/v1/challenges/{name}/purpose", "What a challenge is for").open("read:statuses").gives::<PurposeVersion>(),
    post("/api/outloud/v1/challenges/{name}/purpose", "Say what it is for, in a new version").needs("write:statuses").takes(SAID).gives::<PurposeVersion>(),
    get("/api/outloud/v1/challenges/{name}/purpose/versions", "All versions of that").open("read:statuses").paged(TEXTS).lists::<PurposeVersion>(),
    post("/api/outloud/v1/challenges/{name}/purpose/versions/{id}/restore", "Put an earlier version back, as a new one").needs("write:statuses").gives::<PurposeVersion>(),
    post("/api/outloud/v1/challenges/{name}/purpose/versions/{id}/take_down", "Take a version down that breaks the rules").needs("write:statuses"),
    get("/api/outloud/v1/challenges/{name}/views", "Other views of what it is for").open("read:statuses").paged(TEXTS).lists::<PurposeVersion>(),
    post("/api/outloud/v1/challenges/{name}/views", "Put another view beside it").needs("write:statuses").takes(SAID).gives::<PurposeVersion>(),
    post("/api/outloud/v1/challenges/{name}/views/{id}/withdraw", "Withdraw one's own view").needs("write:statuses"),
    post("/api/outloud/v1/challenges/{name}/views/{id}/take_down", "Take a view down that breaks the rules").needs("write:statuses"),
    get("/api/outloud/v1/challenges/{name}/views/{hat}", "What a hat looks at").needs("read:statuses").gives::<View>(),
    get("/api/outloud/v1/challenges/{name}/links", "Hashtags that it is linked with").open("read:statuses").lists::<TagLink>(),
    post("/api/outloud/v1/challenges/{name}/links", "Link a challenge with a hashtag").needs("write:statuses").takes(&[of("tag", Text).must()]).lists::<TagLink>(),
    delete("/api/outloud/v1/challenges/{name}/links/{other}", "End that").needs("write:statuses").lists::<TagLink>(),
    get("/api/outloud/v1/challenges/{name}/hats", "Hats that are worn on a challenge").open("read:accounts").lists::<Hat>(),
    post("/api/outloud/v1/challenges/{name}/hats", "Put a hat on").needs("write:accounts").takes(&[of("hat", HAT).must(), of("days", Number(1, 365, Some(90)))]).gives::<Hat>(),
    post("/api/outloud/v1/challenges/{name}/harvest", "Say what came so far").needs("write:statuses").gives::<Status>(),

    // Experiments, which are made as posts are.
    get("/api/outloud/v1/experiments", "The library of experiments").open("read:statuses").paged(POSTS).lists::<Status>().takes(&[
        of("state", STATES), of("outcome", OUTCOMES), of("tag", Text), of("account_id", Id), of("organisation", Text), of("place", Text),
        of("since", Text), of("until", Text), of("due", Flag), of("untried", Flag), of("q", Text), of("id", Ids),
    ]),
    get("/api/outloud/v1/experiments/export", "The same as a file; with ids an evidence brief").open("read:statuses").answers(Table).takes(&[
        of("format", OneOf(&["csv", "markdown"])),
        of("state", STATES), of("outcome", OUTCOMES), of("tag", Text), of("account_id", Id), of("organisation", Text), of("place", Text),
        of("since", Text), of("until", Text), of("due", Flag), of("untried", Flag), of("q", Text), of("id", Ids),
    ]),
    get("/api/outloud/v1/experiments/due", "One's own that were to be looked at again").needs("read:statuses").paged(POSTS).lists::<Status>(),
    update("/api/outloud/v1/experiments/{id}", "Say how far one's own is").needs("write:statuses").gives::<Status>().takes(&[
        of("state", OneOf(&["planned", "running"])), of("look_again_on", Text),
    ]),
    post("/api/outloud/v1/experiments/{id}/outcome", "Say what came of it").needs("write:statuses").gives::<Status>().takes(&[
        of("outcome", OUTCOMES).must(), of("learning", Text), of("so_what", Text), of("look_again_on", Text),
    ]),
    get("/api/outloud/v1/experiments/{id}/travels", "How far one's own went").needs("read:statuses").gives::<Travels>(),
    post("/api/outloud/v1/experiments/{id}/leave_be", "Be asked of it no more").needs("write:statuses").gives::<Status>(),
    get("/api/outloud/v1/experiments/{id}/replications", "Who tries it again").open("read:statuses").paged(POSTS).lists::<Replication>().takes(&[
        of("standing", OneOf(&["waiting", "confirmed", "refused"])),
    ]),
    update("/api/outloud/v1/experiments/{id}/replications/{status_id}", "Write down what somebody told in words").needs("write:statuses")
        .gives::<Status>().takes(&[
        of("place", Text), of("organisation", Text), of("changed", Text), of("outcome", OUTCOMES), of("learning", Text),
    ]),
    post("/api/outloud/v1/experiments/{id}/replications/{status_id}/confirm", "Say that somebody tries it again").needs("write:statuses").gives::<Status>(),
    post("/api/outloud/v1/experiments/{id}/replications/{status_id}/refuse", "Say that somebody does not").needs("write:statuses").gives::<Status>(),

    // What a hashtag is for, its shelf, and hats.
    get("/api/outloud/v1/tags/{name}", "What stands on the page of a hashtag").open("read:statuses").gives::<TagPage>(),
    get("/api/outloud/v1/tags/{name}/purpose", "What a hashtag is for").open("read:statuses").gives::<PurposeVersion>(),
    post("/api/outloud/v1/tags/{name}/purpose", "Say what it is for, in a new version").needs("write:statuses").takes(SAID).gives::<PurposeVersion>(),
    get("/api/outloud/v1/tags/{name}/purpose/versions", "All versions of that").open("read:statuses").paged(TEXTS).lists::<PurposeVersion>(),
    post("/api/outloud/v1/tags/{name}/purpose/versions/{id}/restore", "Put an earlier version back, as a new one").needs("write:statuses").gives::<PurposeVersion>(),
    post("/api/outloud/v1/tags/{name}/purpose/versions/{id}/take_down", "Take a version down that breaks the rules").needs("write:statuses"),
    get("/api/outloud/v1/tags/{name}/views", "Other views of what it is for").open("read:statuses").paged(TEXTS).lists::<PurposeVersion>(),
    post("/api/outloud/v1/tags/{name}/views", "Put another view beside it").needs("write:statuses").takes(SAID).gives::<PurposeVersion>(),
    post("/api/outloud/v1/tags/{name}/views/{id}/withdraw", "Withdraw one's own view").needs("write:statuses"),
    post("/api/outloud/v1/tags/{name}/views/{id}/take_down", "Take a view down that breaks the rules").needs("write:statuses"),
    get("/api/outloud/v1/tags/{name}/views/{hat}", "What a hat looks at").needs("read:statuses").gives::<View>(),
    get("/api/outloud/v1/tags/{name}/links", "Hashtags that it is linked with").open("read:statuses").lists::<TagLink>(),
    post("/api/outloud/v1/tags/{name}/links", "Link two hashtags").needs("write:statuses").takes(&[of("tag", Text).must()]).lists::<TagLink>(),
    delete("/api/outloud/v1/tags/{name}/links/{other}", "End that").needs("write:statuses").lists::<TagLink>(),
    get("/api/outloud/v1/tags/{name}/shelf", "Pages that were posted with a hashtag").open("read:statuses").paged(TEXTS).takes(&[of("hidden", Flag), of("pinned", Flag)]).lists::<ShelfLink>(),
    update("/api/outloud/v1/tags/{name}/shelf/{id}", "Annotate, group, pin or hide one").needs("write:statuses").gives::<ShelfLink>().takes(&[
        of("note", Text), of("heading", Text), of("pinned", Flag), of("hidden", Flag),
    ]),
    get("/api/outloud/v1/tags/{name}/hats", "Hats that are worn on a hashtag").open("read:accounts").lists::<Hat>(),
    post("/api/outloud/v1/tags/{name}/hats", "Put a hat on").needs("write:accounts").takes(&[of("hat", HAT).must(), of("days", Number(1, 365, Some(90)))]).gives::<Hat>(),
    get("/api/outloud/v1/difference", "What of one's reading came from elsewhere, and whom one never meets").needs("read:statuses").gives::<Difference>()
        .tells("Of the last 30 days, as far as the marker of the home timeline says, and of the newest 1,000 entries at most. Nobody else is told."),
    get("/api/outloud/v1/hats", "The hats that one wears").needs("read:accounts").lists::<Hat>(),
    delete("/api/outloud/v1/hats/{id}", "Take a hat off").needs("write:accounts"),
    post("/api/outloud/v1/hats/{id}/confirm", "Give somebody the rights of their hat").needs("write:accounts").gives::<Hat>(),
    post("/api/outloud/v1/statuses/{id}/could_go_public", "Mark that a post for members could go public").needs("write:statuses"),
    delete("/api/outloud/v1/statuses/{id}/could_go_public", "Take that mark back").needs("write:statuses"),

    // From inside to outside.
    get("/api/outloud/v1/statuses/{id}/open_up", "What to look at before a post is opened up").needs("read:statuses").gives::<Checklist>(),
    post("/api/outloud/v1/statuses/{id}/open_up", "Open a post up").needs("write:statuses").gives::<Status>()
        .tells("Publishes `status` for more people than the post was for. Every item of the checklist has to be in `confirmed[]`, and so does what would be one of the new words and files; else 422 names those that are not in `unconfirmed`. The post inside stays, with the answers to it.")
        .takes(&[
            of("status", Text), of("visibility", VISIBILITY), of("media_ids", Ids), of("confirmed", Texts), of("spoiler_text", Text), of("sensitive", Flag),
            of("language", Text), of("content_type", OneOf(&["text/plain", "text/markdown"])), of("quote_approval_policy", QUOTE_POLICY), OUTLOUD,
        ]),
    get("/api/outloud/v1/teams", "The teams that one is in").needs("read:lists").lists::<Team>(),
    post("/api/outloud/v1/teams", "Make a team").needs("write:lists").gives::<Team>().takes(&[of("name", Text).must(), of("account_ids", Ids)]),
    get("/api/outloud/v1/teams/{id}", "A team").needs("read:lists").gives::<Team>(),
    update("/api/outloud/v1/teams/{id}", "Give a team another name").needs("write:lists").gives::<Team>().takes(&[of("name", Text).must()]),
    delete("/api/outloud/v1/teams/{id}", "End a team, as a moderator").needs("write:lists"),
    get("/api/outloud/v1/teams/{id}/accounts", "Who is in a team").needs("read:lists").lists::<Account>(),
    post("/api/outloud/v1/teams/{id}/accounts", "Take members into a team").needs("write:lists").gives::<Team>().takes(&[of("account_ids", Ids).must()]),
    delete("/api/outloud/v1/teams/{id}/accounts", "Take members out of a team").needs("write:lists").takes(&[of("account_ids", Ids).must()]),
    post("/api/outloud/v1/teams/{id}/leave", "Leave a team").needs("write:lists"),
    get("/api/outloud/v1/teams/{id}/statuses", "What is said in a team").needs("read:statuses").paged(POSTS).lists::<Status>(),

    // Introductions.
    get("/api/outloud/v1/pairings", "To whom one was introduced").needs("read:accounts").paged(ACCOUNTS).lists::<Pairing>(),
    get("/api/outloud/v1/pairings/seeking", "What one is in for, and when the next round is").needs("read:accounts").gives::<Seeking>(),
    put("/api/outloud/v1/pairings/seeking/{kind}", "Be in for a kind of introduction").needs("write:accounts").gives::<Wanted>()
        .tells("`kind` is `cuppa`, `shadowing` or `mentoring`. Shadowing needs a `role` of `offer` or `ask`, mentoring one of `mentor` or `mentee`. Who is in again says anew what others read of them; since when they wait stays.")
        .takes(&[of("about", Text), of("role", OneOf(&["offer", "ask", "mentor", "mentee"])), of("from", Text), of("until", Text)]),
    delete("/api/outloud/v1/pairings/seeking/{kind}", "Be out").needs("write:accounts"),
    post("/api/outloud/v1/pairings/{id}/agree", "Agree to the conditions of mentoring").needs("write:accounts").gives::<Pairing>(),

    // Live.
    get("/api/v1/streaming/health", "Whether there are streams").answers(Plain),
    get("/api/v1/streaming", "All streams over one WebSocket").needs("read").answers(Socket).tells(SOCKET).takes(&[
        of("stream", Text), of("tag", Text), of("list", Id), of("access_token", Secret), of("only_media", Flag),
    ]),
    get("/api/v1/streaming/{name}", "A stream as server-sent events").needs("read").answers(Events).tells(STREAM).takes(&[
        of("tag", Text), of("list", Id), of("access_token", Secret), of("only_media", Flag),
    ]),
    get("/api/v1/streaming/{name}/{of}", "A part of a stream").needs("read").answers(Events).tells(PART).takes(&[
        of("tag", Text), of("access_token", Secret), of("only_media", Flag),
    ]),
];

/// The pages are those of the handlers.
const _: () =
    assert!(POSTS == crate::mastodon::POSTS && ACCOUNTS == crate::mastodon::ACCOUNTS && TEXTS == crate::outloud::ROWS);
