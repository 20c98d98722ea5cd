# What the pages say. Another language is another file beside this one, named by its tag (BCP 47), with the same messages.
# How to write them: projectfluent.org. Plain words; buttons are verbs.

language-name = English
months = January February March April May June July August September October November December
day = { $day } { $month } { $year }
time = { $day } at { $time } UTC
time-here = { $day } { $month } { $year } at { $time }
ago-now = just now
ago-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
  }
ago-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
  }
ago-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
  }

## Around every page

skip = Skip to the content
copy = Copy
copied = Copied
deed-done = done
deed-undone = taken back
deed-cannot = This post cannot be boosted.
nav-main = This node
nav-home = Home
nav-tags = Tags
nav-write = Write
nav-notifications = Notifications
nav-unread = not read
nav-waits = waiting
nav-me = Me
nav-local = Said here
nav-library = Library
nav-search = Search
nav-conversations = Conversations
nav-lists = Lists
nav-bookmarks = Bookmarks
nav-settings = Settings
nav-about = About
nav-sign-in = Sign in
nav-join = Join
foot-about = About, help and contact
foot-privacy = Privacy
foot-terms = Terms of service
foot-accessibility = Accessibility
foot-appearance = Appearance and language
to-front = Go to the front page
go-back = Go back
show = Show
hide = Hide
older-posts = Older posts
nothing-older = There is nothing older.
form-too-old = This form is too old, or came from another site. Go back, load the page again, and send it once more. Nothing was changed.

## Errors

error-403 = Not open
error-403-do = This is not open to you.
error-404 = Nothing here
error-404-do = There is no page at this address, or it is not for everybody. Check the address, or look from the front page.
error-405 = That does not work here
error-405-do = This address does something else. Go back and try again.
error-410 = Gone
error-410-do = It was taken away, and will not come back.
error-413 = Too large
error-413-do = What you sent is larger than we can take. Nothing was changed.
error-429 = Too many tries
error-429-do = Please wait some minutes, then try again. Nothing was changed.
error-500 = Something went wrong
error-500-do = It went wrong on our side, and nothing was changed. Please try again later.
error-503 = Busy
error-503-do = The server is busy. Please try again in a moment.
error-other = That did not work
error-other-do = Go back and try again.
refused-name-taken = Somebody or something here has that name already. Choose another one.
refused-until = The last day must be a day to come, and not before the first one.
refused-self-link = Nothing is linked with itself.
refused-both-days = Say both days, or neither.
refused-blank = Write something first, or attach a file.
refused-long = Nothing was posted: the text is longer than { $value } characters. Shorten it, or make a thread of it.
refused-poll-files = A post has a poll or files, not both. Take one of them out.
refused-poll-one = A poll needs at least two choices.
refused-poll-twice = Two choices of the poll are the same. Change one of them.
refused-poll-long = A choice of the poll can have at most { $value } characters.
refused-soon = Choose a time at least five minutes from now, or post it now.
refused-far = That time is too far away. Choose an earlier one.
refused-files = A post can have at most four files. Remove one first.
refused-look-again = Choose today or a day to come to look again.
refused-experiment = Say at least what you try, in one of the sentences.
refused-outcome = Say what came of it first.
refused-outcome-none = Choose what came of it.
refused-own = This experiment is your own: say what came of it instead.
refused-tried = Others try this experiment, so it stays one.
refused-poll-over = This poll has ended.
refused-voted = You have voted in this poll already.
refused-own-poll = You cannot vote in a poll of your own.
refused-pins = You have pinned as many posts as a profile can show. Unpin one first.
refused-self-follow = You cannot follow yourself.
refused-quote = Its author does not let you quote this post. You can link to it, or reply.
refused-boost = This post was not written for everybody, so it cannot be boosted.
refused-opened = This post was opened up already.
refused-not-wider = Choose more people than could read it before.
refused-tag = That is not a hashtag. Write one word, without spaces.
refused-domain = This is no name of a server. Write it like social.example.org.
refused-tag-name = That is not a hashtag. Write one word, without spaces.
refused-closes = Choose a day to come on which it closes.
refused-closes-before = It must close after it opens.
refused-closed = This challenge is closed.
refused-title = Give it a title.
refused-question = Write the question first.
refused-name = Give it a name.
refused-lists = You have as many lists as there can be. Delete one first.
refused-filters = You have as many filters as there can be. Delete one first.
refused-tags = You follow as many hashtags as one can. Let one go first.
refused-large = A file is larger than { $value } MB. Choose a smaller one.
refused-frozen = Your account is frozen: you can read, but not post or answer. Those who look after the node can tell you why.
refused-hats = You wear { $value } hats already. Take one off first.
refused-no-text = Write something first.
refused-empty-file = There is nothing in this file. Choose another.
refused-csv = This file is not a list (CSV). Choose one that Mastodon or this node wrote.
refused-move-self = An account cannot move to itself.

## For whom a post is

audience-public = Everyone
audience-unlisted = Everyone with the link
audience-followers = Followers
audience-partners = Inside { $node } and its partners
audience-organisation = Inside { $node }
audience-team = Inside { $team }
audience-inside = Those named, inside { $node }
audience-direct = Only those named
audience-draft = Draft, only you

## Posts

automated = (automated)
count-replies = { $count ->
    [one] { $count } reply
   *[other] { $count } replies
  }
count-boosts = { $count ->
    [one] { $count } boost
   *[other] { $count } boosts
  }
count-favourites = { $count ->
    [one] { $count } favourite
   *[other] { $count } favourites
  }
count-votes = { $count ->
    [one] { $count } vote
   *[other] { $count } votes
  }
post-boosted-by = Boosted by
post-carried-by = Passed on by
post-in-reply-to = In reply to
post-unknown-parent = a post we do not have
post-filtered = Your filter caught this: { $filters }
post-sensitive = { $count ->
    [one] What is attached may be hard to look at.
   *[other] Some of what is attached may be hard to look at.
  }
post-edited = Edited
post-pinned = Pinned
post-muted = Conversation muted
post-more-elsewhere = { $count ->
    [one] One more reply on the original server
   *[other] { $count } more replies on the original server
  }
post-opened-as = Opened up as this post
post-opened-from = Said inside first
post-reactions = Reactions
post-deeds = What you can do with this post
post-reply = Reply
post-boost = Boost
post-favourite = Favourite
post-bookmark = Bookmark
post-more = More
post-quote = Quote
post-try-too = We’ll try this too
post-say-outcome = Say what came of it
post-open-up = Open this up
post-could-go-public = Say that it could go public
post-edit = Edit
post-pin = Pin to your profile
post-unpin = Take off your profile
post-delete = Delete
post-mute = Mute this conversation
post-unmute = Unmute this conversation
post-original = Open on its own server
post-report = Report
post-mute-or-block = Mute or block { $name }
media-image = Picture
media-video = Video
media-audio = Sound
media-file = File
media-on = { $kind } on { $host }
media-description = Description
media-no-description = Nothing says what this shows.
media-describe = Describe it
poll = Poll
poll-own = your choice
poll-vote = Vote
poll-results-later = Results are shown when the poll has ended.
poll-ended = Ended
poll-ends = Ends
poll-total-people = { $count ->
    [one] { $total } by { $count } person
   *[other] { $total } by { $count } people
  }
experiment = Experiment
state-planned = planned
state-running = running
outcome-hoped = Did what we hoped
outcome-didnt = Didn’t do what we hoped
outcome-mixed = Mixed
outcome-stopped = Stopped
outcome-too-early = Can’t tell yet
ask-testers = Looks for others who try it
ask-critical-friend = Looks for a critical friend
experiment-look-again = Look again on { $day }
experiment-tries = { $count ->
    [one] { $count } other tries it
   *[other] { $count } others try it
  }
experiment-tries-another = Tries another’s experiment
experiment-waiting = (its author has not confirmed that yet)

## Timelines

home-title = Home
home-empty = Nothing here yet. Follow some people or tags: look around in what is said here, or search for somebody.
local-title = Said at { $node }
local-about = What people here say, newest first, as far as you may read it.
local-empty = Nobody has said anything here yet. Be the first.
bookmarks-title = Bookmarks
bookmarks-about = Only you can see these.
bookmarks-empty = Bookmark a post, and you find it again here. Nobody is told.
favourites-title = Favourites
favourites-empty = Posts that you make a favourite stand here. Their authors are told.
list-empty = Nothing here yet. Put people into this list, and what they post stands here.
list-people = { $count ->
    [one] { $count } person in this list
   *[other] { $count } people in this list
  }
list-add = Put somebody in whom you follow
list-nobody = You follow nobody called “{ $handle }”. Follow them first, and write it like @name@server.example.

## Common

save = Save
saved = Saved.
new = New
posts = Posts
people = People
a-post = a post
tabs = Pages about this
mark-read = Mark as read
more-people = More people
sign-out = Sign out
what-you-typed = What you typed
unmute = Unmute
unblock = Unblock

## Writing

