// One consent is good for one message. Who this user is to WeChat is only known to whoever holds the mini-program's secret: a server that
// changes login codes for openids. Where there is none, nothing is offered.

const { BASE, OPENID_PATH, TEMPLATES } = require('../config.js');
const { newAction, read, send } = require('../lib/protocol.js');
const { call } = require('./call.js');
const { drop, get, put } = require('./keep.js');
const { connect } = require('./link.js');
const { transport } = require('./requests.js');

const LIMIT_MS = 20000;

/** Can the person be asked at all? */
const able = () => OPENID_PATH !== null && TEMPLATES.length > 0;

/** Asks, inside the press of a button. Answers how many templates he agreed to; the consents are kept, and handed over when there is a line. */
async function ask() {
  const answer = await call('requestSubscribeMessage', { tmplIds: TEMPLATES });
  const agreed = TEMPLATES.filter((template) => answer[template] === 'accept');
  if (agreed.length === 0) {
    return 0;
  }
  const phone = await connect();
  const consents = (await get('consents')) || [];
  await put('consents', consents.concat(agreed.map((template_id) => ({ action: newAction(phone), template_id }))));
  return agreed.length;
}

/** Hands kept consents over. The same action makes a repeat count once. */
async function hand() {
  const consents = (await get('consents')) || [];
  if (consents.length === 0 || !able()) {
    return;
  }
  const phone = await connect();
  const openid = (await get('openid')) || (await learn());
  for (let at = 0; at < consents.length; at += 1) {
    const { action, template_id } = consents[at];
    await send(phone, { method: 'POST', path: '/v1/contacts/wechat', action, json: { openid, template_id, consents: 1 } });
    await (at + 1 < consents.length ? put('consents', consents.slice(at + 1)) : drop('consents'));
  }
}

async function learn() {
  const { code } = await call('login', {});
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ code });
  const answer = await transport({ method: 'POST', url: BASE + OPENID_PATH, headers, body, limit_ms: LIMIT_MS });
  const { openid } = answer.status === 200 ? read(answer) : {};
  if (!openid) {
    throw new Error(`no openid for a login code: status ${answer.status}`);
  }
  await put('openid', openid);
  return openid;
}

module.exports = { able, ask, hand };
