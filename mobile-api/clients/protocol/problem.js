// Why something was not done. Three kinds, since each asks for something else: the server refused and says why; the line is down;
// whoever answered is not muster.

const URN = 'urn:muster:problem:';
const PROBLEM_JSON = 'application/problem+json';

/** The server refused (RFC 9457). `name` is stable; `words` are for people. */
export class Refused extends Error {
  constructor(problem, status) {
    const name = String(problem.type || '').replace(URN, '');
    super(`refused: ${name}`);
    this.kind = 'refused';
    this.name = name;
    this.status = status;
    this.facts = problem;
    this.words = { zh: problem.title || '', en: problem.detail || '' };
  }
}

/** No answer came: the line is down, or the server is. */
export class Unreachable extends Error {
  constructor(cause) {
    super('the server cannot be reached');
    this.kind = 'unreachable';
    this.name = 'unreachable';
    this.cause = cause;
  }
}

/** An answer that the protocol does not know, such as a hotel's sign-in page. */
export class Garbled extends Error {
  constructor(what) {
    super(what);
    this.kind = 'garbled';
    this.name = 'garbled';
  }
}

/** The JSON of a good answer. */
export function read(answer) {
  try {
    return JSON.parse(answer.text);
  } catch (_) {
    throw new Garbled(`an answer of status ${answer.status} is no JSON`);
  }
}

/** The error that an answer is, whose status is not of the two hundreds. */
export function refusal(answer) {
  const type = String(answer.headers['content-type'] || '').split(';')[0].trim();
  if (type === PROBLEM_JSON) {
    try {
      return new Refused(JSON.parse(answer.text), answer.status);
    } catch (_) {
      // It says that it is a problem and is none: as garbled as any other.
    }
  }
  // A gateway in front of a server that is down answers like this: it passes, as a broken line does.
  if (answer.status >= 500) {
    return new Unreachable(`status ${answer.status}`);
  }
  return new Garbled(`status ${answer.status} came without a problem document`);
}

/** Worth a repeat with nothing changed. */
export function passes(error, answer) {
  if (error.kind !== 'refused') {
    return error.kind === 'unreachable';
  }
  const asked = Boolean(answer && answer.headers['retry-after']);
  return error.status === 429 || error.status >= 500 || (error.status === 409 && asked);
}
