//! The difference lens: what of somebody's reading came from elsewhere, and whom they never meet. For their own eyes; nobody is counted
//! by it.

use crate::id::Id;

/// Whose posts somebody read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub posts: usize,
    /// Of people of their own node.
    pub own: usize,
    /// From so many other servers come the rest.
    pub servers: usize,
}

impl Reading {
    /// `hosts`: for each post the server of who said it; empty for the own node.
    pub fn of(hosts: &[&str]) -> Self {
        let mut others: Vec<&str> = hosts.iter().copied().filter(|h| !h.is_empty()).collect();
        let (posts, elsewhere) = (hosts.len(), others.len());
        others.sort_unstable();
        others.dedup();
        Self { posts, own: posts - elsewhere, servers: others.len() }
    }
}

/// Somebody on one's hashtags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passer<A> {
    pub account: A,
    pub is_ours: bool,
    /// Their newest post there, and the hashtags on which they are.
    pub post: Id,
    pub tags: Vec<Id>,
}

/// Those of other organisations first, then who said something last.
pub fn in_order<A>(people: &mut [Passer<A>]) {
    people.sort_by_key(|p| (p.is_ours, std::cmp::Reverse(p.post)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_counted_by_server() {
        assert_eq!(Reading::of(&[]), Reading::default());
        let hosts = ["", "b.example", "a.example", "", "b.example"];
        assert_eq!(Reading::of(&hosts), Reading { posts: 5, own: 2, servers: 2 });
    }

    #[test]
    fn who_is_elsewhere_comes_first() {
        let one = |post, is_ours| Passer { account: post, is_ours, post, tags: vec![] };
        let mut people = [one(4, true), one(1, false), one(3, true), one(2, false)];
        in_order(&mut people);
        assert_eq!(people.map(|p| p.post), [2, 1, 4, 3]);
    }
}
