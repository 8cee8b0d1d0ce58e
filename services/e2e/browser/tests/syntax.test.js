import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'acorn';

const CLIENTS = join(import.meta.dirname, '../../../../mobile-api/clients');
/** Old WebViews read this and nothing newer. */
const YEAR = 2019;
/** Read as scripts: the worker, and the one for browsers that know no modules. */
const SCRIPTS = ['sw.js', 'old.js'];
/** `import()` was in browsers two years before it was in the standard, of 2020: it is read as a call. */
const LATER = /\bimport\(/g;

test('the page and the protocol are JavaScript of 2019', () => {
  const folders = ['h5', 'protocol'].map((folder) => join(CLIENTS, folder));
  const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => join(folder, name)));
  assert.ok(files.length > 20, 'the folders were found');
  for (const file of files) {
    const sourceType = SCRIPTS.some((name) => file.endsWith(name)) ? 'script' : 'module';
    const ecmaVersion = file.endsWith('old.js') ? 5 : YEAR;
    assert.doesNotThrow(() => parse(readFileSync(file, 'utf8').replace(LATER, 'later('), { ecmaVersion, sourceType }), file);
  }
});
