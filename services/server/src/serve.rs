use std::time::Duration;

use anyhow::Context;
use app::{outbox, worker};
use edge::Site;
use server::http::{document, routes};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    config::{Config, Role},
    house,
};

/// A shutdown waits this long for requests in flight.
const DRAIN_LIMIT: Duration = Duration::from_secs(35);

/// Serves until SIGINT or SIGTERM.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let cx = house::open(&config, config.roles.contains(&Role::Worker)).await?;
    let (stop, stopped) = watch::channel(false);
    let mut loops = JoinSet::new();
    if config.roles.contains(&Role::Worker) {
        loops.spawn(worker::run(cx.clone(), stopped.clone()));
        loops.spawn(worker::keep_time(cx.clone(), stopped.clone()));
        loops.spawn(outbox::run(cx.clone(), stopped.clone()));
    }
    if config.roles.contains(&Role::Api) {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("{} cannot be listened on", config.listen))?;
        tracing::info!("Listening on http://{}", listener.local_addr()?);
        let site = Site {
            cx: cx.clone(),
            public_url: config.public_url.clone(),
        };
        let mut stopped = stopped.clone();
        let server = axum::serve(listener, routes(site)).with_graceful_shutdown(async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        });
        loops.spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(error = ?error, "The server ended");
            }
        });
    }
    signalled().await?;
    tracing::info!("Shutting down");
    stop.send_replace(true);
    cx.signal.close();
    if tokio::time::timeout(DRAIN_LIMIT, async {
        while loops.join_next().await.is_some() {}
    })
    .await
    .is_err()
    {
        tracing::warn!("Some requests were cut off");
    }
    Ok(())
}

/// Writes the OpenAPI document to standard output.
pub fn print_openapi() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&document())?;
    std::io::Write::write_all(
        &mut std::io::stdout().lock(),
        format!("{text}\n").as_bytes(),
    )?;
    Ok(())
}

async fn signalled() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