write-title = Write
write-title-edit = Change your post
write-title-reply = Reply
write-title-quote = Quote
write-title-try = We’ll try this too
write-title-experiment = Write an experiment
write-about = The post this is about
write-as = Writing as
write-starters = Or start with:
write-start-experiment = “We believe that if we…”
write-start-challenge = A challenge for many
write-first-happened = Here is what happened:
write-first-help = Can anyone help with
write-next = Post { $number } of the thread
write-another = Add another post below
write-thread-hint = All are posted at once, for the same people, each below the one before it. Pictures and polls go with the first. What is left empty is not posted.
write-thread-long = A thread can have at most { $count } posts at once. Post these first, and go on below the last one.
write-thread-later = A thread cannot be posted later, only one post can. Take the time out to post it now, or keep it as a draft.
write-draft-gone = This draft was posted or deleted meanwhile, maybe in another window. Nothing was posted now; press once more to post it all the same.
write-may-not-quote = Its author has not said that you may quote this post. You can answer it, or write of it and put its address in.
write-draft-overtaken = Since you opened this draft it was kept anew, maybe in another window. Nothing was done now. What you send once more from here takes its place.
write-draft-other = See what it says by now
write-thread-leave = Whoever you answer has to let your answer in first. Post the first part alone, and the rest below it once it is seen.
write-nobody = Nobody is named in it, so nobody but you would see it. Write @name of whom it is for.
write-answer = Your answer
write-attached = It is attached. Say what it shows.
write-text = What are you working on?
write-more-words = Anything else (may stay empty)
write-text-hint = Up to { $longest } characters. You can use Markdown, @names and #tags.
write-nothing-lost = What you typed is still here.
write-alt = Describe file { $number }
write-alt-asked = Something you attached has no description, so some people cannot know what it shows. Describe it, or press the button again to post it without.
write-remove = Remove file { $number }
write-attach = Attach a picture, film or sound
write-file = File
write-file-hint = Up to 4 files, one at a time. A file that is too large is not sent, and your text stays.
write-new-alt = What does it show?
write-attach-now = Attach
write-warning = Content warning
write-warning-text = What people should know before they open it
write-sensitive = What is attached may be hard to look at
write-poll = Poll
write-choice = Choice { $number }
write-poll-days = Open for how many days?
write-poll-multiple = People can choose more than one
write-more = Language, who may quote it, or post it later
write-language = Language
write-quotes = Who may quote it, if it is open to everyone
write-quotes-usual = As in your settings
quotes-public = Anyone
quotes-followers = People who follow you
quotes-nobody = Nobody but you
language-none = Not said
write-at = Post it at
write-at-hint = Leave it empty to post now.
write-at-utc = The time is UTC.
write-no-time = This is no time we can read. Choose a day and a time.
write-save = Save the new version
write-draft = Keep as a draft
write-others = Post to others instead
write-to = Post to: { $audience }
write-to-organisation = Post inside { $node }
write-to-team = Post to the team { $team }
write-to-partners = Post inside { $node } and its partners
write-to-public = Post to everyone
write-to-unlisted = Post to everyone with the link
write-to-followers = Post to your followers
write-to-direct = Post to those named
about-public = Everybody can read and copy it. It is in public timelines and under its tags.
about-unlisted = Everybody can read it, but it is not in public timelines.
about-followers = { $count ->
    [one] { $count } person who follows you.
   *[other] { $count } people who follow you.
  }
about-partners = Everybody here, and your followers at partner organisations.
about-organisation = { $count ->
    [one] { $count } person. It never leaves this server.
   *[other] { $count } people. It never leaves this server.
  }
about-team = { $count ->
    [one] { $count } person. It never leaves this server.
   *[other] { $count } people. It never leaves this server.
  }
about-direct = Those named in it. It is not encrypted, and may be a record.
x-legend = Four beginnings
x-hint = Go on with as many of them as you like. Each can stay empty.
x-believe = We believe that if we…
x-leads-to = Then this will lead to…
x-test = We are going to test this by…
x-share = We will share the learning by…
x-changed = What do you do differently?
x-look-again = Look again on
x-look-again-hint = On that day you are asked what came of it.
x-place = Where
x-place-hint = A town, a ward, a team.
x-state = How far is it?
x-licence = What others may do with it
x-licence-usual = As usual here
drafts-title = Drafts
drafts-about = Only you can see these.
drafts-empty = Nothing is waiting here.
drafts-untitled = Without words
drafts-to = For: { $audience }
drafts-later = to be posted
drafts-gone = This draft is gone
drafts-gone-about = It was posted or deleted since, maybe in another window.
scheduled-title = Posts for later
delete-title = Delete this post?
delete-draft-title = Delete this draft?
delete-draft-about = Nobody else has seen it. It cannot be brought back.
write-seen-by = seen by: { $audience }
delete-about = It goes from here, and other servers are asked to delete it as well. It cannot be brought back.
delete-about-inside = It goes from here; it was nowhere else. It cannot be brought back.
delete-do = Delete it
delete-keep = Keep it
delete-anew = Delete it and write it anew
delete-anew-not = What came of it was said already, and would be lost. Edit it instead.
delete-anew-about = Or take it back to change it: it is deleted all the same, with what was answered, boosted and favourited, and you have its words and files as a draft.
history-title = Versions of a post by { $name }
history-back = To the post
history-now = as it is now
history-first = as it was first
outcome-title = What came of it?
outcome-lead = All answers are worth the same. What did not work helps the next team most.
outcome-which = What happened
outcome-learning = What would you tell the next team?
outcome-so-what = So what? What was it worth?
outcome-so-what-hint = Time, money, worry, something learned. It can stay empty.
outcome-again-hint = If there is more to come, choose another day. It can stay empty.
outcome-say = Say it
outcome-told = Your post is changed, an answer is posted below it, and everybody who boosted it or tries it too is told.
open-up-lead = What was said inside stays inside, with its answers. This makes a new post of it, for more people.
open-up-text = What everybody is to read
open-up-files = What goes along
open-up-poll = It begins anew, for seven days.
open-up-look = Look at each of these first
open-up-names = Handles, numbers and addresses are found. Names of people and of places are not: look for them yourself.
open-up-to = For whom
open-up-answers = Nobody outside sees what was answered inside.
open-up-not = Leave it inside
open-up-again = Nothing was posted yet. Look at what is not ticked below: some of it may be new in what you wrote.
open-up-whom = Choose for whom it is.
check-person = { $handle } is named. They are fine with that, or it is not about them.
check-quote = Somebody’s words are quoted. They agreed to that.
check-description = Something attached has no description. That is fine.
check-personal = “{ $text }” looks like something about a person. It may be public.
check-answer = It answers something that was said inside. It can be understood without that.

## Reports

report-title = Report { $name }
report-about = Those who look after this server read it. Whoever you report is not told who did.
report-why = What is wrong?
report-spam = It is spam
report-rule = It breaks a rule of this server
report-legal = It is against the law
report-other = Something else
report-which-rule = Which rule?
report-comment = What should we know?
report-forward = Tell those who look after { $server } as well, without your name
report-send = Send the report

## Keeping up

told-which = Which notifications
told-all = All
told-words = Mentions
told-nothing = Nothing yet. When somebody answers, boosts or follows you, it stands here.
told-older = Older notifications
told-held = { $count ->
    [one] One person you do not know wants to be heard.
   *[other] { $count } people you do not know want to be heard.
  }
told-held-look = Look
told-mention = { $name } mentioned you
told-status = { $name } posted
told-boost = { $name } boosted your post
told-boosts = { $count ->
    [one] { $name } and one other boosted your post
   *[other] { $name } and { $count } others boosted your post
  }
told-follow = { $name } follows you
told-follows = { $count ->
    [one] { $name } and one other follow you
   *[other] { $name } and { $count } others follow you
  }
told-request = { $name } asks to follow you
told-favourite = { $name } made your post a favourite
told-favourites = { $count ->
    [one] { $name } and one other made your post a favourite
   *[other] { $name } and { $count } others made your post a favourite
  }
told-update = { $name } edited a post that you boosted
told-poll = A poll has ended
told-quote = { $name } quoted you
told-quoted-update = { $name } edited a post that you quoted
told-sign-up = { $name } signed up
told-sign-ups = { $count ->
    [one] { $name } and one other signed up
   *[other] { $name } and { $count } others signed up
  }
told-report = { $name } reported somebody
told-report-about = { $name } reported { $target }
told-report-next = Look at the report
told-sign-up-next = See the account
told-warning = A word from those who look after this server
told-warning-answer = If you see it otherwise, write to them:
told-warning-over = That is over.
told-warning-about = It is about:
told-limited = Only those who follow you see what you say.
told-frozen = You can read, and do nothing that others see.
told-severed = Some of your follows were cut off
severed-server = This server no longer speaks with { $target }.
severed-own = You blocked { $target }.
severed-account = { $target } was suspended here.
severed-counts = It ended { $following ->
    [one] one follow of yours
   *[other] { $following } follows of yours
  } and { $followers ->
    [one] one follow
   *[other] { $followers } follows
  } of you.
told-outcome = { $name } said what came of an experiment
told-trying = { $name } is trying your experiment too
told-trying-next = See it, and confirm it
told-look-again = The day has come to look again at your experiment
told-waiting = { $name } contributed to your challenge, and waits for your decision
told-given = You look after { $name } from now on
told-adopted = Somebody else looks after { $name } now
conversations-about = Mentions for those named in them alone. They are not encrypted, and may be records.
conversations-empty = No conversations yet. Write a post for those named in it to begin one.
lists-about = A list is a home with some people in it. Put those whom you follow into it on their pages, or on the list’s own page by their handle.
lists-new = Name of a new list
lists-make = Make the list
tags-followed = Those you follow
tags-none-followed = You follow no tags yet. Open one, and follow it there: its posts come to your home.
tags-used = Used a lot at the moment
tags-none-used = Nobody has used a tag here lately.
requests-title = Follow requests
requests-empty = Nobody waits for your answer.
requests-accept = Accept
requests-refuse = Refuse
followers-title = Who follows { $name }
following-title = Whom { $name } follows
followers-empty = Nobody yet.
following-empty = Nobody yet.
people-hidden = { $name } keeps this to themselves.
remove-follower = Remove
muted-title = People you muted
muted-until = until
muted-about = You do not see what they post. They are not told.
muted-empty = You muted nobody.
blocked-title = People you blocked
blocked-about = They cannot follow you or see your posts while signed in, and you do not see theirs.
blocked-empty = You blocked nobody.
tab-posts = Posts
tab-followers = Followers
tab-following = Follows
me-profile = Your profile
me-hats = Hats that you wear
me-hats-none = None yet. You put one on where you look after a hashtag or a challenge: its page leads there.
me-mine = What is yours
me-people = People
look-again-title = Look again
nav-keeping = Look after this server
search-label = People, tags and posts
search-do = Search
search-hint = A name, #tag, a handle such as @name@example.org, the address of a post, or words. You can narrow it: from:me, has:media, before:2027-01-31.
search-hint-stranger = A name, or a #tag.
search-nothing = Nothing was found.
search-nothing-why = Only what this server knows can be found, and only people who let themselves be found. A whole handle or address is looked up elsewhere, too.
search-nothing-stranger = Without signing in, only people and tags of this server can be found.

## How the pages look

look-about = This is kept in this browser. The language is kept with your account, if you are signed in.
look-language = Language
look-theme = Colours
look-auto = As this device has them
look-light = Light
look-dark = Dark
look-size = Size of text
look-usual = Usual
look-large = Large
look-larger = Larger
look-density = Room between things
look-roomy = Roomy
look-tight = Tight
look-motion = Movement
look-moving = As this device has it
look-still = Nothing moves

