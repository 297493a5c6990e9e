/** Bodies of messages: bytes as text, JSON, hex and base64, in this browser. */

/** How many bytes a hex dump shows. */
const MAX_DUMP = 64 * 1024;
const ROW = 16;

/** The bytes of a message that was asked for `as=base64`. */
export const bytesOf = message => Uint8Array.from(atob(message.base64 ?? ''), each => each.charCodeAt(0));

/** Bytes as UTF-8, a byte order mark with them; what is none of it becomes replacement characters. */
export const textOf = bytes => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** Deeper JSON is not set out: each level costs its lines two more blanks. */
const MAX_DEPTH = 100;

/** What would be longer when it is set out (characters) is not: it could be a hundred times as long as it came. */
const MAX_SET_OUT = 1024 * 1024;

/** JSON with line breaks, each number and string as it stands there; null if the bytes are none, nested too deep or too many. */
export function prettyOf(bytes) {
  if (bytes.length > MAX_SET_OUT) {
    return null;
  }
  const text = textOf(bytes);
  try {
    JSON.parse(text); // only to know: what it gives has lost digits of long numbers, and all but one of equal names
  } catch {
    return null;
  }
  return setOut(text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g));
}

function setOut(tokens) {
  const parts = [];
  let depth = 0;
  let length = 0;
  const add = part => {
    parts.push(part);
    length += part.length;
  };
  const line = () => add('\n' + '  '.repeat(depth));
  let opened = false;
  for (const [token] of tokens) {
    const closes = token === '}' || token === ']';
    depth -= closes ? 1 : 0;
    if (opened !== closes) {
      line();
    }
    add(token);
    if (token === ',') {
      line();
    } else if (token === ':') {
      add(' ');
    } else if (token === '{' || token === '[') {
      depth++;
    }
    opened = token === '{' || token === '[';
    if (depth > MAX_DEPTH || length > MAX_SET_OUT) {
      return null;
    }
  }
  return parts.join('');
}

/** Offset, sixteen bytes, and their characters in each line. */
export function hexOf(bytes) {
  const rows = [];
  for (let at = 0; at < Math.min(bytes.length, MAX_DUMP); at += ROW) {
    const part = [...bytes.subarray(at, at + ROW)];
    const hex = part.map(each => each.toString(16).padStart(2, '0')).join(' ').padEnd(ROW * 3 - 1);
    const shown = part.map(each => (each >= 32 && each < 127 ? String.fromCharCode(each) : '.')).join('');
    rows.push(`${at.toString(16).padStart(8, '0')}  ${hex}  ${shown}`);
  }
  return rows.join('\n') + (bytes.length > MAX_DUMP ? '\n…' : '');
}

/** Text as base64 of its UTF-8. */
export function base64Of(bytes) {
  let text = '';
  bytes.forEach(each => { text += String.fromCharCode(each); });
  return btoa(text);
}

/** The beginning of a body in one line; null if it is no text. */
export function previewOf(message) {
  return typeof message.text === 'string' ? message.text.slice(0, 300).replace(/\s+/g, ' ') : null;
}
