//! What many use, by day, and what went on here, by week.

use model::clock::DAY;
use storage::{DayOf, Trending, Week, week_of};
use suite::on_both;

use super::NOW;

on_both! {
    async fn a_day_counts_different_people(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (day, subject, account) in [(5, 7, 1), (5, 7, 1), (5, 7, 2), (5, 8, 1), (4, 7, 1)] {
            tx.count_use(day, Trending::Tag, subject, account).await.unwrap();
        }
        tx.count_use(5, Trending::Link, 7, 1).await.unwrap();
        let of = |day, subject_id, uses, accounts| DayOf { day, subject_id, uses, accounts };
        assert_eq!(tx.most_used(5, Trending::Tag, 10).await.unwrap(), [of(5, 7, 3, 2), of(5, 8, 1, 1)]);
        let days = tx.uses_since(4, 5, Trending::Tag, &[7]).await.unwrap();
        assert_eq!(days, [of(4, 7, 1, 1), of(5, 7, 3, 2)]);
        assert_eq!(tx.forget_trends(5, 10).await.unwrap(), 1);
        assert_eq!(tx.uses_since(4, 5, Trending::Tag, &[7]).await.unwrap(), [of(5, 7, 3, 2)]);
        let tag = tx.use_tag(70, "tea", "Tea", NOW).await.unwrap();
        assert_eq!(tx.tags_by_id(&[tag]).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }

    async fn a_week_adds_up(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.count_week(NOW, 2, 0, 1).await.unwrap();
        tx.count_week(NOW, 1, 1, 0).await.unwrap();
        tx.count_week(NOW - 7 * DAY, 9, 0, 0).await.unwrap();
        let this = Week { week: week_of(NOW), posts: 3, logins: 1, registrations: 1 };
        assert_eq!(tx.weeks(week_of(NOW)).await.unwrap(), [this]);
        assert_eq!(tx.weeks(0).await.unwrap().len(), 2);
        tx.commit().await.unwrap();
    }
}
