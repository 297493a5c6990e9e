/** Lines over time, drawn by uPlot. */
import { h, onMounted, onUnmounted, ref, watch } from '../lib/vue.js';
import UPlot from '../lib/uplot.js';
import { colour, colours } from '../theme.js';
import { exactTime } from '../format.js';

/** 1, 2, 4 … of each unit. */
const BINARY_STEPS = Array.from({ length: 50 }, (_, i) => 2 ** i);

/**
 * `times`: milliseconds since 1970, rising. `series`: `{label, values}`, as many values as times, null where nothing is
 * known (the line has a gap). `format` writes a value, for the axis and the figures above the lines. The chart fills the
 * range `from` … `to` (milliseconds), also where nothing is known yet.
 */
export default {
  name: 'TimeChart',
  props: {
    title: { type: String, required: true },
    times: { type: Array, required: true },
    series: { type: Array, required: true },
    from: { type: Number, required: true },
    to: { type: Number, required: true },
    format: { type: Function, required: true },
    height: { type: Number, default: 150 },
    /** Values are bytes: the axis has steps of powers of two. */
    binary: Boolean,
  },
  setup(props) {
    const frame = ref(null);
    const at = ref(null);
    let plot = null;
    let width = 0;

    const data = () => [props.times.map(ms => ms / 1000), ...props.series.map(each => each.values)];
    const clock = seconds => exactTime(seconds * 1000).slice(11, props.to - props.from > 3_600_000 ? 16 : 19);

    function options() {
      const text = colour('--muted');
      const grid = { stroke: colour('--line'), width: 1 };
      const axis = { stroke: text, grid, ticks: { show: false }, font: '11px system-ui, sans-serif' };
      return {
        width,
        height: props.height,
        legend: { show: false },
        padding: [6, 28, 0, 0],
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 5 } },
        scales: { x: { time: true, range: () => [props.from / 1000, props.to / 1000] }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.1 : 1] } },
        axes: [
          { ...axis, size: 24, space: 80, values: (_, ticks) => ticks.map(clock) },
          { ...axis, size: 68, space: 36, ...(props.binary ? { incrs: BINARY_STEPS } : {}), values: (_, ticks) => ticks.map(props.format) },
        ],
        series: [{}, ...props.series.map((each, i) => ({
          label: each.label, stroke: colour(`--series-${i + 1}`), width: 1.5, points: { show: false },
        }))],
        hooks: { setCursor: [self => { at.value = self.cursor.idx ?? null; }] },
      };
    }

    function draw() {
      plot?.destroy();
      plot = width > 0 ? new UPlot(options(), data(), frame.value) : null;
    }

    const resized = new ResizeObserver(([entry]) => {
      const wide = Math.floor(entry.contentRect.width);
      if (wide !== width) {
        width = wide;
        plot ? plot.setSize({ width, height: props.height }) : draw();
      }
    });
    onMounted(() => resized.observe(frame.value));
    onUnmounted(() => {
      resized.disconnect();
      plot?.destroy();
      plot = null;
    });
    watch(() => [props.times, props.series, props.from, props.to], () => plot?.setData(data()));
    watch(() => [colours.value, props.series.map(each => each.label).join()], draw, { flush: 'post' });

    /** The value under the cursor, else the last one. */
    const figure = each => props.format((at.value === null ? each.values.at(-1) : each.values[at.value]) ?? null);
    return () => h('figure', { class: 'chart' }, [
      h('figcaption', [
        h('span', { class: 'chart-title' }, props.title),
        ...props.series.map((each, i) => h('span', { key: each.label, class: ['legend', `series-${i + 1}`] },
          [each.label, h('b', figure(each))])),
        h('time', { class: 'muted' }, at.value === null || props.times[at.value] === undefined ? '' : exactTime(props.times[at.value]).slice(11, 19)),
      ]),
      h('div', { ref: frame, class: 'plot', role: 'img', 'aria-label': `${props.title}: ${props.series.map(each => `${each.label} ${figure(each)}`).join(', ')}` }),
    ]);
  },
};