## Profiles

count-posts = { $count ->
    [one] { $count } post
   *[other] { $count } posts
  }
count-following = Follows { $count }
count-followers = { $count ->
    [one] { $count } follower
   *[other] { $count } followers
  }
kind-automated = Automated account
kind-group = Group
kind-organisation = Organisation
tab-replies = Posts and replies
tab-media = Media
tab-experiments = Experiments
profile-change = Change your profile
profile-look = See your profile as others do
profile-follow-remote = Follow from your own server
profile-moved = { $name } has moved to
profile-verified = Checked on { $day }: the page links back.
profile-joined = Joined { $day }
profile-empty = { $name } has not posted anything that you can see here.
feeds = Feeds:
also-as = Also talked about as
challenge-owner = Looked after by
challenge-nobody = nobody
challenge-offered = It is on offer: any member can take it over.
challenge-tag = Its hashtag
tie-blocked-by = They have blocked you.
tie-follows-you = Follows you.
tie-follow = Follow
tie-unfollow = Stop following
tie-unask = Take back the request
tie-mention = Mention
tie-private = Write to them alone
tie-hide-boosts = Hide their boosts
tie-show-boosts = Show their boosts
tie-bell = Tell me when they post
tie-bell-off = Do not tell me when they post
tie-mute = Mute
tie-mute-day = Mute for a day
tie-mute-week = Mute for a week
tie-lists = Your lists
tie-muted = You muted them: you do not see what they post.
tie-muted-until = You muted them, and do not see what they post, until
tie-block = Block
tie-remove = Remove from your followers
tie-block-domain = Block all of { $domain }
tie-domain-blocked = You blocked all of { $domain }.
tie-note = Your note, for you alone
tie-list-in = Put in
tie-list-out = Take out
remote-title = From your own server
remote-about = You need no account here. Say who you are elsewhere in the fediverse, and go on there.
remote-handle = Your handle, or your server
remote-handle-hint = Such as @name@mastodon.social. It is used for this one look-up and not kept.
remote-do = Go on
remote-or = Or search on your server for
remote-found = { $server } can take it from here.
remote-go = Go on at { $server }
remote-no-handle = That is no handle and no server. It looks like @name@example.org.
remote-not-found = { $server } did not tell us where to go on. Search there for what stands below.

## Settings

settings-you = You
settings-writing = Writing
settings-reading = Reading
settings-profile = Your profile
settings-security = Password, address and codes
settings-sessions = Browsers and apps that are signed in
settings-posting = How you post
settings-sharing = How far your posts go
settings-hearing = Whom you hear
settings-filters = Filters
profile-name = Name
profile-note = About you
profile-note-hint = Everybody can read it. You can use #tags and @names.
profile-avatar-alt = What does your picture show?
profile-header-alt = What does the banner show?
profile-lines = Lines in your profile
profile-lines-hint = Where you work, what to ask you about, a page of yours. A page that links back to your profile with rel="me" is marked as checked.
profile-line-name = Line { $number }: what it is
profile-line-value = Line { $number }: what it says
profile-found = Who finds and follows you
profile-discoverable = I can be suggested, and found by name
profile-indexable = My public posts can be found by search
profile-hide = Keep to myself whom I follow and who follows me
profile-locked = I decide who may follow me
profile-bot = This is an automated account
profile-pictures = Pictures
profile-avatar = Your picture
profile-header = The picture at the top of your profile
posting-audience = Your posts are for
posting-audience-hint = This is on the button when you write, and what apps post with when they say nothing else. You can choose another for each post.
posting-language = The language you write in
posting-sensitive = Hide what I attach behind a warning
posting-quotes = Who may quote your posts
hear-about = What people do that you do not know can wait until you look at it, or be ignored. They are not told.
hear-not-following = People you do not follow
hear-not-followers = People who do not follow you
hear-new = Accounts made in the last 30 days
hear-private = Private mentions by people you do not know
hear-limited = Accounts that were limited here
hear-accept = Hear them
hear-filter = Let it wait
hear-drop = Ignore it
push-title = In this browser
push-about = This browser can show what is in your notifications while the pages are closed. What is said travels encrypted through the push service of whoever made the browser.
push-no-script = That needs JavaScript. Letters tell you as well: see Letters about notifications.
push-on = Show them in this browser
push-off = Do not show them any more
push-is-on = They are shown in this browser.
push-is-off = They are not shown in this browser.
push-refused = The browser does not let this page show anything. Its settings for this page can change that.
push-failed = That did not work. Nothing was changed; try again later.
push-cannot = This browser cannot do that here. Letters can tell you instead: see Letters about notifications.
filters-about = Posts with words that you do not want to read are hidden, or behind a warning. Only you know.
filters-hides = hides
filters-warns = warns
filters-until = until { $day }
filters-new = A new filter
filters-title = Its name
filters-word = Word or words { $number }
filters-where = Where it works
filters-home = Home and lists
filters-public = What is said here, tags and search
filters-account = Profiles
filters-what = What it does
filters-warn = Shows a warning with its name
filters-hide = Hides the post
filters-for = For how long
filters-ever = For ever
filters-day = A day
filters-week = A week
filters-month = A month
filters-make = Make the filter
look-again-about = The day has come for these. Say what came of them, or choose another day.
look-again-empty = Nothing is due. When the day of an experiment comes, it stands here.

## The front page, and threads

front-title = Read along
front-lead = People here share what they try, what happened, and what they learnt. Read along; you need no account for that.
front-challenges = Asked here
front-learned = What was learned
front-year = Experiments of this year, by what came of them:
front-library = The whole library
front-latest = Said lately
front-empty = Nobody has posted for everybody yet. Come back soon.
front-more = More posts
front-tags = Tags that people here look after
front-follow = Follow from your own server
front-follow-how = You need no account here. With an account on Mastodon or any other fediverse server, search there for the handle of a person, a tag or a challenge, and follow it.
challenge-came = { $count ->
    [0] nothing came yet
    [one] { $count } contribution
   *[other] { $count } contributions
  }
challenge-until = { $came }, open until { $day }
post-title = { $name }: “{ $words }”
post-title-plain = A post by { $name }
thread-above = It begins with something that is not here.
thread-before = Before it
thread-replies = Replies
thread-remote = Answer, boost or favourite from your own server
thread-more = { $count ->
    [one] One more reply is not shown here: it is not for everybody, or it is on another server.
   *[other] { $count } more replies are not shown here: they are not for everybody, or they are on other servers.
  }
chain-title = Who tried it next
chain-gone = what was here is gone
tries-waiting = They say that they try it
tries-ask = Is that a try of your experiment? Confirmed, it stands below it for everybody to see, and they are told what came of yours.
tries-confirm = Confirm
tries-confirm-of = Confirm the try of { $name }
tries-refuse = It is not one
tries-refuse-of = What { $name } does is not one
chain-changed = Changed:

## Keys, and what the script says

new-posts = New posts:
characters-left = left
write-camel = If # is more than one word, begin each with a capital letter: it is easier to read, and can be read aloud.
look-keys = Keys
look-keys-on = Keys do things, as on Mastodon
look-keys-off = Keys do nothing
keys-title = Keys
keys-about = They work where JavaScript runs, and not while you write. You can switch them off under
key-move = Next post, post before
key-open = Open the post
key-reply = Reply
key-boost = Boost
key-favourite = Favourite
key-profile = Open its author’s profile
key-mention = Mention its author
key-warning = Show or hide what a warning hides
key-media = Show or hide media
key-new = Write
key-search = Search
key-send = Post what you wrote
key-back = Back
key-escape = Leave a field or a menu
key-help = This page
write-upload-failed = That did not arrive. Your text is still here: try again.
write-too-large = That file is too large.
write-restored = What you typed before was brought back.
write-hat = Say that you write as
write-no-hat = No hat
scheduled-not = Make it a draft, and change it

## Challenges, meeting somebody, and the rest

text-of = Of { $day }.
challenges-title = Asked here
challenges-about = Questions that somebody here looks after. Anybody can contribute from any server, and follow one like a person.
challenges-ask = Ask for help
challenges-none = Nothing is asked at the moment.
challenges-over = Answered or closed
challenge-new-about = A challenge has a page and a handle of its own, which people follow on any server. Whoever mentions it, or posts with its tag, contributes.
challenge-question = Your question
challenge-name = A short name for its handle
challenge-name-hint = Letters, numbers and _ without spaces. It becomes @name@{ $domain }, and stays.
challenge-purpose = What it is about, and what happens with the answers
challenge-tag-hint = What is posted with it contributes as well. It can stay empty.
challenge-closes = Open until
challenge-closes-hint = Until you close it, if this stays empty.
challenge-open = Ask it
challenge-open-hint = It is public at once.
cuppa-title = Meet somebody new
cuppa-about = Every so often two people who do not know each other are introduced, best from different organisations. You are told by a post for you two alone. You are out with one press.
cuppa-in = you are in
cuppa-cuppa = A cuppa
cuppa-cuppa-about = Half an hour with somebody you would not meet otherwise.
cuppa-shadowing = Shadowing
cuppa-shadowing-about = Some days beside somebody at their work, or somebody beside you.
cuppa-mentoring = Reverse mentoring
cuppa-mentoring-about = Somebody near the beginning of their work mentors somebody who has been there for long. Both agree first on what they expect, their rules, that they want to, that they trust each other, and that they are open.
cuppa-role = What you want
cuppa-offer = Somebody can come with me
cuppa-ask = I would like to go with somebody
cuppa-mentor = I would like to mentor
cuppa-mentee = I would like to be mentored
cuppa-said = What the other should know of you
cuppa-from = From
cuppa-until = Until
cuppa-join = Count me in
cuppa-leave = I am out
cuppa-met = To whom you were introduced
cuppa-agree = I agree to the five conditions
held-title = People who wait to be heard
held-about = They wrote to you, and you do not know them. They do not know that they wait. You can change who waits under
held-nobody = Nobody waits.
held-dismiss = Put it away
report-sent = Thank you
report-sent-about = Those who look after this server read your report, and decide what is to be done.

## Taking along, moving, old posts

