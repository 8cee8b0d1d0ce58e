//! The rules of the store, each on a fresh SQLite and a fresh PostgreSQL database.

#[cfg(test)]
mod access;
#[cfg(test)]
mod areas;
#[cfg(test)]
mod captures;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod duties;
#[cfg(test)]
mod model;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod prints;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod texts;
