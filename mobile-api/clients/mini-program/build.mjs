// Bundles what the mini-program shares or gets from npm into `miniprogram/lib`, as CommonJS that an older phone reads.

import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const OUT = at('./miniprogram/lib');

await rm(OUT, { recursive: true, force: true });
await build({
  entryPoints: ['moment', 'protocol', 'p256', 'today', 'words'].map((name) => at(`./src/${name}.js`)),
  outdir: OUT,
  bundle: true,
  format: 'cjs',
  // `async` is older than the oldest base library that we ask for; WeChat's own tool lowers it further where it must.
  target: 'es2017',
  charset: 'utf8',
  legalComments: 'inline',
  logLevel: 'warning',
});
