# Beth mae’r tudalennau’n ei ddweud, yn Gymraeg. Cymraeg Clir; “chi” bob tro; berfenwau ar fotymau.
# Mae’r enw ar ôl rhif yn unigol, a’r treiglad yn dilyn y rhif: one 1, two 2, few 3, many 6.

language-name = Cymraeg
months = Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr
day = { $day } { $month } { $year }
time = { $day } am { $time } UTC
time-here = { $day } { $month } { $year } am { $time }
ago-now = nawr
ago-minutes = { $count ->
    [two] { $count } funud yn ôl
   *[other] { $count } munud yn ôl
  }
ago-hours = { $count ->
   *[other] { $count } awr yn ôl
  }
ago-days = { $count ->
    [two] { $count } ddiwrnod yn ôl
   *[other] { $count } diwrnod yn ôl
  }

## O gwmpas pob tudalen

skip = Neidio i’r cynnwys
copy = Copïo
copied = Wedi’i gopïo
deed-done = gwnaed
deed-undone = tynnwyd yn ôl
deed-cannot = Ni ellir hybu’r postiad hwn.
nav-main = Y gweinydd hwn
nav-home = Hafan
nav-tags = Hashnodau
nav-write = Ysgrifennu
nav-notifications = Hysbysiadau
nav-unread = heb eu darllen
nav-waits = yn aros
nav-me = Fi
nav-local = Dywedwyd yma
nav-library = Llyfrgell
nav-search = Chwilio
nav-conversations = Sgyrsiau
nav-lists = Rhestrau
nav-bookmarks = Nodau tudalen
nav-settings = Gosodiadau
nav-about = Ynghylch
nav-sign-in = Mewngofnodi
nav-join = Ymuno
foot-about = Ynghylch, cymorth a chysylltu
foot-privacy = Preifatrwydd
foot-terms = Telerau gwasanaeth
foot-accessibility = Hygyrchedd
foot-appearance = Golwg ac iaith
to-front = Mynd i’r dudalen flaen
go-back = Mynd yn ôl
show = Dangos
hide = Cuddio
older-posts = Postiadau hŷn
nothing-older = Does dim byd hŷn.
form-too-old = Mae’r ffurflen hon yn rhy hen, neu daeth hi o wefan arall. Ewch yn ôl, llwythwch y dudalen eto, ac anfonwch y ffurflen unwaith eto. Ni newidiwyd dim.

## Gwallau

error-403 = Ddim ar agor
error-403-do = Nid yw hyn ar agor i chi.
error-404 = Dim byd yma
error-404-do = Does dim tudalen yn y cyfeiriad hwn, neu nid yw hi i bawb. Gwiriwch y cyfeiriad, neu chwiliwch o’r dudalen flaen.
error-405 = Nid yw hynny’n gweithio yma
error-405-do = Mae’r cyfeiriad hwn yn gwneud rhywbeth arall. Ewch yn ôl a rhowch gynnig arall arni.
error-410 = Wedi mynd
error-410-do = Fe’i tynnwyd, ac ni ddaw yn ôl.
error-413 = Rhy fawr
error-413-do = Mae’r hyn a anfonoch yn fwy nag y gallwn ei dderbyn. Ni newidiwyd dim.
error-429 = Gormod o gynigion
error-429-do = Arhoswch rai munudau, yna rhowch gynnig arall arni. Ni newidiwyd dim.
error-500 = Aeth rhywbeth o’i le
error-500-do = Aeth rhywbeth o’i le ar ein hochr ni, ac ni newidiwyd dim. Rhowch gynnig arall arni yn nes ymlaen.
error-503 = Prysur
error-503-do = Mae’r gweinydd yn brysur. Rhowch gynnig arall arni mewn munud.
error-other = Ni weithiodd hynny
error-other-do = Ewch yn ôl a rhowch gynnig arall arni.
refused-name-taken = Mae gan rywun neu rywbeth yma’r enw hwnnw’n barod. Dewiswch un arall.
refused-until = Rhaid i’r diwrnod olaf fod yn un i ddod, ac nid cyn y cyntaf.
refused-self-link = Nid oes dim yn cael ei gysylltu ag ef ei hun.
refused-both-days = Nodwch y ddau ddiwrnod, neu’r un ohonyn nhw.
refused-blank = Ysgrifennwch rywbeth yn gyntaf, neu atodwch ffeil.
refused-long = Ni phostiwyd dim: mae’r testun yn hirach na { $value } nod. Byrhewch ef, neu gwnewch edefyn ohono.
refused-poll-files = Mae gan bostiad bleidlais neu ffeiliau, nid y ddau. Tynnwch un ohonyn nhw.
refused-poll-one = Mae angen o leiaf ddau ddewis ar bleidlais.
refused-poll-twice = Mae dau ddewis yn y bleidlais yr un fath. Newidiwch un ohonyn nhw.
refused-poll-long = Gall dewis yn y bleidlais gael { $value } nod ar y mwyaf.
refused-soon = Dewiswch amser o leiaf bum munud o nawr, neu postiwch ef nawr.
refused-far = Mae’r amser hwnnw’n rhy bell i ffwrdd. Dewiswch un cynharach.
refused-files = Gall postiad gael pedair ffeil ar y mwyaf. Tynnwch un yn gyntaf.
refused-look-again = Dewiswch heddiw neu ddiwrnod i ddod i edrych eto.
refused-experiment = Dywedwch o leiaf beth rydych chi’n rhoi cynnig arno, yn un o’r brawddegau.
refused-outcome = Dywedwch yn gyntaf beth ddaeth ohono.
refused-outcome-none = Dewiswch beth ddaeth ohono.
refused-own = Eich arbrawf chi yw hwn: dywedwch beth ddaeth ohono yn lle hynny.
refused-tried = Mae eraill yn rhoi cynnig ar yr arbrawf hwn, felly mae’n aros yn un.
refused-poll-over = Mae’r bleidlais hon wedi dod i ben.
refused-voted = Rydych chi wedi pleidleisio yn y bleidlais hon yn barod.
refused-own-poll = Ni allwch bleidleisio yn eich pleidlais eich hun.
refused-pins = Rydych wedi pinio cymaint o bostiadau ag y gall proffil eu dangos. Dad-biniwch un yn gyntaf.
refused-self-follow = Ni allwch eich dilyn eich hun.
refused-quote = Nid yw ei awdur yn gadael i chi ddyfynnu’r postiad hwn. Gallwch ddolennu iddo, neu ateb.
refused-boost = Ni ysgrifennwyd y postiad hwn i bawb, felly ni ellir ei hybu.
refused-opened = Agorwyd y postiad hwn yn barod.
refused-not-wider = Dewiswch fwy o bobl nag a allai ei ddarllen o’r blaen.
refused-tag = Nid hashnod yw hynny. Ysgrifennwch un gair, heb fylchau.
refused-domain = Nid enw gweinydd yw hwn. Ysgrifennwch ef fel social.example.org.
refused-tag-name = Nid hashnod yw hynny. Ysgrifennwch un gair, heb fylchau.
refused-closes = Dewiswch ddiwrnod i ddod pan fydd yn cau.
refused-closes-before = Rhaid iddi gau ar ôl iddi agor.
refused-closed = Mae’r her hon wedi cau.
refused-title = Rhowch deitl iddo.
refused-question = Ysgrifennwch y cwestiwn yn gyntaf.
refused-name = Rhowch enw iddo.
refused-lists = Mae gennych gymaint o restrau ag y gall fod. Dilëwch un yn gyntaf.
refused-filters = Mae gennych gymaint o hidlyddion ag y gall fod. Dilëwch un yn gyntaf.
refused-tags = Rydych chi’n dilyn cymaint o hashnodau ag sy’n bosibl. Gadewch i un fynd yn gyntaf.
refused-large = Mae ffeil yn fwy na { $value } MB. Dewiswch un llai.
refused-frozen = Mae eich cyfrif wedi’i rewi: gallwch ddarllen, ond nid postio nac ateb. Gall y rhai sy’n gofalu am y gweinydd ddweud pam.
refused-hats = Rydych chi’n gwisgo { $value } het yn barod. Tynnwch un yn gyntaf.
refused-no-text = Ysgrifennwch rywbeth yn gyntaf.
refused-empty-file = Does dim yn y ffeil hon. Dewiswch un arall.
refused-csv = Nid rhestr (CSV) yw’r ffeil hon. Dewiswch un a ysgrifennwyd gan Mastodon neu’r gweinydd hwn.
refused-move-self = Ni all cyfrif symud ato’i hun.

## I bwy mae postiad

audience-public = Pawb
audience-unlisted = Pawb sydd â’r ddolen
audience-followers = Dilynwyr
audience-partners = O fewn { $node } a’i bartneriaid
audience-organisation = O fewn { $node }
audience-team = O fewn { $team }
audience-inside = Y rhai a enwir, o fewn { $node }
audience-direct = Dim ond y rhai a enwir
audience-draft = Drafft, dim ond chi

## Postiadau

automated = (awtomatig)
count-replies = { $count ->
   *[other] { $count } ateb
  }
count-boosts = { $count ->
   *[other] { $count } hwb
  }
count-favourites = { $count ->
   *[other] { $count } ffefryn
  }
count-votes = { $count ->
    [one] { $count } bleidlais
    [two] { $count } bleidlais
    [many] { $count } phleidlais
   *[other] { $count } pleidlais
  }
post-boosted-by = Hybwyd gan
post-carried-by = Pasiwyd ymlaen gan
post-in-reply-to = Yn ateb i
post-unknown-parent = postiad nad yw gennym
post-filtered = Daliodd eich hidlydd hwn: { $filters }
post-sensitive = { $count ->
    [one] Gall yr hyn sydd ynghlwm fod yn anodd edrych arno.
   *[other] Gall peth o’r hyn sydd ynghlwm fod yn anodd edrych arno.
  }
post-edited = Golygwyd
post-pinned = Wedi’i binio
post-muted = Sgwrs wedi’i thewi
post-more-elsewhere = { $count ->
    [one] Un ateb arall ar y gweinydd gwreiddiol
   *[other] { $count } ateb arall ar y gweinydd gwreiddiol
  }
post-opened-as = Agorwyd i fwy o bobl fel y postiad hwn
post-opened-from = Dywedwyd o’r tu mewn yn gyntaf
post-reactions = Ymatebion
post-deeds = Beth gallwch chi ei wneud â’r postiad hwn
post-reply = Ateb
post-boost = Hybu
post-favourite = Ffefrynnu
post-bookmark = Rhoi nod tudalen
post-more = Mwy
post-quote = Dyfynnu
post-try-too = Byddwn ni’n rhoi cynnig ar hyn hefyd
post-say-outcome = Dweud beth ddigwyddodd
post-open-up = Agor hwn i fwy o bobl
post-could-go-public = Dweud y gallai fynd yn gyhoeddus
post-edit = Golygu
post-pin = Pinio ar eich proffil
post-unpin = Tynnu oddi ar eich proffil
post-delete = Dileu
post-mute = Tewi’r sgwrs hon
post-unmute = Dad-dewi’r sgwrs hon
post-original = Agor ar ei weinydd ei hun
post-report = Adrodd
post-mute-or-block = Tewi neu flocio { $name }
media-image = Llun
media-video = Fideo
media-audio = Sain
media-file = Ffeil
media-on = { $kind } ar { $host }
media-description = Disgrifiad
media-no-description = Does dim yn dweud beth mae hwn yn ei ddangos.
media-describe = Ei ddisgrifio
poll = Pleidlais
poll-own = eich dewis chi
poll-vote = Pleidleisio
poll-results-later = Bydd y canlyniadau’n cael eu dangos pan fydd y bleidlais wedi dod i ben.
poll-ended = Daeth i ben
poll-ends = Yn dod i ben
poll-total-people = { $count ->
    [two] { $total } gan { $count } berson
    [few] { $total } gan { $count } pherson
    [many] { $total } gan { $count } pherson
   *[other] { $total } gan { $count } person
  }
experiment = Arbrawf
state-planned = wedi’i gynllunio
state-running = ar waith
outcome-hoped = Fel roedden ni’n gobeithio
outcome-didnt = Nid fel roedden ni’n gobeithio
outcome-mixed = Cymysg
outcome-stopped = Wedi stopio
outcome-too-early = Rhy gynnar i ddweud
ask-testers = Yn chwilio am eraill i roi cynnig arno
ask-critical-friend = Yn chwilio am ffrind beirniadol
experiment-look-again = Edrych eto ar { $day }
experiment-tries = { $count ->
   *[other] Mae { $count } arall yn rhoi cynnig arno
  }
experiment-tries-another = Yn rhoi cynnig ar arbrawf rhywun arall
experiment-waiting = (nid yw ei awdur wedi cadarnhau hynny eto)

## Ffrydiau

home-title = Hafan
home-empty = Does dim byd yma eto. Dilynwch rai pobl neu hashnodau: edrychwch ar yr hyn sy’n cael ei ddweud yma, neu chwiliwch am rywun.
local-title = Dywedwyd ar { $node }
local-about = Beth mae pobl yma’n ei ddweud, y diweddaraf yn gyntaf, cyn belled ag y cewch chi ei ddarllen.
local-empty = Does neb wedi dweud dim yma eto. Byddwch y cyntaf.
bookmarks-title = Nodau tudalen
bookmarks-about = Dim ond chi sy’n gallu gweld y rhain.
bookmarks-empty = Rhowch nod tudalen ar bostiad, a byddwch yn dod o hyd iddo eto yma. Ni fydd neb yn cael gwybod.
favourites-title = Ffefrynnau
favourites-empty = Mae’r postiadau rydych chi’n eu ffefrynnu yma. Bydd eu hawduron yn cael gwybod.
list-empty = Does dim byd yma eto. Rhowch bobl ar y rhestr hon, a bydd eu postiadau yma.
list-people = { $count ->
    [one] { $count } person yn y rhestr hon
   *[other] { $count } o bobl yn y rhestr hon
  }
list-add = Ychwanegu rhywun rydych chi’n ei ddilyn
list-nobody = Nid ydych yn dilyn neb o’r enw “{ $handle }”. Dilynwch nhw yn gyntaf, ac ysgrifennwch ef fel @enw@gweinydd.example.

## Cyffredin

save = Cadw
saved = Wedi’i gadw.
new = Newydd
posts = Postiadau
people = Pobl
a-post = postiad
tabs = Tudalennau am hyn
mark-read = Nodi ei fod wedi’i ddarllen
more-people = Mwy o bobl
sign-out = Allgofnodi
what-you-typed = Beth deipioch chi
unmute = Dad-dewi
unblock = Dadflocio

## Ysgrifennu

write-title = Ysgrifennu
write-title-edit = Newid eich postiad
write-title-reply = Ateb
write-title-quote = Dyfynnu
write-title-try = Byddwn ni’n rhoi cynnig ar hyn hefyd
write-title-experiment = Ysgrifennu arbrawf
write-about = Y postiad dan sylw
write-as = Yn ysgrifennu fel
write-starters = Neu dechreuwch gyda:
write-start-experiment = “Rydym yn credu, os gwnawn ni…”
write-start-challenge = Her i lawer
write-first-happened = Dyma beth ddigwyddodd:
write-first-help = All unrhyw un helpu gyda
write-next = Postiad { $number } yr edefyn
write-another = Ychwanegu postiad arall islaw
write-thread-hint = Mae pob un yn cael ei bostio ar unwaith, i’r un bobl, pob un o dan yr un o’i flaen. Mae lluniau a phleidleisiau’n mynd gyda’r cyntaf. Nid yw’r hyn a adewir yn wag yn cael ei bostio.
write-thread-long = Gall edefyn gael { $count } postiad ar y mwyaf ar unwaith. Postiwch y rhain yn gyntaf, ac ewch ymlaen o dan yr olaf.
write-thread-later = Ni ellir postio edefyn yn nes ymlaen, dim ond un postiad. Tynnwch yr amser i’w bostio nawr, neu cadwch ef fel drafft.
write-draft-gone = Cafodd y drafft hwn ei bostio neu ei ddileu yn y cyfamser, efallai mewn ffenestr arall. Ni phostiwyd dim nawr; pwyswch unwaith eto i’w bostio beth bynnag.
write-may-not-quote = Nid yw’r awdur wedi dweud y cewch ddyfynnu’r postiad hwn. Gallwch ei ateb, neu ysgrifennu amdano a rhoi ei gyfeiriad i mewn.
write-draft-overtaken = Ers i chi agor y drafft hwn fe’i cadwyd o’r newydd, mewn ffenestr arall efallai. Ni wnaed dim nawr. Bydd yr hyn a anfonwch eto o’r fan hon yn cymryd ei le.
write-draft-other = Gweld beth mae’n ei ddweud erbyn hyn
write-thread-leave = Rhaid i’r un rydych chi’n ei ateb dderbyn eich ateb yn gyntaf. Postiwch y rhan gyntaf ar ei phen ei hun, a’r gweddill oddi tani unwaith y caiff ei gweld.
write-nobody = Does neb wedi’i enwi ynddo, felly ni fyddai neb ond chi’n ei weld. Ysgrifennwch @enw’r un y mae ar ei gyfer.
write-answer = Eich ateb
write-attached = Mae wedi’i atodi. Dywedwch beth mae’n ei ddangos.
write-text = Ar beth rydych chi’n gweithio?
write-more-words = Unrhyw beth arall (gall fod yn wag)
write-text-hint = Hyd at { $longest } nod. Gallwch ddefnyddio Markdown, @enwau a #hashnodau.
write-nothing-lost = Mae’r hyn a deipioch yma o hyd.
write-alt = Disgrifiwch ffeil { $number }
write-alt-asked = Nid oes disgrifiad gan rywbeth rydych chi wedi’i atodi, felly ni all rhai pobl wybod beth mae’n ei ddangos. Disgrifiwch ef, neu pwyswch y botwm eto i bostio heb ddisgrifiad.
write-remove = Tynnu ffeil { $number }
write-attach = Atodi llun, ffilm neu sain
write-file = Ffeil
write-file-hint = Hyd at 4 ffeil, un ar y tro. Nid yw ffeil sy’n rhy fawr yn cael ei hanfon, ac mae’ch testun yn aros.
write-new-alt = Beth mae’n ei ddangos?
write-attach-now = Atodi
write-warning = Rhybudd cynnwys
write-warning-text = Beth dylai pobl ei wybod cyn ei agor
write-sensitive = Gall yr hyn sydd ynghlwm fod yn anodd edrych arno
write-poll = Pleidlais
write-choice = Dewis { $number }
write-poll-days = Ar agor am sawl diwrnod?
write-poll-multiple = Gall pobl ddewis mwy nag un
write-more = Iaith, pwy gaiff ei ddyfynnu, neu bostio’n hwyrach
write-language = Iaith
write-quotes = Pwy gaiff ei ddyfynnu, os yw’n agored i bawb
write-quotes-usual = Fel yn eich gosodiadau
quotes-public = Unrhyw un
quotes-followers = Pobl sy’n eich dilyn
quotes-nobody = Neb ond chi
language-none = Heb ei nodi
write-at = Ei bostio ar
write-at-hint = Gadewch ef yn wag i bostio nawr.
write-at-utc = UTC yw’r amser.
write-no-time = Ni allwn ddarllen yr amser hwn. Dewiswch ddiwrnod ac amser.
write-save = Cadw’r fersiwn newydd
write-draft = Cadw fel drafft
write-others = Postio at bobl eraill yn lle hynny
write-to = Postio at: { $audience }
write-to-organisation = Postio o fewn { $node }
write-to-team = Postio i’r tîm { $team }
write-to-partners = Postio o fewn { $node } a’i bartneriaid
write-to-public = Postio at bawb
write-to-unlisted = Postio at bawb sydd â’r ddolen
write-to-followers = Postio at eich dilynwyr
write-to-direct = Postio at y rhai a enwir
about-public = Gall pawb ei ddarllen a’i gopïo. Bydd mewn ffrydiau cyhoeddus ac o dan ei hashnodau.
about-unlisted = Gall pawb ei ddarllen, ond ni fydd mewn ffrydiau cyhoeddus.
about-followers = { $count ->
    [two] { $count } berson sy’n eich dilyn.
    [few] { $count } pherson sy’n eich dilyn.
    [many] { $count } pherson sy’n eich dilyn.
   *[other] { $count } person sy’n eich dilyn.
  }
