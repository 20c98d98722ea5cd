//! Letters about notifications, handed to a real server.

use federation::Federation;
use model::audience::Audience;
use model::clock::{Clock, DAY, HOUR, MINUTE};
use model::notification::{Digest, NotificationKind};
use model::post::{Draft, Post};
use node::jobs::Job;
use node::mail::Letter;
use node::news::{self, Which, Wishes};
use suite::db::Engine;
use suite::mailbox::Mailbox;
use suite::node::{Options, Person, TestNode, eventually, round};

const NOW: i64 = 1_760_000_000_000;

/// A node with two members whose letters go to a mailbox; a test plays its worker.
struct Stage {
    here: TestNode,
    mailbox: Mailbox,
    /// Letters that were looked at.
    read: std::cell::Cell<usize>,
}

impl Stage {
    async fn start(engine: Engine) -> Self {
        let mailbox = Mailbox::start(0).await;
        let options = Options {
            clock: Some(Clock::manual(NOW)),
            no_worker: true,
            change: Some(|settings| settings.node.mail = true),
            ..Options::default()
        };
        let here = TestNode::start_with(engine, options).await;
        let values = [
            ("OUTLOUD_SMTP_URL", format!("smtp://{}", mailbox.address)),
            ("OUTLOUD_MAIL_FROM", "Here <noreply@here.example>".to_owned()),
        ];
        let values = values.map(|(name, value)| (name.to_owned(), value)).into();
        let mail = outloud::Settings::of(values).unwrap().mail.unwrap();
        assert!(here.node().carrier.set(mail.carrier().unwrap()).is_ok());
        Self { here, mailbox, read: std::cell::Cell::new(0) }
    }

    /// Ada gets letters; Benedict does things.
    async fn people(&self) -> (Person<'_>, Person<'_>) {
        (self.here.member("ada").await, self.here.member("benedict").await)
    }

    /// Lets time go by, and does what is due then.
    async fn after(&self, time: i64) {
        self.here.node().clock.advance(time);
        self.work().await;
    }

    async fn work(&self) {
        let federation: &Federation = self.here.federation();
        loop {
            let jobs = self.here.takes_jobs().await;
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                federation.serve_job(job).await.unwrap();
            }
        }
    }

    /// Letters that came since this was last asked, as they are read. A mail server has taken each before its job ends.
    fn letters(&self) -> Vec<String> {
        let all = self.mailbox.letters();
        let new = all.iter().skip(self.read.replace(all.len()));
        new.map(|l| format!("To: {}\n{}", l.to, l.text.replace("=\n", "").replace("=3D", "=").replace("\n ", " ")))
            .collect()
    }

    fn one(&self) -> String {
        let letters = self.letters();
        assert_eq!(letters.len(), 1, "{letters:#?}");
        letters.into_iter().next().unwrap()
    }

    async fn sees(&self, who: Person<'_>) {
        let node = self.here.node();
        let mut tx = node.store.begin().await.unwrap();
        tx.touch_member(who.id, node.now(), node.now()).await.unwrap();
        node.commit(tx).await.unwrap();
    }

    async fn chooses(&self, who: Person<'_>, wanted: &Wishes) {
        let node = self.here.node();
        let mut tx = node.store.begin().await.unwrap();
        news::choose(node, &mut tx, who.id, wanted).await.unwrap();
        node.commit(tx).await.unwrap();
    }

    async fn likes(&self, who: Person<'_>, post: &Post) {
        let node = self.here.node();
        let mut tx = node.store.begin().await.unwrap();
        node::react::favourite(node, &mut tx, &who.account().await, post, None).await.unwrap();
        node.commit(tx).await.unwrap();
    }
}

