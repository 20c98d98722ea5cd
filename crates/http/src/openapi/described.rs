//! What is written as JSON where it is answered, described. Nothing is ever made of these but their schemas.
#![expect(dead_code, reason = "they only say what others write")]

use std::collections::BTreeMap;

use utoipa::ToSchema;

use crate::mastodon::entities::account::Account;
use crate::mastodon::entities::admin::AdminDomainBlock;

/// What went wrong, in words.
#[derive(ToSchema)]
pub struct Error {
    error: String,
    /// Where `error` is a code of OAuth: its words.
    #[schema(nullable = false)]
    error_description: Option<String>,
    /// By field what is wrong with it.
    #[schema(nullable = false)]
    details: Option<BTreeMap<String, Vec<Problem>>>,
    /// Ids of what has to be looked at before a post is opened up.
    #[schema(nullable = false)]
    unconfirmed: Option<Vec<String>>,
    /// The rule that stands in the way of a new one.
    #[schema(nullable = false)]
    existing_domain_block: Option<AdminDomainBlock>,
}

#[derive(ToSchema)]
#[schema(as = Error_Problem)]
pub struct Problem {
    error: String,
    description: String,
}

/// An app (entities/Application).
#[derive(ToSchema)]
pub struct Application {
    id: String,
    name: String,
    #[schema(required)]
    website: Option<String>,
    scopes: Vec<String>,
    redirect_uri: String,
    redirect_uris: Vec<String>,
    vapid_key: String,
}

/// An app with what it signs in with (entities/CredentialApplication).
#[derive(ToSchema)]
#[schema(as = CredentialApplication)]
pub struct RegisteredApplication {
    id: String,
    name: String,
    #[schema(required)]
    website: Option<String>,
    scopes: Vec<String>,
    redirect_uri: String,
    redirect_uris: Vec<String>,
    vapid_key: String,
    client_id: String,
    client_secret: String,
    client_secret_expires_at: i64,
}

/// entities/Token.
#[derive(ToSchema)]
pub struct Token {
    access_token: String,
    token_type: String,
    scope: String,
    /// Seconds since 1970.
    created_at: i64,
}

/// RFC 8414.
#[derive(ToSchema)]
pub struct ServerMetadata {
    issuer: String,
    service_documentation: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    userinfo_endpoint: String,
    app_registration_endpoint: String,
    scopes_supported: Vec<String>,
    response_types_supported: Vec<String>,
    response_modes_supported: Vec<String>,
    grant_types_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Vec<String>,
    code_challenge_methods_supported: Vec<String>,
}

/// OpenID Connect Core 5.3, as far as it is there.
#[derive(ToSchema)]
pub struct UserInfo {
    iss: String,
    sub: String,
    name: String,
    preferred_username: String,
    profile: String,
    #[schema(required)]
    picture: Option<String>,
}

/// entities/Rule.
#[derive(ToSchema)]
pub struct Rule {
    id: String,
    text: String,
    hint: String,
    translations: BTreeMap<String, String>,
}

#[derive(ToSchema)]
#[schema(as = Instance_Limits_Accounts)]
pub struct AccountLimits {
    max_featured_tags: i64,
    max_pinned_statuses: i64,
    max_display_name_length: i64,
    max_note_length: i64,
    max_profile_fields: i64,
    profile_field_name_limit: i64,
    profile_field_value_limit: i64,
}

#[derive(ToSchema)]
#[schema(as = Instance_Limits_Statuses)]
pub struct PostLimits {
    max_characters: i64,
    max_media_attachments: i64,
    characters_reserved_per_url: i64,
}

#[derive(ToSchema)]
#[schema(as = Instance_Limits_Media)]
pub struct MediaLimits {
    supported_mime_types: Vec<String>,
    description_limit: i64,
    image_size_limit: i64,
    image_matrix_limit: i64,
    video_size_limit: i64,
    video_frame_rate_limit: i64,
    video_matrix_limit: i64,
}

#[derive(ToSchema)]
#[schema(as = Instance_Limits_Polls)]
pub struct PollLimits {
    max_options: i64,
    max_characters_per_option: i64,
    min_expiration: i64,
    max_expiration: i64,
}

#[derive(ToSchema)]
#[schema(as = V1_Instance_Configuration)]
pub struct V1Configuration {
    accounts: AccountLimits,
    statuses: PostLimits,
    media_attachments: MediaLimits,
    polls: PollLimits,
}

#[derive(ToSchema)]
#[schema(as = Instance_Configuration)]
pub struct Configuration {
    accounts: AccountLimits,
    statuses: PostLimits,
    media_attachments: MediaLimits,
    polls: PollLimits,
    urls: Urls,
    vapid: Vapid,
    translation: Translation,
    limited_federation: bool,
}

#[derive(ToSchema)]
#[schema(as = Instance_Urls)]
pub struct Urls {
    streaming: String,
    about: String,
    status: (),
    privacy_policy: String,
    /// Where there are any.
    #[schema(required)]
    terms_of_service: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = Instance_Vapid)]