about-partners = Pawb yma, a’ch dilynwyr mewn sefydliadau partner.
about-organisation = { $count ->
    [two] { $count } berson. Nid yw byth yn gadael y gweinydd hwn.
    [few] { $count } pherson. Nid yw byth yn gadael y gweinydd hwn.
    [many] { $count } pherson. Nid yw byth yn gadael y gweinydd hwn.
   *[other] { $count } person. Nid yw byth yn gadael y gweinydd hwn.
  }
about-team = { $count ->
    [two] { $count } berson. Nid yw byth yn gadael y gweinydd hwn.
    [few] { $count } pherson. Nid yw byth yn gadael y gweinydd hwn.
    [many] { $count } pherson. Nid yw byth yn gadael y gweinydd hwn.
   *[other] { $count } person. Nid yw byth yn gadael y gweinydd hwn.
  }
about-direct = Y rhai a enwir ynddo. Nid yw wedi’i amgryptio, a gall fod yn gofnod.
x-legend = Pedwar dechreuad
x-hint = Ewch ymlaen â chynifer ohonyn nhw ag y mynnwch. Gall pob un aros yn wag.
x-believe = Rydym yn credu, os gwnawn ni…
x-leads-to = Yna bydd hyn yn arwain at…
x-test = Byddwn yn profi hyn drwy…
x-share = Byddwn yn rhannu’r dysgu drwy…
x-changed = Beth rydych chi’n ei wneud yn wahanol?
x-look-again = Edrych eto ar
x-look-again-hint = Ar y diwrnod hwnnw, byddwn yn gofyn i chi beth ddigwyddodd.
x-place = Ble
x-place-hint = Tref, ward, tîm.
x-state = Pa mor bell mae wedi mynd?
x-licence = Beth caiff pobl eraill ei wneud ag ef
x-licence-usual = Fel arfer yma
drafts-title = Drafftiau
drafts-about = Dim ond chi sy’n gallu gweld y rhain.
drafts-empty = Does dim yn aros yma.
drafts-untitled = Heb eiriau
drafts-to = I: { $audience }
drafts-later = i’w bostio
drafts-gone = Mae’r drafft hwn wedi mynd
drafts-gone-about = Fe’i postiwyd neu ei ddileu ers hynny, mewn ffenestr arall efallai.
scheduled-title = Postiadau i’w postio yn nes ymlaen
delete-title = Dileu’r postiad hwn?
delete-draft-title = Dileu’r drafft hwn?
delete-draft-about = Nid oes neb arall wedi’i weld. Nid oes modd ei gael yn ôl.
write-seen-by = i’w weld gan: { $audience }
delete-about = Bydd yn mynd oddi yma, a byddwn yn gofyn i weinyddion eraill ei ddileu hefyd. Nid oes modd ei gael yn ôl.
delete-about-inside = Bydd yn mynd oddi yma; nid oedd yn unman arall. Nid oes modd ei gael yn ôl.
delete-do = Ei ddileu
delete-keep = Ei gadw
delete-anew = Ei ddileu a’i ysgrifennu o’r newydd
delete-anew-not = Dywedwyd yn barod beth ddaeth ohono, a byddai’n cael ei golli. Golygwch ef yn lle hynny.
delete-anew-about = Neu ei gymryd yn ôl i’w newid: caiff ei ddileu yr un fath, gyda’r hyn a atebwyd, a hybwyd ac a ffafriwyd, ac mae ei eiriau a’i ffeiliau gennych fel drafft.
history-title = Fersiynau o bostiad gan { $name }
history-back = At y postiad
history-now = fel y mae nawr
history-first = fel yr oedd yn gyntaf
outcome-title = Beth ddigwyddodd?
outcome-lead = Mae pob ateb yr un mor werthfawr. Yr hyn na weithiodd sy’n helpu’r tîm nesaf fwyaf.
outcome-which = Beth ddigwyddodd
outcome-learning = Beth fyddech chi’n ei ddweud wrth y tîm nesaf?
outcome-so-what = Felly beth? Beth oedd ei werth?
outcome-so-what-hint = Amser, arian, pryder, rhywbeth a ddysgwyd. Gall fod yn wag.
outcome-again-hint = Os oes mwy i ddod, dewiswch ddiwrnod arall. Gall fod yn wag.
outcome-say = Ei ddweud
outcome-told = Bydd eich postiad yn newid, bydd ateb yn cael ei bostio oddi tano, a bydd pawb a’i hybodd neu sy’n rhoi cynnig arno hefyd yn cael gwybod.
open-up-lead = Mae’r hyn a ddywedwyd o’r tu mewn yn aros o’r tu mewn, gyda’r atebion. Mae hyn yn gwneud postiad newydd ohono, i fwy o bobl.
open-up-text = Beth fydd pawb yn ei ddarllen
open-up-files = Beth sy’n mynd gydag ef
open-up-poll = Mae’n dechrau o’r newydd, am saith diwrnod.
open-up-look = Edrychwch ar bob un o’r rhain yn gyntaf
open-up-names = Ceir hyd i enwau llawn, rhifau a chyfeiriadau. Ni cheir hyd i enwau pobl a lleoedd: chwiliwch amdanynt eich hun.
open-up-to = I bwy
open-up-answers = Does neb o’r tu allan yn gweld beth a atebwyd o’r tu mewn.
open-up-not = Ei adael o’r tu mewn
open-up-again = Ni phostiwyd dim eto. Edrychwch ar yr hyn sydd heb ei dicio isod: efallai bod peth ohono’n newydd yn yr hyn a ysgrifennoch.
open-up-whom = Dewiswch i bwy y mae.
check-person = Mae { $handle } wedi’i enwi. Mae’n iawn â hynny, neu nid yw’n sôn amdano ef neu hi.
check-quote = Dyfynnir geiriau rhywun. Cytunodd i hynny.
check-description = Nid oes disgrifiad gan rywbeth sydd ynghlwm. Mae hynny’n iawn.
check-personal = Mae “{ $text }” yn edrych fel rhywbeth am berson. Caiff fod yn gyhoeddus.
check-answer = Mae’n ateb rhywbeth a ddywedwyd o’r tu mewn. Gellir ei ddeall heb hynny.

## Adroddiadau

report-title = Adrodd am { $name }
report-about = Bydd y rhai sy’n gofalu am y gweinydd hwn yn ei ddarllen. Ni fydd y sawl rydych chi’n adrodd amdano yn cael gwybod pwy wnaeth.
report-why = Beth sydd o’i le?
report-spam = Sbam yw hwn
report-rule = Mae’n torri un o reolau’r gweinydd hwn
report-legal = Mae’n erbyn y gyfraith
report-other = Rhywbeth arall
report-which-rule = Pa reol?
report-comment = Beth dylen ni ei wybod?
report-forward = Dweud wrth y rhai sy’n gofalu am { $server } hefyd, heb eich enw chi
report-send = Anfon yr adroddiad

## Dal i fyny

told-which = Pa hysbysiadau
told-all = Pob un
told-words = Crybwylliadau
told-nothing = Dim byd eto. Pan fydd rhywun yn eich ateb, eich hybu neu eich dilyn, bydd yma.
told-older = Hysbysiadau hŷn
told-held = { $count ->
    [one] Mae un person nad ydych chi’n ei adnabod eisiau cael ei glywed.
    [two] Mae { $count } berson nad ydych chi’n eu hadnabod eisiau cael eu clywed.
    [few] Mae { $count } pherson nad ydych chi’n eu hadnabod eisiau cael eu clywed.
    [many] Mae { $count } pherson nad ydych chi’n eu hadnabod eisiau cael eu clywed.
   *[other] Mae { $count } person nad ydych chi’n eu hadnabod eisiau cael eu clywed.
  }
told-held-look = Edrych
told-mention = Crybwyllodd { $name } chi
told-status = Postiodd { $name }
told-boost = Hybodd { $name } eich postiad
told-boosts = { $count ->
    [one] Hybodd { $name } ac un arall eich postiad
   *[other] Hybodd { $name } a { $count } arall eich postiad
  }
told-follow = Mae { $name } yn eich dilyn
told-follows = { $count ->
    [one] Mae { $name } ac un arall yn eich dilyn
   *[other] Mae { $name } a { $count } arall yn eich dilyn
  }
told-request = Mae { $name } yn gofyn am gael eich dilyn
told-favourite = Ffefrynnodd { $name } eich postiad
told-favourites = { $count ->
    [one] Ffefrynnodd { $name } ac un arall eich postiad
   *[other] Ffefrynnodd { $name } a { $count } arall eich postiad
  }
told-update = Golygodd { $name } bostiad a hybwyd gennych
told-poll = Daeth pleidlais i ben
told-quote = Dyfynnodd { $name } chi
told-quoted-update = Golygodd { $name } bostiad a ddyfynnwyd gennych
told-sign-up = Cofrestrodd { $name }
told-sign-ups = { $count ->
    [one] Cofrestrodd { $name } ac un arall
   *[other] Cofrestrodd { $name } a { $count } arall
  }
told-report = Adroddodd { $name } am rywun
told-report-about = Adroddodd { $name } am { $target }
told-report-next = Edrych ar yr adroddiad
told-sign-up-next = Gweld y cyfrif
told-warning = Gair gan y rhai sy’n gofalu am y gweinydd hwn
told-warning-answer = Os ydych chi’n ei weld fel arall, ysgrifennwch atyn nhw:
told-warning-over = Mae hynny drosodd.
told-warning-about = Mae’n ymwneud â:
told-limited = Dim ond y rhai sy’n eich dilyn sy’n gweld yr hyn a ddywedwch.
told-frozen = Gallwch ddarllen, heb wneud dim y mae eraill yn ei weld.
told-severed = Torrwyd rhai o’ch cysylltiadau dilyn
severed-server = Nid yw’r gweinydd hwn yn siarad â { $target } mwyach.
severed-own = Rydych wedi blocio { $target }.
severed-account = Ataliwyd { $target } yma.
severed-counts = Daeth { $following } o’ch cysylltiadau dilyn chi i ben, a { $followers } i’ch dilyn chi.
told-outcome = Dywedodd { $name } beth ddaeth o arbrawf
told-trying = Mae { $name } yn rhoi cynnig ar eich arbrawf hefyd
told-trying-next = Ei weld, a’i gadarnhau
told-look-again = Mae’r diwrnod wedi dod i edrych eto ar eich arbrawf
told-waiting = Cyfrannodd { $name } at eich her, ac mae’n aros am eich penderfyniad
told-given = Chi sy’n gofalu am { $name } o hyn ymlaen
told-adopted = Mae rhywun arall yn gofalu am { $name } nawr
conversations-about = Crybwylliadau i’r rhai a enwir ynddyn nhw yn unig. Nid ydyn nhw wedi’u hamgryptio, a gallan nhw fod yn gofnodion.
conversations-empty = Dim sgyrsiau eto. Ysgrifennwch bostiad i’r rhai a enwir ynddo i ddechrau un.
lists-about = Hafan â rhai pobl ynddi yw rhestr. Rhowch y rhai rydych yn eu dilyn ynddi ar eu tudalennau, neu ar dudalen y rhestr ei hun yn ôl eu henw llawn.
lists-new = Enw rhestr newydd
lists-make = Creu’r rhestr
tags-followed = Y rhai rydych chi’n eu dilyn
tags-none-followed = Nid ydych yn dilyn unrhyw hashnod eto. Agorwch un, a’i ddilyn yno: bydd ei bostiadau’n dod i’ch hafan.
tags-used = Yn cael eu defnyddio’n aml ar hyn o bryd
tags-none-used = Does neb wedi defnyddio hashnod yma yn ddiweddar.
requests-title = Ceisiadau i’ch dilyn
requests-empty = Does neb yn aros am eich ateb.
requests-accept = Derbyn
requests-refuse = Gwrthod
followers-title = Pwy sy’n dilyn { $name }
following-title = Pwy mae { $name } yn eu dilyn
followers-empty = Neb eto.
following-empty = Neb eto.
people-hidden = Mae { $name } yn cadw hyn yn breifat.
remove-follower = Tynnu
muted-title = Pobl rydych chi wedi’u tewi
muted-until = tan
muted-about = Nid ydych yn gweld beth maen nhw’n ei bostio. Nid ydyn nhw’n cael gwybod.
muted-empty = Nid ydych wedi tewi neb.
blocked-title = Pobl rydych chi wedi’u blocio
blocked-about = Ni allan nhw eich dilyn na gweld eich postiadau tra byddan nhw wedi mewngofnodi, ac nid ydych chi’n gweld eu postiadau nhw.
blocked-empty = Nid ydych wedi blocio neb.
tab-posts = Postiadau
tab-followers = Dilynwyr
tab-following = Yn dilyn
me-profile = Eich proffil
me-hats = Hetiau rydych yn eu gwisgo
me-hats-none = Dim eto. Rydych yn gwisgo un lle rydych yn gofalu am hashnod neu her: mae ei dudalen yn arwain yno.
me-mine = Eich pethau chi
me-people = Pobl
look-again-title = Edrych eto
nav-keeping = Gofalu am y gweinydd hwn
search-label = Pobl, hashnodau a phostiadau
search-do = Chwilio
search-hint = Enw, #hashnod, enw llawn fel @enw@example.org, cyfeiriad postiad, neu eiriau. Gallwch gyfyngu’r chwiliad: from:me, has:media, before:2027-01-31.
search-hint-stranger = Enw, neu #hashnod.
search-nothing = Ni chafwyd hyd i ddim.
search-nothing-why = Dim ond yr hyn mae’r gweinydd hwn yn gwybod amdano sydd i’w gael, a dim ond pobl sy’n gadael i eraill ddod o hyd iddyn nhw. Mae enw llawn neu gyfeiriad cyfan yn cael ei chwilio mewn mannau eraill hefyd.
search-nothing-stranger = Heb fewngofnodi, dim ond pobl a hashnodau’r gweinydd hwn sydd i’w cael.

## Sut mae’r tudalennau’n edrych

look-about = Cedwir hyn yn y porwr hwn. Cedwir yr iaith gyda’ch cyfrif, os ydych wedi mewngofnodi.
look-language = Iaith
look-theme = Lliwiau
look-auto = Fel ar y ddyfais hon
look-light = Golau
look-dark = Tywyll
look-size = Maint y testun
look-usual = Arferol
look-large = Mawr
look-larger = Mwy fyth
look-density = Lle rhwng pethau
look-roomy = Digon o le
look-tight = Tynn
look-motion = Symudiad
look-moving = Fel ar y ddyfais hon
look-still = Does dim yn symud

## Proffiliau

count-posts = { $count ->
    [two] { $count } bostiad
    [few] { $count } phostiad
    [many] { $count } phostiad
   *[other] { $count } postiad
  }