/// Makes a test of it for each engine.
macro_rules! on_each {
    ($(async fn $name:ident($stage:ident: Stage) $body:block)*) => {
        $(mod $name {
            use super::*;

            async fn body($stage: Stage) $body

            #[tokio::test]
            async fn sqlite() {
                body(Stage::start(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if Engine::Postgres.is_there() {
                    body(Stage::start(Engine::Postgres).await).await;
                }
            }
        })*
    };
}

on_each! {
    async fn who_is_mentioned_gets_a_letter_that_can_be_ended_with_a_click(stage: Stage) {
        let (_ada, ben) = stage.people().await;
        let post = ben.says("@ada come and have tea").await;
        stage.after(4 * MINUTE).await;
        assert!(stage.letters().is_empty(), "it waits for what else comes");
        stage.after(2 * MINUTE).await;
        let letter = stage.one();
        assert!(letter.starts_with("To: ada@example.org\n") && letter.contains("Subject: benedict mentioned you ("), "{letter}");
        assert!(letter.contains("\n> @ada come and have tea\n") && letter.contains("Hello @ada,"), "{letter}");
        let origin = &stage.here.origin;
        assert!(letter.contains(&format!("{origin}/posts/{}\n", post.id)), "{letter}");
        assert!(letter.contains(&format!("{origin}/settings/mail")), "{letter}");
        assert!(letter.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"), "{letter}");
        let end = letter.lines().find_map(|l| l.strip_prefix("List-Unsubscribe: <")).unwrap().trim_end_matches('>');
        assert!(end.starts_with(&format!("{origin}/letters/stop?key=")) && end.ends_with("&of=mention"), "{end}");
        let key = end.split("key=").nth(1).unwrap().split('&').next().unwrap();
        assert!(key.len() >= 43, "{key}");

        let node = stage.here.node();
        let mut tx = node.store.begin().await.unwrap();
        news::stop(node, &mut tx, key, Which::Kind(NotificationKind::Mention)).await.unwrap();
        node.commit(tx).await.unwrap();
        ben.says("@ada more tea").await;
        stage.after(HOUR).await;
        assert!(stage.letters().is_empty());
    }

    async fn a_letter_has_no_words_but_those_that_everybody_may_read(stage: Stage) {
        let (_ada, ben) = stage.people().await;
        for audience in [Audience::Direct, Audience::Inside, Audience::Organisation, Audience::Followers] {
            ben.says_to(audience, "@ada the hidden plan").await;
        }
        let warned = Draft { text: "@ada the hidden plan".to_owned(), summary: "hidden warning".to_owned(), ..Draft::default() };
        ben.posts(warned).await;
        stage.after(6 * MINUTE).await;
        let letter = stage.one();
        assert!(letter.contains("notifications on ") && !letter.contains("hidden"), "{letter}");
        assert!(letter.contains("Somebody wrote to you, not in public. Read it here:\n"), "{letter}");
        assert_eq!(letter.matches("benedict mentioned you").count(), 1, "the one that everybody may read: {letter}");
        let direct = ben.says_to(Audience::Direct, "@ada the hidden plan").await;
        stage.after(6 * MINUTE).await;
        let letter = stage.one();
        assert!(letter.contains("Subject: Somebody wrote to you ("), "{letter}");
        assert!(letter.contains(&format!("/posts/{}\n", direct.id)), "{letter}");
        assert!(!letter.contains("benedict") && !letter.contains("hidden"), "{letter}");
    }

    async fn who_is_here_gets_no_letter_but_of_what_they_did_not_read(stage: Stage) {
        let (ada, ben) = stage.people().await;
        stage.sees(ada).await;
        ben.says("@ada first").await;
        stage.after(6 * MINUTE).await;
        assert!(stage.letters().is_empty(), "ada is here");
        stage.sees(ada).await;
        stage.after(2 * HOUR).await;
        assert!(stage.letters().is_empty(), "ada was here since");
        ben.says("@ada second").await;
        let node = stage.here.node();
        let mut tx = node.store.begin().await.unwrap();
        let page = model::page::Page::first(1);
        let newest = tx.notifications(ada.id, &[], &[], 0, &page).await.unwrap()[0].id;
        tx.put_marker(ada.id, "notifications", newest, node.now()).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.after(6 * MINUTE).await;
        assert!(stage.letters().is_empty(), "an app of hers has shown it");
        stage.sees(ada).await;
        stage.here.node().clock.advance(MINUTE);
        ben.says("@ada third").await;
        stage.after(HOUR).await;
        let letter = stage.one();
        assert!(letter.contains("> @ada third\n") && !letter.contains("first") && !letter.contains("second"), "{letter}");
    }

    async fn letters_are_few_whatever_happens(stage: Stage) {
        let (_ada, ben) = stage.people().await;
        let mut count = 0;
        for n in 1..=7 {
            ben.says(&format!("@ada number {n}")).await;
            stage.after(6 * MINUTE).await;
            count += stage.letters().len();
        }
        assert_eq!(count, 4);
        stage.after(HOUR).await;
        let letter = stage.one();
        assert!(letter.contains("3 notifications on "), "{letter}");
        for n in 1..=30 {
            ben.says(&format!("@ada again {n}")).await;
        }
        stage.after(HOUR).await;
        let letter = stage.one();
        assert_eq!(letter.matches("mentioned you:\n").count(), 20, "{letter}");
        assert!(letter.contains("There is more: ") && letter.contains("> @ada again 30\n"), "{letter}");
        stage.after(DAY).await;
        assert!(stage.letters().is_empty());
    }

    async fn what_is_not_to_be_heard_any_more_is_not_told(stage: Stage) {
        let (ada, ben) = stage.people().await;
        let gone = ben.says("@ada taken back").await;
        let node = stage.here.node();
        let mut tx = node.store.begin().await.unwrap();
        node::publish::delete(node, &mut tx, &ben.account().await, gone.id).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.after(6 * MINUTE).await;
        assert!(stage.letters().is_empty());
        ben.says("@ada blocked").await;
        let mut tx = node.store.begin().await.unwrap();
        node::moderate::block(node, &mut tx, &ada.account().await, &ben.account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.after(6 * MINUTE).await;
        assert!(stage.letters().is_empty());
        let carol = stage.here.member("carol").await;
        let word = node::filter::KeywordChange { keyword: Some("spoiler".to_owned()), ..Default::default() };
        for (action, words) in [(model::filter::FilterAction::Warn, "mild"), (model::filter::FilterAction::Hide, "wild")] {
            let word = node::filter::KeywordChange { keyword: Some(words.to_owned()), ..word.clone() };
            let filter = node::filter::FilterChange {
                title: Some(words.to_owned()),
                contexts: Some(vec!["notifications".to_owned()]),
                action: Some(action),
                keywords: vec![word],
                ..Default::default()
            };
            let mut tx = node.store.begin().await.unwrap();
            node::filter::create(node, &mut tx, &ada.account().await, &filter).await.unwrap();
            node.commit(tx).await.unwrap();
        }
        carol.says("@ada a mild thing").await;
        carol.says("@ada a wild thing").await;
        stage.after(6 * MINUTE).await;
        let letter = stage.one();
        assert!(letter.contains("carol mentioned you") && !letter.contains("thing"), "{letter}");
        assert_eq!(letter.matches("/posts/").count(), 1, "{letter}");
    }

    async fn a_digest_comes_when_there_is_something_that_was_not_read(stage: Stage) {
        let (ada, ben) = stage.people().await;
        let post = ada.says("hello").await;
        let wanted = Wishes { kinds: vec![NotificationKind::Mention], always: false, digest: Digest::Daily };
        stage.chooses(ada, &wanted).await;
        stage.likes(ben, &post).await;
        stage.after(HOUR).await;
        round(stage.here.node(), || true).await;
        stage.after(0).await;
        assert!(stage.letters().is_empty(), "it is not due");
        stage.after(DAY).await;
        round(stage.here.node(), || true).await;
        stage.after(0).await;
        let letter = stage.one();
        assert!(letter.contains("your day") && letter.contains("benedict made your post a favourite"), "{letter}");
        assert!(letter.contains("&of=digest>"), "{letter}");
        stage.after(DAY).await;
        round(stage.here.node(), || true).await;
        stage.after(0).await;
        assert!(stage.letters().is_empty(), "nothing is new");
        let other = ada.says("hello again").await;
        stage.likes(ben, &other).await;
        stage.here.node().clock.advance(HOUR);
        stage.sees(ada).await;
        stage.after(DAY).await;
        round(stage.here.node(), || true).await;
        stage.after(0).await;
        assert!(stage.letters().is_empty(), "ada was here since");
    }

    async fn what_is_handed_over_twice_is_the_same_letter(stage: Stage) {
        let (_ada, ben) = stage.people().await;
        ben.says("@ada tea").await;
        let node = stage.here.node();
        node.clock.advance(6 * MINUTE);
        // The process dies after the mail server took the letter and before that is written down.
        for job in stage.here.takes_jobs().await {
            stage.here.federation().serve_job(job).await.unwrap();
        }
        let jobs = stage.here.takes_jobs().await;
        let letters: Vec<Letter> = jobs
            .iter()
            .filter_map(|job| match serde_json::from_str(&job.payload).unwrap() {
                Job::SendMail { letter } => Some(letter),
                _ => None,
            })
            .collect();
        assert_eq!(letters.len(), 1);
        node::mail::deliver(node, &letters[0]).await.unwrap();
        stage.after(HOUR).await;
        let letters = eventually("it is sent again", || async { Some(stage.letters()).filter(|l| l.len() == 2) }).await;
        let name = |letter: &str| letter.lines().find(|l| l.starts_with("Message-ID: ")).unwrap().to_owned();
        assert_eq!(name(&letters[0]), name(&letters[1]));
        stage.after(DAY).await;
        assert!(stage.letters().is_empty());
    }
}

#[tokio::test]
async fn a_letter_is_in_the_language_of_who_gets_it() {
    let stage = Stage::start(Engine::Sqlite).await;
    let (ada, ben) = stage.people().await;
    let node = stage.here.node();
    let mut tx = node.store.begin().await.unwrap();
    tx.set_locale(ada.id, "cy").await.unwrap();
    node.commit(tx).await.unwrap();
    ben.says("@ada tea").await;
    stage.after(6 * MINUTE).await;
    let letter = stage.one();
    assert!(letter.contains("Helo @ada,") && letter.contains("Crybwyllodd benedict chi:"), "{letter}");
}