settings-yours = What is yours
along-title = Take along and bring
along-archive = Everything, in one file
along-archive-about = Your posts, what is attached to them, your profile, lists and experiments, in a form that other servers read. You can have one a day; it is kept for seven days.
along-ask = Make an archive
along-again = You can make the next one from
along-download = Download
along-waiting = Waits for its turn
along-running = Under way
along-finished = Ready
along-stopped = Stopped
along-failed = Did not work
along-lists = Lists
along-following = Whom you follow
along-domains = Servers you blocked
along-in = Bring something
along-in-about = Lists from Mastodon, GoToSocial or here, or an archive of posts. Posts keep their dates, and nobody is told of them.
along-file = The file
along-file-hint = A CSV, or an archive (zip, tar.gz) of up to 100 MB. Those who run this server can take in a larger one.
along-kind = What is in it
along-kind-seen = As the file says
along-overwrite = Remove from my list what is not in this file
along-bring = Bring it
along-no-file = Choose a file first.
along-imports = What you brought
along-counts = { $done } of { $total } done, { $failed } could not be, { $skipped } left out: they are here already, or are no posts of yours
along-stop = Stop
along-failed-rows = What could not be done, and why (CSV)
along-reload = Load the page again to see how far it is.
move-title = Move here, or away
move-in = Move here from another account
move-in-about = Say here what your old account is, so that it can say that you are @{ $handle } now. Then move there.
move-old = Your old account
move-add = Add it
move-not-found = “{ $handle }” could not be found. Write it like @name@server.example, as it stands on that profile.
move-out = Move away
move-out-about = Your followers are taken along to the new account, which must name @{ $handle } as another name of its own first. Your posts stay here; take them along as an archive.
move-new = Your new account
move-password = Your password
move-do = Move
move-moved = You have moved to
move-back = Take that back
old-title = Old posts that go by themselves
old-about = Old posts of yours can be deleted after some time, here and on other servers. Experiments and what came of them always stay.
old-on = Delete my old posts
old-age = When they are older than
old-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
  }
old-keep = But keep
old-pinned = what I pinned
old-bookmarked = what I bookmarked
old-favourited = what I made a favourite
old-media = what has something attached
old-polls = polls
old-direct = what was for those named alone
old-favourites = Keep what has at least so many favourites
old-boosts = Keep what has at least so many boosts
move-wrong-password = That is not your password. Nothing was changed.

## For those who look after the node

keep-many = { $count } or more
keep-waits = What waits
keep-waits-nothing = Nothing waits for you.
keep-reports = Reports
keep-sign-ups = People who ask to join
keep-held = Contributions to “{ $question }”
keep-people = People
keep-accounts = Accounts
keep-invitations = Invitations
keep-log = What was done
keep-node = The node
keep-servers = Other servers
keep-rules = Rules
keep-texts = Texts
keep-announcements = Announcements
keep-emoji = Emoji
keep-tags = Hashtags that are not carried
keep-peers = Peers and relays
keep-how-it-does = How it does
keep-members = Members
keep-members-active = { $count }, of whom { $active ->
    [one] one was
   *[other] { $active } were
  } here in the last 30 days
keep-posts-here = Posts of members
keep-queue = To be done
keep-queue-empty = Nothing: all is sent.
keep-queue-many = { $deliveries } deliveries to other servers, { $jobs } other jobs.
keep-queue-oldest = The oldest is from
keep-disk = Disk
keep-disk-database = Database: { $size }
keep-disk-media = What members uploaded: { $size }
keep-disk-profiles = Profile pictures: { $size }
keep-disk-remote = Copies of other servers’ files: { $size } of { $budget } at most
keep-version = Version
keep-failing = Servers that take nothing from us
keep-failing-none = All take what we send.
keep-failing-about = It is tried again by itself. After a week without an answer the node gives up until it hears from there.
keep-failing-since = since
keep-failing-dead = given up
keep-older = Older ones
keep-further = Further ones
keep-remove = Remove
keep-since = since { $day }
keep-never = Never
keep-not-below = This is somebody with your own rank or a higher one: somebody above them has to decide.
keep-not-yours = Somebody with a higher role has to do that.
keep-not-sure = Tick the box if you are sure. Nothing was changed.
keep-no-day = That is not a day. Write it like 2026-01-31.
keep-no-file = Choose a file first.
keep-role-member = Member
keep-role-moderator = Moderator
keep-role-admin = Admin
keep-role-owner = Owner
keep-reports-which = Which reports
keep-open = Open
keep-done = Done
keep-closed = done
keep-reports-none = There are none.
keep-report-about = Report about @{ $who }
keep-report-by = by { $who }
keep-posts = { $count ->
    [one] { $count } post
   *[other] { $count } posts
  }
keep-category-spam = Spam
keep-category-legal = Against the law
keep-category-rule = Against a rule
keep-category-other = Something else
keep-about = About
keep-gone = (nothing of them is left)
keep-by = Reported by
keep-why = What it is
keep-they-say = They say
keep-forwarded = Sent on
keep-forwarded-how = To their own server, without saying who reports.
keep-looked-after = Looked after by
keep-nobody-yet = Nobody yet
keep-take = I look after it
keep-leave = Leave it to others
keep-closed-title = Done
keep-reopen = Open it again
keep-lift-where = Lift what was done, or do more
keep-reported-posts = What was reported
keep-reported-files = { $count ->
    [one] A file is attached.
   *[other] { $count } files are attached.
  }
keep-see-post = See the post
keep-is-sensitive = marked as sensitive
keep-post-gone = no longer there
keep-no-post = Choose at least one post.
keep-no-files = None of these posts has anything attached: only that can be marked as sensitive.
keep-no-words = Write what they are to be told.
keep-text-for-them = What you say to them
keep-text-about-posts = What you say to them about these posts
keep-text-maybe = If you write nothing, they are told nothing.
keep-text-for-log = Why, for those who look after the node
keep-letter = Tell them in a letter, too
keep-mark-sensitive = Mark as sensitive
keep-mark-plain = Take back that they are sensitive
keep-delete-posts = Delete these posts
keep-delete-posts-sure = Yes, delete what is ticked above. It cannot be brought back.
keep-decide = What is to be done?
keep-do-and-close = Do it, and close the report
keep-note = A note for those who look after the node
keep-note-hint = What was decided, and why. Only you and the others see it.
keep-close = Close the report
keep-history-of = What was there before with @{ $who }
keep-history = What was there before
keep-history-none = Nothing before this: no other report, and nothing was done.
keep-reported-by = What { $who } reported
keep-reported-none = Nothing else.
keep-report-log = What was done with this report
keep-rule-former = (as it was said until { $day })
keep-its-report = its report
keep-past-warn = Told
keep-past-limit = Limited
keep-past-freeze = Frozen
keep-past-disable = Login taken away
keep-past-suspend = Suspended
keep-measure = What you do
keep-do-warn = Tell them something, and nothing else
keep-do-limit = Limit: only those who follow them see what they say
keep-do-freeze = Freeze: they can read, and do nothing that others see
keep-do-disable = Take the login away: they cannot sign in, and what they said stays
keep-do-suspend = Suspend: nothing of them is shown, taken in or sent. It can be lifted
keep-find = Who
keep-find-hint = The beginning of a name, an address, or a handle like @name@example.org
keep-find-button = Find
keep-where = Where
keep-here = Here
keep-elsewhere = On other servers
keep-everywhere = Everywhere
keep-status = Which
keep-status-any = All
keep-status-staff = Those who look after the node
keep-mark-pending = asks to join
keep-mark-frozen = frozen
keep-mark-disabled = cannot sign in
keep-mark-unconfirmed = address not confirmed
keep-mark-limited = limited
keep-mark-suspended = suspended
keep-accounts-none = Nobody is like that.
keep-profile = Profile
keep-profile-see = See it
keep-email = Address
keep-joined = Joined
keep-last-here = Last here
keep-sessions = Signed in
keep-sessions-many = { $count ->
    [0] nowhere
    [one] in one browser or app
   *[other] in { $count } browsers and apps
  }
keep-reason = Why they want to join
keep-server = Server
keep-known-since = Known here
keep-counts = Posts and follows
keep-counts-of = { $posts ->
    [one] One post
   *[other] { $posts } posts
  }, followed by { $followers }, follows { $following }
keep-asks-to-join = They ask to join
keep-approve = Let in
keep-reject = Refuse
keep-lift = What can be lifted
keep-unsuspend = Lift the suspension
keep-unlimit = Lift the limit
keep-unfreeze = Unfreeze
keep-enable = Give the login back
keep-do-something = Do something about them
keep-do-it = Do it
keep-role = Give another role
keep-role-which = Role
keep-role-give = Give this role
keep-delete = Delete for good
keep-delete-about = All they wrote and sent goes, every other server is told, and the name is never given again. It cannot be undone.
keep-delete-sure = I want @{ $who } to be deleted for good
keep-delete-now = Delete
keep-log-all = All that was done about them
keep-sign-ups-none = Nobody asks to join.
keep-invite-made = Here is the link. It is shown this once: copy it now.
keep-invite-link = The link to pass on
keep-invite-role = What they become
keep-invite-uses = For how many people
keep-invite-days = For how many days
keep-invite-make = Make a link
keep-invite-number = Write a whole number from 1 to { $most }.
keep-invite-open = Links that still work
keep-invite-none = There are none.
keep-invite-once = The links themselves are not kept: each is known by the beginning of its fingerprint.
keep-invite-left = { $count ->
    [one] for one person
   *[other] for { $count } people
  }