count-following = Yn dilyn { $count }
count-followers = { $count ->
    [two] { $count } ddilynwr
   *[other] { $count } dilynwr
  }
kind-automated = Cyfrif awtomatig
kind-group = Grŵp
kind-organisation = Sefydliad
tab-replies = Postiadau ac atebion
tab-media = Cyfryngau
tab-experiments = Arbrofion
profile-change = Newid eich proffil
profile-look = Gweld eich proffil fel y mae eraill
profile-follow-remote = Dilyn o’ch gweinydd eich hun
profile-moved = Mae { $name } wedi symud i
profile-verified = Gwiriwyd ar { $day }: mae’r dudalen yn cysylltu’n ôl.
profile-joined = Ymunodd ar { $day }
profile-empty = Nid yw { $name } wedi postio dim y gallwch chi ei weld yma.
feeds = Ffrydiau:
also-as = Trafodir hefyd fel
challenge-owner = Yn gofalu amdani
challenge-nobody = neb
challenge-offered = Mae ar gael: gall unrhyw aelod ei chymryd drosodd.
challenge-tag = Ei hashnod
tie-blocked-by = Maen nhw wedi eich blocio.
tie-follows-you = Yn eich dilyn chi.
tie-follow = Dilyn
tie-unfollow = Peidio â dilyn
tie-unask = Tynnu’r cais yn ôl
tie-mention = Crybwyll
tie-private = Ysgrifennu atyn nhw yn unig
tie-hide-boosts = Cuddio eu hybiau
tie-show-boosts = Dangos eu hybiau
tie-bell = Dweud wrthyf pan fyddan nhw’n postio
tie-bell-off = Peidio â dweud wrthyf pan fyddan nhw’n postio
tie-mute = Tewi
tie-mute-day = Tewi am ddiwrnod
tie-mute-week = Tewi am wythnos
tie-lists = Eich rhestrau
tie-muted = Rydych wedi eu tewi: nid ydych yn gweld beth maen nhw’n ei bostio.
tie-muted-until = Rydych wedi eu tewi, ac ni welwch yr hyn a bostiant, tan
tie-block = Blocio
tie-remove = Tynnu o’ch dilynwyr
tie-block-domain = Blocio { $domain } i gyd
tie-domain-blocked = Rydych wedi blocio { $domain } i gyd.
tie-note = Eich nodyn, i chi yn unig
tie-list-in = Rhoi ar y rhestr
tie-list-out = Tynnu o’r rhestr
remote-title = O’ch gweinydd eich hun
remote-about = Does dim angen cyfrif arnoch yma. Dywedwch pwy ydych chi mewn man arall yn y ffedysawd, ac ewch ymlaen yno.
remote-handle = Eich enw llawn, neu’ch gweinydd
remote-handle-hint = Fel @enw@mastodon.social. Caiff ei ddefnyddio ar gyfer y chwiliad hwn yn unig, ac ni chaiff ei gadw.
remote-do = Mynd ymlaen
remote-or = Neu chwiliwch ar eich gweinydd am
remote-found = Gall { $server } barhau o’r fan hon.
remote-go = Mynd ymlaen ar { $server }
remote-no-handle = Nid enw llawn na gweinydd yw hwnnw. Mae’n edrych fel @enw@example.org.
remote-not-found = Ni ddywedodd { $server } wrthym ble i fynd ymlaen. Chwiliwch yno am yr hyn sydd isod.

## Gosodiadau

settings-you = Chi
settings-writing = Ysgrifennu
settings-reading = Darllen
settings-profile = Eich proffil
settings-security = Cyfrinair, cyfeiriad a chodau
settings-sessions = Porwyr ac apiau sydd wedi mewngofnodi
settings-posting = Sut rydych chi’n postio
settings-sharing = Pa mor bell mae’ch postiadau’n mynd
settings-hearing = Pwy rydych chi’n eu clywed
settings-filters = Hidlyddion
profile-name = Enw
profile-note = Amdanoch chi
profile-note-hint = Gall pawb ei ddarllen. Gallwch ddefnyddio #hashnodau ac @enwau.
profile-avatar-alt = Beth mae eich llun yn ei ddangos?
profile-header-alt = Beth mae’r faner yn ei ddangos?
profile-lines = Llinellau yn eich proffil
profile-lines-hint = Ble rydych chi’n gweithio, am beth i’ch holi, tudalen sy’n eiddo i chi. Mae tudalen sy’n cysylltu’n ôl â’ch proffil gyda rel="me" yn cael ei nodi fel un sydd wedi’i gwirio.
profile-line-name = Llinell { $number }: beth yw hi
profile-line-value = Llinell { $number }: beth mae’n ei ddweud
profile-found = Pwy sy’n dod o hyd i chi ac yn eich dilyn
profile-discoverable = Gellir fy awgrymu, a dod o hyd i mi yn ôl fy enw
profile-indexable = Gellir dod o hyd i’m postiadau cyhoeddus drwy chwilio
profile-hide = Cadw’n breifat pwy rwy’n eu dilyn a phwy sy’n fy nilyn i
profile-locked = Fi sy’n penderfynu pwy gaiff fy nilyn
profile-bot = Cyfrif awtomatig yw hwn
profile-pictures = Lluniau
profile-avatar = Eich llun
profile-header = Y llun ar frig eich proffil
posting-audience = Mae’ch postiadau i
posting-audience-hint = Dyma beth sydd ar y botwm pan fyddwch yn ysgrifennu, a beth mae apiau’n postio ag ef pan nad ydyn nhw’n dweud dim arall. Gallwch ddewis un arall ar gyfer pob postiad.
posting-language = Yr iaith rydych chi’n ysgrifennu ynddi
posting-sensitive = Cuddio’r hyn rwy’n ei atodi y tu ôl i rybudd
posting-quotes = Pwy gaiff ddyfynnu’ch postiadau
hear-about = Gall yr hyn mae pobl nad ydych yn eu hadnabod yn ei wneud aros nes i chi edrych arno, neu gael ei anwybyddu. Nid ydyn nhw’n cael gwybod.
hear-not-following = Pobl nad ydych yn eu dilyn
hear-not-followers = Pobl nad ydyn nhw’n eich dilyn chi
hear-new = Cyfrifon a grëwyd yn y 30 diwrnod diwethaf
hear-private = Crybwylliadau preifat gan bobl nad ydych yn eu hadnabod
hear-limited = Cyfrifon a gyfyngwyd yma
hear-accept = Eu clywed
hear-filter = Gadael iddo aros
hear-drop = Ei anwybyddu
push-title = Yn y porwr hwn
push-about = Gall y porwr hwn ddangos beth sydd yn eich hysbysiadau tra bo’r tudalennau ar gau. Mae’r hyn a ddywedir yn teithio wedi’i amgryptio drwy wasanaeth gwthio gwneuthurwr y porwr.
push-no-script = Mae angen JavaScript ar gyfer hynny. Mae llythyrau’n dweud wrthych hefyd: gweler Llythyrau am hysbysiadau.
push-on = Eu dangos yn y porwr hwn
push-off = Peidio â’u dangos mwyach
push-is-on = Maen nhw’n cael eu dangos yn y porwr hwn.
push-is-off = Nid ydyn nhw’n cael eu dangos yn y porwr hwn.
push-refused = Nid yw’r porwr yn gadael i’r dudalen hon ddangos dim. Gall ei osodiadau ar gyfer y dudalen hon newid hynny.
push-failed = Ni weithiodd hynny. Ni newidiwyd dim; rhowch gynnig arall arni’n nes ymlaen.
push-cannot = Ni all y porwr hwn wneud hynny yma. Gall llythyrau ddweud wrthych yn lle hynny: gweler Llythyrau am hysbysiadau.
filters-about = Mae postiadau â geiriau nad ydych am eu darllen yn cael eu cuddio, neu eu rhoi y tu ôl i rybudd. Dim ond chi sy’n gwybod.
filters-hides = yn cuddio
filters-warns = yn rhybuddio
filters-until = tan { $day }
filters-new = Hidlydd newydd
filters-title = Ei enw
filters-word = Gair neu eiriau { $number }
filters-where = Ble mae’n gweithio
filters-home = Hafan a rhestrau
filters-public = Beth a ddywedir yma, hashnodau a chwilio
filters-account = Proffiliau
filters-what = Beth mae’n ei wneud
filters-warn = Yn dangos rhybudd â’i enw
filters-hide = Yn cuddio’r postiad
filters-for = Am ba hyd
filters-ever = Am byth
filters-day = Diwrnod
filters-week = Wythnos
filters-month = Mis
filters-make = Creu’r hidlydd
look-again-about = Mae’r diwrnod wedi dod ar gyfer y rhain. Dywedwch beth ddaeth ohonyn nhw, neu dewiswch ddiwrnod arall.
look-again-empty = Does dim yn aros. Pan ddaw diwrnod arbrawf, bydd yma.

## Y dudalen flaen, a thrafodaethau

front-title = Darllenwch gyda ni
front-lead = Mae pobl yma’n rhannu beth maen nhw’n rhoi cynnig arno, beth ddigwyddodd, a beth ddysgon nhw. Darllenwch gyda ni; does dim angen cyfrif arnoch i wneud hynny.
front-challenges = Gofynnir yma
front-learned = Beth a ddysgwyd
front-year = Arbrofion eleni, yn ôl beth ddaeth ohonyn nhw:
front-library = Y llyfrgell gyfan
front-latest = Dywedwyd yn ddiweddar
front-empty = Does neb wedi postio i bawb eto. Dewch yn ôl cyn bo hir.
front-more = Mwy o bostiadau
front-tags = Hashnodau mae pobl yma’n gofalu amdanyn nhw
front-follow = Dilyn o’ch gweinydd eich hun
front-follow-how = Does dim angen cyfrif arnoch yma. Gyda chyfrif ar Mastodon neu unrhyw weinydd arall yn y ffedysawd, chwiliwch yno am enw llawn person, hashnod neu her, a’i ddilyn.
challenge-came = { $count ->
    [0] ni ddaeth dim eto
    [two] { $count } gyfraniad
    [few] { $count } chyfraniad
    [many] { $count } chyfraniad
   *[other] { $count } cyfraniad
  }
challenge-until = { $came }, ar agor tan { $day }
post-title = { $name }: “{ $words }”
post-title-plain = Postiad gan { $name }
thread-above = Mae’n dechrau gyda rhywbeth nad yw yma.
thread-before = Cyn hyn
thread-replies = Atebion
thread-remote = Ateb, hybu neu ffefrynnu o’ch gweinydd eich hun
thread-more = { $count ->
    [one] Nid yw un ateb arall yn cael ei ddangos yma: nid yw i bawb, neu mae ar weinydd arall.
   *[other] Nid yw { $count } ateb arall yn cael eu dangos yma: nid ydyn nhw i bawb, neu maen nhw ar weinyddion eraill.
  }
chain-title = Pwy roddodd gynnig arno nesaf
chain-gone = mae’r hyn oedd yma wedi mynd
tries-waiting = Maen nhw’n dweud eu bod yn rhoi cynnig arno
tries-ask = Ai cynnig ar eich arbrawf chi yw hwnnw? O’i gadarnhau, bydd yn sefyll oddi tano i bawb ei weld, a chân nhw wybod beth ddaeth o’ch un chi.
tries-confirm = Cadarnhau
tries-confirm-of = Cadarnhau cynnig { $name }
tries-refuse = Nid yw’n un
tries-refuse-of = Nid yw’r hyn a wna { $name } yn un
chain-changed = Newidiwyd:

## Bysellau, a beth mae’r sgript yn ei ddweud

new-posts = Postiadau newydd:
characters-left = ar ôl
write-camel = Os yw # yn fwy nag un gair, dechreuwch bob un â phriflythyren: mae’n haws ei ddarllen, a gellir ei ddarllen yn uchel.
look-keys = Bysellau
look-keys-on = Mae bysellau’n gwneud pethau, fel ar Mastodon
look-keys-off = Nid yw bysellau’n gwneud dim
keys-title = Bysellau
keys-about = Maen nhw’n gweithio lle mae JavaScript yn rhedeg, ac nid wrth i chi ysgrifennu. Gallwch eu diffodd o dan
key-move = Y postiad nesaf, y postiad blaenorol
key-open = Agor y postiad
key-reply = Ateb
key-boost = Hybu
key-favourite = Ffefrynnu
key-profile = Agor proffil ei awdur
key-mention = Crybwyll ei awdur
key-warning = Dangos neu guddio’r hyn mae rhybudd yn ei guddio
key-media = Dangos neu guddio cyfryngau
key-new = Ysgrifennu
key-search = Chwilio
key-send = Postio’r hyn a ysgrifennoch
key-back = Yn ôl
key-escape = Gadael maes neu ddewislen
key-help = Y dudalen hon
write-upload-failed = Ni chyrhaeddodd hwnnw. Mae’ch testun yma o hyd: rhowch gynnig arall arni.
write-too-large = Mae’r ffeil honno’n rhy fawr.
write-restored = Mae’r hyn a deipioch o’r blaen yn ôl.
write-hat = Dweud eich bod yn ysgrifennu fel
write-no-hat = Dim het
scheduled-not = Ei wneud yn ddrafft, a’i newid

## Heriau, cwrdd â rhywun, a’r gweddill

text-of = Dyddiad: { $day }.
challenges-title = Gofynnir yma
challenges-about = Cwestiynau mae rhywun yma’n gofalu amdanyn nhw. Gall unrhyw un gyfrannu o unrhyw weinydd, a dilyn un fel person.
challenges-ask = Gofyn am help
challenges-none = Nid oes dim yn cael ei ofyn ar hyn o bryd.
challenges-over = Wedi’u hateb neu wedi cau
challenge-new-about = Mae gan her dudalen ac enw llawn ei hun, y gall pobl eu dilyn ar unrhyw weinydd. Mae pwy bynnag sy’n ei chrybwyll, neu’n postio gyda’i hashnod, yn cyfrannu.
challenge-question = Eich cwestiwn
challenge-name = Enw byr ar gyfer ei henw llawn
challenge-name-hint = Llythrennau, rhifau a _ heb fylchau. Bydd yn dod yn @enw@{ $domain }, ac yn aros.
challenge-purpose = Beth yw ei phwnc, a beth fydd yn digwydd i’r atebion
challenge-tag-hint = Mae’r hyn a bostir gydag ef yn cyfrannu hefyd. Gall fod yn wag.
challenge-closes = Ar agor tan
challenge-closes-hint = Nes i chi ei chau, os yw hwn yn wag.
challenge-open = Ei gofyn
challenge-open-hint = Bydd yn gyhoeddus ar unwaith.
cuppa-title = Cwrdd â rhywun newydd
cuppa-about = O bryd i’w gilydd mae dau berson nad ydyn nhw’n adnabod ei gilydd yn cael eu cyflwyno, o wahanol sefydliadau os yn bosibl. Cewch wybod drwy bostiad i chi’ch dau yn unig. Un clic, ac rydych chi allan.
cuppa-in = rydych chi i mewn
cuppa-cuppa = Paned
cuppa-cuppa-about = Hanner awr gyda rhywun na fyddech chi’n cwrdd â nhw fel arall.
cuppa-shadowing = Cysgodi
cuppa-shadowing-about = Ychydig ddyddiau wrth ochr rhywun yn eu gwaith, neu rywun wrth eich ochr chi.
cuppa-mentoring = Mentora o chwith
cuppa-mentoring-about = Mae rhywun sydd bron ar ddechrau eu gwaith yn mentora rhywun sydd yno ers amser hir. Yn gyntaf mae’r ddau’n cytuno ar eu disgwyliadau, eu rheolau, eu bod nhw eisiau gwneud hyn, eu bod nhw’n ymddiried yn ei gilydd, a’u bod nhw’n agored.
cuppa-role = Beth rydych chi ei eisiau
cuppa-offer = Gall rhywun ddod gyda fi
cuppa-ask = Hoffwn i fynd gyda rhywun
cuppa-mentor = Hoffwn i fentora
cuppa-mentee = Hoffwn i gael fy mentora
cuppa-said = Beth dylai’r llall ei wybod amdanoch
cuppa-from = O
cuppa-until = Tan
cuppa-join = Hoffwn gymryd rhan
cuppa-leave = Rwyf allan
cuppa-met = I bwy y cawsoch eich cyflwyno
cuppa-agree = Rwy’n cytuno â’r pum amod
held-title = Pobl sy’n aros i gael eu clywed
held-about = Fe ysgrifennon nhw atoch, ac nid ydych yn eu hadnabod. Nid ydyn nhw’n gwybod eu bod yn aros. Gallwch newid pwy sy’n aros o dan
held-nobody = Does neb yn aros.
held-dismiss = Ei roi o’r neilltu
report-sent = Diolch
report-sent-about = Mae’r rhai sy’n gofalu am y gweinydd hwn yn darllen eich adroddiad, ac yn penderfynu beth i’w wneud.

## Mynd â phethau, a dod â nhw

