-- What a node holds. One text for SQLite and PostgreSQL: bigint, text, boolean; times are milliseconds UTC;
-- documents are JSON in text; ids are made in Rust and sort by time. An empty text means "none" where a column is not null.

create table settings (
    name text primary key,
    value text not null
);

-- Members, remote actors and the node's own actors. A remote actor is known by its id (uri); its handle may change.
create table accounts (
    id bigint primary key,
    uri text not null unique,
    username text not null,
    domain text not null,                    -- of the handle; '' for accounts of this node
    host text not null,                      -- authority of the id, in lower case; '' for accounts of this node
    kind text not null,                      -- Person, Service, Group, Organization, Application
    display_name text not null default '',
    note text not null default '',           -- HTML, sanitised
    note_source text not null default '',    -- what a member wrote
    url text not null default '',
    inbox text not null default '',
    shared_inbox text not null default '',
    inbox_host text not null default '',     -- lane of deliveries: hosts.name
    outbox text not null default '',
    followers text not null default '',
    following text not null default '',
    featured text not null default '',
    avatar text not null default '',         -- remote: URL; local: a media path
    avatar_description text not null default '',
    header text not null default '',
    header_description text not null default '',
    fields text not null default '[]',
    emojis text not null default '[]',
    also_known_as text not null default '[]',
    moved_to text not null default '',
    locked boolean not null default false,
    discoverable boolean not null default false,
    indexable boolean not null default false,
    memorial boolean not null default false, -- remote: its server says that its owner has died
    hide_collections boolean not null default false,
    created_at bigint not null,
    updated_at bigint not null,
    fetched_at bigint,                       -- remote: when its document was last read
    suspended_at bigint,
    suspended_by text not null default '',   -- moderator, domain, origin
    limited_at bigint,
    deleted_at bigint,
    followers_count bigint not null default 0,
    following_count bigint not null default 0,
    posts_count bigint not null default 0,
    last_post_at bigint
);
create unique index accounts_local_username on accounts (lower(username)) where domain = '';
create index accounts_handle on accounts (lower(username), domain);
create index accounts_domain on accounts (domain, host) where domain <> '';
create index accounts_of_domain on accounts (domain, id) where domain <> '';
create index accounts_suspended on accounts (id) where suspended_at is not null;
create index accounts_limited on accounts (id) where limited_at is not null;

-- Where accounts moved to. The time is that of the Move; 0 where only the actor's document says so.
create table moves (
    account_id bigint primary key references accounts (id) on delete cascade,
    target_id bigint not null references accounts (id),
    moved_at bigint not null
);
create index moves_target on moves (target_id);

-- Pictures of this node that stand for :shortcode:. One that is removed is no longer given out; what used it keeps it.
create table emojis (
    id bigint primary key,
    shortcode text not null,
    category text not null default '',
    path text not null,                      -- key in the file store
    still_path text not null,                -- the same without movement
    visible boolean not null default true,   -- shown in pickers
    created_at bigint not null,
    removed_at bigint
);
create unique index emojis_shortcode on emojis (shortcode) where removed_at is null;

-- Public keys of everybody, private keys of our own.
create table keys (
    id text primary key,                     -- the keyId of signatures
    account_id bigint not null references accounts (id) on delete cascade,
    public_pem text not null,
    private_pem text,
    created_at bigint not null,
    fetched_at bigint not null
);
create index keys_account on keys (account_id, created_at);

-- Who may log in.
create table members (
    account_id bigint primary key references accounts (id) on delete cascade,
    email text not null,                     -- lower case
    password_hash text not null,
    role text not null,                      -- owner, admin, moderator, member
    state text not null,                     -- active, pending (waits for approval), disabled
    reason text not null default '',         -- why they want to join
    locale text not null default 'en',
    default_audience bigint not null default 70,
    default_sensitive boolean not null default false,
    default_language text not null default '',
    tag_sharing boolean not null default true,
    confirmed boolean not null default true, -- the address is theirs
    created_at bigint not null,
    last_active_at bigint
);
create unique index members_email on members (email);
create index members_unconfirmed on members (created_at) where not confirmed;

create table invites (
    code_hash text primary key,
    role text not null,
    uses_left bigint not null,
    expires_at bigint not null,
    created_by bigint,
    created_at bigint not null
);

create table posts (
    id bigint primary key,
    uri text not null unique,
    url text not null,
    account_id bigint not null references accounts (id),
    local boolean not null,
    kind text not null default 'note',       -- note, boost, carried (a boost by an actor of ours for a hashtag or a challenge)
    audience bigint not null,                -- the ladder of model::audience
    in_reply_to_id bigint,
    in_reply_to_account_id bigint,
    in_reply_to_uri text not null default '',
    root_id bigint not null,                 -- the first post of the conversation that we know
    context text not null default '',        -- the conversation's own URI
    boost_of_id bigint,
    content text not null default '',        -- HTML, sanitised
    source text not null default '',
    format text not null default 'plain',    -- of source: plain, markdown
    summary text not null default '',        -- content warning
    sensitive boolean not null default false,
    language text not null default '',
    emojis text not null default '[]',
    app_id bigint,
    created_at bigint not null,
    edited_at bigint,
    replies_count bigint not null default 0,
    boosts_count bigint not null default 0,
    favourites_count bigint not null default 0,
    team_id bigint                           -- in which it was said; it stays when the team has ended, and then nobody is in it
);
create index posts_team on posts (team_id, id) where team_id is not null;
create index posts_account on posts (account_id, id);
create index posts_draft on posts (account_id, id) where audience = 0;
create unique index posts_boost on posts (account_id, boost_of_id) where boost_of_id is not null;
create index posts_boost_of on posts (boost_of_id, id) where boost_of_id is not null;
create index posts_reply on posts (in_reply_to_id, id) where in_reply_to_id is not null;
create index posts_reply_uri on posts (in_reply_to_uri) where in_reply_to_id is null and in_reply_to_uri <> '';
create index posts_reply_lost on posts (in_reply_to_account_id) where in_reply_to_id is null and in_reply_to_account_id is not null;
create index posts_reply_open on posts (in_reply_to_id, id) where in_reply_to_id is not null and audience >= 60;
create index posts_reply_own on posts (in_reply_to_id, id) where in_reply_to_account_id = account_id and audience >= 60;
create index posts_root on posts (root_id, id);
create index posts_root_open on posts (root_id, id) where boost_of_id is null and audience >= 60;
create index posts_app on posts (app_id) where app_id is not null;
create index posts_public on posts (id) where audience = 70 and boost_of_id is null;
create index posts_public_local on posts (id) where audience = 70 and boost_of_id is null and local;
create index posts_inside_local on posts (id) where audience in (30, 40, 70) and boost_of_id is null and local;

