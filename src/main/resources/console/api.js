/** The gateway's REST API, and how a request looks for curl and mqadmin. */
import { t } from './i18n.js';
import { mustSignIn, session, signedIn, signedOut } from './session.js';

/** Where the session is asked for, which needs no account. */
const SESSION = '/v1/session';

/** How long an answer that changes nothing is waited for; looking through a topic takes the gateway ten seconds at most. */
const PATIENCE_MS = 30_000;

/**
 * Why a request was not answered: what the gateway's problem document says (RFC 9457), or that there was no answer.
 * `message` is the cause, `cure` what to do, `status` 0 if no answer came.
 */
export class ApiProblem extends Error {
  constructor({ type = '', title = '', status = 0, detail = '', cure = '', ...more }) {
    super(detail || title);
    Object.assign(this, { type, title, status, cure, more });
  }
}

/**
 * Fills names into a path, each as one part of it: `path('/v1/topics/{topic}', {topic})`.
 */
export function path(template, names) {
  return template.replace(/\{(\w+)}/g, (_, name) => encodeURIComponent(names[name]));
}

/** The address of a request; query values that are null, undefined or empty are left out. */
export function address({ path: where, query = {} }) {
  const given = Object.entries(query).filter(([, value]) => value != null && value !== '');
  const text = new URLSearchParams(given).toString();
  return text ? `${where}?${text}` : where;
}

/**
 * Sends a request `{method, path, query, body}` and gives the JSON of the answer, null if it has no body. An answer with
 * status 207 is an answer: look at its results.
 *
 * @param request what to send; `body` is sent as JSON
 * @param signal of an AbortController; an aborted request fails with `AbortError`
 * @throws ApiProblem
 */
export async function send(request, signal) {
  try {
    const answer = await ask(request, signal, isRead(request) ? PATIENCE_MS : null);
    return answer.status === 204 ? null : await answer.json();
  } catch (failure) {
    throw failure.name === 'TimeoutError' ? noAnswer(t('problem.noAnswerIn', { n: PATIENCE_MS / 1000 })) : failure;
  }
}

const noAnswer = detail => new ApiProblem({ type: '/problems/no-answer', detail });

/**
 * Sends a request whose answer is a stream of lines, and gives each as it comes. Aborting ends what the request does.
 *
 * @throws ApiProblem
 */
export async function lines(request, signal, each) {
  const answer = await ask(request, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const found = (rest + part.value).split('\n');
    rest = found.pop();
    found.forEach(each);
  }
}

/**
 * The answer to a request, if it is a good one. What only reads waits for an account where one is wanted: a session that ends
 * in between costs nothing that was asked for. What changes something fails then, and is its reader's to repeat.
 */
async function ask(request, signal, patienceMs) {
  for (;;) {
    if (isRead(request) && mustSignIn.value) {
      await signedIn(signal);
    }
    const answer = await once(request, AbortSignal.any([signal, patienceMs && AbortSignal.timeout(patienceMs)].filter(Boolean)));
    if (answer.ok) {
      return answer;
    }
    if (answer.status === 401 && request.path !== SESSION) {
      signedOut();
    }
    if (answer.status !== 401 || !isRead(request)) {
      throw new ApiProblem(await answer.json().catch(() => ({ status: answer.status, title: answer.statusText })));
    }
  }
}

const isRead = ({ method = 'GET', path: where }) => method === 'GET' && where !== SESSION;

async function once(request, signal) {
  const { method = 'GET', body } = request;
  try {
    return await fetch(address(request), {
      method,
      signal,
      credentials: 'same-origin',
      headers: body === undefined ? MARK : { ...MARK, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    throw ['AbortError', 'TimeoutError'].includes(failure.name) ? failure : noAnswer(failure.message);
  }
}

/** What other pages can't send along without being asked for: the gateway takes the session's cookie only with it. */
const MARK = { 'X-Apogee-Console': '1' };

/** Asks for something: `get('/v1/topics', {q: 'order'})`. */
export const get = (where, query, signal) => send({ path: where, query }, signal);

/**
 * The same request for a shell. Where an account is wanted, the shell's variables name it: the session's is not told.
 * With `stream` the request's answer is shown as it comes.
 */
export function curl(request) {
  const { method = 'GET', body, stream } = request;
  const words = ['curl'];
  if (stream) {
    words.push('-N');
  }
  if (session.accountNeeded || session.account) {
    words.push('-u', '"$ACCESS_KEY:$SECRET_KEY"');
  }
  if (method !== 'GET') {
    words.push('-X', method);
  }
  if (body !== undefined) {
    words.push('-H', quoted('Content-Type: application/json'), '-d', quoted(JSON.stringify(body).replace(UNSEEN, jsonEscape)));
  }
  words.push(quoted(window.location.origin + address(request)));
  return words.join(' ');
}

/** A value of `mqadmin` that the reader's shell fills in, because it is not known here. */
export const variable = name => ({ shell: `"$${name}"` });

/**
 * A command of mqadmin: `mqadmin('updateTopic', {t: 'orders', c: 'DefaultCluster'})`; null leaves a flag out, true has no
 * value. It is '', no command, if one of the values is empty or would arrive as another.
 */
export function mqadmin(command, flags = {}) {
  const words = ['mqadmin', command, '-n', '"$NAMESRV_ADDR"'];
  for (const [flag, value] of Object.entries(flags).filter(each => each[1] != null)) {
    if (value !== true && !value.shell && !arrives(String(value))) {
      return '';
    }
    words.push(`-${flag}`, ...(value === true ? [] : [value.shell ?? quoted(String(value))]));
  }
  return words.join(' ');
}

/**
 * Whether mqadmin's parser (Commons CLI) takes a word for the value that it is: one that begins with a hyphen can be a
 * flag unless it is a number, and quotes at the ends are taken off.
 */
const arrives = value => value !== '' && (!value.startsWith('-') || /^-\d+$/.test(value)) && !/^"|"$/.test(value);

/**
 * A word as a shell takes it. What a terminal would act on when it is pasted, or a reader would not see (control
 * characters, marks of writing direction, blanks without width) stands there as the escapes of its UTF-8.
 */
export function quoted(text) {
  if (/^[\w./:@%+=,-]+$/.test(text)) {
    return text;
  }
  if (text.search(UNSEEN) >= 0) {
    return "$'" + text.replace(/[\\']/g, '\\$&').replace(UNSEEN, byteEscapes) + "'";
  }
  return "'" + text.replaceAll("'", "'\\''") + "'";
}

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const hex = (number, digits) => number.toString(16).padStart(digits, '0');
const jsonEscape = character => `\\u${hex(character.charCodeAt(0), 4)}`;
const byteEscapes = character => [...new TextEncoder().encode(character)].map(byte => `\\x${hex(byte, 2)}`).join('');