settings-yours = Eich pethau chi
along-title = Mynd â phethau a dod â nhw
along-archive = Popeth, mewn un ffeil
along-archive-about = Eich postiadau, yr hyn sydd ynghlwm wrthyn nhw, eich proffil, rhestrau ac arbrofion, ar ffurf y gall gweinyddion eraill ei darllen. Cewch un y dydd; mae’n cael ei chadw am saith diwrnod.
along-ask = Gwneud archif
along-again = Gallwch wneud yr un nesaf o
along-download = Lawrlwytho
along-waiting = Yn aros ei thro
along-running = Ar y gweill
along-finished = Yn barod
along-stopped = Wedi stopio
along-failed = Heb weithio
along-lists = Rhestrau
along-following = Pwy rydych chi’n eu dilyn
along-domains = Gweinyddion rydych chi wedi’u blocio
along-in = Dod â rhywbeth
along-in-about = Rhestrau o Mastodon, GoToSocial neu o fan hyn, neu archif o bostiadau. Mae postiadau’n cadw eu dyddiadau, ac nid oes neb yn cael gwybod amdanyn nhw.
along-file = Y ffeil
along-file-hint = CSV, neu archif (zip, tar.gz) hyd at 100 MB. Gall y rhai sy’n rhedeg y gweinydd hwn dderbyn un fwy.
along-kind = Beth sydd ynddi
along-kind-seen = Fel mae’r ffeil yn ei ddweud
along-overwrite = Tynnu o’m rhestr yr hyn nad yw yn y ffeil hon
along-bring = Dod â hi
along-no-file = Dewiswch ffeil yn gyntaf.
along-imports = Beth ddaethoch chi ag ef
along-counts = Gwnaed { $done } o { $total }, methodd { $failed }, gadawyd { $skipped } allan: maent yma eisoes, neu nid eich postiadau chi ydynt
along-stop = Stopio
along-failed-rows = Beth na ellid ei wneud, a pham (CSV)
along-reload = Llwythwch y dudalen eto i weld pa mor bell mae wedi mynd.
move-title = Symud yma, neu i ffwrdd
move-in = Symud yma o gyfrif arall
move-in-about = Dywedwch yma beth yw eich hen gyfrif, fel y gall ddweud mai @{ $handle } ydych chi nawr. Yna symudwch yno.
move-old = Eich hen gyfrif
move-add = Ei ychwanegu
move-not-found = Nid oedd modd dod o hyd i “{ $handle }”. Ysgrifennwch ef fel @enw@gweinydd.example, fel y mae ar y proffil hwnnw.
move-out = Symud i ffwrdd
move-out-about = Mae’ch dilynwyr yn dod gyda chi i’r cyfrif newydd, sy’n gorfod enwi @{ $handle } fel enw arall arno yn gyntaf. Mae’ch postiadau’n aros yma; ewch â nhw gyda chi fel archif.
move-new = Eich cyfrif newydd
move-password = Eich cyfrinair
move-do = Symud
move-moved = Rydych wedi symud i
move-back = Tynnu hynny’n ôl
old-title = Hen bostiadau sy’n mynd ohonyn nhw eu hunain
old-about = Gellir dileu eich hen bostiadau ar ôl peth amser, yma ac ar weinyddion eraill. Mae arbrofion, a beth ddaeth ohonyn nhw, yn aros bob tro.
old-on = Dileu fy hen bostiadau
old-age = Pan fyddan nhw’n hŷn na
old-days = { $count ->
    [two] { $count } ddiwrnod
   *[other] { $count } diwrnod
  }
old-keep = Ond cadw
old-pinned = yr hyn y gwnes i ei binio
old-bookmarked = yr hyn y rhoddais nod tudalen arno
old-favourited = yr hyn y gwnes i ei ffefrynnu
old-media = yr hyn sydd â rhywbeth ynghlwm
old-polls = polau
old-direct = yr hyn oedd i’r rhai a enwir yn unig
old-favourites = Cadw’r hyn sydd ag o leiaf hyn o ffefrynnau
old-boosts = Cadw’r hyn sydd ag o leiaf hyn o hybiau
move-wrong-password = Nid hwnnw yw’ch cyfrinair. Ni newidiwyd dim.

## I’r rhai sy’n gofalu am y gweinydd

keep-many = { $count } neu fwy
keep-waits = Beth sy’n aros
keep-waits-nothing = Nid oes dim yn aros amdanoch.
keep-reports = Adroddiadau
keep-sign-ups = Pobl sy’n gofyn am gael ymuno
keep-held = Cyfraniadau at “{ $question }”
keep-people = Pobl
keep-accounts = Cyfrifon
keep-invitations = Gwahoddiadau
keep-log = Beth a wnaed
keep-node = Y gweinydd
keep-servers = Gweinyddion eraill
keep-rules = Rheolau
keep-texts = Testunau
keep-announcements = Cyhoeddiadau
keep-emoji = Emoji
keep-tags = Hashnodau nad ydyn nhw’n cael eu cario
keep-peers = Cymheiriaid a releiau
keep-how-it-does = Sut mae’n mynd
keep-members = Aelodau
keep-members-active = { $count }, ac roedd { $active } ohonyn nhw yma yn y 30 diwrnod diwethaf
keep-posts-here = Postiadau aelodau
keep-queue = I’w wneud
keep-queue-empty = Dim: mae popeth wedi’i anfon.
keep-queue-many = I’w hanfon i weinyddion eraill: { $deliveries }. Tasgau eraill: { $jobs }.
keep-queue-oldest = Mae’r hynaf o
keep-disk = Disg
keep-disk-database = Cronfa ddata: { $size }
keep-disk-media = Beth mae aelodau wedi’i lwytho i fyny: { $size }
keep-disk-profiles = Lluniau proffil: { $size }
keep-disk-remote = Copïau o ffeiliau gweinyddion eraill: { $size }, { $budget } ar y mwyaf
keep-version = Fersiwn
keep-failing = Gweinyddion nad ydyn nhw’n derbyn dim gennym
keep-failing-none = Mae pob un yn derbyn yr hyn rydyn ni’n ei anfon.
keep-failing-about = Mae’n rhoi cynnig arall arni ohono’i hun. Ar ôl wythnos heb ateb, mae’r gweinydd yn rhoi’r gorau iddi nes iddo glywed oddi yno.
keep-failing-since = ers
keep-failing-dead = rhoddwyd y gorau iddi
keep-older = Rhai hŷn
keep-further = Rhai pellach
keep-remove = Tynnu
keep-since = ers { $day }
keep-never = Byth
keep-not-below = Mae gan y person hwn yr un rôl â chi neu un uwch: rhaid i rywun uwch na nhw benderfynu.
keep-not-yours = Rhaid i rywun â rôl uwch wneud hynny.
keep-not-sure = Ticiwch y blwch os ydych chi’n siŵr. Ni newidiwyd dim.
keep-no-day = Nid diwrnod yw hwnnw. Ysgrifennwch ef fel 2026-01-31.
keep-no-file = Dewiswch ffeil yn gyntaf.
keep-role-member = Aelod
keep-role-moderator = Cymedrolwr
keep-role-admin = Gweinyddwr
keep-role-owner = Perchennog
keep-reports-which = Pa adroddiadau
keep-open = Ar agor
keep-done = Wedi’u gorffen
keep-closed = wedi’i orffen
keep-reports-none = Does dim un.
keep-report-about = Adroddiad am @{ $who }
keep-report-by = gan { $who }
keep-posts = { $count ->
    [two] { $count } bostiad
    [few] { $count } phostiad
    [many] { $count } phostiad
   *[other] { $count } postiad
  }
keep-category-spam = Sbam
keep-category-legal = Yn erbyn y gyfraith
keep-category-rule = Yn erbyn rheol
keep-category-other = Rhywbeth arall
keep-about = Am bwy
keep-gone = (nid oes dim ar ôl ohonyn nhw)
keep-by = Adroddwyd gan
keep-why = Beth yw e
keep-they-say = Maen nhw’n dweud
keep-forwarded = Anfonwyd ymlaen
keep-forwarded-how = I’w gweinydd eu hunain, heb ddweud pwy sy’n adrodd.
keep-looked-after = Yn gofalu amdano
keep-nobody-yet = Neb eto
keep-take = Fi sy’n gofalu amdano
keep-leave = Ei adael i eraill
keep-closed-title = Wedi’i orffen
keep-reopen = Ei agor eto
keep-lift-where = Codi’r hyn a wnaed, neu wneud mwy
keep-reported-posts = Beth yr adroddwyd amdano
keep-reported-files = { $count ->
    [one] Mae ffeil ynghlwm.
   *[other] Mae { $count } ffeil ynghlwm.
  }
keep-see-post = Gweld y postiad
keep-is-sensitive = wedi’i farcio’n sensitif
keep-post-gone = nid yw yno mwyach
keep-no-post = Dewiswch o leiaf un postiad.
keep-no-files = Does dim ynghlwm wrth yr un o’r postiadau hyn: dim ond hynny y gellir ei nodi’n sensitif.
keep-no-words = Ysgrifennwch yr hyn sydd i’w ddweud wrthyn nhw.
keep-text-for-them = Beth rydych chi’n ei ddweud wrthyn nhw
keep-text-about-posts = Beth rydych chi’n ei ddweud wrthynt am y postiadau hyn
keep-text-maybe = Os nad ydych yn ysgrifennu dim, nid ydyn nhw’n cael gwybod dim.
keep-text-for-log = Pam, i’r rhai sy’n gofalu am y gweinydd
keep-letter = Dweud wrthyn nhw mewn llythyr hefyd
keep-mark-sensitive = Marcio’n sensitif
keep-mark-plain = Tynnu’n ôl eu bod yn sensitif
keep-delete-posts = Dileu’r postiadau hyn
keep-delete-posts-sure = Ie, dileu’r hyn sydd wedi’i dicio uchod. Nid oes modd ei gael yn ôl.
keep-decide = Beth sydd i’w wneud?
keep-do-and-close = Ei wneud, a chau’r adroddiad
keep-note = Nodyn i’r rhai sy’n gofalu am y gweinydd
keep-note-hint = Beth a benderfynwyd, a pham. Dim ond chi a’r lleill sy’n ei weld.
keep-close = Cau’r adroddiad
keep-history-of = Beth fu o’r blaen gyda @{ $who }
keep-history = Beth fu o’r blaen
keep-history-none = Dim byd cyn hyn: dim adroddiad arall, ac ni wnaed dim.
keep-reported-by = Am beth mae { $who } wedi adrodd
keep-reported-none = Dim byd arall.
keep-report-log = Beth a wnaed â’r adroddiad hwn
keep-rule-former = (fel y dywedwyd hi tan { $day })
keep-its-report = ei adroddiad
keep-past-warn = Dywedwyd wrthyn nhw
keep-past-limit = Cyfyngwyd
keep-past-freeze = Rhewyd
keep-past-disable = Tynnwyd y mewngofnod
keep-past-suspend = Ataliwyd
keep-measure = Beth rydych chi’n ei wneud
keep-do-warn = Dweud rhywbeth wrthyn nhw, a dim arall
keep-do-limit = Cyfyngu: dim ond y rhai sy’n eu dilyn sy’n gweld beth maen nhw’n ei ddweud
keep-do-freeze = Rhewi: gallan nhw ddarllen, ond nid gwneud dim y mae eraill yn ei weld
keep-do-disable = Tynnu’r mewngofnod: ni allan nhw fewngofnodi, ac mae’r hyn a ddywedon nhw yn aros
keep-do-suspend = Atal: nid oes dim ohonyn nhw yn cael ei ddangos, ei dderbyn na’i anfon. Gellir codi hyn
keep-find = Pwy
keep-find-hint = Dechrau enw, cyfeiriad, neu enw llawn fel @enw@example.org
keep-find-button = Chwilio
keep-where = Ble
keep-here = Yma
keep-elsewhere = Ar weinyddion eraill
keep-everywhere = Ym mhobman
keep-status = Pa rai
keep-status-any = Pob un
keep-status-staff = Y rhai sy’n gofalu am y gweinydd
keep-mark-pending = yn gofyn am gael ymuno
keep-mark-frozen = wedi’i rewi
keep-mark-disabled = ddim yn gallu mewngofnodi
keep-mark-unconfirmed = cyfeiriad heb ei gadarnhau
keep-mark-limited = wedi’i gyfyngu
keep-mark-suspended = wedi’i atal
keep-accounts-none = Does neb fel yna.
keep-profile = Proffil
keep-profile-see = Ei weld
keep-email = Cyfeiriad
keep-joined = Ymunodd
keep-last-here = Yma ddiwethaf
keep-sessions = Wedi mewngofnodi
keep-sessions-many = { $count ->
    [0] yn unman
    [one] mewn un porwr neu ap
   *[other] mewn { $count } porwr ac ap
  }
keep-reason = Pam maen nhw eisiau ymuno
keep-server = Gweinydd
keep-known-since = Yn hysbys yma ers
keep-counts = Postiadau a dilyn
keep-counts-of = postiadau: { $posts }, dilynwyr: { $followers }, yn dilyn: { $following }
keep-asks-to-join = Maen nhw’n gofyn am gael ymuno
keep-approve = Gadael i mewn
keep-reject = Gwrthod
keep-lift = Beth gellir ei godi
keep-unsuspend = Codi’r ataliad
keep-unlimit = Codi’r cyfyngiad
keep-unfreeze = Dadrewi
keep-enable = Rhoi’r mewngofnod yn ôl
keep-do-something = Gwneud rhywbeth amdanyn nhw
keep-do-it = Ei wneud
keep-role = Rhoi rôl arall
keep-role-which = Rôl
keep-role-give = Rhoi’r rôl hon
keep-delete = Dileu am byth
keep-delete-about = Bydd popeth a ysgrifennon nhw a’i anfon yn mynd, bydd pob gweinydd arall yn cael gwybod, ac ni fydd neb arall yn cael yr enw byth. Nid oes modd dadwneud hyn.
keep-delete-sure = Rwyf eisiau i @{ $who } gael ei ddileu am byth
keep-delete-now = Dileu
keep-log-all = Popeth a wnaed amdanyn nhw
keep-sign-ups-none = Does neb yn gofyn am gael ymuno.
keep-invite-made = Dyma’r ddolen. Mae’n cael ei dangos unwaith yn unig: copïwch hi nawr.
keep-invite-link = Y ddolen i’w rhannu
keep-invite-role = Beth fyddan nhw
keep-invite-uses = I faint o bobl
keep-invite-days = Am sawl diwrnod
keep-invite-make = Gwneud dolen
keep-invite-number = Ysgrifennwch rif cyfan o 1 i { $most }.
keep-invite-open = Dolenni sy’n gweithio o hyd
keep-invite-none = Does dim un.
keep-invite-once = Nid yw’r dolenni eu hunain yn cael eu cadw: mae pob un yn hysbys drwy ddechrau ei ôl bys.
keep-invite-left = { $count ->
    [one] i un person
    [two] i { $count } berson
    [few] i { $count } pherson
    [many] i { $count } pherson
   *[other] i { $count } person
  }
keep-invite-until = tan { $day }
keep-invite-since = gwnaed ar { $day }
keep-invite-end = Dod â hi i ben
keep-log-about = Pob gweithred gan y rhai sy’n gofalu am y gweinydd, gan bwy a phryd. Mae’n aros ar ôl i’r bobl mae’n sôn amdanyn nhw fynd.
keep-log-who = Am un person, gweinydd neu hashnod
keep-log-which = Gwnaed ganddyn nhw, neu amdanyn nhw
keep-log-by = gwnaed gan
keep-log-to = gwnaed am
keep-log-none = Ni wnaed dim.
log-assign = Cymerwyd adroddiad
log-unassign = Rhoddwyd adroddiad yn ôl
log-close = Caewyd adroddiad
log-reopen = Ailagorwyd adroddiad
log-change = Newidiwyd pwnc adroddiad
log-warn = Dywedwyd wrth rywun
log-freeze = Rhewyd cyfrif
log-unfreeze = Dadrewyd cyfrif
log-disable = Tynnwyd mewngofnod
log-enable = Rhoddwyd mewngofnod yn ôl
log-limit = Cyfyngwyd cyfrif
log-unlimit = Daeth cyfyngiad cyfrif i ben
log-suspend = Ataliwyd cyfrif
log-unsuspend = Daeth ataliad cyfrif i ben
log-delete = Dilëwyd cyfrif
log-delete-post = Dilëwyd postiad gan
log-sensitive = Nodwyd postiad yn sensitif, gan
log-unsensitive = Tynnwyd yn ôl fod postiad yn sensitif, gan
log-view-down = Tynnwyd safbwynt i lawr gan
log-purpose-down = Tynnwyd pwrpas i lawr gan
log-hat-off = Tynnwyd het
log-member-add = Ychwanegwyd aelod
log-member-approve = Derbyniwyd
log-member-refuse = Gwrthodwyd
log-member-role = Rhoddwyd rôl i
log-member-password = Gosodwyd cyfrinair newydd i
log-member-confirm = Cadarnhawyd cyfeiriad
log-totp-off = Tynnwyd yr ail gam, i
log-token = Caewyd ap allan, gan
log-rotate-key = Rhoddwyd allwedd newydd i
log-team-add = Ychwanegwyd at dîm
log-team-remove = Tynnwyd o dîm
log-team-rename = Ailenwyd tîm
log-team-dissolve = Daeth tîm i ben
log-invite = Gwnaed gwahoddiad
log-invite-revoke = Daeth gwahoddiad i ben
log-email-domain-block = Caewyd allan gyfeiriadau
log-email-domain-unblock = Derbyniwyd eto gyfeiriadau
log-email-block = Caewyd allan un cyfeiriad
log-email-unblock = Derbyniwyd un cyfeiriad eto
log-ip-block = Caewyd rhwydwaith allan
log-ip-unblock = Derbyniwyd rhwydwaith eto
log-text-set = Newidiwyd testun
log-text-remove = Adferwyd testun
log-rule-add = Ychwanegwyd rheol
log-rule-change = Dywedwyd rheol mewn geiriau eraill
log-rule-remove = Tynnwyd rheol
log-announcement-add = Gwnaed cyhoeddiad
log-announcement-remove = Tynnwyd cyhoeddiad
log-emoji-add = Ychwanegwyd emoji
log-emoji-remove = Tynnwyd emoji
log-tag-block = Rhoddwyd y gorau i gario hashnod
log-tag-unblock = Yn cario hashnod eto
log-peer-add = Ychwanegwyd partner
log-peer-remove = Tynnwyd partner
log-relay-add = Ychwanegwyd cyfnewidfa
log-relay-remove = Tynnwyd cyfnewidfa
log-domain = Gosodwyd rheol ar gyfer gweinydd
log-domain-allow = Codwyd y rheol ar gyfer gweinydd
log-domain-remove = Daeth y rheol ar gyfer gweinydd i ben
log-domain-publish = Cyhoeddwyd y rheolau ar gyfer gweinyddion
log-cuppa = Cyflwynwyd pobl i’w gilydd
keep-servers-open = Mae’r gweinydd hwn yn siarad â phob gweinydd nad oes rheol yn dweud fel arall amdano.
keep-servers-allow = Mae’r gweinydd hwn yn siarad yn unig â’r gweinyddion a ganiateir yma.
keep-server-new = Rheol ar gyfer gweinydd
keep-server-go-on = Gweld beth fyddai’n ei newid
keep-server-find = Dod o hyd i reol
keep-servers-rules = Rheolau sydd mewn grym
keep-servers-none = Does dim un.
keep-imported = { $made ->
    [one] Gwnaed un rheol.
    [two] Gwnaed { $made } reol.
   *[other] Gwnaed { $made } rheol.
  } { $left ->
    [0] { "" }
    [one] Gadawyd un llinell allan, gan nad oedd modd gwneud dim â hi.
    [two] Gadawyd { $left } linell allan, gan nad oedd modd gwneud dim â nhw.
   *[other] Gadawyd { $left } llinell allan, gan nad oedd modd gwneud dim â nhw.
  }
