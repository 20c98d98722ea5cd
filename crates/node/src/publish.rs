//! A member's own posts: publishing, editing, deleting.

use std::collections::{HashMap, HashSet};

use model::account::{Account, ActorKind, Member};
use model::audience::{Audience, Viewer};
use model::clock::{HOUR, Millis};
use model::experiment::{Form, is_one, read};
use model::handle::Handle;
use model::hashtag::Hashtag;
use model::id::Id;
use model::notification::NotificationKind;
use model::policy::QuotePolicy;
use model::poll::Poll;
use model::post::{CARRIED, Draft, Edit, EditMedia, Media, MediaKind, Post, Revision};
use model::quote::Approval;
use model::text::{self, Format, Links, MentionLink};
use storage::{Tx, Withdrawn};

use crate::deed::{Data, Kind};
use crate::error::missing;
use crate::experiment::{Drawn, Redrawn};
use crate::login::may_be_heard;
use crate::notify::notify;
use crate::policy::{Wish, must_ask};
use crate::{
    Config, Error, Node, cards, carry, challenge, conversation, emoji, experiment, index, jobs, live, pairing, poll,
    quote, react, relays, tag, team,
};

/// Longest alt text, in characters.
pub const DESCRIPTION_LENGTH: usize = 10_000;
/// How many hashtags of a post count.
pub const TAGS_PER_POST: usize = 30;
/// For so long it is known for whom a post was that its author deleted.
pub const REMEMBERED: Millis = HOUR;

