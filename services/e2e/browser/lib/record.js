// What the database says and no page shows.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const SCRIPT = `
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=30)
print(db.execute("SELECT max(concluded_at) FROM checkin").fetchone()[0] or 0)
`;

/** When the last verdict was written down, milliseconds. */
export function lastVerdictAt(house) {
  const done = spawnSync('python3', ['-c', SCRIPT, join(house.home, 'muster.db')], { encoding: 'utf8' });
  if (done.status !== 0) {
    throw new Error(`the database was not read: ${done.stderr}`);
  }
  return Number(done.stdout) / 1000;
}
