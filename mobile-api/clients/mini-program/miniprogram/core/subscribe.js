// One consent is good for one message. Who this user is to WeChat, the server asks WeChat itself, by a login code: it holds the mini-program's secret.

const { TEMPLATES } = require('../config.js');
const { newAction, send } = require('../lib/protocol.js');
const { call } = require('./call.js');
const { drop, get, put } = require('./keep.js');
const { connect } = require('./link.js');

/** Can the person be asked at all? */
const able = () => TEMPLATES.length > 0;

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
  if (!(await get('logged-in'))) {
    await logIn(phone);
  }
  for (let at = 0; at < consents.length; at += 1) {
    const { action, template_id } = consents[at];
    await send(phone, { method: 'POST', path: '/v1/contacts/wechat', action, json: { template_id, consents: 1 } });
    await (at + 1 < consents.length ? put('consents', consents.slice(at + 1)) : drop('consents'));
  }
}

/** Once: whom this phone's consents are for. A code is good for five minutes, so that a repeat brings another. */
async function logIn(phone) {
  const { code } = await call('login', {});
  await send(phone, { method: 'POST', path: '/v1/contacts/wechat/login', action: newAction(phone), json: { code } });
  await put('logged-in', true);
}

module.exports = { able, ask, hand };
