//! The node's own emoji.

use storage::NodeEmoji;
use suite::on_both;

use super::NOW;

fn emoji(id: i64, shortcode: &str) -> NodeEmoji {
    NodeEmoji {
        id,
        shortcode: shortcode.to_owned(),
        category: "tea".to_owned(),
        path: format!("aa/{id}.gif"),
        still_path: format!("aa/{id}-still.png"),
        visible: false,
        created_at: NOW,
    }
}

on_both! {
    async fn a_removed_emoji_is_still_there_by_its_id_and_leaves_its_shortcode_to_another(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.insert_emoji(&emoji(1, "pot")).await.unwrap());
        assert!(tx.insert_emoji(&emoji(2, "cup")).await.unwrap());
        assert!(!tx.insert_emoji(&emoji(3, "pot")).await.unwrap(), "the shortcode is taken");
        let codes = async |tx: &mut storage::Tx| tx.emojis().await.unwrap().into_iter().map(|e| e.shortcode).collect::<Vec<_>>();
        assert_eq!(codes(&mut tx).await, ["cup", "pot"]);
        let read = tx.emoji(1).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", emoji(1, "pot")));
        assert!(tx.remove_emoji("pot", NOW).await.unwrap());
        assert!(!tx.remove_emoji("pot", NOW).await.unwrap());
        assert_eq!(codes(&mut tx).await, ["cup"]);
        assert_eq!(tx.emoji(1).await.unwrap().unwrap().shortcode, "pot");
        assert!(tx.emoji(9).await.unwrap().is_none());
        assert!(tx.insert_emoji(&emoji(3, "pot")).await.unwrap());
        let files = tx.emoji_files(1, 9).await.unwrap();
        assert_eq!(files, [(2, "aa/2.gif".to_owned(), "aa/2-still.png".to_owned()), (3, "aa/3.gif".to_owned(), "aa/3-still.png".to_owned())]);
    }
}
