//! The one SQL predicate that says who may see a post: the twin of `model::audience::may_see`.

/// `visible!("p", "$2", "$3")`: post `p` may be seen by the viewer whose account id is `$2` (0: nobody) and who is a member if
/// `$3` is true.
macro_rules! visible {
    ($p:literal, $viewer:literal, $member:literal) => {
        concat!(
            "(",
            $p,
            ".account_id = ",
            $viewer,
            " or ((",
            $p,
            ".audience >= 60",
            " or (",
            $p,
            ".audience = 30 and ",
            $member,
            ")",
            " or (",
            $p,
            ".audience = 25 and ",
            $member,
            " and ",
            crate::audience::in_team!($p, $viewer),
            ")",
            " or (",
            $p,
            ".audience = 40 and (",
            $member,
            " or exists (select 1 from follows vf cross join accounts vn cross join peers vq where vf.follower_id = ",
            $viewer,
            " and vf.target_id = ",
            $p,
            ".account_id and vf.accepted and vn.id = vf.follower_id and vq.host = vn.host \
             and vq.discovered = false and vq.ignored = false)))",
            " or (",
            $p,
            ".audience = 50 and exists (select 1 from follows vf where vf.follower_id = ",
            $viewer,
            " and vf.target_id = ",
            $p,
            ".account_id and vf.accepted))",
            " or ((",
            $p,
            ".audience in (10, 50) or ",
            $p,
            ".audience = 20 and ",
            $member,
            " and (",
            $p,
            ".team_id is null or ",
            crate::audience::in_team!($p, $viewer),
            ")) and exists (select 1 from mentions vm where vm.post_id = ",
            $p,
            ".id and vm.account_id = ",
            $viewer,
            ") and not exists (select 1 from approvals vw where vw.post_id = ",
            $p,
            ".id and vw.approved_by = '' and vw.decider_id <> ",
            $viewer,
            ")))",
            " and not exists (select 1 from blocks vb where vb.account_id = ",
            $p,
            ".account_id and vb.target_id = ",
            $viewer,
            ")",
            " and not exists (select 1 from accounts va where va.id = ",
            $p,
            ".account_id and (va.suspended_at is not null or va.deleted_at is not null))))"
        )
    };
}
pub(crate) use visible;

/// `in_team!("p", "$2")`: the viewer is in the team that post `p` was said in. Nobody is in a team that ended.
macro_rules! in_team {
    ($p:literal, $viewer:literal) => {
        concat!(
            "exists (select 1 from team_members vt where vt.team_id = ",
            $p,
            ".team_id and vt.account_id = ",
            $viewer,
            ")"
        )
    };
}
pub(crate) use in_team;

/// `not_hidden!("p", "$2")`: the viewer neither blocks nor mutes the author, nor blocks their server. For timelines, not for single
/// posts. Whether the viewer blocks any server at all is asked once, and most do not.
macro_rules! not_hidden {
    ($p:literal, $viewer:literal) => {
        concat!(
            "not exists (select 1 from blocks hb where hb.account_id = ",
            $viewer,
            " and hb.target_id = ",
            $p,
            ".account_id)",
            " and not exists (select 1 from mutes hm where hm.account_id = ",
            $viewer,
            " and hm.target_id = ",
            $p,
            ".account_id) and (not exists (select 1 from domain_mutes hg where hg.account_id = ",
            $viewer,
            ") or not exists (select 1 from accounts ha join domain_mutes hd on hd.domain = ha.domain where ha.id = ",
            $p,
            ".account_id and hd.account_id = ",
            $viewer,
            "))"
        )
    };
}
pub(crate) use not_hidden;

/// `not_limited!("p")`: no moderator has limited the author. For where posts are shown to those who did not ask for them.
macro_rules! not_limited {
    ($p:literal) => {
        concat!(
            "not exists (select 1 from accounts nl where nl.id = ",
            $p,
            ".account_id and nl.limited_at is not null)"
        )
    };
}
pub(crate) use not_limited;