/// Publishes a member's post: stores it, puts it into homes, tells those it names, and enqueues what goes to other servers.
/// With an idempotency key that was used within the hour, answers the post made then.
pub async fn publish(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    member: &Member,
    draft: &Draft,
) -> Result<Post, Error> {
    crate::moving::check_here(author)?;
    let now = node.now();
    if let Some(key) = &draft.idempotency_key
        && let Some(id) = tx.idempotent_post(author.id, key, now - HOUR).await?
        && let Some(post) = tx.post(id).await?
    {
        return Ok(post);
    }
    may_be_heard(tx, author.id).await?;
    let media = usable_media(node, tx, author.id, &draft.media_ids, None).await?;
    let language = language(&draft.language, member);
    let drawn = experiment::draw_up(node, tx, author, draft, &language).await?;
    let said = drawn.as_ref().map_or_else(|| draft.text.clone(), Drawn::said);
    let is_thread = draft.audience == Some(Audience::Draft);
    check_text(node, author, &said, &draft.summary, media.is_empty() && draft.quoted_id.is_none(), is_thread)?;
    check_poll(draft.poll.is_some(), &media)?;
    let parent = answered(tx, author, draft).await?;
    if let Some(parent) = &parent
        && !tx.hold_post(parent.id).await?
    {
        return Err(Error::NotFound);
    }
    let (asked, team) = settled(node, tx, author, member, draft, &said).await?;
    let stays_inside = matches!(asked, Audience::Team | Audience::Organisation | Audience::Inside);
    if stays_inside && parent.as_ref().is_some_and(|p| p.audience == Audience::Direct) {
        // Neither may it be shown to everybody here, nor may it leave the node.
        return Err(Error::invalid("Validation failed: A direct message cannot be answered to all members"));
    }
    let quoted = match draft.quoted_id {
        Some(id) => Some(quote::quotable(tx, author, id).await?),
        None => None,
    };
    let (mut audience, mut team_id) = (asked, team);
    for narrower in parent.iter().chain(quoted.as_ref().map(|(quoted, _)| quoted).filter(|q| !q.audience.is_open())) {
        (audience, team_id) = team::within(audience, team_id, narrower)?;
    }
    team::check(tx, author, audience, team_id).await?;
    let (source, format) = match &drawn {
        Some(drawn) => (drawn.source.clone(), drawn.format),
        None => (draft.text.clone(), draft.format),
    };
    let told = drawn.as_ref().map_or_else(|| vec![(source.clone(), format)], |drawn| drawn.told(&language));
    let hears = Hears { author, audience, team_id };
    let words = read_words(node, tx, &told, hears, parent.as_ref()).await?;
    quote::check_direct(audience, author, quoted.as_ref(), &words.mentioned)?;
    let decider = match &parent {
        // Who is no partner is not asked, and hears nothing of it.
        Some(parent)
            if (audience.calls_strangers() || audience == Audience::Partners && parent.local)
                && must_ask(tx, author, parent, Wish::Reply).await? =>
        {
            Some(parent.account_id)
        }
        _ => None,
    };

    let id = node.id();
    let post = Post {
        id,
        uri: node.config.post_uri(&author.username, id),
        url: node.config.post_url(&author.username, id),
        account_id: author.id,
        local: true,
        kind: "note".to_owned(),
        // Until it is allowed, it is for the one who decides alone.
        audience: if decider.is_some() { Audience::Direct } else { audience },
        in_reply_to_id: parent.as_ref().map(|p| p.id),
        in_reply_to_account_id: parent.as_ref().map(|p| p.account_id),
        in_reply_to_uri: parent.as_ref().map_or_else(String::new, |p| p.uri.clone()),
        root_id: parent.as_ref().map_or(id, |p| p.root_id),
        context: parent.as_ref().map_or_else(|| node.config.context_uri(id), |p| p.context.clone()),
        boost_of_id: None,
        content: words.html,
        source,
        format,
        summary: draft.summary.trim().to_owned(),
        sensitive: draft.sensitive.unwrap_or(member.default_sensitive) || !draft.summary.trim().is_empty(),
        language,
        emojis: emoji::used(tx, &[&source_of(&told), &draft.summary]).await?,
        app_id: draft.app_id,
        created_at: now,
        edited_at: None,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        team_id,
    };
    if !tx.insert_post(&post).await? {
        return Err(Error::Conflict("This post was just made.".to_owned()));
    }
    if draft.tag_sharing == Some(false) {
        tx.keep_from_carriers(post.id, true).await?;
    }
    hang(tx, id, &media).await?;
    if let Some(wanted) = &draft.poll {
        poll::create(node, tx, &post, wanted).await?;
    }
    if let Some(decider_id) = decider {
        tx.put_approval(&Approval { post_id: id, decider_id, audience, approved_by: String::new() }).await?;
    }
    let groups = match &parent {
        Some(parent) if audience.is_open() => groups_of(tx, parent, &words.mentioned).await?,
        _ => Vec::new(),
    };
    for account in &words.mentioned {
        tx.put_mention(id, account.id, false).await?;
    }
    for group in &groups {
        tx.put_mention(id, group.id, true).await?;
    }
    put_tags(node, tx, &post, &words.hashtags).await?;
    count_post(tx, &post, 1).await?;
    cards::hang(node, tx, &post).await?;
    index::note_new(tx, author, &post, true).await?;
    if let Some(parent) = &parent
        && post.audience.is_open()
    {
        tx.count_reply(parent.id, 1).await?;
    }
    let usual = QuotePolicy::from_name(&tx.profile_settings(author.id).await?.quote_policy);
    if let Some(policy) = draft.quote_policy.or(usual) {
        quote::keep_policy(tx, &Post { audience, ..post.clone() }, policy).await?;
    }
    if let Some(quoted) = &quoted {
        quote::put(node, tx, author, &post, quoted).await?;
    }
    if let Some(key) = &draft.idempotency_key {
        tx.put_idempotency_key(author.id, key, id, now).await?;
    }
    if decider.is_none() {
        spread(node, tx, author, &post, &words.mentioned).await?;
    }
    let named: Vec<Account> = words.mentioned.into_iter().chain(groups).collect();
    tell_new(node, tx, &post, &named).await?;
    if let Some((quoted, _)) = &quoted {
        quote::ask(node, tx, &post, quoted).await?;
    }
    experiment::begin(node, tx, author, &post, drawn, &words.hashtags).await?;
    carry::heed(node, tx, author, &post).await?;
    challenge::heed(node, tx, author, &post, &named).await?;
    pairing::notice(node, tx, &post, &named, parent.as_ref()).await?;
    Ok(post)
}

/// The groups elsewhere in which an open conversation is held (a community of Lemmy): they pass a reply on if it is addressed to
/// them.
async fn groups_of(tx: &mut Tx, parent: &Post, named: &[Account]) -> Result<Vec<Account>, Error> {
    let mentions = tx.mentions(&[parent.id]).await?;
    let ids = mentions.iter().filter(|m| m.kind == ActorKind::Group && !m.domain.is_empty()).map(|m| m.account_id);
    let groups = tx.accounts(&ids.collect::<Vec<_>>()).await?;
    Ok(groups.into_iter().filter(|g| !g.is_suspended() && !named.iter().any(|n| n.id == g.id)).collect())
}