keep-import-stood = { $count ->
    [one] Roedd un rheol yno eisoes, ac mae’n aros fel y mae.
   *[other] Roedd { $count } o reolau yno eisoes, ac maent yn aros fel y maent.
  }
keep-rule-blocked = wedi’i flocio
keep-rule-limited = wedi’i gyfyngu
keep-rule-no-media = dim cyfryngau
keep-rule-no-reports = dim adroddiadau
keep-rule-allowed = wedi’i ganiatáu
keep-rule-says = I bawb: { $text }
keep-list-title = Y rhestr
keep-list-who = Pwy gaiff ddarllen pa weinyddion sydd wedi’u blocio a’u cyfyngu
keep-list-all = Pawb
keep-list-members = Aelodau
keep-list-nobody = Neb
keep-list-set = Cadw
keep-export = Cadw’r rhestr fel CSV
keep-export-allowed = Cadw’r gweinyddion a ganiateir fel CSV
keep-import = Darllen rhestr i mewn
keep-import-hint = CSV fel mae Mastodon yn ei ysgrifennu. Mae’r rheolau sydd mewn grym yn aros fel y maen nhw.
keep-import-as-allowed = Rhestr o weinyddion i’w caniatáu yw hon
keep-import-now = Ei darllen i mewn
keep-import-not-allowed = Mae’r rhestr hon yn dweud pa weinyddion i’w blocio neu eu cyfyngu: nid rhestr o weinyddion i’w caniatáu yw hi.
keep-no-list = Nid rhestr o weinyddion yw honno, neu nid oes modd gwneud dim ynddi.
keep-server-no-rule = Nid oes rheol ar gyfer y gweinydd hwn.
keep-server-above = Mae’r rheol ar gyfer { $domain } yn ei gynnwys yn barod, gyda phopeth oddi tano.
keep-effect = Beth mae’n effeithio arno
keep-effect-accounts = { $count ->
    [0] Nid oes yr un o’i gyfrifon yn hysbys yma
    [two] { $count } gyfrif sy’n hysbys yma
    [few] { $count } chyfrif sy’n hysbys yma
    [many] { $count } chyfrif sy’n hysbys yma
   *[other] { $count } cyfrif sy’n hysbys yma
  }
keep-effect-follows = Mae blocio yn torri { $following ->
    [two] { $following } gysylltiad dilyn
    [few] { $following } chysylltiad dilyn
    [many] { $following } chysylltiad dilyn
   *[other] { $following } cysylltiad dilyn
  } oddi yma a { $followers } oddi yno. Byddan nhw’n dod yn ôl os caiff ei godi.
keep-effect-bounded = Mae mwy o gyfrifon nag yr edrychwyd arnyn nhw, felly gall fod mwy o gysylltiadau dilyn.
keep-rule-what = Beth mae’r rheol yn ei wneud
keep-rule-block = Blocio: nid oes dim yn dod oddi yno, yn mynd yno, nac yn cael ei ddangos
keep-rule-limit = Cyfyngu: mae ei bostiadau’n aros allan o ffrydiau cyhoeddus
keep-rule-else = Dim un o’r ddau
keep-rule-besides = A hefyd
keep-rule-media = Peidio â derbyn lluniau a ffeiliau oddi yno
keep-rule-reports = Peidio â derbyn adroddiadau oddi yno
keep-rule-allow = Ei ganiatáu: mae’n un o’r rhai mae’r gweinydd hwn yn siarad â nhw
keep-rule-allow-off = Ei ganiatáu (dim ond pan fydd y gweinydd hwn yn siarad â gweinyddion a ganiateir yn unig mae’n cyfrif)
keep-rule-obfuscate = Peidio â dangos ei enw’n llawn i eraill
keep-rule-private = Pam, i’r rhai sy’n gofalu am y gweinydd
keep-rule-public = Pam, i bawb
keep-rule-make = Gwneud y rheol hon
keep-rule-change = Newid y rheol
keep-rule-remove = Tynnu’r rheol
keep-rule-remove-about = Heb y rheol mae popeth fel yr oedd cynt: mae cysylltiadau dilyn yn cyfrif eto.
keep-rule-both = Ni all gweinydd gael ei flocio a’i ganiatáu ar yr un pryd.
keep-rule-nothing = Ni fyddai’r rheol hon yn gwneud dim. I ddod ag un i ben, tynnwch hi.
keep-rules-about = Maen nhw ar y dudalen am y gweinydd, ac mae pwy bynnag sy’n ymuno yn cytuno iddyn nhw.
keep-rules-none = Does dim rheolau eto.
keep-rule-new = Rheol newydd
keep-rule-text = Y rheol
keep-rule-hint = Beth mae’n ei olygu, mewn mwy o eiriau
keep-rule-add = Ychwanegu’r rheol
keep-rule-in-words = Ei ddweud mewn geiriau eraill
keep-text-about = Am y gweinydd
keep-ready = Beth mae cymedrolwyr yn ei ddweud yn aml
keep-ready-hint = Llinell wag rhwng pob dau. Gellir eu dewis lle caiff rhywun ei rybuddio, ac ni chânt eu dangos yn unman arall.
keep-ready-choose = Geiriau parod
keep-ready-none = Dim
keep-text-since = Mae mewn grym ers { $day }.
keep-text-built-in = Nid oes un gennych chi: geiriau’r rhaglen ei hun sydd mewn grym.
keep-text-none = Does dim un.
keep-text-coming = Bydd un arall mewn grym o { $day } ymlaen.
keep-text-words = Testun
keep-text-markdown = Mewn Markdown. Mae modd darllen y fersiynau blaenorol o hyd fel telerau eu dydd.
keep-text-from = O ba ddiwrnod mae mewn grym
keep-text-from-hint = Gwag: o nawr ymlaen.
keep-text-set = Cadw’r fersiwn hon
keep-text-remove = Ei dynnu
keep-text-remove-sure = Rwyf eisiau tynnu’r testun hwn gyda’i holl fersiynau
keep-announcements-about = Dywedir wrth bob aelod, ar yr Hafan ac yn eu hapiau, nes bod pob un wedi’i ddarllen neu ei fod yn dod i ben.
keep-announce-text = Beth rydych chi’n ei ddweud, mewn Markdown
keep-announce-until = Diwrnod olaf
keep-announce-until-hint = Gwag: nes i chi ei dynnu.
keep-announce = Ei gyhoeddi
keep-announce-ends = tan { $day }
keep-announce-ended = daeth i ben ar { $day }
keep-emoji-about = Lluniau mae aelodau’n eu hysgrifennu rhwng colonau. Mae’r hyn a’i defnyddiodd yn ei gadw pan gaiff ei dynnu.
keep-emoji-none = Nid oes gan y gweinydd hwn yr un.
keep-emoji-hidden = heb ei gynnig
keep-emoji-new = Emoji newydd
keep-emoji-code = Enw
keep-emoji-code-hint = Llythrennau, rhifau a thanlinellau, o leiaf ddau
keep-emoji-picture = Llun
keep-emoji-picture-hint = PNG, GIF neu WebP, { $most } KB ar y mwyaf
keep-emoji-category = O dan ba bennawd mae apiau’n ei ddangos
keep-emoji-hide = Peidio â’i gynnig mewn rhestrau
keep-emoji-add = Ei ychwanegu
keep-tags-about = Gall aelodau eu defnyddio fel o’r blaen. Ond nid yw’r gweinydd yn gwneud cyfrif ohonyn nhw i eraill ei ddilyn, ac mae’n tynnu’n ôl yr hyn a basiwyd ymlaen.
keep-tags-none = Mae pob hashnod yn cael ei gario.
keep-tag-name = Hashnod
keep-tag-why = Pam, i’r rhai sy’n gofalu am y gweinydd
keep-tag-block = Peidio â’i gario
keep-tag-unblock = Ei gario eto
keep-peers-about = O ble mae hashnodau o fannau eraill yn dod. Ychwanegir rhai newydd â gorchymyn: outloud peer add, outloud relay add.
keep-peers-title = Cymheiriaid
keep-peers-none = Does dim un.
keep-peer-tags = { $accepted } o { $all } hashnod
keep-peer-found = cafwyd hyd iddo’n awtomatig
keep-peer-named = enwyd gennych chi
keep-relays = Releiau
keep-relays-none = Does dim un.
keep-relay-in = yn cymryd rhan
keep-relay-refused = gwrthodwyd
keep-relay-asked = yn aros am ateb

## Sut mae’r gweinydd yn gweithio

how-title = Sut mae’r gweinydd hwn yn gweithio
how-lead = Mae hyn wedi’i wneud o’r gosodiadau sydd gan { $node } mewn gwirionedd, ac o’r hyn a wnaed mewn gwirionedd.
how-who = Pwy gaiff ymuno
how-join-open = Gall pawb ymuno.
how-join-approval = Gall pawb ofyn am gael ymuno; bydd rhywun yn edrych ar bob cais.
how-join-invite = Mae pobl yn ymuno drwy wahoddiad gan rywun yma.
how-join-closed = Ni all neb newydd ymuno ar hyn o bryd.
how-confirm = Mae pwy bynnag sy’n ymuno yn cadarnhau eu cyfeiriad e-bost.
how-others = Â phwy mae’n siarad
how-allow-list = Mae’n siarad yn unig â’r gweinyddion a ganiatawyd.
how-open = Mae’n siarad â phob gweinydd yn y ffedysawd nad yw wedi’i flocio yma.
how-signed = Rhaid i weinyddion eraill ddweud pwy ydyn nhw cyn cael gweld dim.
how-blocked = { $blocked ->
    [0] Nid oes yr un gweinydd wedi’i flocio
    [one] Mae un gweinydd wedi’i flocio
    [two] Mae { $blocked } weinydd wedi’u blocio
   *[other] Mae { $blocked } gweinydd wedi’u blocio
  }, a { $limited } wedi’u cyfyngu: mae eu postiadau’n aros allan o ffrydiau cyhoeddus.
how-which = Pa rai ydynt, a pham
how-peers = { $count ->
    [one] Mae un cymar
    [two] Mae { $count } gymar
    [few] Mae { $count } chymar
    [many] Mae { $count } chymar
   *[other] Mae { $count } cymar
  } yn dod â phostiadau gyda’r hashnodau mae pobl yma’n eu dilyn.
how-quarantine = Mae’r hyn mae dieithriaid yn ei ddweud wrth aelod gyda dolenni yn aros nes bod yr aelod eisiau ei glywed.
how-tags = Mae hashnodau’n cario’r hyn mae aelodau’n ei ddweud wrth bawb at y rhai sy’n dilyn yr hashnod, oni bai nad yw aelod eisiau hynny.
how-kept = Beth sy’n cael ei gadw
how-kept-members = Mae’r hyn mae aelodau’n ei ysgrifennu ac yn ei lwytho i fyny yn aros nes iddyn nhw ei ddileu.
how-kept-posts = Mae postiadau o weinyddion eraill nad oes gan neb yma ddim i’w wneud â nhw yn mynd ar ôl { $count ->
    [two] { $count } ddiwrnod
   *[other] { $count } diwrnod
  }.
how-kept-ever = Mae postiadau o weinyddion eraill yn aros.
how-no-copies = Nid yw copïau o luniau a ffeiliau gweinyddion eraill yn cael eu cadw: maen nhw’n cael eu pasio ymlaen.
how-copies = Mae copïau o luniau a ffeiliau gweinyddion eraill yn cael eu cadw, hyd at { $size }; mae’r rhai nad edrychodd neb arnyn nhw ers yr amser hiraf yn mynd yn gyntaf.
how-moderation = Beth a benderfynwyd
how-reports = Yn y { $days } diwrnod diwethaf { $reports ->
    [0] ni chafwyd yr un adroddiad
    [one] cafwyd un adroddiad
   *[other] cafwyd { $reports } adroddiad
  }, a { $settled ->
    [zero] ni setlwyd yr un ohonyn nhw
    [one] setlwyd { $settled } ohonyn nhw
   *[other] setlwyd { $settled } ohonyn nhw
  }.
how-reports-none = Yn ystod y { $days } diwrnod diwethaf ni adroddwyd dim.
how-done-nothing = Ni wnaed dim am neb yn yr amser hwnnw.
how-done-warn = Pobl y dywedwyd rhywbeth wrthyn nhw
how-done-post = Postiadau a ddilëwyd
how-done-sensitive = Postiadau a farciwyd yn sensitif
how-done-limit = Cyfrifon a gyfyngwyd
how-done-freeze = Cyfrifon a rewyd neu na allai fewngofnodi mwyach
how-done-suspend = Cyfrifon a ataliwyd
how-rules = Rheolau’r gweinydd hwn
how-keepers = Pwy sy’n gofalu amdano
how-keepers-none = Neb eto.
how-email = Drwy’r post gallwch eu cyrraedd yn

## Mewngofnodi, ymuno, a lle mae llythyr yn arwain

username = Enw defnyddiwr
password = Cyfrinair
password-now = Eich cyfrinair presennol
password-new = Cyfrinair newydd
password-yours = Eich cyfrinair
password-hint = O leiaf { $min } nod. Mae ychydig eiriau yn olynol yn dda.
password-change-hint = O leiaf { $min } nod. Bydd popeth arall sydd wedi mewngofnodi fel chi yn cael ei allgofnodi.
password-change = Newid y cyfrinair
password-changed = Mae’ch cyfrinair wedi newid. Mae popeth arall oedd wedi mewngofnodi fel chi wedi’i allgofnodi.
password-wrong = Nid hwnnw yw’ch cyfrinair. Teipiwch yr un rydych chi’n mewngofnodi ag ef.
email = Cyfeiriad e-bost
email-now = Dyma’r cyfeiriad: { $email }. Dim ond y rhai sy’n rhedeg y gweinydd hwn sy’n gallu ei weld.
email-new = Cyfeiriad newydd
email-new-hint = Byddwn yn anfon llythyr yno. Bydd y cyfeiriad yn cyfrif ar ôl i chi agor y ddolen ynddo.
email-change = Newid y cyfeiriad
email-sent = Rydym wedi anfon llythyr i’r cyfeiriad newydd. Bydd yn cyfrif ar ôl i chi agor y ddolen ynddo.
email-changed = Mae’ch cyfeiriad wedi newid.
problem-username-blank = Dewiswch enw defnyddiwr.
problem-username-taken = Mae rhywun arall wedi cymryd yr enw hwn. Dewiswch un arall.
problem-username-reserved = Mae’r enw hwn yn cael ei gadw i’r gweinydd ei hun. Dewiswch un arall.
problem-username = Dim ond y llythrennau a i z, rhifau a thanlinellau sy’n cael bod mewn enw defnyddiwr, gyda dotiau neu gysylltnodau rhyngddyn nhw, a 30 nod ar y mwyaf.
problem-email-blank = Teipiwch eich cyfeiriad e-bost.
problem-email-taken = Mae rhywun arall wedi cymryd y cyfeiriad hwn.
problem-email-blocked = Ni all neb ymuno â chyfeiriad gan y darparwr e-bost hwn. Dewiswch un arall.
problem-email = Nid cyfeiriad e-bost yw hwnnw.
problem-password = Rhaid i’r cyfrinair gynnwys rhwng { $min } a { $max } nod.
problem-code = Nid dyna’r cod ar gyfer y funud hon. Arhoswch am yr un nesaf a theipiwch hwnnw.
problem-reason-blank = Dywedwch mewn ychydig eiriau pam hoffech chi ymuno.
problem-reason-long = Mae hynny’n rhy hir. Gallwch ysgrifennu hyd at { $longest } nod.
problem-agreement = Gallwch ymuno ar ôl i chi gytuno.
login-welcome = Croeso’n ôl.
login-for-app = Mewngofnodwch yma i ddefnyddio { $app } gyda’ch cyfrif. Nid yw’r ap yn gweld eich cyfrinair.
login-name = Cyfeiriad e-bost neu enw defnyddiwr
login-no-account = Dim cyfrif eto?
login-cookie = Ni anfonodd eich porwr ein cwci yn ôl. Caniatewch gwcis ar gyfer y wefan hon, yna rhowch gynnig arall arni.
login-wrong = Nid yw’r enw a’r cyfrinair hynny’n perthyn i’w gilydd. Gwiriwch y ddau a rhowch gynnig arall arni.
login-waiting = Nid yw’r rhai sy’n gofalu am y gweinydd hwn wedi eich derbyn eto. Cewch lythyr pan fyddan nhw wedi gwneud, neu rhowch gynnig arall arni’n nes ymlaen.
login-closed = Mae’r rhai sy’n gofalu am y gweinydd hwn wedi cau’r cyfrif hwn allan. Mae sut i gysylltu â nhw ar y dudalen Ynghylch.
login-closed-why = Mae’r rhai sy’n gofalu am y gweinydd hwn wedi cau’r cyfrif hwn allan, ac yn dweud: “{ $text }” Mae sut i gysylltu â nhw ar y dudalen Ynghylch.
login-too-many = { $count ->
    [two] Bu gormod o gynigion. Arhoswch { $count } funud, yna rhowch gynnig arall arni.
   *[other] Bu gormod o gynigion. Arhoswch { $count } munud, yna rhowch gynnig arall arni.
  }