keep-invite-until = until { $day }
keep-invite-since = made on { $day }
keep-invite-end = End it
keep-log-about = Each deed of those who look after the node, by whom and when. It outlives the people it is about.
keep-log-who = Of one person, server or hashtag
keep-log-which = Done by them, or about them
keep-log-by = done by
keep-log-to = done about
keep-log-none = Nothing was done.
log-assign = Took on a report
log-unassign = Gave a report back
log-close = Closed a report
log-reopen = Opened a report again
log-change = Changed what a report is about
log-warn = Told somebody
log-freeze = Froze an account
log-unfreeze = Let a frozen account go on
log-disable = Took a login away
log-enable = Gave a login back
log-limit = Limited an account
log-unlimit = Ended the limit of an account
log-suspend = Suspended an account
log-unsuspend = Ended the suspension of an account
log-delete = Deleted an account
log-delete-post = Deleted a post of
log-sensitive = Marked a post as sensitive, of
log-unsensitive = Took back that a post is sensitive, of
log-view-down = Took down a view of
log-purpose-down = Took down a purpose by
log-hat-off = Took a hat off
log-member-add = Added a member
log-member-approve = Let in
log-member-refuse = Did not let in
log-member-role = Gave a role to
log-member-password = Set a new password for
log-member-confirm = Confirmed the address of
log-totp-off = Took the second factor off, for
log-token = Shut out an app of
log-rotate-key = Gave a new key to
log-team-add = Added to a team
log-team-remove = Removed from a team
log-team-rename = Renamed a team
log-team-dissolve = Ended a team
log-invite = Made an invitation
log-invite-revoke = Ended an invitation
log-email-domain-block = Shut out the addresses of
log-email-domain-unblock = Let in the addresses of again
log-email-block = Shut out one address
log-email-unblock = Let one address in again
log-ip-block = Shut out a network
log-ip-unblock = Let a network in again
log-text-set = Changed a text
log-text-remove = Took a text back to what it was
log-rule-add = Added a rule
log-rule-change = Said a rule in other words
log-rule-remove = Removed a rule
log-announcement-add = Made an announcement
log-announcement-remove = Removed an announcement
log-emoji-add = Added an emoji
log-emoji-remove = Removed an emoji
log-tag-block = Stopped carrying a hashtag
log-tag-unblock = Carries a hashtag again
log-peer-add = Added a partner
log-peer-remove = Removed a partner
log-relay-add = Added a relay
log-relay-remove = Removed a relay
log-domain = Set a rule for a server
log-domain-allow = Lifted the rule for a server
log-domain-remove = Ended the rule for a server
log-domain-publish = Published the rules for servers
log-cuppa = Introduced people to each other
keep-servers-open = The node speaks with every server for which no rule says otherwise.
keep-servers-allow = The node speaks with those servers alone that are allowed here.
keep-server-new = A rule for a server
keep-server-go-on = See what it would change
keep-server-find = Find a rule
keep-servers-rules = Rules that stand
keep-servers-none = There are none.
keep-imported = { $made ->
    [one] One rule was made.
   *[other] { $made } rules were made.
  } { $left ->
    [0] { "" }
    [one] One line was left out, as nothing could be done with it.
   *[other] { $left } lines were left out, as nothing could be done with them.
  }
keep-import-stood = { $count ->
    [one] One rule stood already, and stays as it is.
   *[other] { $count } rules stood already, and stay as they are.
  }
keep-rule-blocked = blocked
keep-rule-limited = limited
keep-rule-no-media = no media
keep-rule-no-reports = no reports
keep-rule-allowed = allowed
keep-rule-says = To everybody: { $text }
keep-list-title = The list
keep-list-who = Who may read which servers are blocked and limited
keep-list-all = Everybody
keep-list-members = Members
keep-list-nobody = Nobody
keep-list-set = Save
keep-export = Save the list as CSV
keep-export-allowed = Save the allowed servers as CSV
keep-import = Read a list in
keep-import-hint = CSV as Mastodon writes it. Rules that stand stay as they are.
keep-import-as-allowed = It is a list of servers to allow
keep-import-now = Read it in
keep-import-not-allowed = This list says which servers to block or limit: it is none of servers to allow.
keep-no-list = That is not a list of servers, or nothing in it can be done.
keep-server-no-rule = There is no rule for this server.
keep-server-above = The rule for { $domain } covers it already, with everything below it.
keep-effect = What it concerns
keep-effect-accounts = { $count ->
    [0] No account of it is known here
    [one] { $count } account that is known here
   *[other] { $count } accounts that are known here
  }
keep-effect-follows = A block cuts { $following ->
    [one] { $following } follow
   *[other] { $following } follows
  } from here and { $followers } from there. They come back if it is lifted.
keep-effect-bounded = There are more accounts than were looked at, so there may be more follows.
keep-rule-what = What the rule does
keep-rule-block = Block: nothing comes from there, goes there, or is shown
keep-rule-limit = Limit: its posts stay out of public timelines
keep-rule-else = Neither
keep-rule-besides = And besides
keep-rule-media = Take no pictures and files from there
keep-rule-reports = Hear no reports from there
keep-rule-allow = Allow it: it is one of those the node speaks with
keep-rule-allow-off = Allow it (counts only while the node speaks with allowed servers alone)
keep-rule-obfuscate = Do not show its name in full to others
keep-rule-private = Why, for those who look after the node
keep-rule-public = Why, for everybody
keep-rule-make = Make this rule
keep-rule-change = Change the rule
keep-rule-remove = Remove the rule
keep-rule-remove-about = Without the rule everything is as it was before it: follows count again.
keep-rule-both = A server cannot be blocked and allowed at once.
keep-rule-nothing = This rule would do nothing. To end one, remove it.
keep-rules-about = They stand on the page about the node, and whoever joins agrees to them.
keep-rules-none = There are no rules yet.
keep-rule-new = A new rule
keep-rule-text = The rule
keep-rule-hint = What it means, in more words
keep-rule-add = Add the rule
keep-rule-in-words = Say it in other words
keep-text-about = About the node
keep-ready = What moderators say often
keep-ready-hint = An empty line between two. They can be chosen where somebody is warned, and are shown nowhere else.
keep-ready-choose = Words that are ready
keep-ready-none = None
keep-text-since = It holds since { $day }.
keep-text-built-in = There is none of your own: the program’s own words hold.
keep-text-none = There is none.
keep-text-coming = Another one holds from { $day } on.
keep-text-words = Text
keep-text-markdown = In Markdown. The versions before stay readable as terms of their day.
keep-text-from = From which day it holds
keep-text-from-hint = Empty: from now on.
keep-text-set = Save this version
keep-text-remove = Remove it
keep-text-remove-sure = I want to remove this text with all its versions
keep-announcements-about = All members are told, on Home and in their apps, until each is done with it or it ends.
keep-announce-text = What you say, in Markdown
keep-announce-until = Last day
keep-announce-until-hint = Empty: until you remove it.
keep-announce = Announce it
keep-announce-ends = until { $day }
keep-announce-ended = ended on { $day }
keep-emoji-about = Pictures that members write between colons. What used one keeps it when it is removed.
keep-emoji-none = There are none of this node.
keep-emoji-hidden = not offered
keep-emoji-new = A new emoji
keep-emoji-code = Name
keep-emoji-code-hint = Letters, digits and underscores, at least two
keep-emoji-picture = Picture
keep-emoji-picture-hint = PNG, GIF or WebP, at most { $most } KB
keep-emoji-category = Under which heading apps show it
keep-emoji-hide = Do not offer it in lists
keep-emoji-add = Add it
keep-tags-about = Members can use them as before. But the node makes no account of them that others can follow, and takes back what was passed on.
keep-tags-none = Every hashtag is carried.
keep-tag-name = Hashtag
keep-tag-why = Why, for those who look after the node
keep-tag-block = Do not carry it
keep-tag-unblock = Carry it again
keep-peers-about = Where hashtags from elsewhere come from. New ones are added with a command: outloud peer add, outloud relay add.
keep-peers-title = Peers
keep-peers-none = There are none.
keep-peer-tags = { $accepted } of { $all } hashtags
keep-peer-found = found by itself
keep-peer-named = named by you
keep-relays = Relays
keep-relays-none = There are none.
keep-relay-in = takes part
keep-relay-refused = was refused
keep-relay-asked = waits for an answer

## How the node works

how-title = How this node works
how-lead = This is made of what { $node } is really set to, and of what was really done.
how-who = Who can join
how-join-open = Everybody can join.
how-join-approval = Everybody can ask to join; somebody looks at each request.
how-join-invite = People join with an invitation from somebody here.
how-join-closed = Nobody new can join at the moment.
how-confirm = Whoever joins confirms their e-mail address.
how-others = With whom it speaks
how-allow-list = It speaks with those servers alone that were allowed.
how-open = It speaks with all servers of the fediverse that are not blocked here.
how-signed = Other servers have to say who they are before they are shown anything.
how-blocked = { $blocked ->
    [0] No server is blocked
    [one] One server is blocked
   *[other] { $blocked } servers are blocked
  }, and { $limited } limited: their posts stay out of public timelines.
how-which = Which they are, and why
how-peers = { $count ->
    [one] One peer brings
   *[other] { $count } peers bring
  } posts with the hashtags that people here follow.
how-quarantine = What strangers with links say to a member waits until the member wants to hear it.
how-tags = Hashtags carry what members say to everybody to those who follow the hashtag, unless a member does not want that.
how-kept = What is kept
how-kept-members = What members write and upload stays until they delete it.
how-kept-posts = Posts of other servers with which nobody here has to do go after { $count ->
    [one] { $count } day
   *[other] { $count } days
  }.
how-kept-ever = Posts of other servers stay.
how-no-copies = No copies of other servers’ pictures and files are kept: they are passed on.
how-copies = Copies of other servers’ pictures and files are kept, up to { $size }; those go first that nobody looked at for longest.
how-moderation = What was decided
how-reports = In the last { $days } days { $reports ->
    [0] nothing was reported
    [one] one report came
   *[other] { $reports } reports came
  }, and { $settled } { $settled ->
    [one] was
   *[other] were
  } settled.
how-reports-none = In the last { $days } days nothing was reported.
how-done-nothing = Nothing was done about anybody in that time.
how-done-warn = People who were told something
how-done-post = Posts that were deleted
how-done-sensitive = Posts that were marked as sensitive
how-done-limit = Accounts that were limited
how-done-freeze = Accounts that were frozen or could not sign in any more
how-done-suspend = Accounts that were suspended
how-rules = The rules of this node
how-keepers = Who looks after it
how-keepers-none = Nobody yet.
how-email = By mail you reach them at

## Signing in, joining, and what a letter leads to