/// For whom a draft is, and in which team it is said, before what it answers and quotes is looked at. `said`: its text.
///
/// Apps that have no word for what is said inside call it `private` or `direct` ([`Draft::is_vague`]), and say so of what is posted
/// next as well. It is then for those whom the member's posts are for anyway; and what was deleted within the hour to be written anew
/// is for those whom it was for.
pub(crate) async fn settled(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    member: &Member,
    draft: &Draft,
    said: &str,
) -> Result<(Audience, Option<Id>), Error> {
    let asked = match (draft.audience, draft.team_id) {
        (None, Some(_)) => Audience::Team,
        (Some(asked), Some(_)) if asked != Audience::Team => {
            return Err(Error::invalid("Validation failed: A team is named, and the post is not for a team"));
        }
        (asked, _) => asked.unwrap_or(member.default_audience),
    };
    if !draft.is_vague {
        return Ok((asked, draft.team_id));
    }
    let before = deleted(node, tx, author, said).await?;
    if let Some(before) = before.iter().find(|w| w.audience.mastodon_name() == asked.mastodon_name()) {
        return Ok((before.audience, before.team_id));
    }
    let usual = member.default_audience;
    let is_usual = asked == Audience::Followers && usual.is_inside() && usual.mastodon_name() == asked.mastodon_name();
    Ok((if is_usual { usual } else { asked }, None))
}

/// What a member deleted within the hour and writes anew now, the last first.
async fn deleted(node: &Node, tx: &mut Tx, author: &Account, said: &str) -> Result<Vec<Withdrawn>, Error> {
    let mut all = tx.withdrawn(author.id, node.now() - REMEMBERED).await?;
    all.retain(|w| is_same(w, said));
    Ok(all)
}

/// What stood beside the sentences of an experiment that its author deleted and writes anew now, in an app that knows nothing of that.
pub(crate) async fn redrafted(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    draft: &Draft,
) -> Result<Option<Form>, Error> {
    if draft.experiment.is_some() || carry::is_carrier(author) {
        return Ok(None);
    }
    let mut form = deleted(node, tx, author, &draft.text).await?.into_iter().find_map(|w| w.form);
    let is_tied = |form: &Form| form.tries.is_some() && [draft.in_reply_to_id, draft.quoted_id].contains(&form.tries);
    if let Some(form) = form.as_mut().filter(|form| !is_tied(form)) {
        form.tries = None;
    }
    Ok(form.filter(|form| form.tries.is_some() || is_one(&draft.text)))
}

/// What is deleted may be written anew, in an app that does not know the word for whom it is for, or what else is kept of it (`form`).
/// `said`: its id and its text, of which nothing is kept but by what its words are known again.
pub(crate) async fn remember(
    node: &Node,
    tx: &mut Tx,
    author: Id,
    (post_id, text): (Id, &str),
    (audience, team_id): (Audience, Option<Id>),
    form: Option<Form>,
) -> Result<(), Error> {
    if audience.is_inside() || form.is_some() {
        let words = marks(post_id, text).into_iter().collect();
        let was = Withdrawn { post_id, account_id: author, audience, team_id, words, form, deleted_at: node.now() };
        tx.put_withdrawn(&was).await?;
    }
    Ok(())
}

/// Whether a text may be what was deleted, written anew: half of the words of the shorter one are in both.
fn is_same(before: &Withdrawn, text: &str) -> bool {
    let now = marks(before.post_id, text);
    let both = before.words.iter().filter(|word| now.contains(*word)).count();
    both * 2 >= before.words.len().min(now.len()).max(1) || before.words.is_empty() && now.is_empty()
}

/// The words of a post, so that they can be compared and not be read (FNV-1a, begun with its id).
fn marks(post: Id, text: &str) -> HashSet<String> {
    const PRIME: u64 = 0x0100_0000_01b3;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    let start = post.to_be_bytes().into_iter().fold(0xcbf2_9ce4_8422_2325, step);
    // What begins the sentences of every experiment makes none like another.
    let (sentences, rest) = read(text);
    let own = sentences.all().into_iter().chain([&rest]).flat_map(|part| part.split_whitespace());
    own.map(str::to_lowercase).map(|word| format!("{:016x}", word.bytes().fold(start, step))).collect()
}

/// Tells other servers of a new post, as far as it leaves the node.
pub(crate) async fn tell_new(node: &Node, tx: &mut Tx, post: &Post, named: &[Account]) -> Result<(), Error> {
    if !post.audience.leaves_the_node() {
        return Ok(());
    }
    let telling = node.tell(tx, Kind::Create, post.account_id, Some(post.id), &Data::default()).await?;
    let telling = reach(tx, telling, post, named, false).await?;
    relays::along(tx, telling, post).await?.done(tx).await?;
    relays::announce(node, tx, post).await
}

/// What a draft answers, if its author may see it; of a boost, what was boosted.
async fn answered(tx: &mut Tx, author: &Account, draft: &Draft) -> Result<Option<Post>, Error> {
    match experiment::answered(draft) {
        Some(id) => react::target(tx, author, id).await.map(Some),
        None => Ok(None),
    }
}