pub struct Vapid {
    public_key: String,
}

#[derive(ToSchema)]
#[schema(as = Instance_Translation)]
pub struct Translation {
    enabled: bool,
}

/// The node (entities/Instance).
#[derive(ToSchema)]
pub struct Instance {
    domain: String,
    title: String,
    version: String,
    source_url: String,
    description: String,
    usage: Usage,
    thumbnail: Thumbnail,
    icon: [String; 0],
    languages: Vec<String>,
    configuration: Configuration,
    registrations: Registrations,
    api_versions: BTreeMap<String, i64>,
    contact: Contact,
    rules: Vec<Rule>,
}

#[derive(ToSchema)]
#[schema(as = Instance_Usage)]
pub struct Usage {
    users: Users,
}

#[derive(ToSchema)]
#[schema(as = Instance_Usage_Users)]
pub struct Users {
    active_month: i64,
}

#[derive(ToSchema)]
#[schema(as = Instance_Thumbnail)]
pub struct Thumbnail {
    url: String,
    blurhash: (),
    versions: BTreeMap<String, String>,
}

#[derive(ToSchema)]
#[schema(as = Instance_Registrations)]
pub struct Registrations {
    enabled: bool,
    approval_required: bool,
    reason_required: bool,
    message: (),
    min_age: (),
    #[schema(required)]
    url: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = Instance_Contact)]
pub struct Contact {
    email: String,
    #[schema(required)]
    account: Option<Account>,
}

/// The node, as it was told of until version 2 (entities/V1_Instance).
#[derive(ToSchema)]
#[schema(as = V1_Instance)]
pub struct V1Instance {
    uri: String,
    title: String,
    short_description: String,
    description: String,
    email: String,
    version: String,
    urls: V1Urls,
    stats: V1Stats,
    thumbnail: String,
    languages: Vec<String>,
    registrations: bool,
    approval_required: bool,
    invites_enabled: bool,
    configuration: V1Configuration,
    #[schema(required)]
    contact_account: Option<Account>,
    rules: Vec<Rule>,
}

#[derive(ToSchema)]
#[schema(as = V1_Instance_Urls)]
pub struct V1Urls {
    streaming_api: String,
}

#[derive(ToSchema)]
#[schema(as = V1_Instance_Stats)]
pub struct V1Stats {
    user_count: i64,
    status_count: i64,
    domain_count: i64,
}

/// A text about the node.
#[derive(ToSchema)]
#[schema(as = ExtendedDescription)]
pub struct InstanceText {
    #[schema(required, format = DateTime)]
    updated_at: Option<String>,
    content: String,
}

/// entities/TermsOfService.
#[derive(ToSchema)]
pub struct TermsOfService {
    #[schema(format = Date)]
    effective_date: String,
    effective: bool,
    #[schema(required, format = Date)]
    succeeded_by: Option<String>,
    content: String,
}

/// A server that is shut out (entities/DomainBlock).
#[derive(ToSchema)]
#[schema(as = DomainBlock)]
pub struct InstanceBlock {
    domain: String,
    digest: String,
    severity: String,
    comment: String,
}

/// A week of the node. Its numbers are texts, and so is the second at which it begins.
#[derive(ToSchema)]
pub struct InstanceActivity {
    week: String,
    statuses: String,
    logins: String,
    registrations: String,
}

#[derive(ToSchema)]
pub struct Language {
    code: String,
    name: String,
}

/// oembed.com.
#[derive(ToSchema)]
#[schema(as = OEmbed)]
pub struct Oembed {
    r#type: String,
    version: String,
    title: String,
    author_name: String,
    author_url: String,
    provider_name: String,
    provider_url: String,
    cache_age: i64,
    html: String,
    width: i64,
    #[schema(required)]
    height: Option<i64>,
}

#[derive(ToSchema)]
pub struct UnreadCount {
    count: i64,
}

/// Whether those who were let in are among the notifications.
#[derive(ToSchema)]
#[schema(as = NotificationRequests_Merged)]
pub struct Requests {
    merged: bool,
}

/// entities/NotificationPolicy.
#[derive(ToSchema)]
pub struct NotificationPolicy {
    for_not_following: String,
    for_not_followers: String,
    for_new_accounts: String,
    for_private_mentions: String,
    for_limited_accounts: String,
    summary: Waiting,
}

/// entities/V1_NotificationPolicy.
#[derive(ToSchema)]
#[schema(as = V1_NotificationPolicy)]
pub struct NotificationPolicyV1 {
    filter_not_following: bool,
    filter_not_followers: bool,
    filter_new_accounts: bool,
    filter_private_mentions: bool,
    summary: Waiting,
}

#[derive(ToSchema)]
#[schema(as = NotificationPolicy_Summary)]
pub struct Waiting {
    pending_requests_count: i64,
    pending_notifications_count: i64,
}
