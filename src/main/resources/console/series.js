/** Points of the figures over time, kept up to date by asking only for what is new. */
import { reactive } from './lib/vue.js';
import { get } from './api.js';
import { usePolled } from './live.js';

const RANGES_MS = { '5m': 300_000, '15m': 900_000, '24h': 86_400_000 };

/** The ranges that can be shown. */
export const RANGES = Object.keys(RANGES_MS);

/**
 * The overview, every second while it is looked at.
 *
 * @param range gives one of `RANGES`; another one asks for all points anew
 * @returns what `usePolled` gives, and `points`: reactive `{from, to, times, columns}`, columns by the names of the API
 */
export function useFigures(range) {
  const points = reactive({ from: 0, to: 0, times: [], columns: {} });
  let shown = null;

  const polled = usePolled(async signal => {
    const wanted = range();
    const since = wanted === shown && points.times.length > 0 ? points.times.at(-1) : 0;
    // A minute's point changes until the minute is over, so the last one is asked for again.
    const answer = await get('/v1/overview', { range: wanted, since: Math.max(0, since - (wanted === '24h' ? 60_000 : 0)) }, signal);
    take(answer, wanted);
    return answer;
  }, 1000);

  function take({ at, points: { times, ...columns } }, wanted) {
    const from = at - RANGES_MS[wanted];
    const first = wanted === shown ? points.times.findIndex(time => time > from) : -1;
    const last = times.length > 0 ? points.times.findIndex(time => time >= times[0]) : -1;
    const kept = [first < 0 ? points.times.length : first, last < 0 ? points.times.length : last];
    points.columns = Object.fromEntries(Object.entries(columns).map(([name, values]) =>
      [name, [...(points.columns[name] ?? []).slice(...kept), ...values]]));
    points.times = [...points.times.slice(...kept), ...times];
    points.from = from;
    points.to = at;
    shown = wanted;
  }

  return { ...polled, points };
}