/// A new version of a member's post. The audience stays; the old version is kept.
pub async fn edit(node: &Node, tx: &mut Tx, author: &Account, post_id: Id, revision: &Revision) -> Result<Post, Error> {
    let old = own_post(tx, author, post_id).await?;
    if old.boost_of_id.is_some() {
        return Err(Error::NotFound);
    }
    let redrawn = experiment::redraw(node, tx, author, &old, revision).await?;
    revise(node, tx, author, &old, revision, redrawn, NotificationKind::Update).await
}

/// The same with what is kept of an experiment, if it is one. `kind`: as what those who boosted it hear of it.
pub(crate) async fn revise(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    old: &Post,
    revision: &Revision,
    redrawn: Redrawn,
    kind: NotificationKind,
) -> Result<Post, Error> {
    let drawn = match &redrawn {
        Redrawn::To(drawn) => Some(drawn.as_ref()),
        _ => None,
    };
    may_be_heard(tx, author.id).await?;
    let media = usable_media(node, tx, author.id, &revision.media_ids, Some(old.id)).await?;
    check_poll(revision.poll.is_some(), &media)?;
    let says_nothing = media.is_empty() && tx.quote(old.id).await?.is_none();
    let said = drawn.map_or_else(|| revision.text.clone(), Drawn::said);
    check_text(node, author, &said, &revision.summary, says_nothing, old.audience == Audience::Draft)?;
    let parent = match old.in_reply_to_id {
        Some(id) => tx.post(id).await?,
        None => None,
    };
    let language = revision.language.clone().unwrap_or_else(|| old.language.clone());
    let (source, format) = match drawn {
        Some(drawn) => (drawn.source.clone(), drawn.format),
        None => (revision.text.clone(), revision.format.unwrap_or(old.format)),
    };
    let told = drawn.map_or_else(|| vec![(source.clone(), format)], |drawn| drawn.told(&language));
    let hears = Hears { author, audience: old.audience, team_id: old.team_id };
    let words = read_words(node, tx, &told, hears, parent.as_ref()).await?;
    let before = tx.media_of(&[old.id]).await?;
    let asked = tx.poll(old.id).await?;
    tx.insert_edit(&version(old, &before, asked.as_ref())).await?;

    let summary = revision.summary.trim().to_owned();
    let post = Post {
        content: words.html,
        source,
        format,
        emojis: emoji::used(tx, &[&source_of(&told), &summary]).await?,
        sensitive: revision.sensitive.unwrap_or(old.sensitive) || !summary.is_empty(),
        summary,
        language,
        // Two versions in the same millisecond would be one for those who compare.
        edited_at: Some(node.now().max(old.edited_at.unwrap_or(old.created_at) + 1)),
        ..old.clone()
    };
    tx.update_post(&post).await?;
    if let Some(on) = revision.tag_sharing {
        tx.keep_from_carriers(post.id, !on).await?;
    }
    poll::revise(node, tx, &post, revision.poll.as_ref()).await?;
    for file in before.iter().filter(|m| !media.iter().any(|n| n.id == m.id)) {
        tx.retire_media(file.id).await?;
    }
    hang(tx, post.id, &media).await?;
    for change in revision.media_changes.iter().filter(|c| media.iter().any(|m| m.id == c.id)) {
        if let Some(file) = media.iter().find(|m| m.id == change.id) {
            let description = change.description.as_ref().unwrap_or(&file.description);
            check_description(description)?;
            tx.describe_media(file.id, description, change.focus.unwrap_or((file.focus_x, file.focus_y))).await?;
        }
    }
    let known = tx.mentions(&[post.id]).await?;
    for mention in known.iter().filter(|m| !m.silent && !words.mentioned.iter().any(|a| a.id == m.account_id)) {
        tx.put_mention(post.id, mention.account_id, true).await?;
    }
    for account in &words.mentioned {
        tx.put_mention(post.id, account.id, false).await?;
        if !known.iter().any(|m| m.account_id == account.id && !m.silent) {
            conversation::mention(node, tx, account.id, author, &post).await?;
        }
    }
    tag::uncount(tx, old).await?;
    tx.untag_post(post.id).await?;
    put_tags(node, tx, &post, &words.hashtags).await?;
    tag::count(tx, &post).await?;
    if let Some(policy) = revision.quote_policy {
        quote::keep_policy(tx, &post, policy).await?;
    }
    cards::hang(node, tx, &post).await?;
    index::note_changed(tx, post.id).await?;
    live::edited(tx, &post);
    experiment::go_on(node, tx, &post, redrawn, &words.hashtags).await?;
    tell_boosters(node, tx, author, &post, kind).await?;
    if post.audience.leaves_the_node() {
        let telling = node.tell(tx, Kind::UpdatePost, author.id, Some(post.id), &Data::default()).await?;
        let everyone = everyone_named(tx, &post).await?;
        let telling = reach(tx, telling, &post, &everyone, true).await?;
        relays::along(tx, telling, &post).await?.done(tx).await?;
    }
    carry::heed(node, tx, author, &post).await?;
    challenge::heed(node, tx, author, &post, &words.mentioned).await?;
    Ok(post)
}