-- What a post's own server says of it, and how far the conversation below it was read there.
create table post_origins (
    post_id bigint primary key references posts (id) on delete cascade,
    replies_uri text not null default '',    -- where its collection of replies is read: that, or the post's own document
    replies bigint,                          -- how many of each there are, as its server says; null: it does not say
    likes bigint,
    shares bigint,
    read_at bigint,                          -- when the collection was last read
    cursor text not null default '',         -- the page at which reading goes on, where it did not come to the end
    opened_at bigint,                        -- when a member opened the post, so that its conversation was looked for
    found bigint not null default 0          -- how many posts that look has brought
);

-- Posts that were made long before they came here, and when that was.
create table late_posts (
    post_id bigint primary key references posts (id) on delete cascade,
    arrived_at bigint not null
);

-- Posts of others that were found before they were sent: whom they concern was told nothing of them yet.
create table unheard_posts (
    post_id bigint primary key references posts (id) on delete cascade
);

-- For whom a draft is to be (null: as usual), when (null: at once), and who may quote it then (public, followers, nobody; empty: as
-- usual).
create table draft_aims (
    post_id bigint primary key references posts (id) on delete cascade,
    audience bigint,
    team_id bigint,
    quote_policy text not null default '',
    scheduled_at bigint
);

create table post_edits (
    post_id bigint not null references posts (id) on delete cascade,
    created_at bigint not null,              -- when this version was current from
    content text not null,
    source text not null default '',
    summary text not null,
    sensitive boolean not null,
    media text not null default '[]',        -- ids and descriptions of the time
    poll text not null default '[]',         -- titles of the options of the time
    primary key (post_id, created_at)
);

create table mentions (
    post_id bigint not null references posts (id) on delete cascade,
    account_id bigint not null references accounts (id),
    silent boolean not null default false,   -- no longer in the text, or addressed without a tag
    primary key (post_id, account_id)
);
create index mentions_account on mentions (account_id, post_id);

create table tags (
    id bigint primary key,
    name text not null unique,               -- normalised
    display text not null,
    created_at bigint not null,
    last_used_at bigint not null
);

-- Actors of ours that carry a hashtag: whoever follows one gets what members say with the tag. Each is made when it is first followed.
create table tag_actors (
    account_id bigint primary key references accounts (id) on delete cascade,
    tag_id bigint not null unique references tags (id)
);

-- Hashtags that the node carries nowhere.
create table blocked_tags (
    name text primary key,                   -- normalised
    comment text not null default '',
    created_at bigint not null
);

-- Posts that their authors do not want to be carried.
create table uncarried_posts (
    post_id bigint primary key references posts (id) on delete cascade
);

-- Whom an actor of ours does not carry, because they said so.
create table carrier_refusals (
    carrier_id bigint not null references accounts (id) on delete cascade,
    account_id bigint not null references accounts (id),
    created_at bigint not null,
    primary key (carrier_id, account_id)
);
create index carrier_refusals_account on carrier_refusals (account_id);

-- Questions that people anywhere can follow and answer. Each is an actor of ours.
create table challenges (
    account_id bigint primary key references accounts (id) on delete cascade,
    question text not null,
    owner_id bigint references accounts (id), -- the member who looks after it; null: nobody
    adoptable boolean not null default false, -- its owner would like somebody else to
    tag_id bigint references tags (id),
    state text not null,                     -- planned, open, closed, answered
    answer text not null default '',         -- Markdown
    opens_at bigint not null,
    closes_at bigint,
    opening_id bigint,                       -- posts of its own: that it is open,
    harvest_id bigint,                       -- what came,
    answer_id bigint,                        -- and the answer
    contributions_count bigint not null default 0,
    last_contribution_at bigint,
    created_at bigint not null
);
create index challenges_state on challenges (state, account_id);
create index challenges_owner on challenges (owner_id) where owner_id is not null;
create index challenges_tag on challenges (tag_id) where tag_id is not null;

create table contributions (
    challenge_id bigint not null references challenges (account_id) on delete cascade,
    post_id bigint not null references posts (id) on delete cascade,
    account_id bigint not null,              -- who wrote it
    state text not null,                     -- waiting, accepted, refused
    by_mention boolean not null,             -- it names the challenge; else it has its hashtag
    decided_by bigint,
    decided_at bigint,                       -- null: it was never decided, or that does not hold any more
    created_at bigint not null,
    primary key (challenge_id, post_id)
);
create index contributions_state on contributions (challenge_id, state, post_id);
create index contributions_account on contributions (challenge_id, account_id, created_at, post_id);
create index contributions_post on contributions (post_id);

-- Posts in which a challenge says what came.
create table harvests (
    post_id bigint primary key references posts (id) on delete cascade,
    challenge_id bigint not null references challenges (account_id) on delete cascade
);
create index harvests_challenge on harvests (challenge_id, post_id);

-- Who has no say in a challenge any more.
create table challenge_blocks (
    challenge_id bigint not null references challenges (account_id) on delete cascade,
    account_id bigint not null references accounts (id),
    created_at bigint not null,
    primary key (challenge_id, account_id)
);
create index challenge_blocks_account on challenge_blocks (account_id);

-- What is kept beside a post that is an experiment (model::experiment). A row outlives its post where others hang on it.
create table experiments (
    post_id bigint primary key,
    account_id bigint references accounts (id), -- null: its post is gone
    state text not null,                     -- planned, running, learned
    believe text not null default '',        -- how the four sentences go on
    leads_to text not null default '',
    test text not null default '',
    share text not null default '',
    testers boolean not null default false,  -- what is looked for
    critical_friend boolean not null default false,
    place text not null default '',
    organisation text not null default '',
    licence text not null default '',        -- SPDX
    look_again_at bigint,
    asked bigint not null default 0,         -- how often its author was
    outcome text not null default '',        -- hoped, didnt, mixed, stopped, too_early
    learning text not null default '',
    so_what text not null default '',
    outcome_post_id bigint,                  -- the answer that says so
    outcome_at bigint,
    tries_uri text not null default '',      -- the experiment that is tried again,
    tries_id bigint,                         -- and its post, where that is known
    changed text not null default '',
    standing text not null default '',       -- waiting, confirmed, refused: what the author of that one says
    by_words boolean not null default false, -- said with a hashtag alone
    kept_by bigint,                          -- who wrote down what somebody elsewhere said
    tries_count bigint not null default 0,   -- others who try it, confirmed
    learned_for_all boolean not null default false, -- public, and its outcome was said
    gone_at bigint
);
create index experiments_account on experiments (account_id, post_id);
create index experiments_tries on experiments (tries_id, standing, post_id) where tries_id is not null;
create index experiments_learned on experiments (outcome_at, post_id) where learned_for_all;
create index experiments_outcome on experiments (outcome_post_id) where outcome_post_id is not null;
create index experiments_lost on experiments (tries_uri, post_id) where tries_id is null and tries_uri <> '';