username = Username
password = Password
password-now = Your password now
password-new = New password
password-yours = Your password
password-hint = At least { $min } characters. A few words in a row are good.
password-change-hint = At least { $min } characters. Everything else that is signed in as you is signed out.
password-change = Change the password
password-changed = Your password is changed. Everything else that was signed in as you is signed out.
password-wrong = That is not your password. Type the one with which you sign in.
email = E-mail address
email-now = It is { $email }. Only those who run this node can see it.
email-new = New address
email-new-hint = We send a letter there. The address counts once you have opened the link in it.
email-change = Change the address
email-sent = We have sent a letter to the new address. It counts once you have opened the link in it.
email-changed = Your address is changed.
problem-username-blank = Choose a username.
problem-username-taken = This username has already been taken. Choose another one.
problem-username-reserved = This username is kept for the node itself. Choose another one.
problem-username = A username can have only the letters a to z, digits and underscores, with dots or hyphens between them, and at most 30 characters.
problem-email-blank = Type your e-mail address.
problem-email-taken = This address has already been taken.
problem-email-blocked = Nobody can join with an address of this e-mail provider. Choose another one.
problem-email = That is not an e-mail address.
problem-password = The password must have between { $min } and { $max } characters.
problem-code = The code is not the one of this moment. Wait for the next one and type that.
problem-reason-blank = Say in a few words why you would like to join.
problem-reason-long = That is too long. You can write up to { $longest } characters.
problem-agreement = You can join once you agree.
login-welcome = You are welcome back.
login-for-app = Sign in here to use { $app } with your account. The app does not see your password.
login-name = E-mail address or username
login-no-account = No account yet?
login-cookie = Your browser did not send our cookie back. Allow cookies for this site, then try again.
login-wrong = That name and password do not belong together. Check both and try again.
login-waiting = Those who look after this node have yet to let you in. You get a letter when they have, or you try again later.
login-closed = Those who look after this server have shut this account out. How to reach them stands on the page About.
login-closed-why = Those who look after this server have shut this account out, and say: “{ $text }” How to reach them stands on the page About.
login-too-many = { $count ->
    [one] There were too many tries. Wait { $count } minute, then try again.
   *[other] There were too many tries. Wait { $count } minutes, then try again.
  }
code-title = Your code
code-copy = Copy this code into { $app }. It works once, for ten minutes. Give it to nobody.
code-asked-title = Sign in: your code
code-asked-about = Your password is right. Now type the code that your authenticator app shows, or one of your recovery codes.
code-asked-late = That took too long. Type your name and password once more.
code-asked-too-many = { $count ->
    [one] There were too many tries. Wait { $count } minute, then sign in again.
   *[other] There were too many tries. Wait { $count } minutes, then sign in again.
  }
code-asked-lost = Lost the app and the codes? Whoever runs this node can help.
code-asked-who = Here is who that is
join-node = Join { $node }
join-asked = Somebody looks at each request before you can sign in.
join-about = It takes a minute. Choose your username well: it stays.
join-owner = You will look after this node as its owner.
join-admin = You will help to run this node as an administrator.
join-moderator = You will help to keep this place kind, as a moderator.
join-rules = Rules here
join-read = Read before you join:
join-marked = Please look at what is marked below. What you typed is still here; only the password has to be typed again.
join-username-hint = Letters a to z, numbers and _, with . or - between them; at most 30 characters. Your handle becomes @username@{ $domain }. A few names, such as owner, admin and support, are kept.
join-email-hint = To sign in with. Only those who run this node can see it.
join-reason = Why would you like to join?
join-sharing-hint = Then whoever follows a hashtag of ours, on any server, gets your public posts with it. You can change this at any time.
join-agree = I will be kind to people here, and I know that what I post for everybody can be read and copied by everybody.
join-agree-rules = I will be kind to people here and keep to the rules above, and I know that what I post for everybody can be read and copied by everybody.
join-agree-terms = I will be kind to people here and keep to the terms of service, and I know that what I post for everybody can be read and copied by everybody.
join-agree-both = I will be kind to people here and keep to the rules above and the terms of service, and I know that what I post for everybody can be read and copied by everybody.
join-ask = Ask to join
join-has-account = You have an account?
join-not-open = Joining is not open
join-invited-only = People join with an invitation from somebody here. If you know somebody, ask them for a link.
join-nobody = Nobody new can join at the moment. You can follow everybody here from any other server.
join-waits = Your request is waiting
join-waits-do = Thank you. Somebody will look at your request. Once they have said yes, you can sign in with your e-mail address and password.
invite-used = This invitation no longer works
invite-used-do = This invitation was used already, or its time is over. Ask whoever sent it for a new one. If you have joined, sign in.
thank-you = Thank you.
go-on = Go on
confirm-title = Confirm your address
confirm-about = One step is left: say that this address is yours.
confirm-do = It is mine
confirm-sent = We sent a letter to { $email }. Open the link in it, and you can begin. Until then you can do nothing here.
confirm-none-came = No letter came? Look whether the address is right
confirm-again = Send the letter again
confirm-under-way = A letter is on its way. It may take a few minutes; look among the unwanted ones, too.
confirm-done = Your address is confirmed
confirm-waits = Thank you. Somebody will look at your request. Once they have said yes, you can sign in.
confirm-not-yours = This address cannot be yours
confirm-another = Choose another one under “Your account”.
letter-used = This link no longer works
letter-used-do = This link was used already, or its time is over. Ask for a new letter where you asked for this one.
forgot-title = Forgotten your password?
forgot-about = Tell us the e-mail address of your account. We send you a link with which you choose a new password.
forgot-do = Send me a link
forgot-no-letters = This node sends no letters. Whoever runs it can give you a new password: ask them.
forgot-sent = Look into your mailbox
forgot-sent-do = If somebody here has this address, a letter with a link is on its way to it. The link works for an hour.
reset-title = A new password
reset-about = For @{ $username }. Everything that is signed in as you will be signed out.
reset-do = Take this password
reset-done = Your password is changed
reset-done-do = Everything that was signed in as you is signed out. Sign in with the new password.
welcome-title = Welcome
welcome-name = Welcome, { $name }
welcome-handle = Your handle is { $handle }. That is how people anywhere in the fediverse find you.
welcome-start = Start here
welcome-app = Get an app, or open one in your browser. Every app for Mastodon works.
welcome-server = When it asks for your server, say { $host }, and sign in with your e-mail address and password.
welcome-profile = Say who you are
welcome-people = Read what colleagues say, and follow some of them
welcome-tags = Find hashtags to follow
welcome-write = Write your first post
welcome-colleagues = Who is here already
welcome-apps = With an app
welcome-page = See your page

## Your account

security-title = Your account
security-sessions = Browsers and apps that are signed in as you
security-marked = Nothing was changed. Look at what is marked below.
back-to-account = Go back to your account
factor-title = Codes from an app
factor-on = { $count ->
    [one] Signing in needs a code from your authenticator app, and you have { $count } recovery code left for when you do not have it with you.
   *[other] Signing in needs a code from your authenticator app, and you have { $count } recovery codes left for when you do not have it with you.
  }
factor-any-code = A code from your app, or a recovery code
factor-new-codes = Give me new recovery codes
factor-off = Do without codes
factor-is-off = Signing in needs your password alone from now on.
factor-why = With codes from an authenticator app, nobody can sign in as you with your password alone.
factor-set-up = Set up codes
factor-get-app = Get an authenticator app, if you have none. Any will do.
factor-read = Let it read this picture, or type this into it: { $secret }. If the app is on this device, there is a link for it:
factor-open = Open the app
factor-type = Type the code that it shows below.
factor-picture = The same as the letters and digits above, for the camera of an app
factor-code = Code
factor-code-hint = Six digits. They change every half minute.
factor-start = Ask for codes from now on
factor-wrong = That code is not right, or was used already. Wait for the next one and type that.
codes-title = Your recovery codes
codes-about = Write these down and keep them where nobody finds them. Each lets you sign in once without your app. They are shown this one time only, and those you had before no longer work.
codes-written = I have written them down
sessions-title = Browsers and apps
sessions-about = All that is signed in as you. What you sign out here can do nothing more from that moment on.
sessions-browsers = Browsers
sessions-apps = Apps
sessions-none = None.
sessions-a-browser = A browser
sessions-since = since { $day }
sessions-used = last used { $when }
sessions-this = (this one)
sessions-may = It may: { $scopes }.
sessions-end = Sign out { $name }, { $since }
sharing-taken-back = What hashtags carried of yours before is taken back, which takes a moment.
sharing-about = People can follow a hashtag of this node from any server, and so get what members post with it for everybody. Only public posts are carried, never answers to others, and nobody is told that yours was.
sharing-let = Let hashtags carry what I post for everybody beyond those who follow me.
sharing-without = Without this, your public posts go to those who follow you, and stay on your own page and under the hashtag here.

## Letting an app in

consent-title = Let { $app } use your account?
consent-you = You are { $name }.
consent-not-you = Not you?
consent-could = It could:
consent-code = Afterwards we show you a code to type into the app.
consent-back = Afterwards you go back to { $place }.
consent-home = The app says its home is { $website }.
consent-allow = Allow
consent-deny = Don’t allow
consent-care = Only allow apps that you chose yourself. An app never needs your password.
consent-program = the program for { $scheme }: links
consent-no = You said no
consent-no-do = The app was given nothing. You can close this page.
consent-cannot = The app asked for something we cannot give
consent-unknown-app = The app that sent you here is not known to this server. Try to sign in from the app once more.
consent-unknown-place = The app that sent you here wants the answer at an address that it never registered. Nothing was sent to it.
may-read = Read all that you can read, direct messages included
may-write = Write, change and delete in your name
may-follow = See and change whom you follow, mute and block
may-push = Send you notifications
may-profile = See who you are: your name, handle and picture
may-admin-write = Run this node, as far as you may: change accounts and reports
may-admin-read = See what those who run this node see, as far as you may
may-read-accounts = See accounts
may-read-posts = Read posts
may-read-notifications = Read your notifications
may-read-lists = See some of your lists: bookmarks, favourites, filters, follows, mutes and blocks
may-search = Search for you
may-write-posts = Write, change and delete posts in your name
may-write-media = Upload pictures, video and sound
may-write-profile = Change your profile
may-write-follows = Follow and unfollow for you
may-write-conversations = Change your direct conversations
may-write-lists = Change some of your lists: bookmarks, favourites, filters, follows, mutes and blocks
may-report = Report to the moderators in your name

## Following from another server

interact-title = Follow { $name }?
interact-follow = Follow { $name }
interact-you-follow = You follow { $name }
interact-post = A post by { $name }
interact-self = This is you.
interact-asked = You have asked to follow them. It begins when they, or their server, say yes.
interact-following = Their posts come to your home.
interact-none = Nothing found
interact-none-do = We looked, and found nothing there that can be followed. Check the address, or try again later.

## About the node