/// Deletes a member's post, and leaves its files to them for a new version (`DELETE /api/v1/statuses/:id`); what no post takes
/// is swept away like any other upload.
pub async fn withdraw(node: &Node, tx: &mut Tx, author: &Account, post_id: Id) -> Result<Post, Error> {
    let post = own_post(tx, author, post_id).await?;
    tx.release_media(post.id, node.now()).await?;
    if post.boost_of_id.is_none() {
        let known = tx.experiment(post.id).await?.filter(|x| !x.by_words);
        let form = known.map(|x| Form { tries: x.tries_id, changed: x.changed.clone(), ..Form::again(&x, node.now()) });
        remember(node, tx, author.id, (post.id, &post.source), (post.audience, post.team_id), form).await?;
    }
    delete(node, tx, author, post_id).await
}

/// Deletes a member's post (or boost) and every boost of it. What other servers hold of it they are told to drop.
pub async fn delete(node: &Node, tx: &mut Tx, author: &Account, post_id: Id) -> Result<Post, Error> {
    // Who knows of it may just have changed: it may have waited for leave.
    tx.lock_posts(&[post_id]).await?;
    let post = own_post(tx, author, post_id).await?;
    if let Some(original) = post.boost_of_id {
        let original = tx.post(original).await?.ok_or_else(|| missing("post", original))?;
        react::unboost(node, tx, author, &original).await?;
        return Ok(post);
    }
    // Who is to be told is read before the post goes; the hosts are woken last, as after every other deed.
    let telling = if post.audience.leaves_the_node() {
        let data = Data { uri: post.uri.clone(), ..Data::default() };
        let telling = node.tell(tx, Kind::DeletePost, author.id, None, &data).await?;
        let everyone = everyone_named(tx, &post).await?;
        let telling = match post.audience {
            // Also those who have it from before their node was none any more.
            Audience::Partners => telling.partners(tx, true).await?,
            _ => reach(tx, telling, &post, &everyone, true).await?,
        };
        Some(relays::along_gone(tx, telling, &post).await?)
    } else {
        None
    };
    // Of what never left nobody elsewhere is told that it was there.
    if post.audience.leaves_the_node() {
        tx.put_tombstone(&post.uri, &author.uri, node.now()).await?;
    }
    remove(node, tx, &post).await?;
    if let Some(telling) = telling {
        telling.done(tx).await?;
        relays::take_back(node, tx, &post).await?;
    }
    Ok(post)
}

/// Takes a post out of the database, ours or another's, with its boosts, files and kept counts.
pub(crate) async fn remove(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    tx.lock_posts(&[post.id]).await?;
    let mut taken_back = Vec::new();
    loop {
        let boosts = tx.boosts_of(post.id, 0, 100).await?;
        if boosts.is_empty() {
            break;
        }
        tx.lock_posts(&boosts.iter().map(|b| b.id).collect::<Vec<_>>()).await?;
        for boost in boosts {
            live::removed(tx, &boost).await?;
            if tx.delete_post(boost.id).await? {
                count_post(tx, &boost, -1).await?;
                // Whoever follows it there alone may hear of it in no other way.
                if boost.kind == CARRIED {
                    taken_back.extend(carry::note_taken_back(node, tx, &boost, &post.uri).await?);
                }
            }
        }
    }
    node.tell_followers_of_each(tx, &taken_back).await?;
    tx.drop_card_of(post.id).await?;
    live::removed(tx, post).await?;
    tag::uncount(tx, post).await?;
    conversation::forget(tx, post).await?;
    challenge::forget(node, tx, post).await?;
    experiment::forget(node, tx, post).await?;
    let files = tx.all_media_of(post.id).await?;
    // Somebody else may be removing it, too: whoever does is the one who counts.
    if !tx.delete_post(post.id).await? {
        return Ok(());
    }
    let files: Vec<String> =
        files.into_iter().flat_map(|m| [m.path, m.small_path]).filter(|key| !key.is_empty()).collect();
    if !files.is_empty() {
        jobs::enqueue(node, tx, &jobs::Job::DeleteFiles { keys: files }).await?;
    }
    if let Some(parent) = post.in_reply_to_id
        && post.audience.is_open()
    {
        tx.count_reply(parent, -1).await?;
    }
    count_post(tx, post, -1).await
}