-- By what experiments are found: outcome:didnt, tag:1, place:leeds.
create table experiment_facets (
    facet text not null,
    post_id bigint not null references experiments (post_id) on delete cascade,
    primary key (facet, post_id)
);
create index experiment_facets_post on experiment_facets (post_id);

-- Profiles of others whose last posts were asked for.
create table outbox_reads (
    account_id bigint primary key references accounts (id) on delete cascade,
    asked_at bigint not null
);

create table post_tags (
    tag_id bigint not null references tags (id),
    post_id bigint not null references posts (id) on delete cascade,
    primary key (tag_id, post_id)
);
create index post_tags_post on post_tags (post_id);

create table media (
    id bigint primary key,
    account_id bigint not null,              -- whose post or upload it is; no reference, which would want an index of its own
    post_id bigint references posts (id) on delete cascade,
    position bigint not null default 0,      -- −1: of an earlier version of the post
    kind text not null,                      -- image, gifv, video, audio, unknown
    mime text not null,
    path text not null default '',           -- ours: key in the file store; '' for remote media
    small_path text not null default '',
    remote_url text not null default '',
    size bigint not null default 0,
    width bigint,
    height bigint,
    small_width bigint,
    small_height bigint,
    duration_ms bigint,
    blurhash text not null default '',
    description text not null default '',
    focus_x double precision not null default 0,
    focus_y double precision not null default 0,
    created_at bigint not null
);
create index media_post on media (post_id, position) where post_id is not null;
create index media_unattached on media (created_at) where post_id is null;

-- The poll of a post.
create table polls (
    post_id bigint primary key references posts (id) on delete cascade,
    multiple boolean not null,
    hide_totals boolean not null default false,
    expires_at bigint,
    closed_at bigint,
    voters_count bigint,                     -- null: another server does not say
    synced_at bigint                         -- ours: counts last sent out; another's: last read
);

create table poll_options (
    post_id bigint not null references polls (post_id) on delete cascade,
    position bigint not null,
    title text not null,
    votes_count bigint not null default 0,
    primary key (post_id, position)
);

-- Who chose what: everybody's votes in our polls, our members' votes everywhere.
create table poll_votes (
    id bigint primary key,
    post_id bigint not null references polls (post_id) on delete cascade,
    account_id bigint not null references accounts (id),
    position bigint not null,
    uri text not null default '',
    created_at bigint not null,
    unique (post_id, account_id, position)
);
create index poll_votes_account on poll_votes (account_id);

-- What may be done with a post, and how often it was quoted: for posts of which there is something to say.
create table interactions (
    post_id bigint primary key references posts (id) on delete cascade,
    policy text not null default '{}',       -- model::policy
    quotes_count bigint not null default 0
);

-- What a post quotes, and what became of the consent.
create table quotes (
    post_id bigint primary key references posts (id) on delete cascade,
    quoted_id bigint,
    quoted_uri text not null,
    state text not null,                     -- pending, accepted, rejected, revoked, deleted
    stamp text not null default '',          -- the document that says yes
    request text not null default '',        -- id of the QuoteRequest
    legacy boolean not null default false,
    checked_at bigint not null default 0     -- when another server's stamp was last seen
);
create index quotes_quoted on quotes (quoted_id, post_id) where quoted_id is not null;
create index quotes_stamp on quotes (stamp) where stamp <> '';
create index quotes_request on quotes (request) where request <> '';
create index quotes_checked on quotes (checked_at) where checked_at > 0;

-- Leave that our people gave to others, looked up by anybody.
create table stamps (
    id bigint primary key,
    kind text not null,                      -- quote, feature
    account_id bigint not null references accounts (id) on delete cascade,
    target text not null,                    -- the post or account it is about
    target_id bigint references posts (id) on delete cascade,
    object text not null,                    -- the quoting post, the collection
    actor_id bigint not null,                -- to whom it was given
    revoked boolean not null default false,  -- it was taken back, and is not given again
    created_at bigint not null,
    unique (target, object)
);
create index stamps_account on stamps (account_id, id);
create index stamps_actor on stamps (actor_id);
create index stamps_target on stamps (target_id) where target_id is not null;

-- Replies and boosts that the author of their target decides about: ours, and those of others that were allowed.
create table approvals (
    post_id bigint primary key references posts (id) on delete cascade,
    decider_id bigint not null,
    audience bigint not null,                -- what it will have
    approved_by text not null default ''     -- the document that says yes; '' while it is waited for
);
create index approvals_by on approvals (approved_by) where approved_by <> '';

-- Files of other servers that somebody here looked at: those that are kept (path), and those that could not be had (retry_at).
create table remote_files (
    url_hash text primary key,               -- SHA-256 of the URL, hexadecimal
    domain text not null,                    -- of the handle of the account it belongs to
    server text not null,                    -- authority of that account's id
    host text not null,                      -- that it lies on
    path text not null default '',           -- key in the file store; '' where there is none
    size bigint not null default 0,
    seen_at bigint not null,                 -- when somebody looked at it, to the day
    retry_at bigint not null default 0       -- not asked for again before
);
create index remote_files_seen on remote_files (seen_at) where path <> '';
create index remote_files_failed on remote_files (seen_at) where path = '';

-- Bytes in the file store by category (media, profiles, remote), kept as files come and go.
create table disk_use (
    category text primary key,
    bytes bigint not null
);

-- What pages say about themselves, one row for each address that a post leads to. Without a title there is nothing to show.
create table cards (
    id bigint primary key,
    url_hash text not null unique,           -- SHA-256 of the URL, hexadecimal
    url text not null,
    title text not null default '',
    description text not null default '',
    author_name text not null default '',
    author_url text not null default '',
    provider_name text not null default '',
    image text not null default '',          -- URL
    image_description text not null default '',
    image_width bigint,
    image_height bigint,
    language text not null default '',
    due_at bigint not null default 0         -- read again for a post that comes later than this
);

create table post_cards (
    post_id bigint primary key references posts (id) on delete cascade,
    card_id bigint not null references cards (id)
);
create index post_cards_card on post_cards (card_id, post_id);

create table favourites (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    post_id bigint not null references posts (id) on delete cascade,
    uri text not null default '',
    created_at bigint not null,
    unique (post_id, account_id)
);
create index favourites_post on favourites (post_id, id);
create index favourites_account on favourites (account_id, id);