node-title = About { $node }
node-what = { $host } is a node of the fediverse: people on it read and write with people on thousands of other servers.
node-open = Everybody can join.
node-asks = Everybody can ask to join; somebody looks at each request.
node-invites = People join with an invitation from somebody here.
node-closed = Nobody new can join at the moment.
count-members = { $count ->
    [one] { $count } member
   *[other] { $count } members
  }
node-rules = Rules
rules-before = Rules that held before
rules-until = from { $from } to { $to }
node-keepers = Who looks after it
node-no-keepers = Nobody yet.
node-help = For help, or to report something, write to one of them.
node-mail = By mail you reach those who run this node at { $email }.
node-follow = How to follow people here
node-follow-how = Have an account somewhere else in the fediverse? Search there for a handle that ends in { $handle }, and follow. Nothing more is needed.
node-apps = How to use it with an app
node-apps-how = Apps for Mastodon work here. When the app asks for your server, say { $host }.
node-cookies = What your browser is asked for
node-cookies-how = Whoever only reads gets no cookie. Signing in sets one cookie that says who you are, until you sign out. No page here loads anything from somebody else, and nobody counts you. There is more in:
node-reading = Reading these pages
node-reading-how = They work without scripts, with a keyboard, and with a screen reader, at any size, in light and dark. If something does not, please tell those who look after the node.
node-program = The program
node-program-what = This node runs Outloud { $version }, free software under the GNU Affero General Public Licence, version 3. You may have its source from those who run this node.
node-type = The type is Atkinson Hyperlegible by the Braille Institute, under the { $licence }.
privacy-title = Privacy policy
terms-since = They hold since { $day }.
terms-from = They will hold from { $day } on.
terms-next = From { $day } on others hold.

## Hashtags and their shelves

take-along = To take along:
tag-purpose = What it is for
tag-written-by = As written by
tag-about = What people said under this tag, here and elsewhere, as far as it reached us.
tag-views = { $count ->
    [one] Another view
   *[other] Other views
  }
tag-kept-by = Kept by
tag-asked = Asked about it
tag-complete-label = How complete
tag-complete = From { $servers ->
    [one] { $servers } server
   *[other] { $servers } servers
  }: { $posts ->
    [one] one public post, of { $day }
   *[other] the last { $posts } public posts, since { $day }
  }.
tag-handle = Its handle for other servers: { $handle }
tag-empty = Nobody has written under #{ $tag } here yet.
shelf = Shelf
shelf-whole = The whole shelf
shelf-title = Shelf of #{ $tag }
shelf-about = Pages that people posted for everybody with this tag. Post a link with #{ $tag }, and it stands here.
shelf-empty = Nobody has posted a link with #{ $tag } here yet.
shelf-older = Older links
shelf-posted = Posted
shelf-by = by
shelf-others = { $count ->
    [one] and { $count } other
   *[other] and { $count } others
  }

## The library and its briefs (their files are in English)

library-about = What people try, here and elsewhere, and what came of it, whatever that is. The newest first; nothing stands before anything else because many liked it.
library-look = Look in the library
library-words = Words
library-outcome = What came of it
library-any-outcome = Anything
library-state = How far it is
library-any-state = Any
library-where = Where, who and when
library-tag = Hashtag
library-place = Place
library-since = Said on this day or later
library-until = Said on this day or before
library-due = Due to be looked at again
library-untried = Not yet tried elsewhere
library-do = Look
library-forms = The same as
library-nothing = Nothing fits all of that. Leave something out, or look in all of it:
library-empty = Nobody has said what they try here yet.
library-older = Older experiments
state-learned = learned
came-hoped = it did what we hoped
came-didnt = it didn’t do what we hoped
came-mixed = mixed: some of it did what we hoped, some didn’t
came-stopped = we stopped
came-too-early = we can’t tell yet
asked = Experiments: { $what }
asked-in = in { $place }
asked-at = at { $organisation }
asked-of-one = of one person
asked-since = since { $day }
asked-until = until { $day }
asked-due = due to be looked at again
asked-untried = not yet tried elsewhere
asked-with = with { $words }
asked-chosen = chosen
entry-deleted = A post that was deleted
entry-gone = There was a post here, which was deleted.
entry-untitled = An experiment
entry-warned = It was said behind this warning.
entry-read = Read it where it was posted
entry-changed = What they do differently:
entry-next-team = What they’d tell the next team:
entry-told = What they told of it:
entry-so-what = So what?
entry-tries = Tries again:
entry-tried-again = { $count ->
    [one] Tried again once
   *[other] Tried again { $count } times
  }
entry-said-on = said on { $day }
entry-learned-on = learned on { $day }
entry-look-again-on = to be looked at again on { $day }
entry-noted = as { $name } wrote it down
entry-said-to = Said to: { $whom }
inside-followers = followers
inside-partners = this node and its partners
inside-node = this node
inside-team = a team
inside-named = those who are named in it
inside-draft = nobody, it is a draft
brief-title = Evidence brief: { $count ->
    [one] { $count } experiment
   *[other] { $count } experiments
  }
brief-choose = Choose for an evidence brief
brief-take = Take into the brief
brief-make = Make an evidence brief
brief-of-which = Of those that you chose; or, if you chose none, of all that are found so, { $most } at most.
brief-made = Put together on { $day } from what { $node } knows.
brief-not-known = not known yet
brief-tried-again = tried again
brief-inside = Not all of it was said to everybody: ask before you pass it on.
brief-missing = { $count ->
    [one] One of those that were chosen is not here, or not for you to read.
   *[other] { $count } of those that were chosen are not here, or not for you to read.
  }
brief-print = To take along: print this page, or take it as
brief-empty = None of these is here, or you may not read them.
brief-tries = Tries again
brief-noted = Written down by
brief-who = Who
brief-when = When
brief-read = Where to read it
brief-licence = Licence
brief-said-to = Said to

## How far a challenge is

stage-planned = A challenge that opens on { $day }
stage-open-until = { $count ->
    [one] A challenge, open until { $day }: { $count } contribution so far
   *[other] A challenge, open until { $day }: { $count } contributions so far
  }
stage-open = { $count ->
    [one] A challenge that is open: { $count } contribution so far
   *[other] A challenge that is open: { $count } contributions so far
  }
stage-closed = { $count ->
    [one] A challenge that is closed: { $count } contribution
   *[other] A challenge that is closed: { $count } contributions
  }
stage-answered = { $count ->
    [one] A challenge that was answered: { $count } contribution
   *[other] A challenge that was answered: { $count } contributions
  }

## Looking after a hashtag or a challenge

tag-keep = Look after it
tag-write = Write with it
challenge-contribute = Contribute
subject-title = Looking after { $subject }
subject-adopt = Look after this challenge
subject-waiting = { $count ->
    [0] Nothing waits for you
    [one] One contribution waits for you
   *[other] { $count } contributions wait for you
  }
subject-waiting-none = The first contribution of somebody new stands here until you say yes to it.
subject-waiting-about = These people have not contributed before. What you say yes to is passed on to all who follow the challenge, and their next contributions are, too.
subject-accept = Pass it on
subject-refuse = Do not pass it on
subject-block = They have no say here
subject-unblock = Give them a say again
subject-blocked = Who has no say here
subject-far = How far it is
subject-harvest = Say what came so far
subject-close = Close it
subject-close-hint = Then nothing more is taken in, and a post says what came. You can still answer it.
subject-answer = Answer it
subject-answer-anew = Change the answer
subject-answer-label = What came of it (Markdown)
subject-answer-do = Publish the answer
subject-change = Change the question, its hashtag or its end
subject-change-do = Save
subject-offer = Offer it to others: any member may take it over
subject-delete = Delete the challenge
subject-delete-about = It goes with everything that it said. What people contributed stays theirs.
subject-delete-do = Delete it for good
subject-for = What it is for
subject-for-label = In a few plain sentences (Markdown)
subject-for-hint = Everybody can read it. Earlier versions are kept, with who wrote them.
subject-for-do = Save as a new version
subject-versions = { $count ->
    [one] One version
   *[other] { $count } versions
  }
subject-gone = This version was taken down.
subject-restore = Put this back
subject-take-down = Take it down
subject-views = Other views
subject-views-about = Who sees it otherwise says so beside it. No view is above another.
subject-view-add = Put your view beside it
subject-view-label = Your view (Markdown)
subject-view-do = Publish your view
subject-withdraw = Withdraw your view
subject-links = What it is linked with
subject-links-none = It is linked with nothing yet.
subject-link-label = Link it with
subject-link-hint = A hashtag, like #tea, or a challenge here, like @trust.
subject-link-do = Link
subject-unlink = End the link
subject-hats = Hats
subject-hats-about = A hat is a way to look at things that somebody takes on for a while. Those with rights need somebody to say yes.
subject-hat-until = until { $day }
subject-hat-waits = waits for a yes
subject-hat-confirm = Say yes
subject-hat-off = Take it off
subject-hat-on = Put a hat on
subject-hat-which = Which hat?
subject-hat-days = For how many days
subject-hat-do = Put it on
hat-views = What each hat looks at
hat-view-title = With the hat on: { $hat }
hat-view-nothing = Nothing to see here now.
hat-agenda-activist = agenda activist
hat-community-keeper = community keeper
hat-critical-friend = critical friend
hat-social-reporter = social reporter
hat-external-messenger = external messenger
hat-value-detective = value detective
hat-organisational-broker = organisational broker
ask-agenda-activist = Which challenges are worth taking on together?
ask-community-keeper = How do we hear all voices?
ask-as-critical-friend = How do we give each other feedback?
ask-social-reporter = How do we keep hold of what we learn?
ask-external-messenger = Who outside should hear of this, and what?
ask-value-detective = What is it worth, and how would we know?
ask-organisational-broker = How does this fit in with what others do?
seen-newcomers = Who is new here
seen-unanswered = What nobody has answered yet
seen-gone-quiet = Who has gone quiet
seen-asks = Who asks for a critical friend
seen-long-threads = Long conversations that nobody has summed up
seen-could-go-public = What could be said outside
seen-second-look = Half a year old, and not looked at again
seen-past-look-again = Experiments past their day to look again
seen-matches = What others do that fits
shelf-arrange = Arrange
shelf-note = What to say of it
shelf-heading = Under which heading
shelf-pin = Pin it to the top
shelf-hide = Hide it
shelf-hidden = Hidden
shelf-save = Save

## Teams