/// Adds a post to the kept number of its author's, or takes it out again. What is not for followers at least does not count:
/// the number is shown to everybody.
pub(crate) async fn count_post(tx: &mut Tx, post: &Post, by: i64) -> Result<(), Error> {
    if post.audience >= Audience::Followers {
        tx.count_post(post.account_id, by, (by > 0).then_some(post.created_at)).await?;
    }
    if by > 0 {
        tag::count(tx, post).await?;
    }
    Ok(())
}

/// Hangs files on a post in the order given.
async fn hang(tx: &mut Tx, post: Id, media: &[Media]) -> Result<(), Error> {
    for (position, file) in (0..).zip(media) {
        if !tx.attach_media(file.id, post, position).await? {
            return Err(Error::Conflict("Another post has just taken one of these files.".to_owned()));
        }
    }
    Ok(())
}

/// Whoever boosted a post here hears of its new version: that it was edited, or of the outcome of an experiment.
pub(crate) async fn tell_boosters(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    kind: NotificationKind,
) -> Result<(), Error> {
    let mut told: Vec<Id> = tx.local_boosters(post.id).await?.iter().map(|a| a.id).collect();
    if kind == NotificationKind::Outcome {
        // Whoever tries it again wants to know as well, as far as they may still read it.
        for member in tx.local_triers(post.id).await? {
            if tx.visible_post(post.id, Viewer::Member(member)).await?.is_some() {
                told.push(member);
            }
        }
        told.sort_unstable();
        told.dedup();
    }
    for member in told {
        // An earlier edit may have been told of already; the newest counts.
        tx.drop_notification(member, kind, author.id, Some(post.id)).await?;
        notify(node, tx, member, kind, author, Some(post)).await?;
    }
    tell_quoters(node, tx, author, post).await
}

/// Whoever quoted a post here hears of its new version, by their own post.
async fn tell_quoters(node: &Node, tx: &mut Tx, author: &Account, post: &Post) -> Result<(), Error> {
    let kind = NotificationKind::QuotedUpdate;
    for (quoting, quoter) in tx.local_quotes(post.id).await? {
        tx.drop_notification(quoter, kind, author.id, Some(quoting)).await?;
        if let Some(quoting) = tx.post(quoting).await? {
            notify(node, tx, quoter, kind, author, Some(&quoting)).await?;
        }
    }
    Ok(())
}

/// The version of a post that is about to be replaced.
pub(crate) fn version(post: &Post, media: &[Media], poll: Option<&Poll>) -> Edit {
    Edit {
        post_id: post.id,
        created_at: post.edited_at.unwrap_or(post.created_at),
        content: post.content.clone(),
        source: post.source.clone(),
        summary: post.summary.clone(),
        sensitive: post.sensitive,
        media: media.iter().map(|m| EditMedia { id: m.id, description: m.description.clone() }).collect(),
        poll: poll.map(Poll::titles).unwrap_or_default(),
    }
}

/// Homes and notifications of a new post, ours or another's.
pub(crate) async fn spread(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    mentioned: &[Account],
) -> Result<(), Error> {
    let mut followed = false;
    live::posted(tx, post);
    if post.audience != Audience::Draft {
        let language = match post.boost_of_id {
            Some(original) => tx.post(original).await?.map(|p| p.language).unwrap_or_default(),
            None => post.language.clone(),
        };
        followed = tx.fan_out_home(post, &language).await? > u64::from(post.local);
    }
    for account in mentioned.iter().filter(|a| a.is_local()) {
        conversation::mention(node, tx, account.id, author, post).await?;
    }
    if post.local && !pairing::is_cuppa(author) {
        conversation::add(node, tx, author.id, post).await?;
    }
    let is_rung_for = post.boost_of_id.is_none() && post.in_reply_to_uri.is_empty();
    // A bell is rung for what comes into a home.
    if followed && is_rung_for && post.audience >= Audience::Team {
        for member in tx.bell_ringers(author.id).await? {
            notify(node, tx, member, NotificationKind::Status, author, Some(post)).await?;
        }
    }
    Ok(())
}