-- Favourites of servers that have more to say than that: with which emoji. One account may have several on a post.
create table reactions (
    post_id bigint not null references posts (id) on delete cascade,
    account_id bigint not null references accounts (id),
    emoji text not null,                     -- itself, or :shortcode:
    url text not null default '',            -- of a custom emoji: its picture
    uri text not null,                       -- the activity's id
    created_at bigint not null,
    primary key (post_id, account_id, emoji)
);
create index reactions_uri on reactions (account_id, uri);

create table bookmarks (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    post_id bigint not null references posts (id) on delete cascade,
    unique (post_id, account_id)
);
create index bookmarks_account on bookmarks (account_id, id);

create table pins (
    account_id bigint not null references accounts (id),
    post_id bigint not null references posts (id) on delete cascade,
    created_at bigint not null,
    primary key (account_id, post_id)
);
create index pins_post on pins (post_id);

create table follows (
    id bigint primary key,
    follower_id bigint not null references accounts (id),
    target_id bigint not null references accounts (id),
    accepted boolean not null,
    uri text not null,
    show_boosts boolean not null default true,
    notify boolean not null default false,
    languages text not null default '[]',
    created_at bigint not null,
    unique (follower_id, target_id)
);
create index follows_target on follows (target_id, accepted, id);
create index follows_follower on follows (follower_id, accepted, id);
create index follows_uri on follows (uri);

create table blocks (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    target_id bigint not null references accounts (id),
    uri text not null default '',
    created_at bigint not null,
    unique (account_id, target_id)
);
create index blocks_target on blocks (target_id, id);

create table mutes (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    target_id bigint not null references accounts (id),
    hide_notifications boolean not null default true,
    expires_at bigint,
    created_at bigint not null,
    unique (account_id, target_id)
);
create index mutes_target on mutes (target_id, id);
create index mutes_expiry on mutes (expires_at) where expires_at is not null;

create table thread_mutes (
    account_id bigint not null references accounts (id),
    root_id bigint not null,
    primary key (account_id, root_id)
);
create index thread_mutes_root on thread_mutes (root_id);

-- Home timelines: one row for each post in somebody's home. Kept bounded; a row whose post is gone is skipped.
create table home_entries (
    account_id bigint not null,
    post_id bigint not null,
    primary key (account_id, post_id)
);

create table notifications (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    kind text not null,
    from_account_id bigint not null references accounts (id),
    post_id bigint references posts (id) on delete cascade,
    report_id bigint,                        -- a report that moderators are told of
    event_id bigint,                         -- of account_warnings or of severances
    group_key text not null default '',      -- shared by those of one kind, about one post, of one half of a day; '' stands alone
    created_at bigint not null
);
create index notifications_account on notifications (account_id, id);
create index notifications_group on notifications (account_id, group_key, id) where group_key <> '';
create unique index notifications_once on notifications (account_id, kind, from_account_id, coalesce(post_id, report_id, event_id, 0));
create index notifications_from on notifications (from_account_id);
create index notifications_post on notifications (post_id) where post_id is not null;

-- Strangers who want to be heard by a member, and those whom the member has let in for good.
create table notification_requests (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    from_account_id bigint not null references accounts (id),
    accepted boolean not null default false,
    created_at bigint not null,
    updated_at bigint not null,
    unique (account_id, from_account_id)
);
create index notification_requests_waiting on notification_requests (account_id, id) where not accepted;
create index notification_requests_from on notification_requests (from_account_id);
create index notification_requests_age on notification_requests (updated_at) where not accepted;

-- What they said meanwhile: notifications that are made when the member lets them in.
create table held_notifications (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    kind text not null,
    from_account_id bigint not null references accounts (id),
    post_id bigint references posts (id) on delete cascade,
    created_at bigint not null
);
create index held_notifications_from on held_notifications (account_id, from_account_id, id);
create index held_notifications_account on held_notifications (account_id, id);
create index held_notifications_by on held_notifications (from_account_id);
create unique index held_notifications_once on held_notifications (account_id, kind, from_account_id, coalesce(post_id, 0));
create index held_notifications_post on held_notifications (post_id) where post_id is not null;

create table markers (
    account_id bigint not null references accounts (id),
    timeline text not null,
    last_read_id bigint not null,
    version bigint not null,
    updated_at bigint not null,
    primary key (account_id, timeline)
);

-- Objects that are gone: late copies of them are not taken in again, and ours answer 410.
create table tombstones (
    uri text not null,
    account_uri text not null,               -- who deleted it: that a neighbour says so counts for the neighbour's alone
    deleted_at bigint not null,
    local boolean not null,                  -- of this node: kept for ever; others are forgotten in time
    primary key (uri, account_uri)
);
create index tombstones_age on tombstones (deleted_at) where not local;

-- Activities already taken in, by the host of their signer.
create table inbox_seen (
    signer_host text not null,
    activity_id text not null,
    received_at bigint not null,
    primary key (signer_host, activity_id)
);
create index inbox_seen_age on inbox_seen (received_at);

-- Work that must happen and may fail: a row is deleted together with its outcome.
create table jobs (
    id bigint primary key,
    kind text not null,
    payload text not null,
    dedupe text unique,                      -- at most one waiting job of this key
    asks_others boolean not null,            -- it waits for other servers: those have places of their own
    run_at bigint not null,
    attempts bigint not null default 0,
    lease_until bigint not null default 0,
    again_at bigint not null default 0,      -- asked for while it ran: to be run once more, then
    created_at bigint not null
);
create index jobs_due on jobs (asks_others, run_at);

-- Who did what to what: the reason of deliveries. The document is rendered once, when it is first sent.
create table deeds (
    id bigint primary key,
    kind text not null,
    account_id bigint not null,
    subject_id bigint,
    data text not null default '{}',
    document text,
    created_at bigint not null
);
create index deeds_account on deeds (account_id);

create table deliveries (
    deed_id bigint not null references deeds (id),
    host text not null,
    inbox text not null,
    attempts bigint not null default 0,
    next_at bigint not null,
    primary key (host, deed_id, inbox)
);
create index deliveries_deed on deliveries (deed_id);
create index deliveries_due on deliveries (host, next_at);

-- Servers that we send to: one row is the lease, the back-off and the memory of each. Inboxes that lie on another server than their
-- actor have lanes of their own.
create table hosts (
    name text primary key,                   -- authority (host or host:port), or "authority for authority of the actor"
    next_at bigint,                          -- when something is due; null when nothing waits
    not_before bigint not null default 0,    -- back-off, Retry-After
    fail_count bigint not null default 0,
    failing_since bigint,
    dead_since bigint,
    scheme text not null default '',         -- cavage, rfc9421: which signature it took last; '' is not known
    lease_until bigint not null default 0,
    lease_owner text not null default '',
    last_success_at bigint,
    last_error text not null default '',
    software text not null default ''
);
create index hosts_due on hosts (next_at) where next_at is not null;
create index hosts_failing on hosts (failing_since) where failing_since is not null;

