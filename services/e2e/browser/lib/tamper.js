// What only time could do: a session lives ten minutes, and no test waits for that.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const SCRIPT = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=30)
done = db.execute("UPDATE checkin SET expires_at = opened_at + 1 WHERE state = 'open'").rowcount
db.commit()
sys.exit(0 if done else 1)
`;

/** All open sessions ended a moment after they were opened. */
export function expireSessions(house) {
  const done = spawnSync('python3', ['-c', SCRIPT, join(house.home, 'muster.db')], { encoding: 'utf8' });
  if (done.status !== 0) {
    throw new Error(`no session could be made old: ${done.stderr}`);
  }
}