code-title = Eich cod
code-copy = Copïwch y cod hwn i { $app }. Mae’n gweithio unwaith, am ddeng munud. Peidiwch â’i roi i neb.
code-asked-title = Mewngofnodi: eich cod
code-asked-about = Mae’ch cyfrinair yn gywir. Nawr teipiwch y cod mae’ch ap dilysu’n ei ddangos, neu un o’ch codau adfer.
code-asked-late = Cymerodd hynny’n rhy hir. Teipiwch eich enw a’ch cyfrinair unwaith eto.
code-asked-too-many = { $count ->
    [two] Bu gormod o gynigion. Arhoswch { $count } funud, yna mewngofnodwch eto.
   *[other] Bu gormod o gynigion. Arhoswch { $count } munud, yna mewngofnodwch eto.
  }
code-asked-lost = Wedi colli’r ap a’r codau? Gall y rhai sy’n rhedeg y gweinydd hwn helpu.
code-asked-who = Dyma pwy ydyn nhw
join-node = Ymuno â { $node }
join-asked = Bydd rhywun yn edrych ar bob cais cyn y gallwch fewngofnodi.
join-about = Mae’n cymryd munud. Dewiswch eich enw defnyddiwr yn ofalus: mae’n aros.
join-owner = Byddwch yn gofalu am y gweinydd hwn fel ei berchennog.
join-admin = Byddwch yn helpu i redeg y gweinydd hwn fel gweinyddwr.
join-moderator = Byddwch yn helpu i gadw’r lle hwn yn garedig, fel cymedrolwr.
join-rules = Y rheolau yma
join-read = Darllenwch cyn ymuno:
join-marked = Edrychwch ar yr hyn sydd wedi’i farcio isod. Mae’r hyn a deipioch yma o hyd; dim ond y cyfrinair mae angen ei deipio eto.
join-username-hint = Llythrennau a i z, rhifau a _, gyda . neu - rhyngddynt; 30 nod ar y mwyaf. Eich enw llawn fydd @enw@{ $domain }. Cedwir ychydig o enwau, fel owner, admin a support.
join-email-hint = I fewngofnodi ag ef. Dim ond y rhai sy’n rhedeg y gweinydd hwn sy’n gallu ei weld.
join-reason = Pam hoffech chi ymuno?
join-sharing-hint = Yna bydd pwy bynnag sy’n dilyn un o’n hashnodau, ar unrhyw weinydd, yn cael eich postiadau cyhoeddus sydd â’r hashnod hwnnw. Gallwch newid hyn unrhyw bryd.
join-agree = Byddaf yn garedig wrth bobl yma, ac rwy’n gwybod y gall pawb ddarllen a chopïo’r hyn rwy’n ei bostio i bawb.
join-agree-rules = Byddaf yn garedig wrth bobl yma ac yn cadw at y rheolau uchod, ac rwy’n gwybod y gall pawb ddarllen a chopïo’r hyn rwy’n ei bostio i bawb.
join-agree-terms = Byddaf yn garedig wrth bobl yma ac yn cadw at y telerau gwasanaeth, ac rwy’n gwybod y gall pawb ddarllen a chopïo’r hyn rwy’n ei bostio i bawb.
join-agree-both = Byddaf yn garedig wrth bobl yma ac yn cadw at y rheolau uchod a’r telerau gwasanaeth, ac rwy’n gwybod y gall pawb ddarllen a chopïo’r hyn rwy’n ei bostio i bawb.
join-ask = Gofyn am gael ymuno
join-has-account = Oes gennych chi gyfrif?
join-not-open = Nid yw ymuno ar agor
join-invited-only = Mae pobl yn ymuno drwy wahoddiad gan rywun yma. Os ydych chi’n adnabod rhywun, gofynnwch am ddolen.
join-nobody = Ni all neb newydd ymuno ar hyn o bryd. Gallwch ddilyn pawb yma o unrhyw weinydd arall.
join-waits = Mae’ch cais yn aros
join-waits-do = Diolch. Bydd rhywun yn edrych ar eich cais. Ar ôl iddyn nhw gytuno, gallwch fewngofnodi â’ch cyfeiriad e-bost a’ch cyfrinair.
invite-used = Nid yw’r gwahoddiad hwn yn gweithio mwyach
invite-used-do = Defnyddiwyd y gwahoddiad hwn yn barod, neu mae ei amser ar ben. Gofynnwch am un newydd gan y sawl a’i hanfonodd. Os ydych wedi ymuno, mewngofnodwch.
thank-you = Diolch.
go-on = Mynd ymlaen
confirm-title = Cadarnhau eich cyfeiriad
confirm-about = Mae un cam ar ôl: dywedwch mai chi biau’r cyfeiriad hwn.
confirm-do = Fi biau’r cyfeiriad
confirm-sent = Rydym wedi anfon llythyr i { $email }. Agorwch y ddolen ynddo, a gallwch ddechrau. Tan hynny, ni allwch wneud dim yma.
confirm-none-came = Dim llythyr wedi dod? Gwiriwch fod y cyfeiriad yn gywir
confirm-again = Anfon y llythyr eto
confirm-under-way = Mae llythyr ar ei ffordd. Gall gymryd rhai munudau; edrychwch ymhlith y sbam hefyd.
confirm-done = Mae’ch cyfeiriad wedi’i gadarnhau
confirm-waits = Diolch. Bydd rhywun yn edrych ar eich cais. Ar ôl iddyn nhw gytuno, gallwch fewngofnodi.
confirm-not-yours = Ni allwch gael y cyfeiriad hwn
confirm-another = Dewiswch un arall o dan “Eich cyfrif”.
letter-used = Nid yw’r ddolen hon yn gweithio mwyach
letter-used-do = Defnyddiwyd y ddolen hon yn barod, neu mae ei hamser ar ben. Gofynnwch am lythyr newydd yn y lle y gofynnoch am hwn.
forgot-title = Wedi anghofio’ch cyfrinair?
forgot-about = Rhowch gyfeiriad e-bost eich cyfrif i ni. Byddwn yn anfon dolen atoch i ddewis cyfrinair newydd.
forgot-do = Anfon dolen ataf
forgot-no-letters = Nid yw’r gweinydd hwn yn anfon llythyrau. Gall y rhai sy’n ei redeg roi cyfrinair newydd i chi: gofynnwch iddyn nhw.
forgot-sent = Edrychwch yn eich blwch post
forgot-sent-do = Os oes gan rywun yma’r cyfeiriad hwn, mae llythyr â dolen ar ei ffordd yno. Mae’r ddolen yn gweithio am awr.
reset-title = Cyfrinair newydd
reset-about = Ar gyfer @{ $username }. Bydd popeth sydd wedi mewngofnodi fel chi yn cael ei allgofnodi.
reset-do = Defnyddio’r cyfrinair hwn
reset-done = Mae’ch cyfrinair wedi newid
reset-done-do = Mae popeth oedd wedi mewngofnodi fel chi wedi’i allgofnodi. Mewngofnodwch â’r cyfrinair newydd.
welcome-title = Croeso
welcome-name = Croeso, { $name }
welcome-handle = Eich enw llawn yw { $handle }. Dyna sut mae pobl unrhyw le yn y ffedysawd yn dod o hyd i chi.
welcome-start = Dechreuwch yma
welcome-app = Ewch i nôl ap, neu agorwch un yn eich porwr. Mae pob ap ar gyfer Mastodon yn gweithio.
welcome-server = Pan fydd yn gofyn am eich gweinydd, dywedwch { $host }, a mewngofnodwch â’ch cyfeiriad e-bost a’ch cyfrinair.
welcome-profile = Dywedwch pwy ydych chi
welcome-people = Darllenwch beth mae cydweithwyr yn ei ddweud, a dilynwch rai ohonyn nhw
welcome-tags = Dewch o hyd i hashnodau i’w dilyn
welcome-write = Ysgrifennwch eich postiad cyntaf
welcome-colleagues = Pwy sydd yma eisoes
welcome-apps = Gydag ap
welcome-page = Gweld eich tudalen

## Eich cyfrif

security-title = Eich cyfrif
security-sessions = Porwyr ac apiau sydd wedi mewngofnodi fel chi
security-marked = Ni newidiwyd dim. Edrychwch ar yr hyn sydd wedi’i farcio isod.
back-to-account = Mynd yn ôl i’ch cyfrif
factor-title = Codau o ap
factor-on = { $count ->
    [two] Mae mewngofnodi yn gofyn am god o’ch ap dilysu, ac mae gennych { $count } god adfer ar ôl ar gyfer adegau pan nad yw’r ap gennych.
    [few] Mae mewngofnodi yn gofyn am god o’ch ap dilysu, ac mae gennych { $count } chod adfer ar ôl ar gyfer adegau pan nad yw’r ap gennych.
    [many] Mae mewngofnodi yn gofyn am god o’ch ap dilysu, ac mae gennych { $count } chod adfer ar ôl ar gyfer adegau pan nad yw’r ap gennych.
   *[other] Mae mewngofnodi yn gofyn am god o’ch ap dilysu, ac mae gennych { $count } cod adfer ar ôl ar gyfer adegau pan nad yw’r ap gennych.
  }
factor-any-code = Cod o’ch ap, neu god adfer
factor-new-codes = Rhoi codau adfer newydd i mi
factor-off = Gwneud heb godau
factor-is-off = Dim ond eich cyfrinair mae ei angen i fewngofnodi o hyn ymlaen.
factor-why = Gyda chodau o ap dilysu, ni all neb fewngofnodi fel chi â’ch cyfrinair yn unig.
factor-set-up = Gosod codau
factor-get-app = Ewch i nôl ap dilysu, os nad oes gennych un. Bydd unrhyw un yn gwneud y tro.
factor-read = Gadewch iddo ddarllen y llun hwn, neu teipiwch hyn ynddo: { $secret }. Os yw’r ap ar y ddyfais hon, mae dolen ar ei gyfer:
factor-open = Agor yr ap
factor-type = Teipiwch isod y cod mae’n ei ddangos.
factor-picture = Yr un fath â’r llythrennau a’r rhifau uchod, ar gyfer camera ap
factor-code = Cod
factor-code-hint = Chwe digid. Maen nhw’n newid bob hanner munud.
factor-start = Gofyn am godau o hyn ymlaen
factor-wrong = Nid yw’r cod hwnnw’n gywir, neu fe’i defnyddiwyd yn barod. Arhoswch am yr un nesaf a theipiwch hwnnw.
codes-title = Eich codau adfer
codes-about = Ysgrifennwch y rhain i lawr a’u cadw lle nad oes neb yn dod o hyd iddyn nhw. Mae pob un yn gadael i chi fewngofnodi unwaith heb eich ap. Dim ond yr un tro hwn maen nhw’n cael eu dangos, ac nid yw’r rhai oedd gennych o’r blaen yn gweithio mwyach.
codes-written = Rwyf wedi eu hysgrifennu i lawr
sessions-title = Porwyr ac apiau
sessions-about = Popeth sydd wedi mewngofnodi fel chi. Ni all yr hyn rydych chi’n ei allgofnodi yma wneud dim mwy o’r eiliad honno ymlaen.
sessions-browsers = Porwyr
sessions-apps = Apiau
sessions-none = Dim un.
sessions-a-browser = Porwr
sessions-since = ers { $day }
sessions-used = defnyddiwyd ddiwethaf: { $when }
sessions-this = (hwn)
sessions-may = Caiff: { $scopes }.
sessions-end = Allgofnodi { $name }, { $since }
sharing-taken-back = Tynnir yn ôl yr hyn a gariodd hashnodau ohonoch o’r blaen, sy’n cymryd ennyd.
sharing-about = Gall pobl ddilyn hashnod ar y gweinydd hwn o unrhyw weinydd arall, ac felly cael yr hyn mae aelodau’n ei bostio i bawb gydag ef. Dim ond postiadau cyhoeddus sy’n cael eu cario, byth atebion i bobl eraill, ac nid yw neb yn cael gwybod i’ch un chi gael ei gario.
sharing-let = Gadael i hashnodau gario’r hyn rwy’n ei bostio i bawb y tu hwnt i’r rhai sy’n fy nilyn.
sharing-without = Heb hyn, bydd eich postiadau cyhoeddus yn mynd at y rhai sy’n eich dilyn, ac yn aros ar eich tudalen eich hun ac o dan yr hashnod yma.

## Gadael ap i mewn

consent-title = Gadael i { $app } ddefnyddio’ch cyfrif?
consent-you = Chi yw { $name }.
consent-not-you = Nid chi?
consent-could = Gallai:
consent-code = Wedyn byddwn yn dangos cod i chi ei deipio i’r ap.
consent-back = Wedyn byddwch yn mynd yn ôl i { $place }.
consent-home = Mae’r ap yn dweud mai ei gartref yw { $website }.
consent-allow = Caniatáu
consent-deny = Peidio â chaniatáu
consent-care = Caniatewch apiau rydych chi wedi’u dewis eich hun yn unig. Nid oes angen eich cyfrinair ar ap byth.
consent-program = y rhaglen ar gyfer dolenni { $scheme }:
consent-no = Dywedoch chi na
consent-no-do = Ni roddwyd dim i’r ap. Gallwch gau’r dudalen hon.
consent-cannot = Gofynnodd yr ap am rywbeth na allwn ei roi
consent-unknown-app = Nid yw’r gweinydd hwn yn adnabod yr ap a’ch anfonodd yma. Ceisiwch fewngofnodi o’r ap unwaith eto.
consent-unknown-place = Mae’r ap a’ch anfonodd yma eisiau’r ateb mewn cyfeiriad na chofrestrodd ef erioed. Ni anfonwyd dim ato.
may-read = Darllen popeth y gallwch chi ei ddarllen, gan gynnwys negeseuon uniongyrchol
may-write = Ysgrifennu, newid a dileu yn eich enw chi
may-follow = Gweld a newid pwy rydych yn eu dilyn, yn eu tewi ac yn eu blocio
may-push = Anfon hysbysiadau atoch
may-profile = Gweld pwy ydych chi: eich enw, eich enw llawn a’ch llun
may-admin-write = Rhedeg y gweinydd hwn, cyn belled ag y cewch chi: newid cyfrifon ac adroddiadau
may-admin-read = Gweld yr hyn mae’r rhai sy’n rhedeg y gweinydd hwn yn ei weld, cyn belled ag y cewch chi
may-read-accounts = Gweld cyfrifon
may-read-posts = Darllen postiadau
may-read-notifications = Darllen eich hysbysiadau
may-read-lists = Gweld rhai o’ch rhestrau: nodau tudalen, ffefrynnau, hidlyddion, a phwy rydych yn eu dilyn, yn eu tewi ac yn eu blocio
may-search = Chwilio ar eich rhan
may-write-posts = Ysgrifennu, newid a dileu postiadau yn eich enw chi
may-write-media = Llwytho lluniau, fideo a sain i fyny
may-write-profile = Newid eich proffil
may-write-follows = Dilyn, a pheidio â dilyn, ar eich rhan
may-write-conversations = Newid eich sgyrsiau uniongyrchol
may-write-lists = Newid rhai o’ch rhestrau: nodau tudalen, ffefrynnau, hidlyddion, a phwy rydych yn eu dilyn, yn eu tewi ac yn eu blocio
may-report = Adrodd i’r cymedrolwyr yn eich enw chi

## Dilyn o weinydd arall

interact-title = Dilyn { $name }?
interact-follow = Dilyn { $name }
interact-you-follow = Rydych yn dilyn { $name }
interact-post = Postiad gan { $name }
interact-self = Chi yw hwn.
interact-asked = Rydych wedi gofyn am gael eu dilyn. Bydd yn dechrau pan fyddan nhw, neu eu gweinydd, yn cytuno.
interact-following = Mae eu postiadau’n dod i’ch hafan.
interact-none = Ni chafwyd hyd i ddim
interact-none-do = Buom yn edrych, ac ni chawsom hyd i ddim yno y gellir ei ddilyn. Gwiriwch y cyfeiriad, neu rhowch gynnig arall arni yn nes ymlaen.

## Am y gweinydd