create table domain_rules (
    domain text primary key,
    id bigint not null,                      -- by which apps name it
    severity text not null,                  -- suspend, limit, none
    allowed boolean not null default false,  -- named in allow-list mode
    reject_media boolean not null default false,
    reject_reports boolean not null default false,
    obfuscate boolean not null default false, -- its name is not to be shown in full to everybody
    private_comment text not null default '',
    public_comment text not null default '',
    created_at bigint not null
);

-- What was brought before the moderators. It names its subjects in words, because it outlives them.
create table reports (
    id bigint primary key,
    uri text not null,                       -- the Flag, ours or another's
    reporter_id bigint,                      -- a member of ours; null where another server reports
    reporter text not null,                  -- their handle, or the other server's host
    target_id bigint not null,
    target text not null,                    -- handle
    category text not null,                  -- spam, legal, violation, other
    comment text not null default '',
    rule_ids text not null default '[]',
    posts text not null default '[]',        -- as they were: id, uri, when, warning, text
    forwarded boolean not null default false,
    created_at bigint not null,
    closed_at bigint,
    closed_by text not null default '',
    closed_by_id bigint,                     -- a member of ours; null where it was done by a command
    closed_note text not null default '',    -- what was decided, for the moderators
    assigned_id bigint,                      -- the member of ours who looks after it
    updated_at bigint not null,
    unique (uri, target_id)
);
create index reports_target on reports (target_id, id);
create index reports_reporter on reports (reporter_id, id) where reporter_id is not null;
create index reports_open on reports (id) where closed_at is null;
create index reports_settled on reports (id) where closed_at is not null;
create index reports_closed on reports (closed_at) where closed_at is not null;
create index reports_sender on reports (reporter, created_at) where reporter_id is null;
create index reports_sender_open on reports (reporter, target_id) where closed_at is null and reporter_id is null;

-- Whatever the moderators did; it outlives what it was done to.
create table audit_log (
    id bigint primary key,
    actor text not null,                     -- handle of a member, or 'command line'
    action text not null,
    subject text not null,
    detail text not null default '',
    created_at bigint not null
);
create index audit_log_actor on audit_log (actor, id);
create index audit_log_subject on audit_log (subject, id);

-- Addresses that nobody may join with, by the domain of their provider, which covers what lies below it.
create table email_domain_blocks (
    id bigint primary key,
    domain text not null unique,
    allow_with_approval boolean not null,    -- who has one may ask to join
    created_at bigint not null
);

-- The same of single addresses, of which only this is kept: SHA-256 of the address without dots and what follows a plus.
create table canonical_email_blocks (
    id bigint primary key,
    hash text not null unique,
    account_id bigint,                       -- who was suspended with it
    created_at bigint not null
);
create index canonical_email_blocks_account on canonical_email_blocks (account_id) where account_id is not null;

-- Networks from which nobody may join, or from which nothing is answered.
create table ip_blocks (
    id bigint primary key,
    network text not null unique,            -- address/prefix
    severity text not null,                  -- sign_up_requires_approval, sign_up_block, no_access
    comment text not null default '',
    expires_at bigint,
    created_at bigint not null
);

-- What members were told that moderators did about them.
create table account_warnings (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    action text not null,                    -- none, freeze, disable, silence, suspend
    text text not null default '',           -- what the moderators say
    report_id bigint,                        -- that it settled
    created_at bigint not null
);
create index account_warnings_account on account_warnings (account_id, id);

-- Members whose follows were cut off, all of one server or of one account, and how many.
create table severances (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    kind text not null,                      -- domain_block, user_domain_block, account_suspension
    target text not null,                    -- the domain, or the handle
    followers bigint not null,
    following bigint not null,
    created_at bigint not null
);
create index severances_account on severances (account_id, id);

create table apps (
    id bigint primary key,
    client_id text not null unique,
    client_secret_hash text not null,
    name text not null,
    website text not null default '',
    redirect_uris text not null,             -- JSON array
    scopes text not null,
    created_at bigint not null
);

create table oauth_codes (
    code_hash text primary key,
    app_id bigint not null references apps (id) on delete cascade,
    account_id bigint not null references accounts (id) on delete cascade,
    redirect_uri text not null,
    scopes text not null,
    code_challenge text not null default '',
    expires_at bigint not null
);

-- Bearer tokens of apps and cookies of browsers (app_id null).
create table tokens (
    id bigint primary key,
    token_hash text not null unique,
    app_id bigint references apps (id) on delete cascade,
    account_id bigint references accounts (id) on delete cascade,
    scopes text not null,
    agent text not null default '',          -- of a browser: which, and on what system
    created_at bigint not null,
    last_used_at bigint,
    expires_at bigint
);
create index tokens_account on tokens (account_id);
create index tokens_app on tokens (app_id) where app_id is not null;
create index tokens_expiry on tokens (expires_at) where expires_at is not null;

