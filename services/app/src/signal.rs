use std::time::Duration;

use tokio::sync::{Notify, broadcast, watch};
use uuid::Uuid;

/// Conclusions that a slow listener may fall behind before it looks at the database instead.
const CONCLUDED_LEN_MAX: usize = 1_024;

/// Wakes workers and waiting requests of this process. Only a hint: whoever listens also looks at the database now and then,
/// since another process may have done the work.
pub struct Signal {
    work: Notify,
    concluded: broadcast::Sender<Uuid>,
    closing: watch::Sender<bool>,
}

impl Default for Signal {
    fn default() -> Self {
        Self {
            work: Notify::new(),
            concluded: broadcast::channel(CONCLUDED_LEN_MAX).0,
            closing: watch::channel(false).0,
        }
    }
}

impl Signal {
    /// Something was queued: wakes the one loop of this process that takes work.
    pub fn queued(&self) {
        self.work.notify_one();
    }

    /// Returns when something was queued, or after `poll_ms`.
    pub async fn work(&self, poll_ms: u64) {
        // Both outcomes mean: look again.
        let _ = tokio::time::timeout(Duration::from_millis(poll_ms), self.work.notified()).await;
    }

    /// A check-in or an enrolment has its outcome.
    pub fn concluded(&self, id: Uuid) {
        // Nobody listens: nobody waits.
        let _ = self.concluded.send(id);
    }

    /// This process ends: whoever waits for ever stops waiting.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    pub fn closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Hears every conclusion from now on.
    pub fn listen(&self) -> Listener {
        Listener {
            concluded: self.concluded.subscribe(),
            closing: self.closing.subscribe(),
        }
    }
}

/// Hears conclusions.
pub struct Listener {
    concluded: broadcast::Receiver<Uuid>,
    closing: watch::Receiver<bool>,
}

impl Listener {
    /// Returns when `id` was concluded, when conclusions were missed, or after `limit`.
    pub async fn heard(&mut self, id: Uuid, limit: Duration) {
        let heard = async {
            while let Ok(concluded) = self.concluded.recv().await {
                if concluded == id {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(limit, heard).await;
    }

    /// Returns when anything was concluded, when this process ends, or after `limit`.
    pub async fn any(&mut self, limit: Duration) {
        let any = async {
            tokio::select! {
                // Missed conclusions are as good as one.
                _ = self.concluded.recv() => {}
                _ = self.closing.wait_for(|closing| *closing) => {}
            }
        };
        let _ = tokio::time::timeout(limit, any).await;
    }
}