node-title = Am { $node }
node-what = Mae { $host } yn rhan o’r ffedysawd: mae’r bobl sydd arno yn darllen ac yn ysgrifennu gyda phobl ar filoedd o weinyddion eraill.
node-open = Gall pawb ymuno.
node-asks = Gall pawb ofyn am gael ymuno; bydd rhywun yn edrych ar bob cais.
node-invites = Mae pobl yn ymuno drwy wahoddiad gan rywun yma.
node-closed = Ni all neb newydd ymuno ar hyn o bryd.
count-members = { $count ->
   *[other] { $count } aelod
  }
node-rules = Rheolau
rules-before = Rheolau oedd yn dal o’r blaen
rules-until = o { $from } hyd { $to }
node-keepers = Pwy sy’n gofalu amdano
node-no-keepers = Neb eto.
node-help = I gael help, neu i adrodd am rywbeth, ysgrifennwch at un ohonyn nhw.
node-mail = Drwy’r post gallwch gyrraedd y rhai sy’n rhedeg y gweinydd hwn yn { $email }.
node-follow = Sut i ddilyn pobl yma
node-follow-how = Oes gennych chi gyfrif rywle arall yn y ffedysawd? Chwiliwch yno am enw llawn sy’n gorffen â { $handle }, a’i ddilyn. Does dim angen dim mwy.
node-apps = Sut i’w ddefnyddio gydag ap
node-apps-how = Mae apiau ar gyfer Mastodon yn gweithio yma. Pan fydd yr ap yn gofyn am eich gweinydd, dywedwch { $host }.
node-cookies = Beth gofynnir i’ch porwr amdano
node-cookies-how = Nid yw’r rhai sy’n darllen yn unig yn cael cwci. Mae mewngofnodi’n gosod un cwci sy’n dweud pwy ydych chi, nes i chi allgofnodi. Nid oes un dudalen yma yn llwytho dim oddi wrth neb arall, ac nid oes neb yn eich cyfrif. Mae mwy yn y dogfennau hyn:
node-reading = Darllen y tudalennau hyn
node-reading-how = Maen nhw’n gweithio heb sgriptiau, gyda bysellfwrdd, a gyda darllenydd sgrin, ar unrhyw faint, yn olau ac yn dywyll. Os nad yw rhywbeth yn gweithio, dywedwch wrth y rhai sy’n gofalu am y gweinydd.
node-program = Y rhaglen
node-program-what = Mae’r gweinydd hwn yn rhedeg Outloud { $version }, meddalwedd rydd o dan Drwydded Gyhoeddus Gyffredinol Affero GNU, fersiwn 3. Cewch ei ffynhonnell gan y rhai sy’n rhedeg y gweinydd hwn.
node-type = Y ffont yw Atkinson Hyperlegible gan y Braille Institute, o dan drwydded: { $licence }.
privacy-title = Polisi preifatrwydd
terms-since = Maen nhw mewn grym ers { $day }.
terms-from = Byddan nhw mewn grym o { $day } ymlaen.
terms-next = O { $day } ymlaen bydd rhai eraill mewn grym.

## Hashnodau a’u silffoedd

take-along = I’w gymryd gyda chi:
tag-purpose = Beth yw ei ddiben
tag-written-by = Fel yr ysgrifennwyd gan
tag-about = Beth ddywedodd pobl o dan yr hashnod hwn, yma ac mewn mannau eraill, cyn belled ag y cyrhaeddodd ni.
tag-views = { $count ->
    [one] Barn arall
   *[other] Barnau eraill
  }
tag-kept-by = Yn ei gadw
tag-asked = Gofynnir amdano
tag-complete-label = Pa mor gyflawn
tag-complete = O { $servers ->
    [two] { $servers } weinydd
   *[other] { $servers } gweinydd
  }: { $posts ->
    [one] un postiad cyhoeddus, o { $day }
    [two] y { $posts } bostiad cyhoeddus diwethaf, ers { $day }
    [few] y { $posts } phostiad cyhoeddus diwethaf, ers { $day }
    [many] y { $posts } phostiad cyhoeddus diwethaf, ers { $day }
   *[other] y { $posts } postiad cyhoeddus diwethaf, ers { $day }
  }.
tag-handle = Ei enw llawn ar gyfer gweinyddion eraill: { $handle }
tag-empty = Does neb wedi ysgrifennu o dan #{ $tag } yma eto.
shelf = Silff
shelf-whole = Y silff gyfan
shelf-title = Silff #{ $tag }
shelf-about = Tudalennau a bostiodd pobl i bawb gyda’r hashnod hwn. Postiwch ddolen gyda #{ $tag }, a bydd yma.
shelf-empty = Does neb wedi postio dolen gyda #{ $tag } yma eto.
shelf-older = Dolenni hŷn
shelf-posted = Postiwyd
shelf-by = gan
shelf-others = { $count ->
    [one] ac un arall
   *[other] a { $count } arall
  }

## Y llyfrgell a’i chrynodebau (mae eu ffeiliau yn Saesneg)

library-about = Beth mae pobl yn rhoi cynnig arno, yma ac mewn mannau eraill, a beth ddaeth ohono, beth bynnag yw hynny. Y diweddaraf yn gyntaf; nid oes dim yn dod o flaen dim arall am fod llawer yn ei hoffi.
library-look = Edrych yn y llyfrgell
library-words = Geiriau
library-outcome = Beth ddaeth ohono
library-any-outcome = Unrhyw beth
library-state = Pa mor bell mae wedi mynd
library-any-state = Unrhyw un
library-where = Ble, pwy a phryd
library-tag = Hashnod
library-place = Lle
library-since = Dywedwyd ar y diwrnod hwn neu wedyn
library-until = Dywedwyd ar y diwrnod hwn neu cyn hynny
library-due = Mae’n bryd edrych arno eto
library-untried = Heb roi cynnig arno mewn man arall eto
library-do = Edrych
library-forms = Yr un peth fel
library-nothing = Does dim yn cyfateb i hynny i gyd. Gadewch rywbeth allan, neu edrychwch drwy’r cyfan:
library-empty = Does neb wedi dweud beth maen nhw’n rhoi cynnig arno yma eto.
library-older = Arbrofion hŷn
state-learned = wedi dysgu
came-hoped = fel roedden ni’n gobeithio
came-didnt = nid fel roedden ni’n gobeithio
came-mixed = cymysg: aeth peth ohono fel roedden ni’n gobeithio, peth ddim
came-stopped = stopion ni
came-too-early = ni allwn ddweud eto
asked = Arbrofion: { $what }
asked-in = yn { $place }
asked-at = gan { $organisation }
asked-of-one = gan un person
asked-since = ers { $day }
asked-until = tan { $day }
asked-due = mae’n bryd edrych arno eto
asked-untried = heb roi cynnig arno mewn man arall eto
asked-with = gyda { $words }
asked-chosen = wedi’u dewis
entry-deleted = Postiad a ddilëwyd
entry-gone = Roedd postiad yma, a ddilëwyd.
entry-untitled = Arbrawf
entry-warned = Fe’i dywedwyd y tu ôl i’r rhybudd hwn.
entry-read = Ei ddarllen lle cafodd ei bostio
entry-changed = Beth maen nhw’n ei wneud yn wahanol:
entry-next-team = Beth fydden nhw’n ei ddweud wrth y tîm nesaf:
entry-told = Beth ddywedon nhw amdano:
entry-so-what = Felly beth?
entry-tries = Yn rhoi cynnig arall ar:
entry-tried-again = { $count ->
    [one] Rhoddwyd cynnig arno eto unwaith
    [two] Rhoddwyd cynnig arno eto { $count } waith
   *[other] Rhoddwyd cynnig arno eto { $count } gwaith
  }
entry-said-on = dywedwyd ar { $day }
entry-learned-on = dysgwyd ar { $day }
entry-look-again-on = i edrych arno eto ar { $day }
entry-noted = fel yr ysgrifennodd { $name } ef i lawr
entry-said-to = Dywedwyd wrth: { $whom }
inside-followers = dilynwyr
inside-partners = y gweinydd hwn a’i bartneriaid
inside-node = y gweinydd hwn
inside-team = tîm
inside-named = y rhai a enwir ynddo
inside-draft = neb, drafft yw hwn
brief-title = Crynodeb tystiolaeth: { $count ->
   *[other] { $count } arbrawf
  }
brief-choose = Dewis ar gyfer crynodeb tystiolaeth
brief-take = Ei roi yn y crynodeb
brief-make = Gwneud crynodeb tystiolaeth
brief-of-which = O’r rhai a ddewisoch; neu, os na ddewisoch yr un, o bopeth y cafwyd hyd iddo fel hyn, { $most } ar y mwyaf.
brief-made = Rhoddwyd at ei gilydd ar { $day } o’r hyn mae { $node } yn ei wybod.
brief-not-known = ddim yn hysbys eto
brief-tried-again = rhoddwyd cynnig arno eto
brief-inside = Ni ddywedwyd hyn i gyd wrth bawb: gofynnwch cyn ei basio ymlaen.
brief-missing = { $count ->
    [one] Nid yw un o’r rhai a ddewiswyd yma, neu nid yw i chi ei ddarllen.
   *[other] Nid yw { $count } o’r rhai a ddewiswyd yma, neu nid ydyn nhw i chi eu darllen.
  }
brief-print = I’w gymryd gyda chi: argraffwch y dudalen hon, neu cymerwch ef fel
brief-empty = Nid oes yr un o’r rhain yma, neu ni chewch eu darllen.
brief-tries = Yn rhoi cynnig arall ar
brief-noted = Ysgrifennwyd i lawr gan
brief-who = Pwy
brief-when = Pryd
brief-read = Ble i’w ddarllen
brief-licence = Trwydded
brief-said-to = Dywedwyd wrth

## Pa mor bell mae her wedi mynd

stage-planned = Her sy’n agor ar { $day }
stage-open-until = { $count ->
    [two] Her, ar agor tan { $day }: { $count } gyfraniad hyd yma
    [few] Her, ar agor tan { $day }: { $count } chyfraniad hyd yma
    [many] Her, ar agor tan { $day }: { $count } chyfraniad hyd yma
   *[other] Her, ar agor tan { $day }: { $count } cyfraniad hyd yma
  }
stage-open = { $count ->
    [two] Her sydd ar agor: { $count } gyfraniad hyd yma
    [few] Her sydd ar agor: { $count } chyfraniad hyd yma
    [many] Her sydd ar agor: { $count } chyfraniad hyd yma
   *[other] Her sydd ar agor: { $count } cyfraniad hyd yma
  }
stage-closed = { $count ->
    [two] Her sydd wedi cau: { $count } gyfraniad
    [few] Her sydd wedi cau: { $count } chyfraniad
    [many] Her sydd wedi cau: { $count } chyfraniad
   *[other] Her sydd wedi cau: { $count } cyfraniad
  }
stage-answered = { $count ->
    [two] Her a atebwyd: { $count } gyfraniad
    [few] Her a atebwyd: { $count } chyfraniad
    [many] Her a atebwyd: { $count } chyfraniad
   *[other] Her a atebwyd: { $count } cyfraniad
  }

## Gofalu am hashnod neu her

tag-keep = Gofalu am hyn
tag-write = Ysgrifennu gydag ef
challenge-contribute = Cyfrannu
subject-title = Gofalu am { $subject }
subject-adopt = Gofalu am yr her hon
subject-waiting = { $count ->
    [0] Does dim yn aros amdanoch chi
    [one] Mae un cyfraniad yn aros amdanoch chi
    [two] Mae { $count } gyfraniad yn aros amdanoch chi
   *[other] Mae { $count } cyfraniad yn aros amdanoch chi
  }
subject-waiting-none = Mae cyfraniad cyntaf rhywun newydd yn aros yma nes i chi gytuno iddo.
subject-waiting-about = Nid yw’r bobl hyn wedi cyfrannu o’r blaen. Mae’r hyn y cytunwch iddo yn mynd ymlaen at bawb sy’n dilyn yr her, a’u cyfraniadau nesaf hefyd.
subject-accept = Ei anfon ymlaen
subject-refuse = Peidio â’i anfon ymlaen
subject-block = Does ganddyn nhw ddim llais yma
subject-unblock = Rhoi llais iddyn nhw eto
subject-blocked = Pwy sydd heb lais yma
subject-far = Pa mor bell mae wedi mynd
subject-harvest = Dweud beth ddaeth hyd yma
subject-close = Ei chau
subject-close-hint = Wedyn ni chymerir dim mwy i mewn, ac mae post yn dweud beth ddaeth. Gallwch ei hateb o hyd.
subject-answer = Ei hateb
subject-answer-anew = Newid yr ateb
subject-answer-label = Beth ddaeth ohoni (Markdown)
subject-answer-do = Cyhoeddi’r ateb
subject-change = Newid y cwestiwn, yr hashnod neu’r diwedd
subject-change-do = Cadw
subject-offer = Ei chynnig i eraill: gall unrhyw aelod ei chymryd drosodd
subject-delete = Dileu’r her
subject-delete-about = Mae’n mynd gyda phopeth a ddywedodd. Mae’r hyn a gyfrannodd pobl yn aros yn eiddo iddyn nhw.
subject-delete-do = Ei dileu am byth
subject-for = Beth yw ei ddiben
subject-for-label = Mewn ychydig frawddegau syml (Markdown)
subject-for-hint = Gall pawb ei ddarllen. Cedwir fersiynau cynharach, gyda phwy a’u hysgrifennodd.
subject-for-do = Cadw fel fersiwn newydd
subject-versions = { $count ->
    [one] Un fersiwn
    [two] { $count } fersiwn
   *[other] { $count } fersiwn
  }
subject-gone = Tynnwyd y fersiwn hwn i lawr.
subject-restore = Rhoi hwn yn ôl
subject-take-down = Ei dynnu i lawr
subject-views = Safbwyntiau eraill
subject-views-about = Mae pwy bynnag sy’n ei gweld hi’n wahanol yn dweud hynny wrth ei ymyl. Does dim un safbwynt uwchlaw’r llall.
subject-view-add = Rhoi eich safbwynt wrth ei ymyl
subject-view-label = Eich safbwynt (Markdown)
subject-view-do = Cyhoeddi eich safbwynt
subject-withdraw = Tynnu eich safbwynt yn ôl
subject-links = Â beth mae wedi’i gysylltu
subject-links-none = Nid yw wedi’i gysylltu â dim eto.
subject-link-label = Ei gysylltu â
subject-link-hint = Hashnod, fel #te, neu her yma, fel @ymddiried.
subject-link-do = Cysylltu
subject-unlink = Dod â’r cyswllt i ben
subject-hats = Hetiau
subject-hats-about = Het yw ffordd o edrych ar bethau y mae rhywun yn ei chymryd am dro. Mae angen i rywun gytuno i’r rhai sydd â hawliau.
subject-hat-until = tan { $day }
subject-hat-waits = yn aros am gytundeb
subject-hat-confirm = Cytuno
subject-hat-off = Ei thynnu
subject-hat-on = Gwisgo het
subject-hat-which = Pa het?
subject-hat-days = Am sawl diwrnod
subject-hat-do = Ei gwisgo
hat-views = Ar beth mae pob het yn edrych
hat-view-title = Gyda’r het: { $hat }
hat-view-nothing = Dim i’w weld yma nawr.
hat-agenda-activist = ymgyrchydd agenda
hat-community-keeper = ceidwad cymuned
hat-critical-friend = cyfaill beirniadol
hat-social-reporter = gohebydd cymdeithasol
hat-external-messenger = negesydd allanol
hat-value-detective = ditectif gwerth
hat-organisational-broker = brocer sefydliadol
ask-agenda-activist = Pa heriau sy’n werth eu hwynebu gyda’n gilydd?
ask-community-keeper = Sut rydyn ni’n clywed pob llais?
ask-as-critical-friend = Sut rydyn ni’n rhoi adborth i’n gilydd?
ask-social-reporter = Sut rydyn ni’n cadw gafael ar yr hyn a ddysgwn?
ask-external-messenger = Pwy y tu allan ddylai glywed am hyn, a beth?
ask-value-detective = Beth yw ei werth, a sut bydden ni’n gwybod?
ask-organisational-broker = Sut mae hyn yn ffitio â’r hyn mae eraill yn ei wneud?
seen-newcomers = Pwy sy’n newydd yma
seen-unanswered = Beth nad oes neb wedi’i ateb eto
seen-gone-quiet = Pwy sydd wedi tawelu
seen-asks = Pwy sy’n gofyn am gyfaill beirniadol
seen-long-threads = Sgyrsiau hir nad oes neb wedi’u crynhoi
seen-could-go-public = Beth y gellid ei ddweud y tu allan
seen-second-look = Hanner blwydd oed, a heb gael ail olwg
seen-past-look-again = Arbrofion sydd wedi mynd heibio’u diwrnod i edrych eto
seen-matches = Beth mae eraill yn ei wneud sy’n ffitio
shelf-arrange = Trefnu
shelf-note = Beth i’w ddweud amdano
shelf-heading = O dan ba bennawd
shelf-pin = Ei binio i’r brig
shelf-hide = Ei guddio
shelf-hidden = Cudd
shelf-save = Cadw

## Timau

teams-title = Timau
teams-about = Aelodau sy’n dweud rhywbeth ymysg ei gilydd. Mae’n aros rhyngddyn nhw.
teams-none = Nid ydych mewn unrhyw dîm eto.
teams-new = Enw’r tîm newydd
teams-make = Ei greu
team-count = { $count ->
    [one] Un person
    [two] { $count } berson
   *[other] { $count } o bobl
  }
