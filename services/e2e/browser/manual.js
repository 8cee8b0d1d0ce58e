// Makes the manual of the pictures that the tests left: one page, for persons and for officers. Each picture has its place and its words in it.
//
// `node manual.js FOLDER`

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHAPTERS } from './lib/chapters.js';

const SIZES = { phone: ['手机', 'on a phone'], desk: ['电脑', 'on a desk'] };

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);

/** A chapter shows its reader's own size: persons hold a phone, officers sit at a desk. */
function chapter({ id, zh, en, size, pages }) {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(zh)} <small lang="en">${escaped(en)}</small></h2>\n${pages.filter((page) => taken.has(page.name)).map((page) => shown(page, size)).join('\n')}\n</section>`;
}

function shown({ name, zh, en, how, said }, size) {
  const other = size === 'phone' ? 'desk' : 'phone';
  const [words, english] = SIZES[other];
  return `<article id="${name}"><h3>${escaped(zh)} <small lang="en">${escaped(en)}</small></h3>
<p>${escaped(how)}</p><p lang="en">${escaped(said)}</p>
<img class="${size}" src="${name}-${size}.png" alt="${escaped(zh)} ${escaped(en)}" loading="lazy">
<details><summary>${words} <span lang="en">${english}</span></summary><img class="${other}" src="${name}-${other}.png" alt="" loading="lazy"></details></article>`;
}

const folder = process.argv[2];
const taken = new Set(readdirSync(folder).filter((file) => file.endsWith('-phone.png')).map((file) => file.replace(/-phone\.png$/, '')));
const told = CHAPTERS.flatMap((one) => one.pages.map((page) => page.name));
const untold = [...taken].filter((name) => !told.includes(name));
if (untold.length > 0) {
  throw new Error(`lib/chapters.js says nothing of ${untold.join(', ')}`);
}
// What a test could not do on this machine has no picture.
const missing = told.filter((name) => !taken.has(name));
if (missing.length > 0) {
  console.log(`without a picture, and left out: ${missing.join(', ')}`);
}
const contents = CHAPTERS.map((one) => `<li><a href="#${one.id}">${escaped(one.zh)}</a> <small lang="en">${escaped(one.en)}</small></li>`).join('');
writeFileSync(join(folder, 'index.html'), `<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>社区矫正核验 使用手册</title>
<style>body{font:17px/1.6 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1c2430}h1,h2,h3{line-height:1.3}small,[lang=en]{color:#5a6675;font-weight:normal}
article{border-top:1px solid #d5dbe3;padding:1rem 0}img{border:1px solid #d5dbe3;border-radius:8px;max-width:100%}img.phone{width:20rem}@media print{details{display:none}}</style></head>
<body><h1>使用手册 <small lang="en">Manual</small></h1><p>图片由自动测试在真实程序上拍下，人物与声音均为样本。 <span lang="en">The pictures were taken by tests of the real program; faces and voices are samples.</span></p>
<ul>${contents}</ul>
${CHAPTERS.map(chapter).join('\n')}
</body></html>
`);
console.log(`the manual of ${told.length - missing.length} pages: ${join(folder, 'index.html')}`);