/// Who is to be told of a post on other servers (Mastodon's StatusReachFinder). `again`: it was told of before, so those who
/// reacted are told as well.
pub(crate) async fn reach<'a>(
    tx: &mut Tx,
    mut telling: crate::deed::Telling<'a>,
    post: &Post,
    named: &[Account],
    again: bool,
) -> Result<crate::deed::Telling<'a>, Error> {
    // Only what is done with another's post waits for leave.
    let may_wait = post.local && (post.in_reply_to_id.is_some() || post.boost_of_id.is_some());
    let approval = if may_wait { tx.approval(post.id).await? } else { None };
    if let Some(waiting) = approval.filter(|a| a.approved_by.is_empty()) {
        return telling.accounts(tx, &[waiting.decider_id]).await;
    }
    if post.audience == Audience::Partners {
        return telling.partners(tx, false).await;
    }
    if post.audience >= Audience::Followers {
        telling = telling.followers(tx).await?;
    }
    if post.audience.is_open() {
        if let Some(parent_author) = post.in_reply_to_account_id {
            match tx.account(parent_author).await? {
                Some(a) if a.is_local() && a.id != post.account_id => telling = telling.followers_of(tx, a.id).await?,
                Some(a) => telling = telling.accounts(tx, &[a.id]).await?,
                None => {}
            }
        }
        if again {
            telling = telling.engaged(tx, post.id).await?;
            telling = telling.followers_of_carriers(tx, post.id).await?;
        }
    }
    let mut named: Vec<Id> = named.iter().map(|a| a.id).collect();
    if let Some(quoted) = tx.quote(post.id).await?.and_then(|q| q.quoted_id)
        && let Some(quoted) = tx.post(quoted).await?
    {
        named.push(quoted.account_id);
    }
    telling.accounts(tx, &named).await
}

pub(crate) async fn everyone_named(tx: &mut Tx, post: &Post) -> Result<Vec<Account>, Error> {
    let ids: Vec<Id> = tx.mentions(&[post.id]).await?.iter().map(|m| m.account_id).collect();
    Ok(tx.accounts(&ids).await?)
}

pub(crate) async fn own_post(tx: &mut Tx, author: &Account, post: Id) -> Result<Post, Error> {
    tx.post(post).await?.filter(|p| p.account_id == author.id).ok_or(Error::NotFound)
}

/// A post's text, read: what it becomes and whom and what it names.
struct Words {
    html: String,
    mentioned: Vec<Account>,
    hashtags: Vec<Hashtag>,
}

/// All parts of a text.
fn source_of(parts: &[(String, Format)]) -> String {
    parts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n\n")
}

/// For whom a post is that is being read.
#[derive(Clone, Copy)]
struct Hears<'a> {
    author: &'a Account,
    audience: Audience,
    team_id: Option<Id>,
}

impl Hears<'_> {
    /// Whether somebody who is named in it is told: what is not for them names them to nobody.
    async fn is_for(self, tx: &mut Tx, named: &Account) -> Result<bool, Error> {
        Ok(match (self.audience, self.team_id) {
            (Audience::Team | Audience::Inside, Some(team)) => tx.is_in_team(team, named.id).await?,
            (Audience::Partners, _) => named.is_local() || tx.is_partners_follower(named.id, self.author.id).await?,
            _ => named.is_local() || self.audience.leaves_the_node(),
        })
    }
}

/// Reads a text that may have parts of several kinds.
async fn read_words(
    node: &Node,
    tx: &mut Tx,
    parts: &[(String, Format)],
    hears: Hears<'_>,
    parent: Option<&Post>,
) -> Result<Words, Error> {
    let Hears { author, audience, .. } = hears;
    let mut found = text::Found::default();
    for (part, format) in parts {
        let more = text::scan(part, *format);
        found.mentions.extend(more.mentions);
        let fresh = |t: &Hashtag| !found.hashtags.iter().any(|known| known.key == t.key);
        let fresh: Vec<Hashtag> = more.hashtags.into_iter().filter(fresh).collect();
        found.hashtags.extend(fresh);
    }
    let mut accounts: HashMap<Handle, Account> = HashMap::new();
    for handle in found.mentions {
        let account = match by_handle(node, tx, &handle).await? {
            None if pairing::is_named(node, &handle) => pairing::account(node, tx).await?,
            known => known,
        };
        let account = account.filter(|a| !a.is_suspended());
        // An actor of ours calls nobody: others put the words into its mouth.
        if let Some(account) = account.filter(|a| !carry::is_carrier(author) || a.id == author.id)
            && hears.is_for(tx, &account).await?
        {
            accounts.insert(handle, account);
        }
    }
    let named = Named { config: &node.config, accounts: &accounts };
    let html: String = parts.iter().map(|(part, format)| text::render(part, *format, &named)).collect();
    let mut mentioned: Vec<Account> = Vec::new();
    for account in accounts.into_values() {
        if !mentioned.iter().any(|a| a.id == account.id) {
            mentioned.push(account);
        }
    }
    // In private nobody hears but those who are named.
    if let Some(parent) = parent
        && audience >= Audience::Team
        && parent.account_id != author.id
        && !mentioned.iter().any(|a| a.id == parent.account_id)
    {
        let author = tx.account(parent.account_id).await?.ok_or_else(|| missing("account", parent.account_id))?;
        if hears.is_for(tx, &author).await? {
            mentioned.push(author);
        }
    }
    mentioned.sort_by_key(|a| a.id);
    let hashtags = found.hashtags.into_iter().take(TAGS_PER_POST).collect();
    Ok(Words { html, mentioned, hashtags })
}

