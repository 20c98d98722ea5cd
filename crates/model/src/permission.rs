//! What roles allow, as bits of Mastodon's roles (entities/Role, permission flags), so that apps know what to offer. Named are only those
//! that stand for something that can be done here with an app; nobody has any other.

use crate::account::Role;

/// Numbers of what goes on.
pub const VIEW_DASHBOARD: u64 = 0x8;
/// Reports: reading, settling, handing on.
pub const MANAGE_REPORTS: u64 = 0x10;
/// Rules for other servers.
pub const MANAGE_FEDERATION: u64 = 0x20;
/// Who may not join: e-mail addresses and networks.
pub const MANAGE_BLOCKS: u64 = 0x80;
/// Accounts: finding, letting in, limiting, suspending.
pub const MANAGE_USERS: u64 = 0x400;
/// Taking a member's login away, and giving it back.
pub const MANAGE_USER_ACCESS: u64 = 0x4_0000;
/// Deleting who is suspended, for good.
pub const DELETE_USER_DATA: u64 = 0x8_0000;

impl Role {
    /// What somebody with this role may do: a moderator what concerns people, an administrator and an owner also what concerns the
    /// node.
    pub fn permissions(self) -> u64 {
        let people = VIEW_DASHBOARD | MANAGE_REPORTS | MANAGE_USERS | MANAGE_USER_ACCESS;
        match self {
            Self::Member => 0,
            Self::Moderator => people,
            Self::Admin | Self::Owner => people | MANAGE_FEDERATION | MANAGE_BLOCKS | DELETE_USER_DATA,
        }
    }

    /// Whether all of these bits are among them.
    pub fn may(self, permissions: u64) -> bool {
        self.permissions() & permissions == permissions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_below_it_may() {
        let ladder = [Role::Member, Role::Moderator, Role::Admin, Role::Owner];
        assert!(ladder.windows(2).all(|pair| pair[1].may(pair[0].permissions())));
        assert!(!Role::Moderator.may(MANAGE_FEDERATION) && !Role::Member.may(VIEW_DASHBOARD));
        assert!(Role::Admin.may(MANAGE_BLOCKS | DELETE_USER_DATA));
    }
}
