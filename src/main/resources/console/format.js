/** Numbers, sizes and times as a reader wants them. What is not known (null, undefined) is a dash, never 0. */
import { language, t } from './i18n.js';

const UNKNOWN = '–';
const locale = () => (language.value === 'zh' ? 'zh-CN' : 'en-GB');
const known = value => value !== null && value !== undefined && !Number.isNaN(value);

/** A whole number with separators. */
export const count = value => (known(value) ? Math.round(value).toLocaleString(locale()) : UNKNOWN);

/** A number in few digits: 950, 12.3 k, 4.56 M. */
export function short(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]]) {
    if (Math.abs(value) >= size * 10 || (Math.abs(value) >= size && unit !== 'k')) {
      return `${digits(value / size)} ${unit}`;
    }
  }
  return Math.abs(value) >= 1000 ? count(value) : digits(value);
}

function digits(value) {
  const size = Math.abs(value);
  const places = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toLocaleString(locale(), { maximumFractionDigits: places });
}

/** A rate of messages. */
export const perSecond = value => (known(value) ? `${short(value)} ${t('unit.perSecond')}` : UNKNOWN);

/** A size in powers of 1024. */
export function bytes(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let at = 0;
  let size = value;
  while (Math.abs(size) >= 1024 && at < units.length - 1) {
    size /= 1024;
    at++;
  }
  return `${digits(size)} ${units[at]}`;
}

/** A latency: always in milliseconds, so that many stand comparable one below another. */
export const latency = ms => (known(ms) ? `${short(ms)} ${t('unit.ms')}` : UNKNOWN);

/** A rate of bytes. */
export const bytesPerSecond = value => (known(value) ? `${bytes(value)}/s` : UNKNOWN);

/** A share of 1 as percent. */
export const percent = value => (known(value) ? `${digits(value * 100)} %` : UNKNOWN);

/** A duration in its two largest units, 1 h 5 min; below ten seconds with fractions. One below 0 comes of clocks that differ, and is none. */
export function duration(ms) {
  if (!known(ms)) {
    return UNKNOWN;
  }
  if (ms <= 0) {
    return `0 ${t('unit.s')}`;
  }
  if (ms < 1000) {
    return `${digits(ms)} ${t('unit.ms')}`;
  }
  const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1000]];
  const at = units.findIndex(([, size]) => ms >= size);
  const [unit, size] = units[at];
  if (unit === 's') {
    return `${digits(ms < 10_000 ? ms / 1000 : Math.floor(ms / 1000))} ${t('unit.s')}`;
  }
  const [next, nextSize] = units[at + 1];
  const rest = Math.floor((ms % size) / nextSize);
  return `${Math.floor(ms / size)} ${t(`unit.${unit}`)}${rest ? ` ${rest} ${t(`unit.${next}`)}` : ''}`;
}

/** How long ago, or in how long, in whole seconds: 3 min ago, in 5 s. Show `exactTime` in its title. */
export function ago(ms, now = Date.now()) {
  if (!known(ms) || ms <= 0) {
    return UNKNOWN;
  }
  const gone = now - ms;
  if (Math.abs(gone) < 1000) {
    return t('time.now');
  }
  return t(gone < 0 ? 'time.in' : 'time.ago', { time: duration(Math.round(Math.abs(gone) / 1000) * 1000) });
}

/** Date and time to the millisecond in this browser's zone: 2026-01-31 09:05:01.123; a dash for what no date can be. */
export function exactTime(ms) {
  const date = new Date(ms ?? NaN);
  if (!known(date.getTime()) || ms <= 0) {
    return UNKNOWN;
  }
  const two = number => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:`
    + `${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