teams-title = Teams
teams-about = Members who say something among themselves. It stays among them.
teams-none = You are in no team yet.
teams-new = A new team is called
teams-make = Make it
team-count = { $count ->
    [one] One person
   *[other] { $count } people
  }
team-write = Write to this team
team-add-label = Take somebody in, by their username
team-add = Take in
team-nobody = Nobody here is called “{ $name }”. Only members of this node can be in a team.
team-out = Take out
team-name = What the team is called
team-rename = Rename
team-leave = Leave this team
team-end = End this team
team-end-about = You are not in this team, and see only who is. As a moderator you can end it: what was said stays with who said it.
team-said = What was said
team-empty = Nothing was said here yet.

## Who did what with a post, and showing it elsewhere

count-quotes = { $count ->
    [one] { $count } quote
   *[other] { $count } quotes
  }
boosts-title = Who boosted this post by { $name }
favourites-of-title = Whose favourite this post by { $name } is
quotes-title = Who quoted this post by { $name }
quotes-empty = Nobody has quoted it yet, or not where you may see it.
reacted-empty = Nobody yet.
tab-boosts = Boosts
tab-favourites = Favourites
tab-quotes = Quotes
embed = Show it on another page
embed-label = Put this where it should stand
embed-hint = It brings the post without a script and without cookies, and follows when the post changes.
told = From those who look after this node
told-done = I have read it
context = About this page

## Letters about notifications

settings-mail = Letters about notifications
mail-none = This server sends no letters. What is new stands among your notifications.
mail-to = They go to { $email }.
mail-private = A letter goes through many hands. So it has the words of a post only if everybody may read that, and if there is no warning on it. Of everything else it says that somebody wrote to you, and where to read it.
mail-at-once = A letter at once, when
mail-at-once-hint = It comes some minutes later, if you have not read it here by then, and are not here. If much happens, several go into one letter.
mail-always = Send letters while I am here, too
mail-digest = A summary of what else you have not read
mail-digest-hint = It comes only if there is something, and if you have not been here since.
mail-digest-never = Never
mail-digest-daily = Once a day
mail-digest-weekly = Once a week
mail-kind-mention = somebody mentions you
mail-kind-quote = somebody quotes you
mail-kind-follow = somebody follows you
mail-kind-request = somebody asks to follow you
mail-kind-boost = somebody boosts your post
mail-kind-favourite = somebody makes your post a favourite
mail-kind-status = somebody posts of whose posts you want to be told
mail-kind-poll = a poll that you made or voted in has ended
mail-kind-update = a post that you boosted is edited
mail-kind-quoted-update = a post that you quoted is edited
mail-kind-look-again = the day has come to look again at your experiment
mail-kind-trying = somebody tries your experiment too
mail-kind-outcome = it is said what came of an experiment that you passed on or try
mail-kind-waiting = a contribution to your challenge waits for your decision
mail-kind-given = somebody gives you a challenge to look after
mail-kind-adopted = somebody else looks after a challenge that was yours
mail-kind-severed = some of your follows are cut off
mail-kind-report = something is reported
mail-kind-sign-up = somebody signs up
news-hello = Hello { $name },
news-private = Somebody wrote to you, not in public. Read it here
news-subject = { $what } ({ $title })
news-private-subject = Somebody wrote to you
news-several = { $count ->
    [one] One notification on { $title }
   *[other] { $count } notifications on { $title }
 }
news-day = What you have not read on { $title }: your day
news-week = What you have not read on { $title }: your week
news-more = There is more: { $url }
news-why = You get this letter because you are a member of { $title }.
news-stop-kind = No more letters when { $what }: { $url }
news-stop-digest = No more summaries: { $url }
news-stop-all = No more letters about notifications at all: { $url }
news-choose = Choose what you get letters about: { $url }
stop-title = End these letters?
stop-kind = You will get no more letters when { $what }.
stop-digest = You will get no more summaries of what you have not read.
stop-all = You will get no more letters about notifications. Those about your account itself, such as for a new password, still come.
stop-do = End them
stop-done = These letters are ended
stop-done-do = No more of them are written. If you change your mind, you can choose anew.
stop-unknown = No letter that this server sends has this link any more. In your settings you can choose what you get letters about.

## Before others come

keep-backup = Last backup
keep-backup-none = None was made yet.
keep-restore = Last time a backup was tried
keep-restore-none = None was tried yet: outloud restore FILE --test does that, while the node runs.
start-title = Before others come
start-open-still = See what is still open before others come
start-lead = What a server needs before people can rely on it. It is worked out from what is there; nothing has to be ticked off.
start-settings = Settings in capitals are set where the server runs: in its environment, or in its settings file, outloud.toml, there in small letters and without OUTLOUD_. They hold from its next start.
start-all-done = All of it is done.
start-done = done
start-open = still open
start-address = Domain and address
start-address-about = This server is { $origin }, and people here are called @name@{ $domain }. That stays as it is, as you are here already: for another address (OUTLOUD_ORIGIN) begin again in an empty folder. Only with an https address can other servers reach it.
start-about = Name, description, contact
start-about-about = It is called { $title }. What it is for and whom to write to are the settings OUTLOUD_DESCRIPTION and OUTLOUD_CONTACT_EMAIL.
start-about-look = How it looks to others
start-rules = Rules
start-rules-about = Who joins agrees to them, and reports can name the one that was broken.
start-letters = E-mail
start-letters-none = No mail server is set (OUTLOUD_SMTP_URL). Without one nobody can get a new password by themselves, and no addresses are confirmed.
start-letters-about = A letter goes to you, { $email }, and you see what the mail server answered.
start-letters-do = Send me a test letter
start-letter-subject = A letter from { $title }
start-letter-text = You asked for this letter to see whether { $title } can send any. It can.
start-letter-sent = The mail server took the letter to { $email }. Look whether it arrives, and not among the spam.
start-letter-refused = The letter was not taken
start-reach = Other servers
start-reach-about = The server looks for itself under its public address, as others would, and sends itself something signed. Its clock says { $now }: if that is wrong by more than some minutes, others do not believe it.
start-reach-do = Look now
start-reach-address = The public address leads here
start-reach-handles = Handles are found
start-reach-signatures = What is signed comes as it was sent
start-backup = Backup
start-backup-about = Where the server runs, this writes all that it has into one file, while it runs. Keep the file somewhere else, and as safe as the server: it holds keys.
start-people = The first people
start-people-about = With a link somebody joins.

## What was done just now

said-done = Done.
said-removed = Removed.
said-draft = Kept as a draft. Only you see it.
said-later = It will be posted at the time that you chose. Until then only you see it.
said-posted = Posted.
said-changed = Changed. Earlier versions can still be read.
said-anew = The post is deleted. What it said stands here, to be written anew.
said-opened = Opened up. What was said inside stays inside.
said-taken-back = It will not be posted then. It is a draft again, with its date.
said-deleted = Deleted.
said-boosted = Boosted.
said-unboosted = The boost is taken back.
said-favourite = It is one of your favourites.
said-unfavourite = It is no longer one of your favourites.
said-bookmarked = Bookmarked. Only you see that.
said-unbookmarked = The bookmark is gone.
said-pinned = It stands at the top of your profile.
said-unpinned = It no longer stands at the top of your profile.
said-conversation-muted = You are told nothing more of this conversation.
said-conversation-unmuted = You are told of this conversation again.
said-could-go-public = Noted that it could go public.
said-voted = Your vote is counted.
said-outcome = What came of it stands with the experiment now.
said-confirmed = Confirmed.
said-refused = It does not count as a try of yours.
said-follow = You follow them.
said-unfollow = You do not follow them any more.
said-muted = Muted. They are not told.
said-unmuted = You see what they post again.
said-blocked = Blocked. You do not follow each other any more, and they do not see what you post to your followers.
said-unblocked = They are no longer blocked. Whoever wants to follow the other does so anew.
said-noted = Your note is kept. Only you see it.
said-follower-removed = They no longer follow you.
said-domain-blocked = You see nothing more from that server.
said-domain-unblocked = That server is no longer blocked for you.
said-let-in = They follow you now.
said-not-let-in = They were told that they may not follow you.
said-tag-follow = You follow this hashtag: what is posted with it stands in your home.
said-tag-unfollow = You do not follow this hashtag any more.
said-list = The list is made.
said-in-list = Put into the list.
said-out-of-list = Taken out of the list.
said-read = Marked as read.
said-held-accepted = You are told of what they do from now on.
said-held-dismissed = Put aside.
said-dismissed = You are not shown it again.
said-begun = It has begun. This page says how far it is.
said-signed-out = Signed out there.
said-asked = They were asked whether you may follow them.
said-told = They are told.
said-frozen = Frozen: they can read, and do nothing that others see.
said-disabled = They cannot sign in any more.
said-limited = Limited: only those who follow them see what they say.
said-suspended = Suspended: nothing of theirs is shown. It can be taken back.
said-lifted = That is taken back.
said-let-in-here = They are let in.
said-role = What they may do here is changed.
said-account-gone = The account is gone.
said-and-closed = Done, and the report is closed.
said-sensitive = Marked as sensitive: what is attached is hidden until somebody wants to see it.
said-plain = No longer marked as sensitive.
said-taken-on = You look after this report.
said-given-back = Nobody looks after this report now.
said-reopened = The report is open again.
said-closed = The report is closed.
said-revoked = Nobody can join with it any more.
said-rule = The rule holds from now on.
said-rule-changed = The rule says that now. What it said before can still be read.
said-announced = Every member finds it at the top of their home.
said-emoji = The emoji can be used now.
said-tag-blocked = What comes with this hashtag from elsewhere is carried no more.
said-tag-unblocked = This hashtag is carried again.
said-server-rule = The rule for this server holds from now on.
said-stopped = Stopped. What was done before stays.
said-team = The team is made.
said-in-team = They are in the team, and read what is said there.
said-out-of-team = They are not in the team any more, and read nothing of it.
said-team-left = You are not in the team any more, and read nothing of it.
said-filter = The filter works from now on.
said-asked-many = The challenge is there: anybody can follow it and contribute.
said-hat = You wear the hat. When it comes off stands below.
said-seeking = You are in: you are told when somebody is found.
said-not-seeking = You are not in it any more.
said-agreed = Agreed.
sure-remove = Yes, remove it
sure-delete = Yes, delete it
sure-leave = Yes, leave it