/// Looks an account up by handle, among those that are known here.
pub async fn by_handle(node: &Node, tx: &mut Tx, handle: &Handle) -> Result<Option<Account>, Error> {
    let domain = match &handle.domain {
        Some(domain) if !node.config.is_own_domain(domain) => domain.as_str(),
        _ => "",
    };
    Ok(tx.account_by_handle(&handle.username, domain).await?.filter(|a| a.deleted_at.is_none() && !a.is_waiting()))
}

struct Named<'a> {
    config: &'a Config,
    accounts: &'a HashMap<Handle, Account>,
}

impl Links for Named<'_> {
    fn mention(&self, handle: &Handle) -> Option<MentionLink> {
        let account = self.accounts.get(handle)?;
        Some(MentionLink { url: account.url.clone(), username: account.username.clone() })
    }

    fn hashtag(&self, key: &str, _name: &str) -> String {
        self.config.tag_url(key)
    }
}

pub(crate) async fn put_tags(node: &Node, tx: &mut Tx, post: &Post, tags: &[Hashtag]) -> Result<(), Error> {
    // In one order for everybody, so that two posts with the same tags never wait for each other.
    let mut tags: Vec<&Hashtag> = tags.iter().collect();
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    for tag in tags {
        let display = if post.audience == Audience::Public { tag.spelling() } else { &tag.key };
        let id = tx.use_tag(node.id(), &tag.key, display, node.now()).await?;
        tx.tag_post(id, post.id).await?;
    }
    Ok(())
}

/// Most posts of a thread that are written at once; a draft has room for as many.
pub const THREAD: usize = 20;

/// `is_draft`: it may be what several posts are made of.
fn check_text(
    node: &Node,
    author: &Account,
    text: &str,
    summary: &str,
    no_media: bool,
    is_draft: bool,
) -> Result<(), Error> {
    if text.trim().is_empty() && no_media {
        return Err(Error::invalid("Validation failed: Text can't be blank"));
    }
    let length = text::length(text) + summary.chars().count();
    // What an actor of ours says is put together of what has bounds of its own.
    let most = node.config.post_length * if is_draft { THREAD } else { 1 };
    if length > most && !carry::is_nobodys(author) {
        return Err(Error::invalid(format!("Validation failed: Text character limit of {} exceeded ({length})", most)));
    }
    Ok(())
}

/// A poll stands alone (Mastodon's rule): others would show one of the two.
fn check_poll(has_poll: bool, media: &[Media]) -> Result<(), Error> {
    if has_poll && !media.is_empty() {
        return Err(Error::invalid("Validation failed: A poll cannot be posted together with files"));
    }
    Ok(())
}

pub(crate) fn check_description(description: &str) -> Result<(), Error> {
    if description.chars().count() > DESCRIPTION_LENGTH {
        return Err(Error::invalid(format!(
            "Validation failed: Description is longer than {DESCRIPTION_LENGTH} characters"
        )));
    }
    Ok(())
}

/// The named uploads of this author, in the order given: free, or of the post that is edited.
async fn usable_media(node: &Node, tx: &mut Tx, author: Id, ids: &[Id], post: Option<Id>) -> Result<Vec<Media>, Error> {
    if ids.len() > node.config.post_media {
        return Err(Error::invalid(format!(
            "Validation failed: Cannot attach more than {} files",
            node.config.post_media
        )));
    }
    let mut found = tx.media_list(ids).await?;
    found.retain(|m| m.account_id == author && (m.post_id.is_none() || m.post_id == post));
    let mut media = Vec::with_capacity(ids.len());
    for id in ids {
        let at = found.iter().position(|m| m.id == *id);
        let at = at
            .ok_or_else(|| Error::invalid("Validation failed: Media could not be found, or belongs to another post"))?;
        media.push(found.swap_remove(at));
    }
    if media.len() > 1 && media.iter().any(|m| matches!(m.kind, MediaKind::Video | MediaKind::Audio)) {
        return Err(Error::invalid(
            "Validation failed: Cannot attach a video or sound to a post that already contains other files",
        ));
    }
    Ok(media)
}

fn language(asked: &str, member: &Member) -> String {
    let tag = if asked.trim().is_empty() { &member.default_language } else { asked };
    let tag = if tag.is_empty() { &member.locale } else { tag };
    model::language::valid_bcp47(tag).unwrap_or_default()
}