create table idempotency_keys (
    account_id bigint not null,
    key text not null,
    post_id bigint not null,
    created_at bigint not null,
    primary key (account_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- What members want to hear of whom: accept, filter or drop; '' leaves it to the node. Who has changed nothing has no row.
create table notification_policies (
    account_id bigint primary key references members (account_id) on delete cascade,
    not_following text not null,
    not_followers text not null,
    new_accounts text not null,
    private_mentions text not null,
    limited_accounts text not null
);

-- Finding posts: what somebody may find by its words, as the index has them (model::search). The index itself is made by each engine
-- in its own way (storage::search).
create table post_texts (
    post_id bigint primary key references posts (id) on delete cascade,
    words text not null
);

-- Posts that were made or with which something was done since they were last looked at for the index and for trends.
create table search_queue (
    post_id bigint primary key references posts (id) on delete cascade,
    fresh boolean not null                   -- it is new: what it uses counts for trends
);

-- How many different people used a hashtag or led to a page on a day, and who. Kept for some days.
create table trend_days (
    day bigint not null,                     -- days since the epoch
    kind text not null,                      -- tag, link
    subject_id bigint not null,              -- of tags, of cards
    uses bigint not null,
    accounts bigint not null,
    primary key (day, kind, subject_id)
);
create index trend_days_top on trend_days (day, kind, accounts, subject_id);

create table trend_users (
    day bigint not null,
    kind text not null,
    subject_id bigint not null,
    account_id bigint not null,
    primary key (day, kind, subject_id, account_id)
);

-- What went on here, by week.
create table activity (
    week bigint primary key,                 -- when it began, milliseconds
    posts bigint not null default 0,
    logins bigint not null default 0,        -- members who were here
    registrations bigint not null default 0
);

-- What members keep about others.
create table account_notes (
    account_id bigint not null references accounts (id),
    target_id bigint not null references accounts (id),
    note text not null,
    primary key (account_id, target_id)
);
create index account_notes_target on account_notes (target_id);

create table endorsements (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    target_id bigint not null references accounts (id),
    unique (account_id, target_id)
);
create index endorsements_target on endorsements (target_id);

create table domain_mutes (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    domain text not null,                    -- of handles
    unique (account_id, domain)
);

-- How a member's profile is shown, and what else they set; without a row all as it is by default.
create table profile_settings (
    account_id bigint primary key references accounts (id),
    show_media boolean not null default true,
    show_media_replies boolean not null default true,
    show_featured boolean not null default true,
    attribution_domains text not null default '[]', -- of pages that may name the member as their author
    quote_policy text not null default ''    -- of new posts: public, followers, nobody; '' as their audience has it
);

create table dismissed_suggestions (
    account_id bigint not null references accounts (id),
    target_id bigint not null references accounts (id),
    primary key (account_id, target_id)
);
create index dismissed_suggestions_target on dismissed_suggestions (target_id);

-- Posts that are to be made later.
create table scheduled_posts (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    scheduled_at bigint not null,
    draft text not null,                     -- model::post::Draft
    failure text not null default '',        -- why it could not be made when its time came
    created_at bigint not null
);
create index scheduled_posts_account on scheduled_posts (account_id, id);
create index scheduled_posts_time on scheduled_posts (account_id, scheduled_at);

-- Uploads that wait with them.
create table scheduled_media (
    media_id bigint primary key references media (id) on delete cascade,
    scheduled_id bigint not null references scheduled_posts (id) on delete cascade
);
create index scheduled_media_post on scheduled_media (scheduled_id);

-- What the node says about itself: rules, and texts of which the newest holds.
create table rules (
    id bigint primary key,
    position bigint not null,
    text text not null,
    hint text not null default '',
    created_at bigint not null,
    removed_at bigint                        -- since when it holds no longer; what it was changed to is a rule of its own
);

create table texts (
    id bigint primary key,
    name text not null,                      -- extended-description, privacy-policy, terms-of-service
    source text not null,                    -- Markdown
    effective_at bigint not null,
    created_at bigint not null
);
create index texts_name on texts (name, effective_at);

create table announcements (
    id bigint primary key,
    source text not null,                    -- Markdown
    content text not null,                   -- HTML
    starts_at bigint,
    ends_at bigint,
    all_day boolean not null default false,
    created_at bigint not null,
    updated_at bigint not null
);

create table announcement_reads (
    announcement_id bigint not null references announcements (id) on delete cascade,
    account_id bigint not null references accounts (id),
    primary key (announcement_id, account_id)
);
create index announcement_reads_account on announcement_reads (account_id);

create table announcement_reactions (
    announcement_id bigint not null references announcements (id) on delete cascade,
    account_id bigint not null references accounts (id),
    name text not null,                      -- the emoji, or the shortcode of one of ours
    primary key (announcement_id, name, account_id)
);
create index announcement_reactions_account on announcement_reactions (account_id);

-- Web Push: where a member wants to be told of notifications. One for each token, with which it goes.
create table push_subscriptions (
    id bigint primary key,
    token_id bigint not null unique references tokens (id) on delete cascade,
    account_id bigint not null references accounts (id) on delete cascade,
    endpoint text not null,
    p256dh text not null,
    auth text not null,
    standard boolean not null,
    alerts text not null,                    -- JSON array of kinds
    policy text not null,
    secret text not null,                    -- the token's own, sealed
    created_at bigint not null
);
create index push_subscriptions_account on push_subscriptions (account_id);

-- Secrets that work once: links in letters, and the moment between a password and a second factor.
create table one_time_secrets (
    secret_hash text primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    purpose text not null,                   -- confirm, change, reset, factor
    email text not null,                     -- that it is about
    expires_at bigint not null
);
create index one_time_secrets_account on one_time_secrets (account_id, purpose);
create index one_time_secrets_expiry on one_time_secrets (expires_at);

create table second_factors (
    account_id bigint primary key references members (account_id) on delete cascade,
    secret text not null,                    -- base32
    on_since bigint,                         -- null: the member has not yet shown that it works
    last_step bigint not null                -- of the last code that was used
);

create table recovery_codes (
    account_id bigint not null references members (account_id) on delete cascade,
    code_hash text not null,
    primary key (account_id, code_hash)
);

-- Lists: some of those whom a member follows, in a timeline of their own.
create table lists (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    title text not null,
    replies_policy text not null,            -- which answers to others it shows: followed, list, none
    exclusive boolean not null               -- what is in it is not in the home
);
create index lists_account on lists (account_id, id);

create table list_accounts (
    list_id bigint not null references lists (id) on delete cascade,
    account_id bigint not null references accounts (id),
    owner_id bigint not null,                -- whose list it is
    primary key (list_id, account_id)
);
create index list_accounts_account on list_accounts (account_id, owner_id, list_id);

-- Their timelines, as homes are kept.
create table list_entries (
    list_id bigint not null references lists (id) on delete cascade,
    post_id bigint not null,
    primary key (list_id, post_id)
);

-- What a member does not want to read, or not without being asked.
create table filters (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    title text not null,
    contexts text not null,                  -- JSON list: home, notifications, public, thread, account
    action text not null,                    -- warn, hide, blur
    expires_at bigint                        -- from then on it catches nothing
);
create index filters_account on filters (account_id, id);

create table filter_keywords (
    id bigint primary key,
    filter_id bigint not null references filters (id) on delete cascade,
    keyword text not null,
    whole_word boolean not null
);
create index filter_keywords_filter on filter_keywords (filter_id, id);

-- Single posts that a filter catches.
create table filter_posts (
    id bigint primary key,
    filter_id bigint not null references filters (id) on delete cascade,
    post_id bigint not null references posts (id) on delete cascade,
    unique (filter_id, post_id)
);
create index filter_posts_post on filter_posts (post_id);

-- Hashtags that members follow, which come into their homes.
create table tag_follows (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    tag_id bigint not null references tags (id),
    unique (account_id, tag_id)
);
create index tag_follows_account on tag_follows (account_id, id);
create index tag_follows_tag on tag_follows (tag_id, account_id);

-- Hashtags on profiles, with how often their owner used them in what everybody may read.
create table featured_tags (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    tag_id bigint not null references tags (id),
    name text not null,                      -- as its owner wrote it
    posts_count bigint not null,
    last_post_at bigint,
    unique (account_id, tag_id)
);
create index featured_tags_tag on featured_tags (tag_id);

-- Direct messages: for each member a row for everybody with whom they speak in a thread.
create table conversations (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade, -- whose it is
    root_id bigint not null,                 -- the thread
    participants text not null,              -- the others: JSON list of ids, in their order
    last_post_id bigint not null,
    unread boolean not null,
    unique (account_id, root_id, participants)
);
create index conversations_last on conversations (account_id, last_post_id);
create index conversations_root on conversations (root_id);

create table conversation_posts (
    account_id bigint not null,              -- whose conversation it is in
    post_id bigint not null references posts (id) on delete cascade,
    conversation_id bigint not null references conversations (id) on delete cascade,
    primary key (account_id, post_id)
);
create index conversation_posts_conversation on conversation_posts (conversation_id, post_id);
create index conversation_posts_post on conversation_posts (post_id);

-- What other servers with which somebody here has to do say that they run (NodeInfo).
create table servers (
    host text primary key,                   -- authority, in lower case
    software text not null default '',       -- '' where that is not known
    version text not null default '',
    asked_at bigint not null                 -- when it was asked last
);
create index servers_age on servers (asked_at);

-- Servers that have an account for each hashtag, which the node follows for the hashtags that its members follow.
create table peers (
    host text primary key,                   -- authority, in lower case
    origin text not null,                    -- where it is asked: scheme and authority
    handles text not null,                   -- how these accounts are called: tag-{slug}, or {tag}
    origin_only boolean not null,            -- they pass on posts of their own server alone
    discovered boolean not null,             -- found by what it runs; else the owner named it
    ignored boolean not null default false,  -- the owner does not want it
    created_at bigint not null
);

-- For each hashtag that somebody here follows and each peer: the account there.
create table tag_subscriptions (
    id bigint primary key,
    tag_id bigint not null references tags (id),
    peer text not null,                      -- host of peers
    account_id bigint references accounts (id), -- null until it was found
    state text not null,                     -- wanted, asked, accepted, rejected, missing
    uri text not null default '',            -- of our Follow
    due_at bigint not null,                  -- when it is looked at again
    unique (tag_id, peer)
);
create index tag_subscriptions_peer on tag_subscriptions (peer, id);
create index tag_subscriptions_account on tag_subscriptions (account_id) where account_id is not null;
create index tag_subscriptions_due on tag_subscriptions (due_at);

-- Posts that came because an account that the node follows for that gave word of them, by their ids, and which did.
create table relayed_posts (
    uri text not null,
    account_id bigint not null,
    created_at bigint not null,
    primary key (uri, account_id)
);
create index relayed_posts_age on relayed_posts (created_at);

-- Relays: servers that pass on the public posts of all who take part.
create table relays (
    id bigint primary key,
    url text not null unique,                -- as it is given out: its inbox (mastodon) or its actor (litepub)
    style text not null,                     -- mastodon, litepub
    inbox text not null,
    lane text not null,                      -- hosts.name
    account_id bigint references accounts (id), -- who speaks for it; null until it has spoken
    state text not null,                     -- asked, accepted, rejected
    uri text not null,                       -- of our Follow
    follows_us boolean not null default false,
    created_at bigint not null
);
create index relays_account on relays (account_id) where account_id is not null;
-- What people gather around: a hashtag, or a challenge (its account). The id is that of the one or the other.
create table subjects (
    id bigint primary key,
    tag_id bigint unique references tags (id) on delete cascade,
    challenge_id bigint unique references accounts (id) on delete cascade,
    tended boolean not null default false    -- a member said or arranged something about it, so that it stays
);

-- What a subject is for, in all versions, and other views of that. What was withdrawn or taken down is shown to nobody.
create table purposes (
    id bigint primary key,
    subject_id bigint not null references subjects (id) on delete cascade,
    account_id bigint not null references accounts (id),
    is_view boolean not null,
    source text not null,                    -- Markdown
    restored_id bigint,                      -- the version that was put back,
    restored_by bigint,                      -- and by whom
    created_at bigint not null,
    gone_at bigint,
    gone_by bigint
);
create index purposes_subject on purposes (subject_id, is_view, id);
create index purposes_shown on purposes (subject_id, is_view, id) where gone_at is null;
create index purposes_account on purposes (account_id);

-- Subjects that are about the same, each pair twice: from either side.
create table subject_links (
    subject_id bigint not null references subjects (id) on delete cascade,
    other_id bigint not null references subjects (id) on delete cascade,
    account_id bigint not null,              -- who linked them
    created_at bigint not null,
    primary key (subject_id, other_id)
);
create index subject_links_other on subject_links (other_id);

-- Pages that public posts of a subject lead to, what keepers say of them, and the posts.
create table shelf_links (
    subject_id bigint not null references subjects (id) on delete cascade,
    card_id bigint not null references cards (id) on delete cascade,
    place bigint not null,                   -- the first post that led there, by which they are in order
    note text not null default '',
    heading text not null default '',
    pinned boolean not null default false,
    hidden boolean not null default false,
    primary key (subject_id, card_id)
);
create index shelf_links_place on shelf_links (subject_id, place);
create index shelf_links_pinned on shelf_links (subject_id, place) where pinned;
create index shelf_links_card on shelf_links (card_id);

create table shelf_posts (
    subject_id bigint not null,
    card_id bigint not null,
    post_id bigint not null references posts (id) on delete cascade,
    account_id bigint not null,              -- its author
    primary key (subject_id, card_id, post_id),
    foreign key (subject_id, card_id) references shelf_links (subject_id, card_id) on delete cascade
);
create index shelf_posts_post on shelf_posts (post_id);

-- Roles that members take on for a while.
create table hats (
    id bigint primary key,
    account_id bigint not null references accounts (id),
    hat text not null,                       -- model::hat
    subject_id bigint not null references subjects (id) on delete cascade,
    since bigint not null,
    until bigint not null,                   -- from then on it is off
    confirmed boolean not null,              -- its rights are given
    confirmed_by bigint,
    unique (account_id, hat, subject_id)
);
create index hats_subject on hats (subject_id, hat, id);
create index hats_until on hats (until);

-- What was said inside and could be said to everybody, in the eyes of a member.
create table could_go_public (
    post_id bigint not null references posts (id) on delete cascade,
    account_id bigint not null references accounts (id),
    created_at bigint not null,
    primary key (post_id, account_id)
);
create index could_go_public_account on could_go_public (account_id);

-- Members who say something among themselves.
create table teams (
    id bigint primary key,
    name text not null,
    made_by bigint not null,
    created_at bigint not null
);
create index teams_made_by on teams (made_by);
create index teams_name on teams (name);

create table team_members (
    team_id bigint not null references teams (id) on delete cascade,
    account_id bigint not null references members (account_id) on delete cascade,
    added_by bigint not null,
    created_at bigint not null,
    primary key (team_id, account_id)
);
create index team_members_account on team_members (account_id, team_id);

-- Which post for everybody came of which that was said inside.
create table openings (
    post_id bigint primary key references posts (id) on delete cascade,    -- for everybody
    inside_id bigint not null references posts (id) on delete cascade,
    created_at bigint not null
);
create unique index openings_inside on openings (inside_id);

-- For whom a member's post was that they deleted a moment ago, perhaps to write it anew in an app that does not know the word for it.
create table withdrawn (
    post_id bigint primary key,
    account_id bigint not null references accounts (id),
    audience bigint not null,
    team_id bigint,
    words text not null,                     -- marks by which its words are known again, and not the words
    form text not null,                      -- JSON: what stood beside the sentences of an experiment, or null
    deleted_at bigint not null
);
create index withdrawn_account on withdrawn (account_id, deleted_at);
create index withdrawn_age on withdrawn (deleted_at);

-- People here and elsewhere who want to be introduced to somebody they have no link with.
create table pairing_seekers (
    account_id bigint not null references accounts (id) on delete cascade,
    kind text not null,                      -- cuppa, shadowing, mentoring
    role text not null default '',           -- offer, ask; mentor, mentee
    about text not null default '',          -- a line about them: plain text
    from_at bigint not null default 0,       -- shadowing: the first and the last day on which they could
    until_at bigint not null default 0,
    since bigint not null,                   -- when they began to wait
    looked_at bigint not null default 0,     -- the last round that looked at them
    primary key (account_id, kind)
);
create index pairing_seekers_turn on pairing_seekers (kind, looked_at, since);

-- Who was introduced to whom, each pair twice: from either side. It stays as long as both are there, so that it never happens again.
create table pairings (
    id bigint not null,                      -- the post that introduced them
    account_id bigint not null references accounts (id) on delete cascade,
    other_id bigint not null references accounts (id) on delete cascade,
    kind text not null,
    agreed boolean not null default false,   -- mentoring: to its conditions
    asks_at bigint,                          -- when they are asked what they learnt; null: they are not, or were
    created_at bigint not null,
    primary key (id, account_id),
    unique (account_id, other_id)
);
create index pairings_account on pairings (account_id, id);
create index pairings_other on pairings (other_id);
create index pairings_asks on pairings (asks_at) where asks_at is not null;

-- Archives of all that is a member's own, made for them to take along. One that is not finished has no whole file yet.
create table archives (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    state text not null,                     -- waiting, running, finished, failed
    path text not null,                      -- key in the file store, which is served to nobody as it is
    size bigint not null default 0,
    total bigint not null default 0,         -- posts: how many there are,
    done bigint not null default 0,          -- and how many of them are in it
    created_at bigint not null,
    finished_at bigint
);
create index archives_account on archives (account_id, id);

-- What members take in that they had elsewhere: lists of accounts, of servers and of posts, or an archive; and how far that is.
create table imports (
    id bigint primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    kind text not null,                      -- following, lists, muting, blocking, domain_blocking, bookmarks, posts
    overwrite boolean not null,              -- what is not in the file goes
    state text not null,                     -- waiting, running, finished, stopped, failed
    stage text not null,                     -- what is done now: clear, rows, leave, tidy
    cursor bigint not null default 0,        -- and how far that is
    total bigint not null,
    done bigint not null default 0,
    failed bigint not null default 0,
    skipped bigint not null default 0,       -- of an archive: what is not taken in, or is here already
    path text not null default '',           -- of an archive: its key in the file store, as long as it is needed
    origin text not null default '',         -- of an archive: whose it is, by actor id
    failure text not null default '',        -- why it did not come to its end
    created_at bigint not null,
    finished_at bigint
);
create index imports_account on imports (account_id, id);

-- What is in such a list. Of one that is over, only what could not be done stays; of an archive there is nothing else.
create table import_rows (
    import_id bigint not null references imports (id) on delete cascade,
    position bigint not null,
    name text not null,                      -- what it names, as names are compared
    cells text not null,                     -- JSON list, as it stood in the file
    state text not null,                     -- waiting, done, failed
    retry_at bigint not null default 0,      -- not tried before
    attempts bigint not null default 0,
    target_id bigint,                        -- the account or post that it turned out to be
    reason text not null default '',         -- why it could not be done
    primary key (import_id, position)
);
create index import_rows_state on import_rows (import_id, state, retry_at, position);
create index import_rows_failed on import_rows (import_id, state, position);
create index import_rows_name on import_rows (import_id, name);
create index import_rows_target on import_rows (import_id, target_id) where target_id is not null;

-- Posts that members made elsewhere and took along: what they were there.
create table imported_posts (
    post_id bigint primary key references posts (id) on delete cascade,
    account_id bigint not null references accounts (id),
    uri text not null,
    url text not null,
    unique (account_id, uri)
);

-- Which of their own posts members have deleted when they are old. Whoever never said so has no row.
create table cleanups (
    account_id bigint primary key references members (account_id) on delete cascade,
    enabled boolean not null,
    min_age bigint not null,                 -- milliseconds
    keep_direct boolean not null,
    keep_pinned boolean not null,
    keep_polls boolean not null,
    keep_media boolean not null,
    keep_favourited boolean not null,        -- by the member
    keep_bookmarked boolean not null,
    min_favourites bigint,                   -- what has so many stays; null: that is no reason
    min_boosts bigint,
    looked_at bigint not null default 0,     -- the post up to which all was looked at
    due_at bigint not null default 0         -- when it is gone on with
);
create index cleanups_due on cleanups (due_at) where enabled;

-- Which notifications members get as letters. Whoever has no row was never told of anything, and has not chosen.
create table letter_wishes (
    account_id bigint primary key references members (account_id) on delete cascade,
    chosen boolean not null,                 -- kinds is what they chose; else they get what is usual
    kinds text not null,                     -- JSON array of kinds that are told at once
    always boolean not null,                 -- also while they are here
    digest text not null,                    -- never, daily, weekly
    secret text not null unique,             -- whoever has it can end the letters: it stands in each
    told bigint not null,                    -- what is not behind this id is told, or will not be
    hour_began bigint not null default 0,    -- when the first of the last letters was written, that count against the bound
    hour_count bigint not null default 0,
    digest_at bigint not null default 0,     -- when the next digest is due
    digest_told bigint not null default 0    -- the same as told, of digests
);
create index letter_wishes_due on letter_wishes (digest_at) where digest <> 'never';
