//! Federation: between our own nodes, with an independent peer, with servers of other kinds as the fixtures have them, and against
//! what must not work. Tests named `bNN_…` hold behaviour NN of the list in `docs/federation.md`.

mod actors;
mod carriers;
mod challenges;
mod conversations;
mod doors;
mod find;
mod follows;
mod forgetting;
mod hostile;
mod keys;
mod knocks;
mod lanes;
mod last_posts;
mod links;
mod load;
mod media;
mod moderation;
mod moves;
mod odd;
mod pages;
mod peer;
mod peers;
mod policies;
mod polls;
mod posts;
mod processes;
mod quotes;
mod reactions;
mod relays;
mod ring;
mod signatures;
mod software;
mod synchronisation;
mod tags;
mod two_nodes;