team-write = Ysgrifennu at y tîm hwn
team-add-label = Cymryd rhywun i mewn, yn ôl eu henw defnyddiwr
team-add = Cymryd i mewn
team-nobody = Does neb yma o’r enw “{ $name }”. Dim ond aelodau’r gweinydd hwn all fod mewn tîm.
team-out = Tynnu allan
team-name = Enw’r tîm
team-rename = Ailenwi
team-leave = Gadael y tîm hwn
team-end = Dod â’r tîm hwn i ben
team-end-about = Nid ydych yn y tîm hwn, a dim ond pwy sydd ynddo a welwch. Fel cymedrolwr gallwch ddod ag ef i ben: mae’r hyn a ddywedwyd yn aros gyda phwy a’i dywedodd.
team-said = Beth a ddywedwyd
team-empty = Ni ddywedwyd dim yma eto.

## Pwy wnaeth beth â phost, a’i ddangos yn rhywle arall

count-quotes = { $count ->
    [two] { $count } ddyfyniad
    [few] { $count } dyfyniad
   *[other] { $count } dyfyniad
  }
boosts-title = Pwy hybodd y post hwn gan { $name }
favourites-of-title = Pwy sy’n hoffi’r post hwn gan { $name }
quotes-title = Pwy ddyfynnodd y post hwn gan { $name }
quotes-empty = Nid oes neb wedi’i ddyfynnu eto, neu ddim lle cewch chi ei weld.
reacted-empty = Neb eto.
tab-boosts = Hybiadau
tab-favourites = Ffefrynnau
tab-quotes = Dyfyniadau
embed = Ei ddangos ar dudalen arall
embed-label = Rhowch hwn lle dylai sefyll
embed-hint = Mae’n dod â’r post heb sgript a heb gwcis, ac yn dilyn pan fydd y post yn newid.
told = Gan y rhai sy’n gofalu am y gweinydd hwn
told-done = Rwyf wedi ei ddarllen
context = Am y dudalen hon

## Llythyrau am hysbysiadau

settings-mail = Llythyrau am hysbysiadau
mail-none = Nid yw’r gweinydd hwn yn anfon llythyrau. Mae’r hyn sy’n newydd ymhlith eich hysbysiadau.
mail-to = Maen nhw’n mynd at { $email }.
mail-private = Mae llythyr yn mynd trwy lawer o ddwylo. Felly nid yw geiriau postiad ynddo ond os caiff pawb ddarllen y postiad, ac os nad oes rhybudd arno. Am bopeth arall mae’n dweud bod rhywun wedi ysgrifennu atoch, a ble i’w ddarllen.
mail-at-once = Llythyr ar unwaith, pan fydd
mail-at-once-hint = Daw rai munudau’n ddiweddarach, os nad ydych wedi ei ddarllen yma erbyn hynny, ac os nad ydych yma. Os oes llawer yn digwydd, mae sawl peth yn mynd i un llythyr.
mail-always = Anfon llythyrau tra fy mod yma hefyd
mail-digest = Crynodeb o’r gweddill nad ydych wedi ei ddarllen
mail-digest-hint = Daw dim ond os oes rhywbeth, ac os nad ydych wedi bod yma ers hynny.
mail-digest-never = Byth
mail-digest-daily = Unwaith y dydd
mail-digest-weekly = Unwaith yr wythnos
mail-kind-mention = rhywun yn eich crybwyll
mail-kind-quote = rhywun yn eich dyfynnu
mail-kind-follow = rhywun yn eich dilyn
mail-kind-request = rhywun yn gofyn am eich dilyn
mail-kind-boost = rhywun yn hybu eich postiad
mail-kind-favourite = rhywun yn ffafrio eich postiad
mail-kind-status = rhywun yr ydych am glywed am eu postiadau yn postio
mail-kind-poll = pleidlais a wnaethoch neu y pleidleisioch ynddi yn dod i ben
mail-kind-update = postiad a hyboch yn cael ei olygu
mail-kind-quoted-update = postiad a ddyfynnoch yn cael ei olygu
mail-kind-look-again = y diwrnod yn dod i edrych eto ar eich arbrawf
mail-kind-trying = rhywun yn rhoi cynnig ar eich arbrawf hefyd
mail-kind-outcome = rhywun yn dweud beth ddaeth o arbrawf a rannoch neu yr ydych yn rhoi cynnig arno
mail-kind-waiting = cyfraniad i’ch her yn aros am eich penderfyniad
mail-kind-given = rhywun yn rhoi her i chi ofalu amdani
mail-kind-adopted = rhywun arall yn gofalu am her a oedd yn eiddo i chi
mail-kind-severed = rhai o’r rhai yr ydych yn eu dilyn yn cael eu torri i ffwrdd
mail-kind-report = rhywbeth yn cael ei adrodd
mail-kind-sign-up = rhywun yn cofrestru
news-hello = Helo { $name },
news-private = Ysgrifennodd rhywun atoch, nid yn gyhoeddus. Darllenwch ef yma
news-subject = { $what } ({ $title })
news-private-subject = Ysgrifennodd rhywun atoch
news-several = { $count ->
    [one] Un hysbysiad ar { $title }
   *[other] { $count } hysbysiad ar { $title }
 }
news-day = Yr hyn nad ydych wedi ei ddarllen ar { $title }: eich diwrnod
news-week = Yr hyn nad ydych wedi ei ddarllen ar { $title }: eich wythnos
news-more = Mae mwy: { $url }
news-why = Rydych yn cael y llythyr hwn am eich bod yn aelod o { $title }.
news-stop-kind = Dim mwy o lythyrau pan fydd { $what }: { $url }
news-stop-digest = Dim mwy o grynodebau: { $url }
news-stop-all = Dim mwy o lythyrau am hysbysiadau o gwbl: { $url }
news-choose = Dewis beth rydych yn cael llythyrau amdano: { $url }
stop-title = Terfynu’r llythyrau hyn?
stop-kind = Ni chewch fwy o lythyrau pan fydd { $what }.
stop-digest = Ni chewch fwy o grynodebau o’r hyn nad ydych wedi ei ddarllen.
stop-all = Ni chewch fwy o lythyrau am hysbysiadau. Bydd y rhai am eich cyfrif ei hun, megis am gyfrinair newydd, yn dal i ddod.
stop-do = Eu terfynu
stop-done = Mae’r llythyrau hyn wedi dod i ben
stop-done-do = Ni chaiff mwy ohonyn nhw eu hysgrifennu. Os newidiwch eich meddwl, gallwch ddewis o’r newydd.
stop-unknown = Nid yw’r ddolen hon mewn unrhyw lythyr y mae’r gweinydd hwn yn ei anfon mwyach. Yn eich gosodiadau gallwch ddewis beth rydych yn cael llythyrau amdano.

## Cyn i eraill ddod

keep-backup = Copi wrth gefn diwethaf
keep-backup-none = Ni wnaed un eto.
keep-restore = Y tro diwethaf y profwyd copi
keep-restore-none = Ni phrofwyd un eto: mae outloud restore FILE --test yn gwneud hynny, tra bo’r gweinydd yn rhedeg.
start-title = Cyn i eraill ddod
start-open-still = Gweld beth sydd ar ôl i’w wneud cyn i eraill ddod
start-lead = Yr hyn sydd ei angen ar weinydd cyn y gall pobl ddibynnu arno. Mae’n cael ei weithio allan o’r hyn sydd yno; nid oes angen ticio dim.
start-settings = Gosodir y gosodiadau mewn priflythrennau lle mae’r gweinydd yn rhedeg: yn ei amgylchedd, neu yn ei ffeil gosodiadau, outloud.toml, mewn llythrennau bach yno a heb OUTLOUD_. Maent yn dal o’r tro nesaf y bydd yn dechrau.
start-all-done = Mae’r cyfan wedi’i wneud.
start-done = wedi’i wneud
start-open = ar agor o hyd
start-address = Parth a chyfeiriad
start-address-about = { $origin } yw’r gweinydd hwn, ac enw pobl yma yw @enw@{ $domain }. Mae hynny’n aros fel y mae, gan eich bod yma eisoes: am gyfeiriad arall (OUTLOUD_ORIGIN) dechreuwch eto mewn ffolder wag. Dim ond gyda chyfeiriad https y gall gweinyddion eraill ei gyrraedd.
start-about = Enw, disgrifiad, cyswllt
start-about-about = Ei enw yw { $title }. Y gosodiadau OUTLOUD_DESCRIPTION ac OUTLOUD_CONTACT_EMAIL sy’n dweud at beth y mae ac at bwy i ysgrifennu.
start-about-look = Sut mae’n edrych i eraill
start-rules = Rheolau
start-rules-about = Mae pwy bynnag sy’n ymuno yn cytuno iddyn nhw, a gall adroddiadau enwi’r un a dorrwyd.
start-letters = E-bost
start-letters-none = Nid oes gweinydd post wedi’i osod (OUTLOUD_SMTP_URL). Heb un ni all neb gael cyfrinair newydd ar ei ben ei hun, ac ni chaiff cyfeiriadau eu cadarnhau.
start-letters-about = Mae llythyr yn mynd atoch chi, { $email }, ac fe welwch beth atebodd y gweinydd post.
start-letters-do = Anfon llythyr prawf ataf
start-letter-subject = Llythyr gan { $title }
start-letter-text = Gofynnoch am y llythyr hwn i weld a all { $title } anfon rhai. Gall.
start-letter-sent = Cymerodd y gweinydd post y llythyr at { $email }. Edrychwch a yw’n cyrraedd, ac nid ymhlith y sbam.
start-letter-refused = Ni chymerwyd y llythyr
start-reach = Gweinyddion eraill
start-reach-about = Mae’r gweinydd yn chwilio amdano’i hun dan ei gyfeiriad cyhoeddus, fel y byddai eraill, ac yn anfon rhywbeth wedi’i lofnodi ato’i hun. Mae ei gloc yn dweud { $now }: os yw hynny’n anghywir o fwy nag ychydig funudau, nid yw eraill yn ei gredu.
start-reach-do = Edrych nawr
start-reach-address = Mae’r cyfeiriad cyhoeddus yn arwain yma
start-reach-handles = Mae dolenni pobl i’w cael
start-reach-signatures = Mae’r hyn a lofnodir yn dod fel y’i hanfonwyd
start-backup = Copi wrth gefn
start-backup-about = Lle mae’r gweinydd yn rhedeg, mae hwn yn ysgrifennu popeth sydd ganddo i un ffeil, tra mae’n rhedeg. Cadwch y ffeil yn rhywle arall, ac mor ddiogel â’r gweinydd: mae allweddi ynddi.
start-people = Y bobl gyntaf
start-people-about = Gyda dolen mae rhywun yn ymuno.

## Yr hyn a wnaed nawr

said-done = Wedi’i wneud.
said-removed = Wedi’i dynnu.
said-draft = Wedi’i gadw fel drafft. Dim ond chi sy’n ei weld.
said-later = Caiff ei bostio ar yr adeg a ddewisoch. Tan hynny, dim ond chi sy’n ei weld.
said-posted = Wedi’i bostio.
said-changed = Wedi’i newid. Gellir darllen fersiynau cynharach o hyd.
said-anew = Mae’r postiad wedi’i ddileu. Mae ei eiriau yma, i’w hysgrifennu o’r newydd.
said-opened = Wedi’i agor. Mae’r hyn a ddywedwyd y tu mewn yn aros y tu mewn.
said-taken-back = Ni chaiff ei bostio bryd hynny. Drafft ydyw eto, gyda’i ddyddiad.
said-deleted = Wedi’i ddileu.
said-boosted = Wedi’i hybu.
said-unboosted = Mae’r hwb wedi’i dynnu’n ôl.
said-favourite = Mae’n un o’ch ffefrynnau.
said-unfavourite = Nid yw’n un o’ch ffefrynnau mwyach.
said-bookmarked = Nod tudalen wedi’i osod. Dim ond chi sy’n gweld hynny.
said-unbookmarked = Mae’r nod tudalen wedi mynd.
said-pinned = Mae ar frig eich proffil.
said-unpinned = Nid yw ar frig eich proffil mwyach.
said-conversation-muted = Ni ddywedir dim mwy wrthych am y sgwrs hon.
said-conversation-unmuted = Dywedir wrthych am y sgwrs hon eto.
said-could-go-public = Nodwyd y gallai fynd yn gyhoeddus.
said-voted = Mae eich pleidlais wedi’i chyfrif.
said-outcome = Mae’r hyn a ddaeth ohono gyda’r arbrawf nawr.
said-confirmed = Wedi’i gadarnhau.
said-refused = Nid yw’n cyfrif fel cynnig ar eich un chi.
said-follow = Rydych yn eu dilyn.
said-unfollow = Nid ydych yn eu dilyn mwyach.
said-muted = Wedi’u tewi. Ni ddywedir wrthynt.
said-unmuted = Rydych yn gweld eu postiadau eto.
said-blocked = Wedi’u blocio. Nid ydych yn dilyn eich gilydd mwyach, ac nid ydynt yn gweld yr hyn a bostiwch at eich dilynwyr.
said-unblocked = Nid ydynt wedi’u blocio mwyach. Gall pwy bynnag sydd am ddilyn y llall wneud hynny o’r newydd.
said-noted = Mae eich nodyn wedi’i gadw. Dim ond chi sy’n ei weld.
said-follower-removed = Nid ydynt yn eich dilyn mwyach.
said-domain-blocked = Ni welwch ddim mwy o’r gweinydd hwnnw.
said-domain-unblocked = Nid yw’r gweinydd hwnnw wedi’i flocio i chi mwyach.
said-let-in = Maent yn eich dilyn nawr.
said-not-let-in = Dywedwyd wrthynt na chânt eich dilyn.
said-tag-follow = Rydych yn dilyn yr hashnod hwn: mae’r hyn a bostir gydag ef yn eich hafan.
said-tag-unfollow = Nid ydych yn dilyn yr hashnod hwn mwyach.
said-list = Mae’r rhestr wedi’i gwneud.
said-in-list = Wedi’u rhoi yn y rhestr.
said-out-of-list = Wedi’u tynnu o’r rhestr.
said-read = Wedi’i nodi fel wedi’i ddarllen.
said-held-accepted = Dywedir wrthych o hyn ymlaen am yr hyn a wnânt.
said-held-dismissed = Wedi’i roi o’r neilltu.
said-dismissed = Ni ddangosir ef i chi eto.
said-begun = Mae wedi dechrau. Mae’r dudalen hon yn dweud pa mor bell y mae.
said-signed-out = Wedi allgofnodi yno.
said-asked = Gofynnwyd iddynt a gewch eu dilyn.
said-told = Dywedwyd wrthynt.
said-frozen = Wedi’i rewi: gallant ddarllen, heb wneud dim y mae eraill yn ei weld.
said-disabled = Ni allant fewngofnodi mwyach.
said-limited = Wedi’i gyfyngu: dim ond eu dilynwyr sy’n gweld yr hyn a ddywedant.
said-suspended = Wedi’i atal: ni ddangosir dim o’u heiddo. Gellir ei dynnu’n ôl.
said-lifted = Mae hynny wedi’i dynnu’n ôl.
said-let-in-here = Maent wedi cael dod i mewn.
said-role = Newidiwyd yr hyn y cânt ei wneud yma.
said-account-gone = Mae’r cyfrif wedi mynd.
said-and-closed = Wedi’i wneud, ac mae’r adroddiad wedi’i gau.
said-sensitive = Wedi’i nodi’n sensitif: cuddir yr hyn sydd ynghlwm nes bod rhywun am ei weld.
said-plain = Heb ei nodi’n sensitif mwyach.
said-taken-on = Rydych yn gofalu am yr adroddiad hwn.
said-given-back = Nid oes neb yn gofalu am yr adroddiad hwn nawr.
said-reopened = Mae’r adroddiad ar agor eto.
said-closed = Mae’r adroddiad wedi’i gau.
said-revoked = Ni all neb ymuno ag ef mwyach.
said-rule = Mae’r rheol yn dal o hyn ymlaen.
said-rule-changed = Dyna mae’r rheol yn ei ddweud nawr. Gellir darllen yr hyn a ddywedodd o’r blaen o hyd.
said-announced = Mae pob aelod yn ei weld ar frig eu hafan.
said-emoji = Gellir defnyddio’r emoji nawr.
said-tag-blocked = Ni chludir mwyach yr hyn a ddaw gyda’r hashnod hwn o fannau eraill.
said-tag-unblocked = Cludir yr hashnod hwn eto.
said-server-rule = Mae’r rheol ar gyfer y gweinydd hwn yn dal o hyn ymlaen.
said-stopped = Wedi’i stopio. Mae’r hyn a wnaed o’r blaen yn aros.
said-team = Mae’r tîm wedi’i wneud.
said-in-team = Maent yn y tîm, ac yn darllen yr hyn a ddywedir yno.
said-out-of-team = Nid ydynt yn y tîm mwyach, ac nid ydynt yn darllen dim ohono.
said-team-left = Nid ydych yn y tîm mwyach, ac nid ydych yn darllen dim ohono.
said-filter = Mae’r hidlydd yn gweithio o hyn ymlaen.
said-asked-many = Mae’r her yno: gall unrhyw un ei dilyn a chyfrannu.
said-hat = Rydych yn gwisgo’r het. Mae’r dyddiad y daw i ffwrdd isod.
said-seeking = Rydych i mewn: dywedir wrthych pan geir rhywun.
said-not-seeking = Nid ydych ynddo mwyach.
said-agreed = Cytunwyd.
sure-remove = Ie, tynnu
sure-delete = Ie, dileu
sure-leave = Ie, gadael
