# What the pages say. Another language is another file beside this one, named by its tag (BCP 47), with the same messages.
# How to write them: projectfluent.org. Plain words; buttons are verbs.

language-name = English
months = January February March April May June July August September October November December
day = { $day } { $month } { $year }
time = { $day } at { $time } UTC
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
nav-main = This node
nav-home = Home
nav-tags = Tags
nav-write = Write
nav-notifications = Notifications
nav-unread = not read
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
error-410-do = Whoever wrote this has taken it away. It will not come back.
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

## For whom a post is

audience-public = Everyone
audience-unlisted = Everyone with the link
audience-followers = Followers
audience-partners = Inside { $node } and its partners
audience-organisation = Inside { $node }
audience-team = Inside { $team }
audience-inside = Those named, inside { $node }
audience-direct = Those named
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
post-edit = Edit
post-pin = Pin to your profile
post-unpin = Take off your profile
post-delete = Delete
post-mute = Mute this conversation
post-unmute = Unmute this conversation
post-original = Open on its own server
post-report = Report
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
write-start-challenge = “Can anyone help with…”
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
write-more = Language, or post it later
write-language = Language
write-language-hint = A short code, such as en or cy.
write-at = Post it at
write-at-hint = Leave it empty to post now. Without JavaScript this is UTC.
write-no-time = This is no time we can read. Choose a day and a time.
write-save = Save the new version
write-draft = Keep as a draft
write-others = Post to others instead
write-to = Post to: { $audience }
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
scheduled-title = Posts for later
delete-title = Delete this post?
delete-about = It goes from here, and other servers are asked to delete it as well. It cannot be brought back.
delete-do = Delete it
delete-keep = Keep it
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
open-up-look = Look at each of these first
open-up-to = For whom
open-up-answers = Nobody outside sees what was answered inside.
open-up-not = Leave it inside
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
told-warning = Those who look after this server did something about your account
told-severed = Some of your follows were cut off
told-outcome = { $name } said what came of an experiment that you passed on or try
told-trying = { $name } is trying your experiment too
told-trying-next = See who tries it
told-look-again = The day has come to look again at your experiment
told-waiting = { $name } contributed to your challenge, and waits for your decision
told-given = You look after { $name } from now on
told-adopted = Somebody else looks after { $name } now
conversations-about = Mentions for those named in them alone. They are not encrypted, and may be records.
conversations-empty = No conversations yet. Write a post for those named in it to begin one.
lists-about = A list is a home with some people in it. Put people into it on their pages.
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
muted-about = You do not see what they post. They are not told.
muted-empty = You muted nobody.
blocked-title = People you blocked
blocked-about = They cannot follow you or see your posts while signed in, and you do not see theirs.
blocked-empty = You blocked nobody.
tab-posts = Posts
tab-followers = Followers
tab-following = Follows
me-profile = Your profile
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
tie-muted = You muted them: you do not see what they post.
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
hear-about = What people do that you do not know can wait until you look at it, or be ignored. They are not told.
hear-not-following = People you do not follow
hear-not-followers = People who do not follow you
hear-new = Accounts made in the last 30 days
hear-private = Private mentions by people you do not know
hear-limited = Accounts that were limited here
hear-accept = Hear them
hear-filter = Let it wait
hear-drop = Ignore it
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
chain-changed = Changed:

## Keys, and what the script says

new-posts = New posts:
characters-left = left
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
write-no-hat = Nobody in particular
scheduled-not = Do not post it

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
report-sent-about = Those who look after this server read your report. You are told if they have a question.

## Taking along, moving, old posts

settings-yours = What is yours
along-title = Take along and bring
along-archive = Everything, in one file
along-archive-about = Your posts, what is attached to them, your profile, lists and experiments, in a form that other servers read. You can have one a day; it is kept for seven days.
along-ask = Make an archive
along-download = Download
along-size = { $size } MB
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
along-overwrite = Of a list: what is not in the file goes
along-bring = Bring it
along-no-file = Choose a file first.
along-imports = What you brought
along-counts = { $done } of { $total } done, { $failed } could not be, { $skipped } left out
along-stop = Stop
along-failed-rows = What could not be done, and why (CSV)
along-reload = Load the page again to see how far it is.
move-title = Move here, or away
move-in = Move here from another account
move-in-about = Say here what your old account is, so that it can say that you are @{ $handle } now. Then move there.
move-old = Your old account
move-add = Add it
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
