//! Another process on the same house.

use app::{Cx, House as Keys, Outside};
use engine::Engine;
use notify::Notify;
use seal::MasterKey;

use super::{House, MASTER};

impl House {
    /// The same database, media and keys, as another process with this engine has them.
    pub async fn beside(&self, engine: Engine) -> Cx {
        let (cx, now) = (&self.cx, self.cx.now());
        let master = MasterKey::from_bytes(MASTER);
        let keys = Keys::open(&cx.store, master, &cx.entropy, now)
            .await
            .expect("the keys open");
        Cx::new(Outside {
            store: cx.store.clone(),
            media: cx.media.clone(),
            engine,
            notify: Notify::new(&notify::Config::default()).expect("the ways of telling"),
            clock: cx.clock.clone(),
            entropy: cx.entropy.clone(),
            house: keys,
            policy: cx.policy.clone(),
            limits: cx.limits.clone(),
        })
    }
}
