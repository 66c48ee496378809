// The figures as bars, an SVG of our own few lines: a panel a part, usher's bars dark, its peers'
// light, each panel to its own scale; and how far each target was met.
import { counted, mediansOf, number } from './numbers.mjs';
import { parts } from './parts.mjs';
import { bound, shownRows } from './table.mjs';
import { judge } from './targets.mjs';

const width = 1000;
const labelWidth = 400;
const barWidth = 380;
const rowHeight = 22;
const colours = { text: '#222', usher: '#1f5fa8', peer: '#b9c4d0', missed: '#c0392b', line: '#888' };

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escape = (text) => text.replace(/[&<>]/g, (sign) => entities[sign]);

const write = (x, y, text, more = '') =>
  `<text x="${x}" y="${y}" fill="${colours.text}" ${more}>${escape(text)}</text>`;

const box = (x, y, breadth, colour) =>
  `<rect x="${x}" y="${y}" width="${breadth.toFixed(1)}" height="${rowHeight - 6}" fill="${colour}"/>`;

// A row: its label, a bar that fills `share` of the panel, and the value where `valueAt` says.
function bar(y, label, share, value, colour, valueAt = share) {
  return [
    write(labelWidth - 10, y + 15, label, 'text-anchor="end"'),
    box(labelWidth, y + 3, share * barWidth, colour),
    write(labelWidth + valueAt * barWidth + 8, y + 15, value),
  ].join('');
}

const heading = (y, title) => write(20, y + 24, title, 'font-weight="bold" font-size="15"');

// One panel of bars. Bars of one unit share a scale; a figure that is alone with its unit has no bar,
// since there is nothing to compare it with.
function panel(y, title, rows) {
  const drawn = rows.map(({ label, value, unit, peer }, i) => {
    const peers = rows.filter((row) => row.unit === unit);
    const most = Math.max(...peers.map((row) => row.value));
    return bar(y + 34 + i * rowHeight, label, peers.length > 1 && most > 0 ? value / most : 0,
      `${number(value)}${unit.startsWith('/') ? '' : ' '}${unit}`, peer ? colours.peer : colours.usher);
  });
  return { height: 34 + rows.length * rowHeight + 14, text: heading(y, title) + drawn.join('\n') };
}

// A target's bar reaches the line when it is just met; longer is better, whatever the target's sense.
function targetPanel(y, targets) {
  const full = 2; // twice as good as the target fills the panel
  const rows = targets.map((target, i) => {
    const share = target.least ? target.value / target.least
      : target.value > 0 ? target.most / target.value : full;
    return bar(y + 34 + i * rowHeight, target.text, Math.min(share / full, 1),
      `${number(target.value)} (${bound(target)})${target.met ? '' : ' MISSED'}`,
      target.met ? colours.usher : colours.missed, 1);
  });
  const x = labelWidth + barWidth / full;
  const end = y + 34 + targets.length * rowHeight;
  const mark = `<line x1="${x}" x2="${x}" y1="${y + 32}" y2="${end}" stroke="${colours.line}"/>`;
  const title = heading(y, 'Targets: a bar reaches the line where its target is just met');
  return { height: end - y + 14, text: [title, ...rows, mark].join('\n') };
}

const isPeer = (label) => /^(— |constant)| in (Redis|PostgreSQL|SQLite)/.test(label);

export function chart({ figures, machine, settings, date }) {
  const medians = mediansOf(figures);
  let y = 56;
  const drawn = [];
  const add = ({ height, text }) => { drawn.push(text); y += height; };
  for (const part of parts.filter(({ name }) => figures[name]))
    add(panel(y, part.title, shownRows(part, medians[part.name], figures[part.name]).map((row) =>
      ({ ...row, peer: isPeer(row.label) }))));
  add(targetPanel(y, judge(medians)));
  const scaledTo = settings.scale === 1 ? '' : `, ${settings.scale} of the people and seats: no result`;
  const about = `${date.slice(0, 10)}, ${machine.cores} cores (${machine.model}), `
    + `medians of ${counted(settings.rounds, 'round')}${scaledTo}`;
  const fonts = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" ${fonts}>
<rect width="100%" height="100%" fill="#fff"/>
${write(20, 28, 'usher beside its peers on one machine', 'font-weight="bold" font-size="18"')}
${write(20, 46, about)}
${drawn.join('\n')}
</svg>
`;
}
