// The protocol's transport over `wx.request`: never more at once than WeChat allows, never longer than it waits.

/** WeChat carries so many requests at once. */
const REQUESTS_MAX = 10;
/** Requests that wait for their turn, at most. */
const WAITING_MAX = 100;
/** WeChat ends a request after this. */
const LIMIT_MS_MAX = 60000;
/** A request of which WeChat says nothing at all is given up so much later. */
const SILENCE_MS = 3000;

let flying = 0;
const waiting = [];

/** `{method, url, headers, body, limit_ms}` → `{status, headers, text}`; rejects when no answer came. */
function transport(request) {
  return new Promise((done, failed) => {
    if (waiting.length >= WAITING_MAX) {
      failed(new Error('too many requests wait'));
      return;
    }
    waiting.push({ request, done, failed });
    next();
  });
}

function next() {
  while (flying < REQUESTS_MAX && waiting.length > 0) {
    flying += 1;
    fly(waiting.shift());
  }
}

function fly({ request, done, failed }) {
  const timeout = Math.min(request.limit_ms, LIMIT_MS_MAX);
  let over = false;
  const end = (finish, value) => {
    if (!over) {
      over = true;
      clearTimeout(guard);
      flying -= 1;
      finish(value);
      next();
    }
  };
  const guard = setTimeout(() => {
    if (task && task.abort) {
      task.abort();
    }
    end(failed, new Error('no word of the request'));
  }, timeout + SILENCE_MS);
  const task = wx.request({
    url: request.url,
    method: request.method,
    header: request.headers,
    data: sent(request.body),
    dataType: 'text',
    responseType: 'text',
    redirect: 'manual',
    timeout,
    success: (answer) => end(done, received(answer)),
    fail: (error) => end(failed, new Error(error.errMsg)),
  });
}

/** WeChat sends texts and buffers; a view of a longer buffer would send all of it. */
function sent(body) {
  if (body === null || body === undefined) {
    return undefined;
  }
  return typeof body === 'string' ? body : body.slice().buffer;
}

function received(answer) {
  const headers = {};
  Object.keys(answer.header || {}).forEach((name) => {
    headers[name.toLowerCase()] = String(answer.header[name]);
  });
  const text = typeof answer.data === 'string' ? answer.data : JSON.stringify(answer.data || '');
  return { status: answer.statusCode, headers, text };
}

module.exports = { LIMIT_MS_MAX, REQUESTS_MAX, transport };
